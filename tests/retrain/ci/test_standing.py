"""What a plan knows of the proposals that are open."""

from pathlib import Path

import pytest

from retrain.ci import standing
from retrain.ci.event import night
from retrain.repo import tokens
from retrain.repo.remote import fetch
from tests.conftest import Run
from tests.e2e.forge.server import Forge
from tests.toys import toys

LIST = ("GET", "^/merge_requests")


@pytest.mark.parametrize("status", [None, 401, 403, 404])
def test_where_gitlab_refuses_to_list_the_merge_requests_a_plan_goes_on_as_if_none_were_open(
    at_gitlab: Forge,
    status: int | None,
    tmp_path: Path,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(tokens, "_taken", None)  # `plan` has the job's own alone
    branch = f"retrain/data-{'0' * 12}-1-1"
    seed = tmp_path / "seed"
    toys.do(run, seed, "git commit -q --allow-empty -m new", f"git push -q origin HEAD:{branch}")
    request = at_gitlab.open_pull(branch)
    project = toys.clone(at_gitlab.repository, tmp_path / "clone", run)
    at_gitlab.fails[LIST] = [status] if status else []
    with toys.working_in(project), caplog.at_level("INFO"):
        Path(".dvc/tmp").mkdir(parents=True)
        standing.fetch(night("2-1", "main"), fetch())
        known = standing.read()
    if status is None:
        assert [commit for commit, _ in known] == [request.sha]
        return
    assert known == []
    (said,) = caplog.messages
    why = f"GitLab refuses GET merge_requests: {status} The test asked for this; look at what"
    assert said.startswith(f"plan: the open proposals are not known, so none counts: {why}")
