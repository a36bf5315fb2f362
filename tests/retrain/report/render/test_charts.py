"""The curves, drawn by the forges from text."""

import pytest

from retrain.report.render import render
from tests.toys import states

Line = list[tuple[float, float, float]]


def drawn(curves: dict[str, Line], task: str) -> tuple[str, list[str]]:
    """Return a report of a task, and its charts."""
    compared = states.comparison(states.BASE_MODEL, None, curves=curves)
    judged = states.verdict(base=compared, champion=compared, task=task)
    report = render(states.facts(verdict=judged))
    return report, [block for block in report.split("```") if block.startswith("mermaid")]


def test_the_charts_are_few_enough_characters_for_gitlab_to_draw_them() -> None:
    report = render(states.promoted())
    charts = [block for block in report.split("```") if block.startswith("mermaid")]
    assert len(charts) == 3
    assert sum(map(len, charts)) < 2000


def test_a_chart_shows_what_it_was_given() -> None:
    line = [(0.0, 0.0, 1.0), (0.5, 1.0, 0.5), (1.0, 0.5, 0.0)]
    report, [chart] = drawn({"roc": line, "x": line}, "binary")
    guide, other, this = (row for row in chart.splitlines() if row.startswith("line"))
    assert guide == "line [0,1]"
    assert other == "line [1,.5,0]"
    assert this == "line [0,1,.5]"
    assert '"plotColorPalette":"#8b949e,#e8730c,#2f81f7"' in chart
    assert "<summary>Curves: ROC</summary>" in report
    assert "Grey: chance." in report


@pytest.mark.parametrize("scale", [1, 1000])
def test_of_a_number_the_errors_are_drawn_in_its_unit(scale: int) -> None:
    calibration = [(10.0 * scale, 12.0 * scale, 9.0 * scale), (90.0 * scale, 80.0 * scale, 95.5)]
    errors = [(10.0, -2.5 * scale, 1.0 * scale), (90.0, 0.0, 3.0 * scale)]
    report, charts = drawn({"calibration": calibration, "residuals": errors}, "regression")
    assert [chart.splitlines()[3] for chart in charts] == ['title "Calibration"', 'title "Errors"']
    guide, _, this = (row for row in charts[1].splitlines() if row.startswith("line"))
    assert guide == "line [0,0]"
    assert this == ("line [-2.5,0]" if scale == 1 else "line [-2500,0]")
    low, high = ("-2.5", "3") if scale == 1 else ("-2500", "3000")
    assert f'y-axis "median error" {low} --> {high}' in charts[1]
    assert "Grey: perfect calibration, or no error." in report
    assert sum(map(len, charts)) < 2000


def test_a_curve_without_a_height_has_an_axis_all_the_same() -> None:
    _, [chart] = drawn({"residuals": [(0.0, 0.0, 0.0), (1.0, 0.0, 0.0)]}, "regression")
    assert 'y-axis "median error" 0 --> 1' in chart
