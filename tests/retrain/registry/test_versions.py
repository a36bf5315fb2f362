"""Versions: tags that a landing has registered, where they still say what it did."""

from pathlib import Path

import pytest

from retrain.errors import UserError
from retrain.registry import versions
from retrain.repo import remote as remotes
from tests.conftest import Run
from tests.toys import toys


def read(project: Path) -> versions.Versions:
    with toys.working_in(project):
        return versions.read("toy", remotes.fetch())


def test_versions_are_in_the_order_of_their_numbers_and_nothing_else_is_one(
    toy: Path, run: Run
) -> None:
    for name in ("toy@v1.10.0", "toy@v1.9.0"):
        toys.register(toy, run, name)
    for name in ("toy@v2", "toy#production#1", "toys@v9.0.0", "toy@v1.0.0-rc1"):
        toys.do(run, toy, f"git tag -a -m annotated {name}", f"git push -q origin {name}")
    found = read(toy)
    assert [each.name for each in found.registered] == ["v1.0.0", "v1.9.0", "v1.10.0"]
    assert {each.commit for each in found.registered[1:]} == {toys.tip(toy, run, "HEAD")}
    assert found.problems == []


@pytest.mark.parametrize(
    ("commands", "problem", "versions"),
    [
        (["git tag -a -m x toy@v9.9.9", "git push -q origin toy@v9.9.9"], "the tag toy@v9.9.9 is not believed: no landing has registered it", 1),
        (["git tag -a -m x toy@v9.9.9/x", "git push -q origin toy@v9.9.9/x"], "the tag toy@v9.9.9 is not believed: no landing has registered it", 1),
        (["git push -q origin :toy@v1.0.0"], "the tag toy@v1.0.0 is gone; a landing registered it for {landed}", 1),
        (["git tag -f -a -m x toy@v1.0.0 HEAD~1", "git push -qf origin toy@v1.0.0"], "the tag toy@v1.0.0 is not the one that a landing made for {landed}; it names {before}", 1),
        (["git tag -f toy@v1.0.0", "git push -qf origin toy@v1.0.0"], "the tag toy@v1.0.0 is not the one that a landing made for {landed}; it names {landed}", 1),
        (["git push -qf origin HEAD~1:main"], "toy@v1.0.0 is not believed: {landed} is not in main", 0),
    ],
)  # fmt: skip
def test_a_tag_that_says_something_else_than_the_record_changes_nothing_but_is_named(
    toy: Path, run: Run, commands: list[str], problem: str, versions: int
) -> None:
    landed, before = (toys.tip(toy, run, name) for name in ("HEAD", "HEAD~1"))
    toys.do(run, toy, *commands)
    found = read(toy)
    assert problem.format(landed=landed[:7], before=before[:7]) in found.problems
    assert [(each.name, each.commit) for each in found.registered] == [("v1.0.0", landed)][
        :versions
    ]
    assert (1, 0, 0) in found.taken


def test_a_shallow_clone_does_not_lose_a_version(
    toy: Path, remote: Path, tmp_path: Path, run: Run
) -> None:
    for name in ("one", "two"):
        toys.do(run, toy, f"git commit -q --allow-empty -m {name}")
    toys.do(run, toy, "git push -q")
    shallow = tmp_path / "shallow"
    toys.do(run, tmp_path, f"git clone -q --depth 1 file://{remote} {shallow}")
    with pytest.raises(UserError, match=r"the commit of toy@v1\.0\.0 is not in this clone"):
        read(shallow)
