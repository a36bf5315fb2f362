"""The end of a run, asked again by the code that posts: what starts nothing, posts nothing."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from retrain.ci.api import archive
from retrain.ci.cml import post_comment, sticky, write_comment
from retrain.ci.github import calls
from retrain.ci.github import review as github
from retrain.errors import UserError
from retrain.paths import COMMENT, POLICY
from retrain.report import publish
from tests.e2e.forge.server import Forge
from tests.e2e.forge.state import Artifact
from tests.e2e.github_runner import zipped
from tests.retrain.ci.conftest import WORDS
from tests.toys import events, toys


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
    for step in (github.built, lambda: write_comment.review(Path("nowhere"))):
        with pytest.raises(UserError, match="not the end of a pull request's run"):
            step()
    assert at_github.requests == []


@pytest.mark.parametrize(
    ("conclusion", "interrupted"),
    [("success", False), ("failure", False), ("startup_failure", False),
     ("cancelled", True), ("timed_out", True), ("stale", True)],
)  # fmt: skip
def test_a_run_that_built_one(
    at_github: Forge, ended: Any, tmp_path: Path, conclusion: str, interrupted: bool
) -> None:
    at_github.artifacts[11] = [Artifact(7, "report")]
    at_github.stored[7] = zipped({"report.json": b"{}", "report.md": b"", "../../evil": b"x"})
    ended(conclusion=conclusion)
    github.fetch(github.built(), tmp_path / "a/report")
    assert github.interrupted() is interrupted
    (file,) = (tmp_path / "a").rglob("*.*")
    assert (file.name, file.read_bytes()) == ("report.json", b"{}")
    assert [path for _, path, _ in at_github.requests][-2:] == [
        "/actions/artifacts/7/zip",
        "/stored/7?signature=x",  # which takes no token
    ]


@pytest.mark.parametrize(
    ("stored", "left"),
    [
        (None, None),
        (os.urandom(archive.LARGEST + 1), None),
        (b"no archive", b""),
        (zipped({"report.md": b"without the facts"}), b""),
        (zipped({"report.json": b"x" * 9_000_000}), b"x" * (publish.LARGEST + 1)),
    ],
    ids=["gone", "too large", "no archive", "without facts", "a bomb"],
)
def test_what_is_fetched_has_limits(
    at_github: Forge, ended: Any, tmp_path: Path, stored: bytes | None, left: bytes | None
) -> None:
    at_github.artifacts[11] = [Artifact(7, "report")]
    if stored:
        at_github.stored[7] = stored
    ended()
    github.fetch(github.built(), tmp_path / "report")
    file = tmp_path / "report/report.json"
    assert (file.read_bytes() if file.exists() else None) == left


def test_what_a_store_says_of_a_failure_is_no_report(
    at_github: Forge, ended: Any, tmp_path: Path
) -> None:
    at_github.artifacts[11] = [Artifact(7, "report")]
    at_github.stored[7] = b"x"
    at_github.fails[("GET", "/stored")] = [404]
    ended()
    github.fetch(github.built(), tmp_path / "report")
    assert not (tmp_path / "report").exists()


def test_a_store_that_falters_is_asked_again_and_one_that_is_away_is_a_sentence(
    at_github: Forge, ended: Any, tmp_path: Path
) -> None:
    at_github.artifacts[11] = [Artifact(7, "report")]
    at_github.stored[7] = zipped({"report.json": b"{}"})
    at_github.fails[("GET", "/zip")] = [502]
    at_github.fails[("GET", "/stored")] = [503]
    ended()
    github.fetch(github.built(), tmp_path)
    assert (tmp_path / "report.json").read_bytes() == b"{}"
    with pytest.raises(UserError, match=r"cannot be fetched \(\w+\); run it again"):
        archive.fetched("https://localhost:9/zip", {}, "report.json", 1)


@pytest.mark.usefixtures("at_github")
def test_what_the_forge_answers_is_looked_at_again(
    ended: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended(owner="mallory", repo=2)
    others = [
        {"number": 1, "head": {"label": "mallory:other", "sha": "f" * 40, "repo": {"id": 2}}},
        {"number": 2, "head": {"label": "acme:change", "sha": "f" * 40, "repo": {"id": 2}}},
        {"number": 3, "head": {"label": "mallory:change", "sha": "f" * 40, "repo": {"id": 3}}},
        {"number": 4, "head": {"label": "mallory:change", "sha": "f" * 40, "repo": None}},
    ]
    right = {"number": 5, "head": {"label": "mallory:change", "sha": "f" * 40, "repo": {"id": 2}}}
    shutil.copy(toys.TOY / POLICY, tmp_path)
    monkeypatch.chdir(tmp_path)
    asked: list[dict[str, str]] = []
    posted: list[int] = []
    monkeypatch.setattr(sticky, "text", lambda number: "")
    monkeypatch.setattr(sticky, "put", lambda number, text, update: posted.append(number))
    for answer in (others, [*others, right]):
        monkeypatch.setattr(calls, "pages", lambda _, **q: asked.append(q) or answer)  # noqa: B023
        number, _ = write_comment.review(Path("nowhere"))
        if number:
            post_comment.post([*WORDS, f"--target=pr/{number}", COMMENT])
    assert posted == [5]
    head = {"state": "open", "head": "mallory:change"}
    assert asked == [head] * 3  # and once more before it is posted


@pytest.mark.usefixtures("at_github")
def test_an_artifact_of_another_name_is_none(
    ended: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended()
    other = {"id": 7, "name": "other", "expired": False}
    monkeypatch.setattr(calls, "call", lambda *_, **__: {"artifacts": [other]})
    github.fetch(github.built(), tmp_path)
    assert list(tmp_path.glob("report*")) == []
