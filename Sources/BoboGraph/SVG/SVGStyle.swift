/// Colours and fonts. Without variables, which some programs that draw SVG do not know: the dark colours stand a second
/// time, where whoever looks prefers them.
package enum SVGStyle {
    /// Tenths of a pixel that a character of `expression` takes.
    static let tenthsOfMonospace = 73
    /// Tenths of a pixel that one of `chip` and `label` takes at most, on the whole.
    static let tenthsOfLabel = 66

    package static let css = """
        .bobo-graph text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;font-size:12px;fill:#1f2328}
        .bobo-graph .topic,.bobo-graph .expression,.bobo-graph .halt,.bobo-graph .fact{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
        .bobo-graph .title{font-size:18px;font-weight:600}
        .bobo-graph .pattern{font-size:15px;font-weight:600}
        .bobo-graph .name{font-size:14px;font-weight:600}
        .bobo-graph .topic,.bobo-graph .label,.bobo-graph .number,.bobo-graph .description,.bobo-graph .legend{fill:#59636e}
        .bobo-graph .chip,.bobo-graph .group,.bobo-graph .label,.bobo-graph .legend{font-size:11px}
        .bobo-graph text.halt,.bobo-graph text.bad{fill:#b42318}
        .bobo-graph .note,.bobo-graph text.group{fill:#0550ae}
        .bobo-graph .note{font-weight:600}
        .bobo-graph .background{fill:#ffffff}
        .bobo-graph .card{fill:#f6f8fa;stroke:#afb8c1;stroke-width:1.5}
        .bobo-graph .optional .card{stroke-dasharray:5 4}
        .bobo-graph .mark{fill:#0969da}
        .bobo-graph .negated .mark{fill:#cf222e}
        .bobo-graph .absent .mark{fill:#bf8700}
        .bobo-graph .optional .mark{fill:#8c959f}
        .bobo-graph .loop .mark{fill:#8250df}
        .bobo-graph .frame{fill:none;stroke:#afb8c1}
        .bobo-graph rect.group{stroke:#54aeff}
        .bobo-graph .sign{fill:none;stroke:#59636e;stroke-width:1.5}
        .bobo-graph .negated .sign{stroke:#cf222e}
        .bobo-graph .edge{fill:none;stroke:#59636e;stroke-width:1.6}
        .bobo-graph .relaxed{stroke-dasharray:2 4;stroke-linecap:round}
        .bobo-graph .by-time{stroke-dasharray:7 4;stroke:#bf8700}
        .bobo-graph .around{stroke:#8c959f;stroke-width:1.3}
        .bobo-graph .head{fill:#59636e}
        .bobo-graph .goal{fill:#dafbe1;stroke:#1a7f37;stroke-width:1.5}
        .bobo-graph .goal-text{fill:#116329;font-weight:600}
        @media (prefers-color-scheme:dark){
        .bobo-graph text{fill:#e6edf3}
        .bobo-graph .topic,.bobo-graph .label,.bobo-graph .number,.bobo-graph .description,.bobo-graph .legend{fill:#9198a1}
        .bobo-graph text.halt,.bobo-graph text.bad{fill:#ff8a80}
        .bobo-graph .note,.bobo-graph text.group{fill:#79c0ff}
        .bobo-graph .background{fill:#0d1117}
        .bobo-graph .card{fill:#161b22;stroke:#4d5661}
        .bobo-graph .mark{fill:#4493f8}
        .bobo-graph .negated .mark{fill:#f85149}
        .bobo-graph .absent .mark{fill:#d29922}
        .bobo-graph .loop .mark{fill:#a371f7}
        .bobo-graph .frame{stroke:#4d5661}
        .bobo-graph rect.group{stroke:#316dca}
        .bobo-graph .sign,.bobo-graph .edge{stroke:#9198a1}
        .bobo-graph .negated .sign{stroke:#f85149}
        .bobo-graph .by-time{stroke:#d29922}
        .bobo-graph .around{stroke:#6e7681}
        .bobo-graph .head{fill:#9198a1}
        .bobo-graph .goal{fill:#12261e;stroke:#3fb950}
        .bobo-graph .goal-text{fill:#56d364}
        }
        """
}
