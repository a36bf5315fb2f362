"""policy.yaml: read strictly, and from the base."""

import re
from pathlib import Path

import pytest

from retrain.errors import UserError
from retrain.gate.policy import Policy, check, judging
from retrain.metrics.table import TASKS
from retrain.paths import POLICY
from retrain.run.problem import Problem, problem
from retrain.settings import read
from tests.conftest import Run
from tests.toys import toys
from tests.toys.watched import LIMITS

TEXT = toys.FULL_POLICY.read_text() + LIMITS


@pytest.mark.smoke
def test_a_policy_is_read() -> None:
    policy = read(toys.FULL_POLICY, Policy)
    assert policy.gate.primary == "log_loss"
    assert policy.gate.promote.change.margin == 0.0005


def test_a_margin_below_0_is_one(tmp_path: Path) -> None:
    text = re.sub(r"data: \{.*\}", "data: {confidence: 0.5, margin: -0.002}", TEXT)
    (tmp_path / POLICY).write_text(text)
    assert read(tmp_path / POLICY, Policy).gate.promote.data.margin == -0.002


@pytest.mark.parametrize(
    ("pattern", "by", "message"),
    [
        ("floor: 0.6}", "floor: 1.2}", "gate metrics.roc_auc.floor should be one that a model can fall short of and reach, between 0 and 1, and is 1.2"),
        ("floor: 0.25}", "floor: -0.1}", "gate metrics.brier.floor should be one that a model can fall short of and reach, between 0 and 1, and is -0.1"),
        ("floor: 0.69}", "floor: .inf}", "gate.metrics.log_loss.floor should be a finite number"),
        ("tolerance: 0.005", "tolerance: -1", "gate.metrics.roc_auc.tolerance should be greater than or equal to 0"),
        (r"change: \{confidence: [\d.]+", "change: {confidence: 1", "gate.promote.change.confidence should be less than 1"),
        (r"data: \{confidence: [\d.]+", "data: {confidence: 0.4", "gate.promote.data.confidence should be greater than or equal to 0.5"),
        (r"data: \{.*\}", "data: {confidence: 0.8}", "gate.promote.data.margin is missing; add it"),
        (r"data: \{.*\}", "data: {confidence: 0.8, margin: .inf}", "gate.promote.data.margin should be a finite number"),
        (r"    data: \{", "    date: {", "gate.promote.date is not a known key; did you mean 'data'?"),
        ("primary: log_loss", "primary: accuracy", "gate primary should be one of metrics"),
        ("primary: log_loss", "primary: roc_auc", "gate metrics.log_loss.tolerance is missing; add it"),
        (r"log_loss: \{", "log_loss: {tolerance: 0.1, ", "gate metrics.log_loss.tolerance should be left out: promote has its margins"),
        (r"brier: \{tolerance: 0.001, ", "brier: {", "gate metrics.brier.tolerance is missing; add it"),
        (r"roc_auc: \{", "auc: {", "gate metrics.auc is not known; known are roc_auc"),
        (r"brier: \{", "brier: {direction: lower, ", "gate.metrics.brier.direction is not a known key"),
        ("column: day, ", "", "gate.blocks.column is missing; add it"),
        ("ordered: true}", "ordered: perhaps}", "gate.blocks.ordered should be a valid boolean"),
        ("  confidence: 0.95", "  confidence: 95", "gate.confidence should be less than 1"),
        ("min_rows: 5000", "min_rows: many", "gate.min_rows should be a valid integer, and is 'many'"),
        ("min_rows: 5000", "min_row: 5000", "gate.min_row is not a known key; did you mean 'min_rows'?"),
        ("push: true", "push: sometimes", "triggers.push should be a valid boolean"),
        ("push: true", "pusch: true", "triggers.pusch is not a known key; did you mean 'push'?"),
        (r"stages: .*", "stages: {}", "stages dictionary should have at least 1 item"),
        ("season: 365", "season: 9999999", "drift.inputs.season should be less than or equal to 36525"),
        ("cooldown: 7", "cooldown: 1.0e+9", "drift.cooldown should be less than or equal to 36525"),
        ("cooldown: 7", "cooldown: .nan", "drift.cooldown should be"),
        ("staging:", "Big Stage:", "stages.Big Stage.[key] string should match pattern"),
        ("staging:", "staging-:", "stages.staging-.[key] string should match pattern"),
        ("follows: false", "follows: true", "stages should leave the last one, production, to a person"),
        ("flagged: 0.2", "flagged: 20", "words.flagged should be less than 1"),
        ("gate:", "gate: [", "not valid YAML"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_sentence(tmp_path: Path, pattern: str, by: str, message: str) -> None:
    text, found = re.subn(pattern, by, TEXT, count=1)
    assert found == 1
    (tmp_path / POLICY).write_text(text)
    with pytest.raises(UserError) as error:
        read(tmp_path / POLICY, Policy)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_the_bases_policy_judges(toy: Path) -> None:
    own = (toy / POLICY).read_text()
    assert "margin: 0.001}" in own
    (toy / POLICY).write_text(own.replace("margin: 0.001}", "margin: 0.5}"))
    with toys.working_in(toy):
        policy, notes = judging("HEAD")
        mine, _ = judging(None)
    assert (policy.gate.promote.change.margin, notes) == (0.001, [])
    assert mine.gate.promote.change.margin == 0.5


def test_a_wrong_policy_is_refused_though_the_base_judges(toy: Path) -> None:
    (toy / POLICY).write_text("words: none\n")
    with toys.working_in(toy), pytest.raises(UserError, match=r"policy.yaml"):
        judging("HEAD")


@pytest.mark.parametrize(
    "before",
    [
        None,
        "of another time: true\n",
        (toys.TOY / POLICY).read_text().replace("{floor", "{direction: lower, floor"),
    ],
    ids=["none", "not one", "an older one"],
)
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


# ---- the problem that it is for


def problem_of(text: str, folder: Path) -> Problem:
    (folder / "params.yaml").write_text(text)
    with toys.working_in(folder):
        return problem()


BINARY = "task: binary\nevaluate: {metrics: [log_loss, roc_auc, average_precision, brier, calibration_error]}\n"


def test_a_policy_fits_its_problem(tmp_path: Path) -> None:
    policy = read(toys.FULL_POLICY, Policy)
    check(policy, problem_of(BINARY, tmp_path))
    for unread in ("", "quality: 1.0\n", "task: [\n", "task: guess\n"):  # its stage refuses it
        check(policy, problem_of(unread, tmp_path))


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ("task: regression", "gate.metrics.log_loss does not exist for the task regression of params.yaml; choose from mean_absolute_error, root_mean_squared_error"),
        ("task: multiclass", "gate.metrics.roc_auc does not exist for the task multiclass"),
        (BINARY.replace("brier, ", ""), "gate.metrics.brier is not in evaluate.metrics of params.yaml; add it"),
        (f"{BINARY}prepare: {{split: hash, hash_of: key}}", "gate.blocks.column is day, and params.yaml splits by a hash of key"),
        (f"{BINARY}prepare: {{split: hash, hash_of: day}}", "gate.blocks.ordered is true, and rows by day have no order in time; set it to false"),
    ],
)  # fmt: skip
def test_one_that_does_not_is_a_sentence(tmp_path: Path, params: str, message: str) -> None:
    with pytest.raises(UserError) as error:
        check(read(toys.FULL_POLICY, Policy), problem_of(params, tmp_path))
    assert str(error.value).startswith("policy.yaml: ")
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("task", "word"), [("binary", "outcome"), ("binary", "flagged"), ("regression", "unit")]
)
def test_the_report_needs_the_words_of_its_task(tmp_path: Path, task: str, word: str) -> None:
    policy = read(toys.FULL_POLICY, Policy)
    words = policy.words.model_copy(update={"unit": "bikes"} | {word: None})
    metric = {"binary": "log_loss", "regression": "r2"}[task]
    gate = policy.gate.model_copy(update={"metrics": {metric: policy.gate.metrics["log_loss"]}})
    gate.__dict__.pop("table", None)
    changed = policy.model_copy(update={"words": words, "gate": gate})
    with pytest.raises(UserError, match=rf"words.{word} is missing for the task {task}; add it"):
        check(changed, problem_of(f"task: {task}\n", tmp_path))


def test_a_metric_by_which_the_base_judges_cannot_be_left_out(toy: Path, run: Run) -> None:
    (toy / "params.yaml").write_text(BINARY)
    (toy / POLICY).write_text(TEXT)
    toys.do(run, toy, "git commit -qam before")
    (toy / "params.yaml").write_text(BINARY.replace("average_precision, ", ""))
    (toy / POLICY).write_text(re.sub(r"(?m)^ +average_precision:.*\n", "", TEXT))
    lacks = r"evaluate.metrics lacks average_precision, by which the base's policy.yaml judges"
    with toys.working_in(toy), pytest.raises(UserError, match=lacks):
        judging("HEAD")


def test_a_metric_of_ones_own_has_a_direction(tmp_path: Path) -> None:
    own = TEXT.replace("brier: {", "dollars: {better: lower, ")
    (tmp_path / POLICY).write_text(own.replace("floor: 0.25}", "floor: 250}"))
    gate = read(tmp_path / POLICY, Policy).gate
    assert not gate.table["dollars"].higher_is_better
    assert gate.table["dollars"].tasks == TASKS
    (tmp_path / POLICY).write_text(TEXT.replace("brier: {", "brier: {better: lower, "))
    with pytest.raises(UserError, match=r"metrics.brier.better should be left out"):
        read(tmp_path / POLICY, Policy)


def test_where_the_task_has_changed_the_own_policy_judges(toy: Path, run: Run) -> None:
    (toy / "params.yaml").write_text("quality: 1.0\ntask: binary\n")
    toys.do(run, toy, "git commit -qam before")
    (toy / "params.yaml").write_text("quality: 1.0\ntask: regression\n")
    text = (toy / POLICY).read_text().replace("log_loss", "mean_absolute_error")
    (toy / POLICY).write_text(text.replace("words: {", "words: {unit: euros, "))
    with toys.working_in(toy):
        policy, notes = judging("HEAD")
    assert policy.gate.primary == "mean_absolute_error"
    assert notes == [
        "the base's task is binary, and this one is regression: this policy.yaml judges"
    ]


def test_where_another_model_is_built_the_own_policy_judges(toy: Path) -> None:
    pipeline = toy / "dvc.yaml"
    pipeline.write_text(pipeline.read_text().replace("toy:", "toys:"))
    with toys.working_in(toy):
        _, notes = judging("HEAD")
        assert judging(None)[1] == []
    assert notes == ["the base builds another model, toy: this policy.yaml judges"]
