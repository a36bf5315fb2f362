"""The curves of two models as Mermaid charts, which both forges draw without any image to host."""

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from retrain.metrics.table import Task, places
from retrain.report.render.markdown import details, paragraphs
from retrain.report.render.models import in_use
from retrain.report.schema import Facts

# x, this model's y, the other's if it has one; evenly spaced: Mermaid knows no other spacing
Points = Sequence[tuple[float, float, float | None]]
MOST_POINTS = 21  # GitLab draws no more than 2,000 characters of charts in a comment
SIZE = {"width": 600, "height": 360}
# distinct to the colour-blind too, on white and on black
THIS, OTHER, GUIDE = "#2f81f7", "#e8730c", "#8b949e"


class Chart(NamedTuple):
    title: str
    x: str
    y: str
    guide: str = ""  # what the grey line stands for, if there is one
    is_diagonal: bool = True  # y = x, else y = 0


CALIBRATION = Chart("Calibration", "predicted", "observed", "perfect calibration")
CHARTS: dict[Task, dict[str, Chart]] = {
    "binary": {
        "roc": Chart("ROC", "false positive rate", "true positive rate", "chance"),
        "precision_recall": Chart("Precision and recall", "recall", "precision"),
        "calibration": CALIBRATION,
    },
    "multiclass": {},  # a table of its classes, see classes.py
    "regression": {
        "calibration": CALIBRATION,
        "residuals": Chart("Errors", "predicted", "median error", "no error", is_diagonal=False),
    },
}


def charts(facts: Facts) -> str:
    found = in_use(facts)
    if found is None or facts.verdict is None:
        return ""
    comparison, other = found
    legend = f"Blue: this run. Orange: {other}; where only blue is seen, both are alike."
    return folded(comparison.curves, facts.verdict.task, legend)


def folded(curves: Mapping[str, Points], task: Task, legend: str) -> str:
    """Return the charts of a task, folded; `legend` are our own words."""
    drawn = {name: chart for name, chart in CHARTS[task].items() if _drawable(curves.get(name, []))}
    if not drawn:
        return ""
    guides = [chart.guide for chart in drawn.values() if chart.guide]
    legend += f" Grey: {', or '.join(guides)}." if guides else ""
    titles = [chart.title for chart in drawn.values()]
    summary = ", ".join(title if title.isupper() else title.lower() for title in titles)
    # a chart's text is our own and its points are numbers: nothing from outside is in it
    pictures = (_chart(chart, curves[name], task) for name, chart in drawn.items())
    return details(f"Curves: {summary}", paragraphs(legend, *pictures))


def _drawable(points: Points) -> bool:
    return 1 < len(points) <= MOST_POINTS and points[0][0] < points[-1][0]


def _chart(chart: Chart, points: Points, task: Task) -> str:
    x, this = [point[0] for point in points], [point[1] for point in points]
    other = [point[2] for point in points if point[2] is not None]
    lines = {OTHER: other, THIS: this} if other else {THIS: this}
    if chart.guide:  # drawn first, and so below the others
        lines = {GUIDE: [x[0], x[-1]] if chart.is_diagonal else [0, 0], **lines}
    values = [value for line in lines.values() for value in line]
    low, high = (0, 1) if task == "binary" else (min(values), max(values))
    high = high if high > low else low + 1
    decimals = max(0, places(low, high) - 1)
    colours = {"xyChart": {"plotColorPalette": ",".join(lines)}}
    config = json.dumps({"xyChart": SIZE, "themeVariables": colours}, separators=(",", ":"))
    return "\n".join(
        [
            "```mermaid",
            f"%%{{init:{config}}}%%",
            "xychart-beta",
            f'title "{chart.title}"',
            f'x-axis "{chart.x}" {_number(x[0], decimals)} --> {_number(x[-1], decimals)}',
            f'y-axis "{chart.y}" {_number(low, decimals)} --> {_number(high, decimals)}',
            *(f"line [{_numbers(line, decimals)}]" for line in lines.values()),
            "```",
        ]
    )


def _numbers(values: list[float], decimals: int) -> str:
    return ",".join(_number(value, decimals) for value in values)


def _number(value: float, decimals: int) -> str:
    """Return .123 for 0.1230, because characters are few."""
    written = f"{value:.{decimals}f}"
    shortest = written.rstrip("0").rstrip(".") if decimals else written
    return shortest.removeprefix("0") or "0"
