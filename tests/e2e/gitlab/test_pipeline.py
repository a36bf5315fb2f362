"""What is GitLab's alone, executed: a project without tokens, inputs as text, the runner's clone."""

from pathlib import Path

import pytest

from tests.conftest import ROOT, Run
from tests.e2e.act import LANDED, PLANNED
from tests.e2e.both.test_merge import merge
from tests.e2e.gitlab_runner import GitLab
from tests.toys import toys

HOSTILE = [
    '"; touch pwned; " $(touch pwned)`touch pwned`',
    "'; touch pwned #\n- touch pwned\nscript: [touch pwned]",
    "${RETRAIN_TOKEN} $CI_JOB_TOKEN ]]}} $[[ inputs.parameters ]] !reference [plan, script]",
]


@pytest.mark.slow
def test_a_project_without_a_token_builds_says_where_and_lands_nothing(
    gitlab: GitLab, toy: Path, remote: Path, run: Run
) -> None:
    gitlab.tokens = False
    merge(toy, run, params__yaml="quality: 2.0\n")
    state = toys.state(remote, run)
    done = gitlab.merged()
    assert done.jobs == LANDED, done.end
    assert "no RETRAIN_TOKEN is set for the environment 'landing'" in done.log
    assert "artifacts/file/report.md" in done.log
    assert "toy: promote" in done.summary
    assert "No proposal is prepared" in done.log
    assert toys.state(remote, run) == state
    gitlab.environment["TOY_SOURCE"] = "3"
    night = gitlab.night()
    assert night.jobs == LANDED, night.end
    assert "2013-03" in night.summary
    assert toys.state(remote, run) == state
    # a night reads which proposals are open, with the job's own token
    assert {method for method, _, _ in gitlab.forge.requests} == {"GET"}


@pytest.mark.slow
@pytest.mark.parametrize("reason", HOSTILE)
def test_what_somebody_types_is_text_in_the_report(gitlab: GitLab, reason: str) -> None:
    done = gitlab.pressed(reason=reason, parameters="quality=2.0")
    assert done.jobs["build"] == "success", done.end
    assert "Asked for by octo, by the button:" in done.summary
    assert gitlab.leaks == []
    assert list(gitlab.folder.rglob("pwned")) == []
    for secret in (gitlab.folder / "secrets.txt").read_text().split():
        assert secret not in done.summary


@pytest.mark.slow
def test_the_metrics_are_there_for_the_next_comparison_whatever_was_to_do(
    gitlab: GitLab, toy: Path, run: Run
) -> None:
    merge(toy, run, README__md="Read me.\n")
    done = gitlab.merged()
    assert done.jobs == PLANNED, done.end
    metrics = gitlab.folder / f"{done.run}-clone/.gitlab-ci-local/artifacts/build/metrics.txt"
    assert metrics.read_text().startswith("log_loss 0.")


@pytest.mark.slow
def test_a_token_in_the_runners_clone_would_be_found(gitlab: GitLab, toy: Path, run: Run) -> None:
    file = (ROOT / ".gitlab-ci.yml").read_text()
    flag = 'FF_GIT_URLS_WITHOUT_TOKENS: "true"'
    assert flag in file
    merge(toy, run, **{"__gitlab-ci__yml": file.replace(flag, flag.replace("true", "false"))})
    assert gitlab.merged().jobs == PLANNED
    assert gitlab.leaks
    assert {Path(leak).name for leak in gitlab.leaks} == {"config"}
