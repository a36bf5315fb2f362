"""Versions: tags that a landing has registered, where they still say what it did."""

from pathlib import Path

import pytest

from retrain.ci import remote as remotes
from retrain.registry import versions
from tests.ci import toys
from tests.conftest import Run


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
    ("commands", "problem"),
    [
        (["git tag -a -m x toy@v9.9.9", "git push -q origin toy@v9.9.9"], "toy@v9.9.9 is not believed: no landing has registered it"),
        (["git push -q origin :toy@v1.0.0"], "toy@v1.0.0 is not believed: a landing registered it for {landed}, and the tag is gone"),
        (["git tag -f -a -m x toy@v1.0.0 HEAD~1", "git push -qf origin toy@v1.0.0"], "toy@v1.0.0 is not believed: it names {before}, and a landing registered it for {landed}"),
        (["git tag -f toy@v1.0.0", "git push -qf origin toy@v1.0.0"], "toy@v1.0.0 is not believed: it is not an annotated tag"),
        (["git push -qf origin HEAD~1:main"], "toy@v1.0.0 is not believed: its commit, {landed}, is not in main"),
    ],
)  # fmt: skip
def test_a_tag_that_says_something_else_than_the_record_is_no_version(
    toy: Path, run: Run, commands: list[str], problem: str
) -> None:
    landed, before = (toys.tip(toy, run, name)[:7] for name in ("HEAD", "HEAD~1"))
    toys.do(run, toy, *commands)
    found = read(toy)
    assert problem.format(landed=landed, before=before) in found.problems
    assert "toy@v9.9.9" not in [each.tag for each in found.registered]
    assert len(found.registered) == ("v9.9.9" in problem)
