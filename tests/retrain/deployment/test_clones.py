"""Clones that lack something: an answer that would be wrong is refused, any other one is given."""

import shutil
from pathlib import Path

import pytest

from retrain.deployment import lineage, overview
from retrain.deployment.overview import Registry
from retrain.errors import UserError
from tests.conftest import Run
from tests.retrain.deployment import steps
from tests.toys import toys
from tests.toys.history import History, files_of


def known(project: Path) -> tuple[Registry, list[str]]:
    """Return what a clone knows, asked as `retrain lineage` does."""
    with toys.working_in(project):
        return overview.known()


def on_production(found: Registry) -> str:
    there = found.assignments.on("production")
    return there.version.name if there else ""


def cloned(history: History, folder: Path, run: Run, *words: str) -> Path:
    made = run("git", "clone", "-q", *words, f"file://{history.remote}", folder, cwd=folder.parent)
    assert made.returncode == 0, made.stderr
    return folder


def test_a_fresh_clone_answers_when_the_remote_is_gone_for_ever(
    history: History, run: Run, tmp_path: Path
) -> None:
    expected = steps.known(history.clone)
    for words in ((), ("--single-branch",)):
        project = cloned(history, tmp_path / f"fresh{len(words)}", run, *words)
        if words:  # of a repository that is kept by itself, the record too
            toys.do(
                run,
                project,
                "git fetch -q origin retrain-landings:refs/remotes/origin/retrain-landings",
            )
    shutil.rmtree(history.remote)
    for project in (tmp_path / "fresh0", tmp_path / "fresh1"):
        found, notes = known(project)
        assert len(notes) == 1
        assert (
            "are the ones that this clone knows, because the remote 'origin' cannot be" in notes[0]
        )
        assert found.assignments == expected.assignments
        with toys.working_in(project):
            for version in found.versions.registered:
                assert lineage.of(found, version).commit == history.commits[version.name]


def test_a_clone_without_the_record_asks_for_it(history: History, run: Run, tmp_path: Path) -> None:
    single = cloned(history, tmp_path / "single", run, "--single-branch")
    alone = cloned(history, tmp_path / "alone", run)
    toys.do(run, alone, "git remote remove origin")
    shutil.move(history.remote, tmp_path / "away.git")
    asks = (
        r"not the branch retrain-landings.* git fetch origin retrain-landings:refs/remotes/origin"
    )
    for project in (single, alone):
        with pytest.raises(UserError, match=asks):
            known(project)
        place = "retrain-landings:refs/remotes/origin/retrain-landings"
        toys.do(run, project, f"git fetch -q {tmp_path / 'away.git'} {place}")
        found, _ = known(project)
        assert on_production(found) == "v1.0.1"


def test_what_git_has_fetched_since_is_known_when_the_remote_is_gone(
    history: History, run: Run, tmp_path: Path
) -> None:
    other = toys.clone(history.remote, tmp_path / "other", run)
    assert known(history.clone)[1] == []
    steps.land(other, run, files_of(60), "v1.2.0")
    steps.assign(other, "v1.2.0")
    toys.do(run, history.clone, "git pull -q --tags")
    history.remote.rename(tmp_path / "away.git")
    found, _ = known(history.clone)
    assert on_production(found) == "v1.2.0"
    assert found.problems == []


def test_a_clone_without_tags_asks_for_them(history: History, run: Run, tmp_path: Path) -> None:
    project = cloned(history, tmp_path / "bare", run, "--no-tags")
    assert known(project)[1] == []  # it fetches what it lacks
    project = cloned(history, tmp_path / "offline", run, "--no-tags")
    shutil.rmtree(history.remote)
    with pytest.raises(UserError, match=r"this clone has no tag of a version.* git fetch --tags"):
        known(project)
    toys.do(run, project, "git tag mine")  # which says nothing of what is at the remote
    with pytest.raises(UserError, match="this clone has no tag of a version"):
        known(project)


def test_a_shallow_clone_is_refused(history: History, run: Run, tmp_path: Path) -> None:
    project = cloned(history, tmp_path / "shallow", run, "--depth=1", "--no-single-branch")
    for _ in ("with its remote", "without"):
        with pytest.raises(UserError, match="it is a shallow one: git fetch --unshallow"):
            known(project)
        shutil.rmtree(history.remote, ignore_errors=True)


def test_a_remote_whose_tags_are_all_gone_is_not_taken_for_one_without_deployments(
    history: History, run: Run
) -> None:
    tags = toys.do(run, history.remote, "git tag").split()
    toys.do(run, history.remote, f"git tag -d {' '.join(tags)}")
    with pytest.raises(UserError, match="if they are gone there too, push them from a clone"):
        known(history.clone)


def test_a_repository_in_which_nothing_has_landed_says_so(
    new_remote: Path, tmp_path: Path, run: Run
) -> None:
    found, notes = known(toys.clone(new_remote, tmp_path / "clone", run))
    assert (found.versions.registered, found.assignments.found, notes) == ([], [], [])
    with pytest.raises(UserError, match="no version of toy is registered yet; first: make land"):
        found.version()
    never = pytest.raises(UserError, match="nothing is on production; first: retrain deploy")
    with toys.working_in(tmp_path / "clone"), never:
        found.deployed("production")


def test_a_copy_of_a_template_has_none_of_its_versions(
    history: History, run: Run, tmp_path: Path
) -> None:
    toys.do(run, history.remote, "git branch -D -q retrain-landings")
    found, _ = known(toys.clone(history.remote, tmp_path / "copy", run))
    assert (found.versions.registered, found.assignments.found) == ([], [])
    assert "toy@v1.0.0 is not believed: no landing has registered it" in found.problems[0]
