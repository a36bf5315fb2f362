"""The end of a run, asked again by the code that posts: what starts nothing, posts nothing."""

import json
from pathlib import Path
from typing import Any

import pytest

from retrain.errors import UserError
from retrain.forges import review, sticky
from retrain.forges.github import calls
from retrain.forges.github import review as github
from tests.ci import events
from tests.ci.forge.server import Forge
from tests.ci.forge.state import Artifact
from tests.conftest import ROOT


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
     {"conclusion": "skipped"}, {"conclusion": None}],
    ids=lambda fields: "-".join(map(str, fields.values())),
)  # fmt: skip
def test_a_run_that_built_no_change(at_github: Forge, ended: Any, fields: dict[str, Any]) -> None:
    at_github.artifacts[11] = [Artifact(7, "report")]
    ended(**fields)
    for step in (lambda: github.artifact(github.built()), lambda: review.comment(Path("nowhere"))):
        with pytest.raises(UserError, match="not the end of a pull request's run"):
            step()
    assert at_github.requests == []


@pytest.mark.parametrize(
    ("conclusion", "interrupted"),
    [("success", False), ("failure", False), ("startup_failure", False),
     ("cancelled", True), ("timed_out", True), ("stale", True)],
)  # fmt: skip
def test_a_run_that_built_one(
    at_github: Forge, ended: Any, conclusion: str, interrupted: bool
) -> None:
    at_github.artifacts[11] = [Artifact(7, "report", github.LARGEST)]
    ended(conclusion=conclusion)
    assert github.artifact(github.built()) == "7"
    assert github.interrupted() is interrupted


@pytest.mark.usefixtures("at_github")
def test_what_the_forge_answers_is_looked_at_again(
    ended: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended(owner="mallory", repo=2)
    others = [
        {"number": 1, "head": {"label": "mallory:other", "sha": "f" * 40, "repo": {"id": 2}}},
        {"number": 2, "head": {"label": "acme:change", "sha": "f" * 40, "repo": {"id": 2}}},
        {"number": 3, "head": {"label": "mallory:change", "sha": "f" * 40, "repo": {"id": 3}}},
        {"number": 4, "head": {"label": "mallory:change", "sha": "f" * 40, "repo": None}},
    ]
    right = {"number": 5, "head": {"label": "mallory:change", "sha": "f" * 40, "repo": {"id": 2}}}
    asked: list[dict[str, str]] = []
    posted: list[int] = []
    monkeypatch.setattr(sticky, "text", lambda number: "")
    monkeypatch.setattr(sticky, "put", lambda number, text: posted.append(number))
    for answer in (others, [*others, right]):
        monkeypatch.setattr(calls, "pages", lambda _, **q: asked.append(q) or answer)  # noqa: B023
        monkeypatch.chdir(ROOT)
        review.comment(Path("nowhere"))
    assert posted == [5]
    head = {"state": "open", "head": "mallory:change"}
    assert asked == [head] * 3  # and once more before it is posted


@pytest.mark.usefixtures("at_github")
def test_an_artifact_of_another_name_is_none(ended: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ended()
    other = {"id": 7, "name": "other", "expired": False, "size_in_bytes": 1}
    monkeypatch.setattr(calls, "call", lambda *_, **__: {"artifacts": [other]})
    assert github.artifact(github.built()) == ""
