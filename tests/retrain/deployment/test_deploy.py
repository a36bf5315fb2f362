"""What is deployed, and what is refused before anything has moved."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from retrain.deployment import checks
from retrain.errors import UserError
from retrain.repo import dvc
from tests.conftest import Run
from tests.retrain.deployment import steps
from tests.toys import toys
from tests.toys.history import History, make


@pytest.fixture
def bucket(tmp_path: Path) -> History:
    """Return versions whose models are in a store outside of Git, `../store`."""
    return make(tmp_path / "bucket", 3, 2, bucket=True)


def model(history: History, version: str) -> Path:
    """Return the file in the store of a version's model."""
    for path in (history.remote.parent / "store").rglob("*"):
        if path.is_file() and path.read_text() == f"model {history.versions.index(version)}":
            return path
    raise AssertionError


def refused(history: History, run: Run, error: str, version: str | None, stage: str = "production",
            reason: str = "It holds") -> None:  # fmt: skip
    before = toys.state(history.remote, run)
    with pytest.raises(UserError, match=error):
        steps.deploy(history.clone, version, stage, steps.Provenance(reason=reason))
    assert toys.state(history.remote, run) == before


def test_a_version_is_deployed_and_the_tag_says_by_whom_and_why(history: History, run: Run) -> None:
    done = steps.deploy(history.clone, None)
    assert (done.version, done.tag, done.changed) == ("v1.1.0", "toy#production#11", True)
    found = steps.known(history.clone).assignments.found[-1]
    assert (found.action, found.actor, found.reason, found.signed) == (
        "deploy", "ada", "It holds", True)  # fmt: skip
    assert found.model == steps.known(history.clone).entry(found.version).model
    assert toys.do(run, history.clone, "git tag --list toy#production#11") == done.tag
    state = toys.state(history.remote, run)
    again = steps.deploy(history.clone, "toy@v1.1.0")
    assert (again.changed, again.tag, toys.state(history.remote, run)) == (False, done.tag, state)
    back = steps.rollback(history.clone)
    assert (back.version, back.before) == (done.before, "v1.1.0")
    assert steps.there(history.clone) == done.before


def test_what_a_hand_has_put_there_is_deployed_as_if_it_were_not(
    history: History, run: Run
) -> None:
    steps.tag(history.clone, run, "toy#production#13", "toy@v1.0.2^{}", "By hand")
    done = steps.deploy(history.clone, "v1.0.2")
    assert (done.changed, done.tag) == (True, "toy#production#14")


@pytest.mark.parametrize(
    ("error", "version", "stage", "reason"),
    [
        ("v1.0.9 is not a version; did you mean 'v1.0.", "v1.0.9", "production", "x"),
        ("an empty name is not a version; known are v1.0.0, ", "", "production", "x"),
        (
            "produktion is not a stage of the policy.yaml that has landed; did you mean 'production'",
            "v1.0.0",
            "produktion",
            "x",
        ),
        (
            "an empty name is not a stage of the policy.yaml that has landed; known are production, staging",
            "v1.0.0",
            "",
            "x",
        ),
        ("the reason is empty; say why, in words", "v1.0.0", "production", ""),
        ("the reason is empty; say why, in words", "v1.0.0", "production", " \n `@#<>!` "),
    ],
)
def test_what_cannot_be_meant_is_refused(
    history: History, run: Run, error: str, version: str, stage: str, reason: str
) -> None:
    refused(history, run, error, version, stage, reason)


def test_a_stage_that_only_a_tag_names_takes_nothing_new(history: History, run: Run) -> None:
    steps.tag(history.clone, run, "toy#canary#30", "toy@v1.0.0^{}", "By hand")
    refused(history, run, "canary is not a stage of policy.yaml any more", "v1.0.1", "canary")


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("<b>bold</b> & [x](https://evil.example) @ada #1 !2", "b bold b x (https evil.example) ada 1 2"),
        ("x" * 10_000, "x" * 500),
        ("Die Güte, wie sie war; 'ja' = 1.5", "Die Güte, wie sie war; 'ja' = 1.5"),
        ("モデルは良い", "モデルは良い"),
        ("मॉडल अच्छा है", "मॉडल अच्छा है"),
        ("النموذج جيد", "النموذج جيد"),
        ("one\r\nRetrain-Actor: eve\u202e\x00\x1b", "one Retrain-Actor: eve"),
    ],
)  # fmt: skip
def test_a_reason_is_kept_as_words_in_any_script(history: History, said: str, kept: str) -> None:
    steps.assign(history.clone, "v1.0.0", who=replace(steps.WHY, reason=said))
    found = steps.known(history.clone).assignments.found[-1]
    assert (found.reason, found.actor) == (kept, "ada")


@pytest.mark.parametrize(
    ("stage", "why"),
    [("staging", "nothing is there"), ("production", "v1.0.0 is the first one there")],
)
def test_a_roll_back_with_nothing_to_go_back_to_says_so(
    tmp_path: Path, stage: str, why: str
) -> None:
    history = make(tmp_path / "young", 1, 1)
    with pytest.raises(UserError, match=f"{stage} cannot be rolled back: {why}; to put another"):
        steps.rollback(history.clone, stage)


def test_a_model_that_is_gone_is_not_deployed(bucket: History, run: Run) -> None:
    model(bucket, "v1.0.1").unlink()
    refused(bucket, run, r"models/model.skops of \w+ is on no remote any more", "v1.0.1")


def test_a_model_that_was_exchanged_at_the_remote_is_not_deployed(
    bucket: History, run: Run
) -> None:
    found = model(bucket, "v1.0.1")
    found.chmod(0o644)
    found.write_text("another model")
    refused(bucket, run, r"models/model.skops of \w+ is (on no remote any more|not what)", "v1.0.1")


def test_a_model_that_was_exchanged_in_the_cache_is_not_looked_at(bucket: History) -> None:
    hashed = model(bucket, "v1.0.1").relative_to(bucket.remote.parent / "store")
    cached = bucket.clone / ".dvc/cache" / hashed
    cached.parent.mkdir(parents=True)
    cached.write_text("another model")
    assert steps.deploy(bucket.clone, "v1.0.1").changed


def test_a_model_that_is_not_the_registered_one_is_not_deployed(history: History) -> None:
    known = steps.known(history.clone)
    entries = tuple(replace(each, model="0" * 64) for each in known.tip.record.entries)
    other = replace(
        known, tip=replace(known.tip, record=replace(known.tip.record, entries=entries))
    )
    error = f"its SHA-256 is {known.entry(known.version()).model}, and was {'0' * 64}"
    with (
        toys.working_in(history.clone),
        dvc.opened() as repo,
        pytest.raises(UserError, match=error),
    ):
        checks.check(repo, other, other.version())


@pytest.mark.parametrize(
    "command", ["git tag -d {}", "git tag -f {} main", "git tag -f {} {}^{{}}"]
)
def test_a_version_whose_own_tag_is_gone_or_another_one_is_not_deployed(
    history: History, run: Run, command: str
) -> None:
    toys.do(run, history.remote, command.format("toy@v1.1.0", "toy@v1.1.0"))
    refused(history, run, r"the tag toy@v1.1.0 at the remote is not .*: git tag -f -a", "v1.1.0")


@pytest.mark.ml_test_score("Infra 4")
def test_todays_floors_hold_for_what_was_registered_earlier(history: History, run: Run) -> None:
    policy = (history.clone / "policy.yaml").read_text()
    raised = policy.replace("log_loss: {floor: 0.69}", "log_loss: {floor: 0.1}")
    steps.land(history.clone, run, {"policy.yaml": raised})
    refused(history, run, r"v1.0.0 \(\w+\) may not be used: log_loss is 0.5\d+; the floor is at most 0.1", "v1.0.0")  # fmt: skip
    with pytest.raises(UserError, match="may not be used: log_loss"):
        steps.rollback(history.clone)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"verdict": "block", "reasons": ["it is bad"]}, r"may not be used: it is bad"),
        ({"model": "0" * 32}, "its reports/verdict.json is not on its model"),
        (
            {"tests": {"passed": 3, "skipped": 0, "failed": ["rain"]}},
            "a behaviour test fails: rain",
        ),
        ({"surprise": 1}, r"reports/verdict.json of \w+: 'surprise'"),
        (None, "its reports/verdict.json is not on its model"),
    ],
)
def test_a_version_that_is_not_judged_well_is_not_deployed(
    history: History, run: Run, changed: dict[str, object] | None, error: str
) -> None:
    verdict = history.clone / "reports/verdict.json"
    text = json.dumps(json.loads(verdict.read_text()) | changed) if changed else ""
    if not changed:
        toys.do(run, history.clone, "git rm -q reports/verdict.json")
    files = {"reports/verdict.json": text} if changed else {"notes.txt": "gone"}
    steps.land(history.clone, run, files, "v2.0.0")
    refused(history, run, error, "v2.0.0")


def test_a_version_without_a_lock_is_not_deployed(history: History, run: Run) -> None:
    toys.do(run, history.clone, "git rm -q dvc.lock")
    steps.land(history.clone, run, {"notes.txt": "gone"}, "v2.0.0")
    refused(history, run, "its dvc.lock names no models/model.skops", "v2.0.0")


@pytest.mark.parametrize("whole", ["", "GitLab: You are not allowed to create this tag"])
def test_a_push_that_is_refused_leaves_nothing_and_can_be_repeated(
    history: History, run: Run, whole: str
) -> None:
    toys.protect(history.remote, "refs/tags/toy#production*", whole)
    refused(
        history,
        run,
        r"does not let (refs/tags/)?toy#production#11 be pushed \(.*; allow it there",
        "v1.0.0",
    )
    assert toys.do(run, history.clone, "git tag --list toy#production#11") == ""
    for hook in ("update", "pre-receive"):
        (history.remote / "hooks" / hook).unlink(missing_ok=True)
    assert steps.deploy(history.clone, "v1.0.0").tag == "toy#production#11"
