import BoboGraph

/// What the page is made of, which is part of the program.
enum PageFiles {
    struct File: Sendable {
        let bytes: [UInt8]
        let type: String
    }

    /// By path; nil: there is none.
    static func named(_ path: String) -> File? { files[path] }

    private static let files: [String: File] = {
        let script = "text/javascript; charset=utf-8"
        var files = [
            "/": File(bytes: PackageResources.index_html, type: "text/html; charset=utf-8"),
            "/page.css": File(bytes: PackageResources.page_css, type: "text/css; charset=utf-8"),
            "/icon.svg": File(bytes: PackageResources.icon_svg, type: "image/svg+xml"),
            // /api/events is a stream without an end, of which this format cannot tell.
            "/api/openapi.json": File(bytes: PackageResources.openapi_json, type: "application/json"),
            "/graph.css": File(bytes: Array(SVGStyle.css.utf8), type: "text/css; charset=utf-8"),
        ]
        for (path, bytes) in [
            ("/page.js", PackageResources.page_js), ("/store.js", PackageResources.store_js),
            ("/figures.js", PackageResources.figures_js), ("/patterns.js", PackageResources.patterns_js),
            ("/happenings.js", PackageResources.happenings_js), ("/topics.js", PackageResources.topics_js),
            ("/gateways.js", PackageResources.gateways_js), ("/elements.js", PackageResources.elements_js),
        ] {
            files[path] = File(bytes: bytes, type: script)
        }
        return files
    }()

    /// The form that asks for the token.
    static func login(isWrong: Bool) -> [UInt8] {
        let page = String(decoding: PackageResources.login_html, as: UTF8.self)
        return Array(
            page.replacing("{{message}}", with: isWrong ? "This is not the token." : "").utf8)
    }
}
