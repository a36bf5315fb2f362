"""What a run is compared with, and that "unknown" is never "no change"."""

from pathlib import Path

import pytest

from retrain.errors import UserError
from retrain.repo import base
from tests.conftest import Run
from tests.toys import toys


def resolved(project: Path, ref: str | None = None) -> base.Base:
    with toys.working_in(project):
        return base.resolve(ref)


def test_a_branch_is_compared_with_where_it_left_the_default_branch(
    toy: Path, remote: Path, tmp_path: Path, run: Run
) -> None:
    left = toys.tip(toy, run, "HEAD")
    toys.do(run, toy, "git checkout -q -b feature")
    toys.change(toy, run, "mine", notes__txt="mine\n")
    other = toys.clone(remote, tmp_path / "other", run)
    toys.change(other, run, "theirs", README__md="theirs\n")
    toys.do(run, other, "git push -q")
    toys.do(run, toy, "git fetch -q")
    for ref in (None, "origin/main"):
        assert resolved(toy, ref).commit == left
    assert resolved(toy).why == f"{left[:7]}, where this branch left origin/main"


def test_without_a_remote_it_is_the_newest_commit(toy: Path, run: Run) -> None:
    toys.do(run, toy, "git remote remove origin")
    found = resolved(toy)
    assert found.commit == toys.tip(toy, run, "HEAD")
    assert "because there is no remote" in found.why


def test_a_default_branch_that_is_not_known_is_not_guessed(toy: Path, run: Run) -> None:
    """As CI fetches: no clone, no `origin/HEAD`; here is only what was forged."""
    toys.do(run, toy, "git remote set-head origin --delete")
    with pytest.raises(UserError, match=r"does not know the default branch of 'origin'.*--base"):
        resolved(toy)
    assert resolved(toy, "origin/main").commit == toys.tip(toy, run, "HEAD")
    toys.do(run, toy, "git remote rename origin upstream")
    with pytest.raises(UserError, match="does not know the default branch of 'origin'"):
        resolved(toy)


def test_before_the_first_push_there_is_nothing(toy: Path) -> None:
    found = resolved(toy, "0" * 40)
    assert found.commit is None
    assert "this is the first push" in found.why


def test_unrelated_histories_have_no_base(toy: Path, run: Run) -> None:
    toys.do(run, toy, "git checkout -q --orphan island", "git commit -qm island")
    found = resolved(toy, "origin/main")
    assert found.commit is None
    assert found.why == "origin/main and this branch have no commit in common"


def test_a_shallow_clone_is_an_error_with_its_remedy(
    remote: Path, tmp_path: Path, toy: Path, run: Run
) -> None:
    old = toys.tip(toy, run, "HEAD~1")
    toys.change(toy, run, "a commit more", README__md="words\n")
    toys.do(run, toy, "git push -q")
    toys.do(run, tmp_path, f"git clone -q --depth 1 file://{remote} shallow")
    said = "not in this clone; it is a shallow one: git fetch --unshallow"
    with pytest.raises(UserError, match=said):
        resolved(tmp_path / "shallow", old)
    toys.do(run, tmp_path / "shallow", f"git fetch -q --depth 1 origin {old}")
    with pytest.raises(UserError, match=r"left .* is not in this clone; it is a shallow one"):
        resolved(tmp_path / "shallow", old)


def test_a_base_that_does_not_exist_is_an_error(toy: Path) -> None:
    said = "the base 'nowhere' is not in this clone; fetch it first: .*; or choose one of: origin/main$"
    with pytest.raises(UserError, match=said):
        resolved(toy, "nowhere")


def test_without_a_remote_none_is_to_be_fetched_from(toy: Path, run: Run) -> None:
    toys.do(run, toy, "git remote remove origin")
    with pytest.raises(UserError, match="which has no remote 'origin'; name a commit or a branch"):
        resolved(toy, "origin/main")


def test_no_commit_is_an_error(tmp_path: Path, run: Run) -> None:
    toys.do(run, tmp_path, "git init -q")
    with pytest.raises(UserError, match="there is no commit here yet"):
        resolved(tmp_path)


def test_adopting_replaces_results_and_nothing_else(toy: Path, run: Run) -> None:
    lock = (toy / "dvc.lock").read_text()
    own = {"dvc__lock": "mine\n", "notes__txt": "mine\n", "reports/extra__json": "{}"}
    toys.change(toy, run, "own results", **own)
    toys.do(run, toy, "git rm -q --cached reports/metrics.json")
    (toy / "reports/metrics.json").unlink()
    with toys.working_in(toy):
        base.adopt("origin/main")
    assert (toy / "dvc.lock").read_text() == lock
    assert (toy / "reports/metrics.json").exists()
    assert not (toy / "reports/extra.json").exists()
    assert (toy / "notes.txt").read_text() == "mine\n"


def test_adopting_what_has_no_results_removes_them(toy: Path, run: Run) -> None:
    with toys.working_in(toy):
        base.adopt(toys.do(run, toy, "git rev-list --max-parents=0 HEAD"))
    assert not (toy / "dvc.lock").exists()
    assert not (toy / "reports/metrics.json").exists()
