"""policy.yaml: read strictly, and from the base."""

import re
from pathlib import Path

import pytest

from retrain.ci.policy import POLICY, Policy, judging
from retrain.errors import UserError
from retrain.settings import read
from tests.ci import toys
from tests.conftest import ROOT, Run


def test_the_shipped_policy_is_one() -> None:
    policy = read(ROOT / POLICY, Policy)
    assert policy.gate.primary in policy.gate.metrics
    for path in policy.versions.major:
        assert (ROOT / path).exists()


@pytest.mark.parametrize(
    ("pattern", "by", "said"),
    [
        ("floor: 0.6}", "floor: 1.2}", "gate metrics.roc_auc.floor should be between 0 and 1: no model can be beyond 1.2"),
        ("floor: 0.25}", "floor: -0.1}", "gate metrics.brier.floor should be between 0 and 1: no model can be beyond -0.1"),
        ("floor: 0.69}", "floor: .inf}", "gate.metrics.log_loss.floor should be a finite number"),
        ("tolerance: 0.005", "tolerance: -1", "gate.metrics.roc_auc.tolerance should be greater than or equal to 0"),
        ("promote_when: better", "promote_when: always", "gate.promote_when should be 'better' or 'not_worse'"),
        ("primary: log_loss", "primary: accuracy", "gate primary should be one of metrics"),
        ("    roc_auc: {direction: higher", "    auc: {direction: higher", "gate metrics.auc is no metric; known are roc_auc"),
        ("roc_auc: {direction: higher", "roc_auc: {direction: lower", "gate metrics.roc_auc.direction should be 'higher'"),
        ("min_rows: 5000", "min_rows: many", "gate.min_rows should be a valid integer, and is 'many'"),
        ("min_rows: 5000", "min_row: 5000", "gate.min_row is no known key; did you mean 'min_rows'?"),
        ("push: true", "push: sometimes", "triggers.push should be a valid boolean"),
        ("push: true", "pusch: true", "triggers.pusch is no known key; did you mean 'push'?"),
        (r"stages: \[.*\]", "stages: []", "stages list should have at least 1 item"),
        (r"stages: \[.*\]", "stages: [Big Stage]", "stages.0 string should match pattern"),
        ("flagged: 0.2", "flagged: 20", "words.flagged should be less than 1"),
        ("gate:", "gate: [", "not valid YAML"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_sentence(tmp_path: Path, pattern: str, by: str, said: str) -> None:
    text, found = re.subn(pattern, by, (ROOT / POLICY).read_text(), count=1)
    assert found == 1
    (tmp_path / POLICY).write_text(text)
    with pytest.raises(UserError) as error:
        read(tmp_path / POLICY, Policy)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_the_bases_policy_judges(toy: Path) -> None:
    own = (toy / POLICY).read_text()
    (toy / POLICY).write_text(own.replace("tolerance: 0.001", "tolerance: 0.5"))
    with toys.working_in(toy):
        policy, notes = judging("HEAD")
    assert (policy.gate.metrics["log_loss"].tolerance, notes) == (0.001, [])


def test_a_wrong_policy_is_told_though_the_base_judges(toy: Path) -> None:
    (toy / POLICY).write_text("words: none\n")
    with toys.working_in(toy), pytest.raises(UserError, match=r"policy.yaml"):
        judging("HEAD")


@pytest.mark.parametrize("before", [None, "of another time: true\n"])
def test_where_the_base_has_no_policy_that_can_be_read_a_note_says_whose_judges(
    toy: Path, run: Run, before: str | None
) -> None:
    own = (toy / POLICY).read_text()
    toys.do(run, toy, "git rm -q --cached policy.yaml")
    if before:
        (toy / POLICY).write_text(before)
    toys.do(run, toy, *(["git add policy.yaml"] if before else []), "git commit -qm before")
    (toy / POLICY).write_text(own)
    with toys.working_in(toy):
        policy, notes = judging("HEAD")
    assert policy.gate.primary == "log_loss"
    assert len(notes) == 1
    assert notes[0].endswith("this one judges")
