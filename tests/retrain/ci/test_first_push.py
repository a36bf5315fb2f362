"""The first push of a repository: believed where nothing has landed, and nowhere else."""

from pathlib import Path

from retrain.landing import believed
from retrain.repo import dvc
from retrain.repo import remote as forge
from tests.conftest import Run
from tests.toys import toys


def landing_needed(project: Path, first_push: bool) -> tuple[bool, str]:
    with toys.working_in(project), dvc.opened() as repo:
        return believed.landing_needed(repo, forge.fetch(), first_push)


def test_where_something_has_landed_a_first_push_is_like_any_other(toy: Path, run: Run) -> None:
    # a branch that is removed and pushed again is a first push to the forge
    forged = (toy / "dvc.lock").read_text().replace("quality: 1.0", "quality: 2.0")
    toys.change(toy, run, "forged", params__yaml="quality: 2.0\n", dvc__lock=forged)
    toys.do(run, toy, "git push -q")
    assert landing_needed(toy, first_push=True) == (True, believed.DISTRUST)


def test_the_first_push_of_a_copy_is_believed_and_the_next_one_is_not(
    toy: Path, remote: Path, run: Run
) -> None:
    toys.make_copy(remote, run)
    toys.do(run, toy, "git fetch -q", "git reset -q --hard origin/main")
    assert landing_needed(toy, first_push=True)[0] is False
    assert landing_needed(toy, first_push=False) == (True, believed.FIRST.why)
