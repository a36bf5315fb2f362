"""Git's answers, and its refusals in a sentence."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from retrain.errors import UserError
from retrain.repo import base, dvc, git, lockfile
from retrain.report.judgement import settle
from retrain.settings import read_yaml
from tests.conftest import Run
from tests.toys import toys


def test_a_file_is_shown_as_it_was_committed(toy: Path) -> None:
    before = (toy / "dvc.lock").read_text()
    (toy / "dvc.lock").write_text("other")
    with toys.working_in(toy):
        assert git.show("HEAD", "dvc.lock") == before
        assert git.show("HEAD", "nowhere.txt") is None
        assert git.named("HEAD", "reports")
        assert git.named("HEAD", "nowhere") is None


def test_what_a_name_names_is_never_remembered(toy: Path, tmp_path: Path, run: Run) -> None:
    other = toys.clone(toy, tmp_path / "other", run)
    with toys.working_in(toy):
        first = git.commit_of("HEAD")
        assert git.find_commit("refs/heads/new") is None
        toys.do(run, toy, "git commit -q --allow-empty -m more", "git branch new")
        assert git.find_commit("refs/heads/new") == git.commit_of("HEAD") != first
        assert git.find("HEAD:./new\nHEAD") is None
        (process,) = git._asked.values()
    with toys.working_in(other):
        assert git.commit_of("HEAD") == first
        assert process.returncode is not None  # one at a time


def test_where_git_was_ended_nothing_is_taken_for_missing(toy: Path) -> None:
    with toys.working_in(toy):
        git.commit_of("HEAD")
        for process in git._asked.values():
            process.kill()
            process.wait()
        assert git.show("HEAD", "dvc.lock")


def test_no_git_is_no_missing_commit(tmp_path: Path) -> None:
    with toys.working_in(tmp_path), pytest.raises(UserError, match="not a git repository"):
        git.find_commit("HEAD")


def test_ancestors_are_told_from_other_commits(toy: Path, run: Run) -> None:
    with toys.working_in(toy):
        old = git.commit_of("HEAD")
        toys.do(run, toy, "git commit -q --allow-empty -m more")
        new, nowhere = git.commit_of("HEAD"), "1" * 40
        assert git.ancestors({old, new, nowhere}, new) == {old, new}
        assert git.ancestors({old, new, nowhere}, old) == {old}
        assert git.ancestors({nowhere}, new) == set()


def test_a_judgement_starts_few_processes_and_reads_each_lock_once(
    toy: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    toys.change(toy, run, "change", params__yaml="quality: 2.0\n")
    lockfile._stages.cache_clear()  # another test may have read the same ones
    started: list[str] = []
    read: list[str] = []
    start = subprocess.Popen.__init__

    def count(process: Any, words: Any, *rest: Any, **options: Any) -> None:
        if words[0] == "git":
            started.append(" ".join(words[1:3]))
        start(process, words, *rest, **options)

    monkeypatch.setattr(subprocess.Popen, "__init__", count)
    monkeypatch.setattr(
        "retrain.repo.lockfile.read_yaml", lambda text: read.append(text) or read_yaml(text)
    )
    with toys.working_in(toy), dvc.opened() as repo:
        settle(repo, base.resolve(None)).run()
    assert len(started) <= 15, started
    parsed = [text for text in read if text.startswith("schema")]
    assert 0 < len(parsed) == len(set(parsed)) <= 2


def test_a_refusal_is_gits_own_reason(toy: Path) -> None:
    with toys.working_in(toy):
        with pytest.raises(UserError, match=r"^git rev-parse refuses: fatal: .*nowhere"):
            git.git("rev-parse", "nowhere")
        assert git.ask("rev-parse", "--verify", "--quiet", "nowhere") is None


def test_a_worktree_is_gone_afterwards_even_of_a_process_that_was_killed(
    toy: Path, run: Run
) -> None:
    with toys.working_in(toy):
        with pytest.raises(KeyError), git.worktree("HEAD") as folder:
            assert (folder / "dvc.lock").exists()
            raise KeyError
        assert not folder.exists()
        lost = toy.parent / "lost"
        toys.do(run, toy, f"git worktree add -q --detach {lost}", f"rm -r {lost}")
        with git.worktree("HEAD"):
            pass
    assert len(toys.do(run, toy, "git worktree list").splitlines()) == 1
