"""A landing that is killed, before and after whatever it writes and pushes, and the next one."""

import logging
import multiprocessing
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from dvc.repo import Repo

from retrain.landing import land, push, rebase
from retrain.repo import git, remote
from retrain.run import execution
from tests.conftest import Run
from tests.toys import toys
from tests.toys.toys import BETTER, new_month

LOG = ".git/log.txt"
fork = multiprocessing.get_context("fork")
READING = {"rev-parse", "show", "cat-file", "diff", "ls-files", "ls-remote", "status", "var",
           "merge-base", "rev-list", "symbolic-ref", "for-each-ref", "log"}  # fmt: skip
# what may be the last thing that is written; after any other, the next one is the same moment
LAST = {"reset", "push"}


def command(words: tuple[str, ...]) -> str:
    """Return Git's command, which may come after options."""
    return command(words[2:]) if words[0] in ("-c", "-C") else words[0]


def killed_at(project: Path, point: int, count: Any) -> None:
    """Land, and die at the `point`-th moment before or after something is written."""
    sys.stderr = (project / LOG).open("w")
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, force=True)

    def moment() -> None:
        count.value += 1
        if count.value == point:
            os._exit(9)

    def guarded(function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*words: Any, **options: Any) -> Any:
            if function is real_call and command(words) in READING:
                return function(*words, **options)
            moment()
            result = function(*words, **options)
            if function is not real_call or command(words) in LAST:
                moment()
            return result

        return wrapped

    real_call = git.call
    for module in (git, rebase, remote, push, land):
        module.call = guarded(real_call)  # type: ignore[attr-defined]
    Repo.push = guarded(Repo.push)
    execution.reproduce = guarded(execution.reproduce)  # type: ignore[assignment]
    toys.landed(project)
    os._exit(0)


def land_until(project: Path, point: int) -> tuple[int, int]:
    """Return the exit code of a landing that is to die at `point`, and how many moments it had."""
    count = fork.Value("i", 0)
    process = fork.Process(target=killed_at, args=(project, point, count))
    process.start()
    process.join(120)
    assert process.exitcode is not None
    return process.exitcode, count.value


@pytest.fixture
def stale(remote: Path, tmp_path: Path, run: Run) -> Path:
    """Return `remote` with a commit that asks for a run."""
    author = toys.clone(remote, tmp_path / "author", run)
    toys.change(author, run, "better", params__yaml=BETTER)
    toys.do(run, author, "git push -q")
    return remote


def check(remote: Path, tmp_path: Path, run: Run, project: Path, point: int) -> None:
    before = toys.state(remote, run)
    code, _ = land_until(project, point)
    assert code == 9
    after = toys.state(remote, run)
    if after != before:  # then it is complete
        assert toys.versions(remote, run) == ["toy@v1.0.0", "toy@v1.1.0"]
        toys.assert_whole(remote, tmp_path / f"killed-{point}", run)
    toys.landed(project)
    assert toys.versions(remote, run) == ["toy@v1.0.0", "toy@v1.1.0"]
    assert toys.tip(remote, run, "toy@v1.1.0") == toys.tip(remote, run)
    toys.assert_whole(remote, tmp_path / f"landed-{point}", run)
    assert toys.do(run, project, "git status --porcelain") == ""


@pytest.fixture
def diverged(stale: Path, tmp_path: Path, run: Run) -> Path:
    """Return a clone with a commit and a new month of its own, one commit behind the remote."""
    project = toys.clone(stale, tmp_path / "mine", run)
    toys.do(run, project, "git reset -q --hard HEAD~1", "dvc pull -q")
    toys.change(project, run, "mine", notes__txt="mine\n")
    new_month(project, "2013-03")
    toys.do(run, project, "dvc add -q data")
    return project


# fetch; in a worktree that is added and removed, rebase; unstage, restore, refresh; move
@pytest.mark.slow
@pytest.mark.parametrize("point", range(1, 11))
def test_killed_on_the_way_to_the_remotes_newest_commit(
    point: int, stale: Path, diverged: Path, tmp_path: Path, run: Run
) -> None:
    """With a commit and a month of this folder's own, which must both land in the end."""
    before, data = toys.tip(diverged, run, "HEAD"), (diverged / "data.dvc").read_bytes()
    code, _ = land_until(diverged, point)
    assert code == 9
    assert (diverged / "data.dvc").read_bytes() == data
    moved = toys.tip(diverged, run, "HEAD") != before
    assert moved == (point == 10)  # the last moment: the move is done
    assert toys.do(run, diverged, "git diff --name-only HEAD") == "data.dvc"
    toys.landed(diverged)
    assert (diverged / "data/2013-03.parquet").exists()
    toys.assert_whole(stale, tmp_path / "landed", run)
    fresh = toys.clone(stale, tmp_path / "fresh", run)
    assert (fresh / "notes.txt").read_text() == "mine\n"
    assert toys.do(run, fresh, "dvc pull -q", "ls data").split()[-1] == "2013-03.parquet"


@pytest.mark.slow
def test_killed_before_new_data_that_are_put_aside_are_moved(
    stale: Path, diverged: Path, tmp_path: Path, run: Run
) -> None:
    """At each moment its data.dvc is in the folder or in the stash, and the user knows how to get it."""
    other = toys.clone(stale, tmp_path / "other", run)
    toys.do(run, other, "dvc pull -q")
    new_month(other, "2013-04")
    toys.do(run, other, "dvc add -q data", "git commit -qam data", "dvc push -q", "git push -q")
    data = (diverged / "data.dvc").read_text()
    for point in range(7, 12):
        copy = Path(shutil.copytree(diverged, tmp_path / str(point), symlinks=True))
        code, _ = land_until(copy, point)
        assert code == 9
        assert ("put aside" in (copy / LOG).read_text()) == (point >= 8)
        assert ((copy / "data.dvc").read_text() == data) == (point < 9)
        if point >= 9:
            assert toys.do(run, copy, "git show stash@{0}:data.dvc") == data.strip()


@pytest.mark.slow
def test_a_rebase_of_the_user_that_is_half_done_is_one_sentence(diverged: Path, run: Run) -> None:
    toys.do(run, diverged, "git stash -q")
    hook = diverged / ".git/hooks/post-checkout"
    hook.write_text("#!/bin/sh\nkill -9 $PPID\n")
    hook.chmod(0o755)
    git.call("-C", str(diverged), "rebase", "--quiet", "origin/main")
    assert "rebase in progress" in toys.do(run, diverged, "git status")
    result = run("retrain", "land", cwd=diverged)
    assert "a rebase is half done here; first: git rebase --continue, or --abort" in result.stderr


@pytest.mark.slow
@pytest.mark.parametrize("half", [1, 2])  # side by side
def test_killed_anywhere(stale: Path, tmp_path: Path, run: Run, half: int) -> None:
    counting = toys.clone(toys.copy(stale, tmp_path / "count"), tmp_path / "counting", run)
    code, moments = land_until(counting, -1)
    assert code == 0
    assert moments >= 16, moments
    for point in range(half, moments + 1, 2):
        again = toys.copy(stale, tmp_path / str(point))
        check(again, tmp_path, run, toys.clone(again, tmp_path / f"clone-{point}", run), point)
