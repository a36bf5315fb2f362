"""The end of a run, asked again by the code that posts: what starts nothing, posts nothing."""

import json
from pathlib import Path
from typing import Any

import pytest

from retrain.errors import UserError
from retrain.forges import review
from tests.ci import events
from tests.ci.forge.server import Forge
from tests.ci.forge.state import Artifact


@pytest.fixture
def ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that says which run has ended."""

    def say(**fields: Any) -> None:
        path = tmp_path / "event.json"
        path.write_text(json.dumps(events.workflow_run("11", "f" * 40, **fields)))
        monkeypatch.setenv("GITHUB_EVENT_PATH", str(path))

    return say


@pytest.mark.parametrize(
    "fields",
    [{"event": "push"}, {"event": "pull_request_target"}, {"conclusion": "action_required"},
     {"conclusion": "cancelled"}, {"conclusion": "skipped"}],
    ids=lambda fields: "-".join(fields.values()),
)  # fmt: skip
def test_a_run_that_built_no_change(forge: Forge, ended: Any, fields: dict[str, Any]) -> None:
    forge.artifacts[11] = [Artifact(7, "report")]
    ended(**fields)
    for step in (review.artifact, lambda: review.comment(Path("nowhere"))):
        with pytest.raises(UserError, match="not the end of a pull request's run"):
            step()
    assert forge.requests == []


@pytest.mark.parametrize("conclusion", ["success", "failure"])
def test_a_run_that_built_one(forge: Forge, ended: Any, conclusion: str) -> None:
    forge.artifacts[11] = [Artifact(7, "report", review.LARGEST)]
    ended(conclusion=conclusion)
    assert review.artifact() == "7"
