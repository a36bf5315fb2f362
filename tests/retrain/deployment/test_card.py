"""The model card: as agreed (golden/), of nothing but its facts, and text from outside stays text.

A golden file is written anew by: GOLDEN=1 pytest tests/retrain/deployment/test_card.py. Read the
diff, then commit it.
"""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from retrain.deployment import card, overview
from retrain.deployment import deploy as deployer
from retrain.deployment.card.facts import CardFacts, on_grid, written
from retrain.landing.provenance import Provenance
from retrain.new.render import fill
from retrain.repo import dvc
from tests.conftest import ROOT
from tests.retrain.deployment import cards
from tests.retrain.report.render.reading import meanings, read
from tests.retrain.report.render.test_markdown import HOSTILE
from tests.retrain.report.render.test_render import ATTACK, everywhere
from tests.toys import states, toys

GOLDEN = Path(__file__).parent / "golden"
# what is another one in each run of a test
VARIES = {r"\b[0-9a-f]{32,64}\b": "HASH", r"\d{4}-\d\d-\d\d\s\d\d:\d\d\sUTC": "TIME"}


def assert_as_agreed(name: str, found: str) -> None:
    path = GOLDEN / f"{name}.md"
    if os.environ.get("GOLDEN"):
        path.write_text(found, "utf-8")
    assert found == path.read_text("utf-8")


@pytest.mark.smoke
def test_a_card_is_as_agreed() -> None:
    assert_as_agreed("flights", card.render(cards.flights()))
    kept = card.render(cards.flights(kept=True))
    assert "In use" not in kept
    assert "## Deployments, when this file was written" in kept


def test_the_card_of_the_first_version_of_the_toy_is_as_agreed(toy: Path) -> None:
    who = Provenance(actor="ada", reason="<b>@octocat</b> and #1")
    with toys.working_in(toy):
        with dvc.opened() as repo:
            deployer.deploy(repo, "v1.0.0", "production", who)
        known, _ = overview.known()
        found = card.card(known, known.version())
    for pattern, word in VARIES.items():
        found = re.sub(pattern, word, found)
    assert_as_agreed("toy", found)


def test_each_golden_file_is_of_a_card() -> None:
    assert {path.stem for path in GOLDEN.glob("*.md")} == {"flights", "toy"}


def attacked(attack: str) -> CardFacts:
    """Return facts in which every text from outside is an attack, also those that name something."""
    found: CardFacts = everywhere(cards.flights(), lambda: attack)
    one = cards.lineage()
    times = {"committed": one.committed, "model": found.lineage.model}
    lineage = found.lineage.model_copy(
        update=times
        | {
            "registered": found.lineage.registered.model_copy(update={"time": "2026-11-20"}),
            "deployments": [
                each.model_copy(update={"since": "2026-11-20", "until": None})
                for each in found.lineage.deployments
            ],
            "data": found.lineage.data.model_copy(update={"partitions": {attack: 5}}),
            "parameters": {attack: attack},
            "dependencies": {attack: attack},
            "code": {attack: attack},
        }
    )
    before = cards.lineage("v1.0.0", parameters={f"{attack[:900]}.": attack})
    return replace(found, lineage=lineage, before=before, text="")


@pytest.mark.parametrize("attack", [*HOSTILE, ATTACK, "x" * 1000, "", " "])
def test_no_text_of_the_facts_breaks_out_of_a_card(attack: str) -> None:
    assert meanings(read(card.render(attacked(attack)))) == []


def test_a_card_says_where_nothing_is_written_of_use_and_limits() -> None:
    found = card.render(cards.flights(text=""))
    assert "has no section in `docs/model-card.md`" in found
    assert "None" not in found


def test_the_first_version_has_nothing_before_it() -> None:
    judged = states.no_base().verdict
    found = card.render(cards.flights(verdict=judged, before=None, slices=[], curves={}))
    titles = re.findall(r"(?m)^#+ (.+)$", found)
    assert titles == [
        *("flights-delay v1.1.0", "Intended use", "Limits", "Data", "Metrics", "The verdict"),
        *("Reproduce it", "Lineage", "Deployments"),
    ]


def test_a_parameter_may_be_longer_than_a_card_shows() -> None:
    found = card.render(
        cards.flights(lineage=cards.lineage(parameters={"train.trusted": "x" * 5000}))
    )
    assert "x" * 299 + "…" in found


def test_a_run_is_a_link_only_where_its_address_is_one() -> None:
    one = cards.lineage()
    for run, links in ((cards.RUN, 1), ("javascript:alert(1)", 0), ("https://a/> <b", 0)):
        registered = one.registered.model_copy(update={"run": run})
        found = card.render(cards.flights(lineage=cards.lineage(registered=registered)))
        assert read(found).tags.count("a") == links


def test_the_words_of_people_begin_with_their_first_section() -> None:
    assert written("# Title\n\nFor writers.\n\n## Use\n\nThis.\n") == "## Use\n\nThis."
    assert written("# Title\n\nNo section.\n") == written("") == ""
    shipped = written((ROOT / "docs/model-card.md").read_text("utf-8"))
    asked = written(fill("model-card.md", target="late", source="flights.csv"))
    for text in (shipped, asked):
        assert re.findall("(?m)^## (.+)$", text) == [
            "Intended use",
            "Limits",
            "Source and licence",
        ]
    assert "not written yet" in asked


def test_a_curve_is_drawn_between_its_points_and_another_one_if_it_reaches_as_far() -> None:
    line = [(0.0, 0.0), (0.0, 0.5), (1.0, 1.0)]  # straight up, as a ROC curve
    found = on_grid(line, [(0.0, 0.0), (1.0, 1.0)])
    assert [found[0], found[10], found[20]] == [(0, 0, 0), (0.5, 0.75, 0.5), (1, 1, 1)]
    assert {point[2] for point in on_grid(line, [(0.1, 0.0), (1.0, 1.0)])} == {None}
    assert on_grid([], line) == []
