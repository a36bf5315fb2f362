"""The curves, drawn by the forges from text."""

from retrain.report.render import render
from tests.toys import states


def test_the_charts_are_few_enough_characters_for_gitlab_to_draw_them() -> None:
    report = render(states.promoted())
    charts = [block for block in report.split("```") if block.startswith("mermaid")]
    assert len(charts) == 3
    assert sum(map(len, charts)) < 2000


def test_a_chart_shows_what_it_was_given() -> None:
    line = [(0.0, 0.0, 1.0), (0.5, 1.0, 0.5), (1.0, 0.5, 0.0)]
    compared = states.comparison(states.BASE_MODEL, None, curves={"roc": line, "x": line})
    report = render(states.facts(verdict=states.verdict(base=compared, champion=compared)))
    chart = next(block for block in report.split("```") if block.startswith("mermaid"))
    guide, other, this = (row for row in chart.splitlines() if row.startswith("line"))
    assert guide == "line [0,1]"
    assert other == "line [1,.5,0]"
    assert this == "line [0,1,.5]"
    assert '"plotColorPalette":"#8b949e,#e8730c,#2f81f7"' in chart
