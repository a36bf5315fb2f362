"""Commits of a folder that is behind the remote: rebased elsewhere, and moved in one step."""

import subprocess
import sys
from pathlib import Path

import pytest

from retrain.errors import UserError
from retrain.landing import rebase
from retrain.repo.remote import Tip
from tests.conftest import Run, clean_environment
from tests.toys import toys
from tests.toys.toys import BETTER, new_month

METRICS = "reports/metrics.json"


@pytest.fixture
def other(remote: Path, tmp_path: Path, run: Run) -> Path:
    """Return the clone of another user, who pushes first."""
    return toys.clone(remote, tmp_path / "other", run)


@pytest.fixture
def behind(toy: Path, other: Path, run: Run) -> Path:
    """Return a clone with a commit of its own, and the remote has another user's: no conflict."""
    toys.change(other, run, "theirs", notes__txt="theirs\n")
    toys.do(run, other, "git push -q")
    toys.change(toy, run, "mine", params__yaml=BETTER)
    return toy


@pytest.mark.slow
def test_commits_that_conflict_are_left_to_their_author(
    toy: Path, other: Path, remote: Path, run: Run
) -> None:
    """With a stash, new data, and what a run left: no file changes, and no stash."""
    toys.change(other, run, "theirs", params__yaml="quality: 1.1\n")
    toys.do(run, other, "git push -q")
    (toy / "notes.txt").write_text("stashed\n")
    toys.do(run, toy, "git stash -q", "dvc pull -q data.dvc")
    toys.change(toy, run, "mine", params__yaml="quality: 1.2\n")
    new_month(toy, "2013-03")
    toys.do(run, toy, "dvc add -q data")
    (toy / METRICS).write_text("of a run\n")
    before, mine = toys.state(remote, run), local_state(toy, run)
    with pytest.raises(UserError, match="your commits conflict with origin/main; first: git pull"):
        toys.landed(toy)
    assert toys.state(remote, run) == before
    assert local_state(toy, run) == mine
    assert "rebase" not in toys.do(run, toy, "git status")


def local_state(project: Path, run: Run) -> tuple[str, ...]:
    """Return the commit, the stashes, the worktrees and the changes of a clone."""
    commands = "git rev-parse HEAD", "git stash list", "git worktree list", "git diff HEAD"
    return tuple(toys.do(run, project, command) for command in commands)


@pytest.mark.slow
def test_a_file_that_the_remote_has_too_is_neither_overwritten_nor_moved_onto(
    toy: Path, other: Path, run: Run
) -> None:
    toys.change(other, run, "theirs", **{"words-é__md": "theirs\n"})
    toys.do(run, other, "git push -q")
    (toy / "words-é.md").write_text("mine\n")
    before = local_state(toy, run)
    with pytest.raises(
        UserError, match=r"^words-é.md is not committed, and origin/main has a file"
    ):
        toys.landed(toy)
    assert (toy / "words-é.md").read_text() == "mine\n"
    assert local_state(toy, run) == before


@pytest.mark.slow
def test_a_folder_moves_though_its_files_were_touched_and_its_hooks_do_not_run(
    behind: Path, remote: Path, tmp_path: Path, run: Run
) -> None:
    hook = behind / ".git/hooks/post-checkout"
    hook.write_text(f"#!/bin/sh\n[ $3 = 0 ] || touch {behind}/hooked\n")
    hook.chmod(0o755)
    for path in ("notes.txt", "params.yaml"):
        (behind / path).touch()
    toys.landed(behind)
    assert (behind / "notes.txt").read_text() == "theirs\n"
    assert not (behind / "hooked").exists()
    assert toys.do(run, behind, "git status --porcelain") == ""
    toys.assert_whole(remote, tmp_path / "fresh", run)


@pytest.mark.slow
def test_a_commit_that_is_made_meanwhile_is_not_lost(
    behind: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    rebased = rebase._rebased

    def slow(tip: Tip) -> str:
        found = rebased(tip)
        toys.change(behind, run, "meanwhile", notes__txt="written while a landing rebases\n")
        return found

    monkeypatch.setattr(rebase, "_rebased", slow)
    with pytest.raises(UserError, match="another commit was made in this folder meanwhile"):
        toys.landed(behind)
    assert toys.do(run, behind, "git log -2 --format=%s").splitlines() == ["meanwhile", "mine"]


@pytest.mark.slow
def test_staged_data_and_their_objects_stay(
    toy: Path, other: Path, remote: Path, tmp_path: Path, run: Run
) -> None:
    """The objects are in the store alone: `dvc push`, `git add`, then `make clean`."""
    toys.do(run, toy, "dvc pull -q data.dvc")
    new_month(toy, "2013-03")
    toys.do(run, toy, "dvc add -q data", "dvc push -q", "git add data.dvc store",
            "rm -rf data .dvc/cache .dvc/tmp")  # fmt: skip
    toys.change(other, run, "better", params__yaml=BETTER)
    toys.do(run, other, "git push -q")
    toys.landed(toy)
    toys.assert_whole(remote, tmp_path / "fresh", run)
    assert (tmp_path / "fresh/data/2013-03.parquet").exists()


@pytest.mark.slow
def test_two_landings_of_one_folder_take_turns(
    behind: Path, remote: Path, tmp_path: Path, run: Run
) -> None:
    environment = clean_environment(tmp_path)
    landings = [
        subprocess.Popen(
            [Path(sys.executable).with_name("retrain"), "land"], cwd=behind, env=environment
        )
        for _ in range(2)
    ]
    assert [landing.wait(120) for landing in landings] == [0, 0]
    toys.assert_whole(remote, tmp_path / "fresh", run)
    history = toys.do(run, remote, "git log --format=%s main").splitlines()
    assert history[:3] == ["Land a run: promote", "mine", "theirs"]
    assert toys.do(run, behind, "git status --porcelain") == ""
    assert len(toys.do(run, behind, "git worktree list").splitlines()) == 1
