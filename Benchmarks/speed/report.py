"""What was measured, as a page of Markdown and as pictures."""
import os


class Row:
    """One measure: what it is of, what was seen, the goal, and the figures behind it."""

    def __init__(self, what, seen, goal, figures=""):
        self.what, self.seen, self.goal, self.figures = what, seen, goal, figures

    def __str__(self):
        return f"| {self.what} | {self.seen} | {self.goal} | {self.figures} |"


def markdown(rows, machine, pictures):
    lines = ["| what | seen | goal | figures behind it |", "|---|---|---|---|"] + [str(row) for row in rows]
    return "\n".join([machine, ""] + lines + [""] + [f"![{title}]({path})" for title, path in pictures] + [""])


class Series:
    """Costs in CPU microseconds an event, by a number that grows."""

    def __init__(self, name, title, points):
        self.name, self.title, self.points = name, title, points


def draw(series, folder):
    """One SVG a series, both axes logarithmic. Returns titles and files; none where matplotlib is not there."""
    try:
        import matplotlib
    except ImportError:
        return []
    matplotlib.use("svg")
    from matplotlib import pyplot
    matplotlib.rcParams["svg.hashsalt"] = "bobo"
    os.makedirs(folder, exist_ok=True)
    drawn = []
    for one in series:
        figure, axes = pyplot.subplots(figsize=(5, 3), layout="constrained")
        axes.plot([x for x, _ in one.points], [y for _, y in one.points], marker="o", color="#c2410c")
        axes.set_xscale("log")
        axes.set_ylim(bottom=0, top=max(y for _, y in one.points) * 1.4)
        axes.set_xlabel(one.name)
        axes.set_ylabel("CPU µs an event")
        axes.set_title(one.title, fontsize=10)
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
        path = f"{folder}/performance-{one.name.replace(' ', '-')}.svg"
        figure.savefig(path, metadata={"Date": None})
        pyplot.close(figure)
        drawn.append((one.title, path))
    return drawn
