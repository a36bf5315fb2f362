"""The curves of two models as Mermaid charts, which both forges draw without any image to host."""

import json
from typing import NamedTuple

from retrain.report.render.markdown import details, paragraphs
from retrain.report.render.models import in_use
from retrain.report.schema import Facts

Points = list[tuple[float, float, float]]  # evenly spaced: Mermaid knows no other spacing
MOST_POINTS = 21  # GitLab draws no more than 2,000 characters of charts in a comment
SIZE = {"width": 600, "height": 360}
# distinct to the colour-blind too, on white and on black
THIS, OTHER, GUIDE = "#2f81f7", "#e8730c", "#8b949e"


class Chart(NamedTuple):
    title: str
    x: str
    y: str
    guide: bool  # whether the line y = x is drawn


CHARTS = {
    "roc": Chart("ROC", "false positive rate", "true positive rate", guide=True),
    "precision_recall": Chart("Precision and recall", "recall", "precision", guide=False),
    "calibration": Chart("Calibration", "predicted", "observed", guide=True),
}


def charts(facts: Facts) -> str:
    found = in_use(facts)
    if found is None:
        return ""
    comparison, other = found
    # a chart's text is our own and its points are numbers: nothing from outside is in it
    drawn = [
        _chart(chart, comparison.curves[name])
        for name, chart in CHARTS.items()
        if _drawable(comparison.curves.get(name, []))
    ]
    if not drawn:
        return ""
    legend = (
        f"Blue: this run. Orange: {other}; where only blue is seen, both are alike. "
        "Grey: chance, or perfect calibration."
    )
    return details("Curves: ROC, precision and recall, calibration", paragraphs(legend, *drawn))


def _drawable(points: Points) -> bool:
    return 1 < len(points) <= MOST_POINTS and points[0][0] < points[-1][0]


def _chart(chart: Chart, points: Points) -> str:
    x, this, other = ([_number(value) for value in values] for values in zip(*points, strict=True))
    lines = {OTHER: other, THIS: this}
    if chart.guide:
        lines = {GUIDE: [x[0], x[-1]], **lines}  # drawn first, and so below the others
    colours = {"xyChart": {"plotColorPalette": ",".join(lines)}}
    config = json.dumps({"xyChart": SIZE, "themeVariables": colours}, separators=(",", ":"))
    return "\n".join(
        [
            "```mermaid",
            f"%%{{init:{config}}}%%",
            "xychart-beta",
            f'title "{chart.title}"',
            f'x-axis "{chart.x}" {x[0]} --> {x[-1]}',
            f'y-axis "{chart.y}" 0 --> 1',
            *(f"line [{','.join(values)}]" for values in lines.values()),
            "```",
        ]
    )


def _number(value: float) -> str:  # .123
    return f"{value:.3f}".rstrip("0").removeprefix("0").rstrip(".") or "0"
