"""Git's answers, and its refusals in a sentence."""

from pathlib import Path

import pytest

from retrain.errors import UserError
from retrain.repo import git
from tests.conftest import Run
from tests.toys import toys


def test_a_file_is_shown_as_it_was_committed(toy: Path) -> None:
    before = (toy / "dvc.lock").read_text()
    (toy / "dvc.lock").write_text("other")
    with toys.working_in(toy):
        assert git.show("HEAD", "dvc.lock") == before
        assert git.show("HEAD", "nowhere.txt") is None
        assert git.holds("HEAD", "reports")
        assert not git.holds("HEAD", "nowhere")


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
