"""The workflows as GitHub Enterprise Server gets them: the same, but for what it does not know."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from retrain.settings import read_yaml
from tests.conftest import ROOT, Run
from tests.e2e.act import BUILT
from tests.e2e.github.test_lint import COMMANDS, RETRAIN, lint
from tests.e2e.github_runner import GitHub
from tests.toys import events, toys
from tools import enterprise_server

UPLOAD = "actions/upload-artifact"
PINS = (  # as GitHub's pages have them
    f"{UPLOAD}@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f",  # v7.0.0
    f"{UPLOAD}@c6a366c94c3e0affe28c06c8df20a878f24da3cf",  # v3.2.2
)
ATTESTS = "steps.deploy.outputs.release && github.event.repository.visibility == 'public'"
DOWNLOADS = (
    "actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c",  # v8.0.1
    "actions/download-artifact@ad191675b41f6a5b46da9a048cb6893812da158b",  # v3.1.0-node20
)


@pytest.fixture
def folder(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository with our workflows, where the tool is at work."""
    shutil.copytree(ROOT / ".github", tmp_path / ".github")
    toys.do(run, tmp_path, "git init -q")
    monkeypatch.setattr(enterprise_server, "FOLDER", tmp_path / ".github")
    rewrite(monkeypatch, "github")
    return tmp_path


def rewrite(patch: pytest.MonkeyPatch, forge: str) -> None:
    patch.setattr(sys, "argv", ["enterprise_server.py", forge])
    enterprise_server.main()


def texts(folder: Path) -> dict[str, str]:
    return {str(file.relative_to(folder)): file.read_text() for file in folder.rglob("*.yml")}


def leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield what a file holds, each by its name from the top."""
    if not isinstance(value, dict | list):
        yield name, value
        return
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, each in pairs:
        yield from leaves(each, f"{name}.{key}")


def held(folder: Path) -> dict[str, Any]:
    return {
        f"{Path(file).stem}{name}": value
        for file, text in texts(folder / ".github/workflows").items()
        for name, value in leaves(read_yaml(text))
    }


def test_ours_are_wholly_those_of_one_forge() -> None:
    ours = texts(ROOT / ".github")
    assert ours in (
        {name: enterprise_server.rewritten(text, forge) for name, text in ours.items()}
        for forge in ("github", "ghes")
    )


def test_a_server_gets_the_same_but_for_what_it_does_not_know(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = held(folder)
    rewrite(monkeypatch, "ghes")
    here = held(folder)
    uploads = [name.removesuffix(".uses") for name, value in there.items() if value == PINS[0]]
    downloads = [
        name.removesuffix(".uses") for name, value in there.items() if value == DOWNLOADS[0]
    ]
    assert (len(uploads), len(downloads)) == (6, 2)
    assert {
        name: (there.get(name), here.get(name))
        for name in there.keys() | here.keys()
        if there.get(name) != here.get(name)
    } == {
        "retrain.on.schedule.0.timezone": ("America/New_York", None),
        "retrain.jobs.land.concurrency.group": ("landing", "landing-${{ github.event_name }}"),
        "retrain.jobs.land.concurrency.queue": ("max", None),
        "comment.concurrency.queue": ("max", None),
        "comment.concurrency.cancel-in-progress": (None, False),
        "deploy.jobs.deploy.concurrency.queue": ("max", None),
        "deploy.jobs.deploy.concurrency.cancel-in-progress": (None, False),
        "monitor.on.schedule.0.timezone": ("America/New_York", None),
        "monitor.jobs.alarm.concurrency.queue": ("max", None),
        "monitor.jobs.alarm.concurrency.cancel-in-progress": (None, False),
        "deploy.jobs.deploy.permissions.attestations": ("write", None),
        "deploy.jobs.deploy.steps.3.if": (ATTESTS, "github.server_url == 'https://github.com'"),
        "pages.jobs.pages.steps.3.uses": (
            "actions/upload-pages-artifact@fc324d3547104276b827a68afc52ff2a11cc49c9",
            "actions/upload-pages-artifact@a753861a5debcf57bf8b404356158c8e1e33150c",
        ),
        "pages.jobs.publish.steps.0.uses": (
            "actions/deploy-pages@cd2ce8fcbc39b97be8ca5fce6e763baed58fa128",
            "actions/deploy-pages@13b55b33dd8996121833dbc1db458c793a334630",
        ),
        **{f"{name}.uses": PINS for name in uploads},
        **{f"{name}.uses": DOWNLOADS for name in downloads},
        **{f"{name}.with.overwrite": (True, None) for name in uploads},
    }


def test_written_twice_and_back_it_is_what_it_was(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = texts(folder)
    rewrite(monkeypatch, "ghes")
    after = texts(folder)
    said = capsys.readouterr().out.split()
    assert said == [
        f".github/workflows/{name}.yml"
        for name in ("comment", "deploy", "monitor", "pages", "retrain")
    ]
    rewrite(monkeypatch, "ghes")
    assert texts(folder) == after != before
    rewrite(monkeypatch, "github")
    assert texts(folder) == before


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("permissions: {}\n", "permissions: {}\ncache-mode: read\n"),
        ("queue: max }", "queue:  max }"),
        ("      - cron: ", "      - { cron: 1 1 * * *, timezone: UTC }\n      - cron: "),
        (PINS[0], f"{UPLOAD}@043fb46d1a93c77aae656e7c1c64a875d1fc6a0a"),
        (PINS[0], f"actions/download-artifact@{'a' * 40}"),
    ],
)
def test_what_would_not_work_there_is_a_sentence_and_nothing_is_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch, before: str, after: str
) -> None:
    file = folder / RETRAIN
    file.write_text(changed := file.read_text().replace(before, after, 1))
    (folder / ".github/workflows/comment.yml").write_text("concurrency:\n  queue: max\n")
    with pytest.raises(SystemExit, match=r"retrain.yml: \S+ does not work on a server; change it"):
        rewrite(monkeypatch, "ghes")
    assert file.read_text() == changed
    assert "queue: max" in (folder / ".github/workflows/comment.yml").read_text()


@pytest.mark.parametrize("forge", ["", "gitlab"])
def test_another_forge_is_not_known(monkeypatch: pytest.MonkeyPatch, forge: str) -> None:
    with pytest.raises(SystemExit, match=f"FORGE={forge} is not known; it is github or ghes"):
        rewrite(monkeypatch, forge)


@pytest.mark.parametrize("linter", COMMANDS)
def test_a_servers_workflows_pass(
    folder: Path, monkeypatch: pytest.MonkeyPatch, linter: str
) -> None:
    rewrite(monkeypatch, "ghes")
    done = lint(folder, linter)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("linter", "before", "after"),
    [
        ("actionlint", "landing-${{ github.event_name }}", "landing-${{ github.event_nam }}"),
        ("zizmor", f"{PINS[1]} # v3.2.2", f"{UPLOAD}@v3"),
        ("workflows", "cancel-in-progress: ${{", "cancel_in_progress: ${{"),
    ],
)
def test_a_mistake_in_a_servers_workflows_is_found(
    folder: Path, monkeypatch: pytest.MonkeyPatch, linter: str, before: str, after: str
) -> None:
    rewrite(monkeypatch, "ghes")
    text = (folder / RETRAIN).read_text()
    assert before in text
    (folder / RETRAIN).write_text(text.replace(before, after))
    assert lint(folder, linter).returncode != 0


@pytest.mark.slow
def test_a_server_does_the_same(
    github: GitHub, toy: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enterprise_server, "FOLDER", toy / ".github")
    rewrite(monkeypatch, "ghes")
    toys.do(run, toy, "git commit -qam server --allow-empty", "git push -q origin main")
    toys.do(run, toy, "git checkout -q -b change")
    toys.change(toy, run, "better", params__yaml="quality: 2.0\n")
    toys.do(run, toy, "git push -q origin change")
    head = toys.do(run, toy, "git rev-parse HEAD")
    github.forge.open_pull("change")
    done = github.review(head)
    assert done.jobs == BUILT, done.end
    github.offer_artifact(done.run)
    after = github.fire("comment", "workflow_run", events.workflow_run(done.run, head))
    assert after.jobs == {"comment": "success"}, after.end
    (comment,) = github.forge.comments[1]
    assert "toy: promote" in comment.body
