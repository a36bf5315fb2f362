"""A person's word over `keep`: what has landed becomes a version, and nothing else does."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from retrain.deployment import promote as promoter
from retrain.errors import UserError
from retrain.gate.schema import read_verdict
from retrain.landing import push as pushing
from retrain.registry.versions import Version
from retrain.repo import dvc
from tests.conftest import Run
from tests.retrain.deployment import steps
from tests.toys import toys
from tests.toys.history import History, files_of


def promote(project: Path, ref: str | None = None, reason: str = "It leaked") -> Version:
    with toys.working_in(project), dvc.opened() as repo:
        return promoter.promote(repo, ref, steps.Provenance(actor="ada", reason=reason))


def kept(history: History, run: Run, number: int = 50) -> str:
    """Land a model that was kept; return its commit."""
    files = files_of(number)
    verdict = json.loads(files["reports/verdict.json"]) | {"verdict": "keep"}
    return steps.land(history.clone, run, files | {"reports/verdict.json": json.dumps(verdict)})


def refused(history: History, run: Run, error: str, ref: str | None = None, **said: str) -> None:
    before = toys.state(history.remote, run)
    with pytest.raises(UserError, match=error):
        promote(history.clone, ref, **said)
    assert toys.state(history.remote, run) == before


def test_what_was_kept_becomes_a_version_which_stages_follow(history: History, run: Run) -> None:
    commit = kept(history, run)
    main = toys.tip(history.remote, run)
    version = promote(history.clone)
    assert (version.name, version.commit) == ("v1.2.0", commit)  # its parameters are others
    assert toys.tip(history.remote, run) == main
    known = steps.known(history.clone)
    assert known.version() == version
    entry = known.entry(version)
    assert (entry.event, entry.actor, entry.reason) == ("promote", "ada", "It leaked")
    followed = known.assignments.found[-1]
    assert (followed.stage, followed.action, followed.version) == ("staging", "follow", version)
    assert followed.model == entry.model
    assert known.problems == []
    assert steps.deploy(history.clone, None).version == "v1.2.0"
    refused(history, run, r"the model of \w+ is v1.2.0 already; deploy that")


def test_who_may_promote_is_said_where_the_rules_refuse(history: History, run: Run) -> None:
    kept(history, run)
    toys.protect(history.remote, "refs/heads/retrain-landings")
    said = r"does not let refs/heads/retrain-landings be pushed .*docs/github.md, Rules"
    refused(history, run, said)


def test_a_stage_where_nothing_can_be_deployed_stops_no_version(
    history: History, run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    commit = kept(history, run)
    soon = datetime(2199, 1, 1, tzinfo=UTC)
    steps.tag(history.clone, run, "toy#staging#90", "toy@v1.0.0^{}", "By hand", soon)
    with caplog.at_level("INFO"):
        assert promote(history.clone).commit == commit
    assert "v1.2.0 is not deployed to staging: toy#staging#90 is of 2199-01-01" in caplog.text
    known = steps.known(history.clone).assignments
    assert [each.tag for each in known.of("staging")][-1] == "toy#staging#90"
    assert steps.deploy(history.clone, "v1.2.0").changed


@pytest.mark.slow
def test_a_stage_that_the_remote_refuses_stops_no_landing(
    toy: Path, remote: Path, run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    policy = (toy / "policy.yaml").read_text()
    policy = policy.replace("stages: {", "stages: {staging: {follows: true}, ")
    toys.change(toy, run, "stages", policy__yaml=policy)
    assert toys.landed(toy).deployed == []
    toys.change(toy, run, "better", params__yaml=toys.BETTER)
    toys.protect(remote, "refs/tags/*#staging#*")
    with caplog.at_level("INFO"):
        landing = toys.landed(toy)
    assert (landing.version, landing.deployed) == ("toy@v1.1.0", [])
    assert (
        "toy@v1.1.0 is deployed nowhere: origin does not let refs/tags/toy#staging#1" in caplog.text
    )
    assert toys.recorded(remote, run) == toys.tip(remote, run)


def test_only_what_has_landed_is_promoted(history: History, run: Run) -> None:
    old = toys.tip(history.clone, run, "HEAD")
    refused(history, run, r"the model of \w+ is v1.1.0 already; deploy that", old)
    refused(history, run, "nonsense is not a landing", "nonsense")
    refused(history, run, " is not a landing", "")
    toys.change(history.clone, run, "never landed", notes__txt="words")
    refused(history, run, rf"HEAD is not a landing; the newest ones are {old[:7]}, ", "HEAD")
    refused(history, run, "the reason is empty; say why", reason="<>")


def test_a_landing_with_the_model_of_a_version_is_none_of_its_own(
    history: History, run: Run
) -> None:
    steps.land(history.clone, run, {"README.md": "words\n"})
    refused(history, run, r"the model of \w+ is v1.1.0 already; deploy that")


def test_nothing_is_promoted_where_nothing_has_landed(
    new_remote: Path, tmp_path: Path, run: Run
) -> None:
    project = toys.clone(new_remote, tmp_path / "clone", run)
    with pytest.raises(UserError, match="nothing has landed yet; first: make land"):
        promote(project)


def test_floors_and_behaviour_tests_hold_for_a_person_too(history: History, run: Run) -> None:
    kept(history, run)
    policy = (history.clone / "policy.yaml").read_text()
    raised = policy.replace("log_loss: {floor: 0.69}", "log_loss: {floor: 0.1}")
    commit = steps.land(history.clone, run, {"policy.yaml": raised})
    refused(history, run, r"this landing \(\w+\) may not be used: log_loss is", f"{commit}~1")
    verdict = json.loads((history.clone / "reports/verdict.json").read_text())
    verdict["tests"] |= {"failed": ["test_rain"]}
    files = {"policy.yaml": policy, "reports/verdict.json": json.dumps(verdict)}
    steps.land(history.clone, run, files)
    refused(history, run, "may not be used: a behaviour test fails: test_rain")


def test_a_landing_that_is_first_is_not_lost(
    history: History, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = kept(history, run)
    other = toys.clone(history.remote, tmp_path / "other", run)
    real, left = pushing.push, [1]

    def push(*arguments: object) -> None:
        if left:
            steps.land(other, run, files_of(60), f"v1.{left.pop() + 1}.0")
        real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(pushing, "push", push)
    version = promote(history.clone, commit)
    assert version.name == "v1.3.0"
    known = steps.known(history.clone)
    assert [each.name for each in known.versions.registered[-2:]] == ["v1.2.0", "v1.3.0"]
    assert known.tip.landed == toys.tip(other, run, "HEAD")


@pytest.mark.slow
def test_the_next_landing_is_judged_against_what_was_promoted(toy: Path, run: Run) -> None:
    toys.change(toy, run, "worse", params__yaml="quality: 0.9\n")
    assert (landing := toys.landed(toy)).verdict == "keep"
    assert landing.version is None
    assert promote(toy).tag == "toy@v1.1.0"
    toys.change(toy, run, "better", params__yaml=toys.BETTER)
    assert toys.landed(toy).version == "toy@v1.2.0"
    with toys.working_in(toy):
        verdict = read_verdict("HEAD")
    assert verdict
    assert verdict.champion
    assert verdict.champion.version == "v1.1.0"
