"""The report of every state: as agreed (golden/), within a comment, and of nothing but its facts.

A golden file is written anew by: GOLDEN=1 pytest tests/retrain/report. Read the diff, then commit it.
"""

import os
import re
from collections.abc import Callable
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from retrain.data.failures import Failure
from retrain.gate.policy import Words
from retrain.gate.schema import ClassRows, Comparison, Difference, Part, Recall, Rows, Verdict
from retrain.gate.schema import Tests as Ran  # pytest collects what is named Tests
from retrain.report.render import LIMIT, render
from retrain.report.schema import Built, Change, Facts, Moved, NewRows, Windows
from retrain.run.outputs import Contract, Step
from tests.retrain.report.render.reading import meanings, read
from tests.retrain.report.render.test_markdown import HOSTILE
from tests.toys import states

GOLDEN = Path(__file__).parent / "golden"
ATTACK = (
    "@octocat #1 </td></details>|` ```\n\n/close\n# <!-- [x](http://evil.example) ![i](i.png) "
    "<img src=x> deadbeef www.evil.example :tada: $x$ %%{init} \u202e GH-1"
)


def everywhere(value: Any, text: Callable[[], str]) -> Any:
    """Return facts in which every string that is not one of a few allowed ones is replaced."""
    if isinstance(value, Words):
        return Words(rows=text()[:40], outcome=text()[:40])
    if isinstance(value, BaseModel) or is_dataclass(value):
        fields = getattr(value, "__pydantic_fields__", None) or value.__dataclass_fields__
        return type(value)(
            **{
                name: getattr(value, name)
                if any(word in str(field) for word in ("Literal", "Effect", "pattern="))
                else everywhere(getattr(value, name), text)
                for name, field in fields.items()
            }
        )
    if isinstance(value, str):
        return text()
    if isinstance(value, list):
        return [everywhere(each, text) for each in value]
    if isinstance(value, dict):
        return {key: everywhere(each, text) for key, each in value.items()}
    return value


def hostile() -> Facts:
    """Every text is an attack, but the names of metrics, which have to match."""
    found: Facts = everywhere(states.promoted(), lambda: ATTACK)
    words = Words(rows="</td>@flights|", outcome="late` #1")
    parts = everywhere(states.broken_contract(), lambda: ATTACK).contract.failures
    changes = everywhere(states.changed(), lambda: ATTACK).changes
    return found.model_copy(
        update={
            "words": words,
            "notes": [ATTACK, "/close\n@octocat"],
            "changes": changes,
            "others": {ATTACK: (None, 0.5), "@b": (0.5, None)},
            "reference": {ATTACK: 0.5},
            "contract": Contract(success=True, rows={ATTACK: 5}, failures=parts),
        }
    )


STATES = {**states.STATES, "hostile": hostile}


@pytest.mark.smoke
@pytest.mark.parametrize("state", STATES)
def test_a_report_is_as_agreed(state: str) -> None:
    path, report = GOLDEN / f"{state}.md", render(STATES[state]())
    if os.environ.get("GOLDEN"):
        path.write_text(report, "utf-8")
    assert report == path.read_text("utf-8")


def test_there_is_no_golden_file_of_a_state_that_is_gone() -> None:
    assert {path.stem for path in GOLDEN.glob("*.md")} == set(STATES)


@pytest.mark.parametrize("state", STATES)
def test_a_report_means_nothing_but_what_it_says(state: str) -> None:
    report = render(STATES[state]())
    assert meanings(read(report)) == []
    assert report.endswith("\n")
    assert not report.endswith("\n\n")
    assert "\n\n\n" not in report


@pytest.mark.parametrize("attack", [*HOSTILE, "x" * 1000, "", " "])
def test_no_text_of_the_facts_breaks_out(attack: str) -> None:
    for state in (states.promoted, states.changed, states.broken_contract, states.failed):
        facts = everywhere(state(), lambda: attack[:40])
        assert meanings(read(render(facts, 3))) == []


@pytest.mark.parametrize("state", states.STATES)
def test_the_tables_and_parts_of_a_report_are_the_same_whatever_its_texts(state: str) -> None:
    def parts(text: str) -> list[str]:
        reader = read(render(everywhere(states.STATES[state](), lambda: text)))
        return [tag for tag in reader.tags if tag not in {"span", "code"}]

    assert parts("</td></details>|`@a")[:-1] == parts("word")[:-1]


def huge(character: str) -> Facts:
    """Return the largest facts that the schema admits, within reason: names of 1,000 characters."""
    long = (character * 1000)[:1000]
    names = [f"{number}{long}"[:1000] for number in range(60)]
    number = -1.7976931348623157e308
    numbers = dict.fromkeys(("this", "other", "difference", "low", "high"), number)
    apart = Difference(**numbers, likely=0.123456789, effect="likely worse")
    moved = apart.model_copy(update={"effect": "surely worse"})
    recall = Recall(flagged=0.123456789, positives=10**18, share=apart)
    parts = [Part(slice=long, value=long, rows=10**18, primary=moved) for _ in range(300)]
    curve = [(step / 20, 0.123, 0.456) for step in range(21)]
    taken = ClassRows(
        name=long, rows=10**18, this=0.123456, other=0.654321, confused_with=long, confused=10**18
    )
    comparisons = [
        Comparison(
            model=model,
            version=long,
            rows=10**18,
            left_out=10**18,
            blocks=10**18,
            sure=0.123456789,
            metrics=dict.fromkeys(names, apart),
            parts=parts,
            recall=recall,
            curves=dict.fromkeys([*names, "roc", "precision_recall", "calibration"], curve),
            classes=[taken] * 100,
        )
        for model in ("a", "b")
    ]
    row = dict.fromkeys(names, long)
    failure = Failure(
        severity=long,
        file=long,
        column=long,
        expected=long,
        found=long,
        remedy=long,
        rows=[row] * 5,
    )
    kinds = get_args(Change.model_fields["kind"].annotation)
    return Facts(
        artifact=long,
        words=Words(rows=long[:40], outcome=long[:40]),
        base=long,
        needed=True,
        error=long,
        notes=[long] * 100,
        changes=[
            Change(kind=kinds[number % len(kinds)], name=long, before=long, after=long)
            for number in range(500)
        ],
        new_rows=[
            NewRows(
                partition=long,
                rows=10**18,
                outcome=number,
                elsewhere=number,
                moved=[Moved(name=long, psi=number, mean=number, elsewhere=number)] * 3,
            )
        ]
        * 300,
        windows=Windows(train=long, test=long, train_rows=10**18, test_rows=10**18),
        reference=dict.fromkeys(names, number),
        others={f"other {name}"[:1000]: (number, number) for name in names},
        verdict=Verdict(
            verdict="block",
            reasons=[long] * 100,
            model=long,
            metrics=dict.fromkeys(names, number),
            confidence=0.95,
            primary=names[0],
            higher_is_better=dict.fromkeys(names, True),
            rows=Rows(defined_by="this run", total=10**18, unknown=10**17),
            tests=Ran(passed=10**18, skipped=10**18, failed=[long] * 1000),
            base=comparisons[0],
            champion=comparisons[1],
        ),
        contract=Contract(
            success=True, rows=dict.fromkeys(names, 10**18), failures=[failure] * 200
        ),
        steps=[Step(stage=long, state="ran", seconds=1e300)] * 100,
        built=Built(commit="f" * 64, base="f" * 64, new_data=True, edited=True),
    )


@pytest.mark.parametrize("success", [True, False])
@pytest.mark.parametrize("character", ["x", "|", "<", "$@", "`", "\U0001f600", "é", "漢"])
def test_a_report_fits_a_comment_whatever_the_facts_hold(character: str, success: bool) -> None:
    facts = huge(character)
    assert facts.contract is not None
    facts = facts.model_copy(
        update={"contract": facts.contract.model_copy(update={"success": success})}
    )
    report = render(facts, 40)
    assert len(report.encode("utf-16-le")) // 2 <= LIMIT
    assert meanings(read(report)) == []
    assert "The policy changes too" in report
    assert "… and " in report


def test_many_uses_of_one_window_are_named_where_it_judges() -> None:
    facts, sentence = (
        states.changed(),
        "> The same rows (2013-07) have now judged {} pushes of this",
    )
    assert sentence.format(3) in render(facts, 3)
    assert sentence.format("40 or more") in render(facts, 40)
    for report in (render(facts, 2), render(states.unchanged(), 9), render(states.failed(), 9)):
        assert "have now judged" not in report
    assert render(facts, 2) == render(facts)


def test_what_is_left_out_is_named() -> None:
    report = render(huge("$@"))
    assert re.search(r"Left out, because a comment has no room for it: curves", report)
    assert "Left out" not in render(states.changed())


def test_the_same_facts_give_the_same_report() -> None:
    assert render(states.promoted()) == render(states.promoted())
