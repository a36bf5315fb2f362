"""The curves of two models as Mermaid charts, which both forges draw without any image to host."""

import json
from bisect import bisect_right
from typing import NamedTuple

from retrain.report.render.markdown import details, paragraphs
from retrain.report.render.models import in_use
from retrain.report.schema import Facts

Points = list[tuple[float, float, float]]
# GitLab draws by itself up to 2,000 characters of charts in a comment: so many points, and no more
SAMPLES = 21
SIZE = {"width": 600, "height": 360}
# told apart by every kind of eye, on white and on black
THIS, OTHER, GUIDE = "#2f81f7", "#e8730c", "#8b949e"


class Chart(NamedTuple):
    """How a curve is drawn, and what the line y = x means, if anything."""

    title: str
    x: str
    y: str
    guide: str | None = None


CHARTS = {
    "roc": Chart("ROC", "false positive rate", "true positive rate", "chance"),
    "precision_recall": Chart("Precision and recall", "recall", "precision"),
    "calibration": Chart("Calibration", "predicted", "observed", "perfect calibration"),
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
    return len({x for x, _, _ in points}) > 1


def _chart(chart: Chart, points: Points) -> str:
    even = _evenly(points)
    low, high = even[0][0], even[-1][0]
    lines = {OTHER: [point[2] for point in even], THIS: [point[1] for point in even]}
    if chart.guide is not None:
        lines = {GUIDE: [low, high], **lines}  # drawn first, and so below the others
    colours = {"xyChart": {"plotColorPalette": ",".join(lines)}}
    config = json.dumps({"xyChart": SIZE, "themeVariables": colours}, separators=(",", ":"))
    return "\n".join(
        [
            "```mermaid",
            f"%%{{init:{config}}}%%",
            "xychart-beta",
            f'title "{chart.title}"',
            f'x-axis "{chart.x}" {_number(low)} --> {_number(high)}',
            f'y-axis "{chart.y}" 0 --> 1',
            *(f"line [{','.join(map(_number, values))}]" for values in lines.values()),
            "```",
        ]
    )


def _evenly(points: Points) -> Points:
    """Return a curve at evenly spaced x, by straight lines: Mermaid knows no other spacing."""
    ordered = sorted((_unit(x), _unit(this), _unit(other)) for x, this, other in points)
    places = [x for x, _, _ in ordered]
    low, high = places[0], places[-1]
    return [
        _between(ordered, places, low + (high - low) * step / (SAMPLES - 1))
        for step in range(SAMPLES)
    ]


def _between(ordered: Points, places: list[float], x: float) -> tuple[float, float, float]:
    right = min(bisect_right(places, x), len(ordered) - 1)
    before, after = ordered[max(right - 1, 0)], ordered[right]
    width = after[0] - before[0]
    way = min((x - before[0]) / width, 1) if width > 0 else 1.0
    this, other = (before[which] + way * (after[which] - before[which]) for which in (1, 2))
    return x, this, other


def _unit(value: float) -> float:
    return min(max(value, 0.0), 1.0)


def _number(value: float) -> str:
    """Return a number as short as the eye needs: `.123`."""
    return f"{value:.3f}".rstrip("0").removeprefix("0").rstrip(".") or "0"
