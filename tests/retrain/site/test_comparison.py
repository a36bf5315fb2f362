"""Groups of rows, beside the reference and the champion."""

from pathlib import Path

from retrain.run.outputs import Slice
from retrain.site.comparison import groups
from retrain.site.html import page
from tests.retrain.site.reading import Page
from tests.toys import states


def test_a_group_is_shown_with_its_difference_to_the_champion(tmp_path: Path) -> None:
    part = states.part("carrier", "<b>HA", 31, -0.012, "likely better")
    verdict = states.verdict(champion=states.comparison("c" * 32, "v1.0.0", parts=[part]))
    metrics = {"log_loss": 0.53}
    slices = [
        Slice(slice="carrier", value=value, rows=31, model=metrics, reference={"log_loss": 0.58})
        for value in ("<b>HA", "other")
    ]
    (tmp_path / "page.html").write_text(page("groups", groups(verdict, slices)))
    found = Page(tmp_path / "page.html")
    assert "carrier: <b>HA 31 0.5300 0.5800 \u22120.0120" in found.words
    assert "carrier: other 31 0.5300 0.5800" in found.words
    assert found.words.count("likely better") == 1
    assert not found.named("b")


def test_a_version_without_groups_has_no_table_of_them() -> None:
    assert groups(states.verdict(), []) is None
