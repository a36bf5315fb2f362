"""Two landings at once: no commit is lost, no lock overwritten, no version registered twice."""

import multiprocessing
import os
import sys
import traceback
from pathlib import Path

import pytest

from retrain.errors import UserError
from retrain.landing import push as pushing
from tests.conftest import Run
from tests.toys import toys
from tests.toys.toys import BETTER, new_month

# a hundred take ten minutes: RETRAIN_ROUNDS=100 pytest -n 2 -m slow tests/retrain/landing/test_race.py
ROUNDS = int(os.environ.get("RETRAIN_ROUNDS", "4"))
fork = multiprocessing.get_context("fork")


def land(project: Path) -> None:
    sys.stderr = (project / ".git/log.txt").open("w")
    try:
        toys.landed(project)
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
    os._exit(0)


def race(remote: Path, folder: Path, run: Run, number: int) -> None:
    """Land two changes at once, each from a clone of its own, and check what came of it."""
    folder.mkdir()
    before = set(toys.do(run, remote, "git rev-list main").split())
    quality = ["1.5", "2.0", "1.0"][number % 3]
    changes = [{"params__yaml": f"quality: {quality}\n"}, {"notes__txt": f"words {number}\n"}]
    clones = [toys.clone(remote, folder / str(each), run) for each in (0, 1)]
    for project, files in zip(clones, changes, strict=True):
        toys.change(project, run, f"round {number}", **files)
    landings = [fork.Process(target=land, args=(project,)) for project in clones]
    for landing in landings:
        landing.start()
    for landing in landings:
        landing.join(120)
    for project, landing in zip(clones, landings, strict=True):
        assert landing.exitcode == 0, (project / ".git/log.txt").read_text()
    toys.assert_whole(remote, folder / "fresh", run)
    history = toys.do(run, remote, "git log --format=%H;%s main").splitlines()
    assert before < {line.split(";")[0] for line in history}  # nothing overwritten
    assert [line.split(";")[1] for line in history].count(f"round {number}") == 2  # nothing lost
    tags = toys.versions(remote, run)
    locks = [toys.do(run, remote, f"git rev-parse {tag}:dvc.lock") for tag in tags]
    assert len(set(locks)) == len(tags)  # nothing registered twice
    assert (folder / "fresh/params.yaml").read_text() == f"quality: {quality}\n"


def races(toy_landed: Path, tmp_path: Path, run: Run, rounds: int) -> None:
    remote = toys.copy(toy_landed, tmp_path)
    for number in range(rounds):
        race(remote, tmp_path / f"round-{number}", run, number)
    assert len(toys.versions(remote, run)) > 1


@pytest.mark.slow
def test_two_at_once(toy_landed: Path, tmp_path: Path, run: Run) -> None:
    races(toy_landed, tmp_path, run, 1)


@pytest.mark.slow
@pytest.mark.parametrize("rounds", [ROUNDS // 2] * 2)  # side by side
def test_two_at_once_many_times(rounds: int, toy_landed: Path, tmp_path: Path, run: Run) -> None:
    races(toy_landed, tmp_path, run, rounds)


def push_first(monkeypatch: pytest.MonkeyPatch, other: Path, run: Run, times: int) -> list[int]:
    """Let another user push a commit, just before each of the first `times` pushes of a landing."""
    real, pushes = pushing.push, [0]

    def push(*arguments: object) -> None:
        pushes[0] += 1
        if pushes[0] <= times:
            toys.do(run, other, "git pull -q")
            toys.change(other, run, f"theirs {pushes[0]}", **{f"theirs{pushes[0]}__md": "words\n"})
            toys.do(run, other, "git push -q")
        real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(pushing, "push", push)
    return pushes


@pytest.mark.slow
def test_a_lost_race_is_run_again_three_times(
    toy: Path, remote: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = toys.clone(remote, tmp_path / "other", run)
    toys.change(toy, run, "better", params__yaml=BETTER)
    pushes = push_first(monkeypatch, other, run, 3)
    assert toys.landed(toy).version == "toy@v1.1.0"
    assert pushes == [4]
    toys.assert_whole(remote, tmp_path / "fresh", run)
    log = toys.do(run, remote, "git log --format=%s main").splitlines()
    assert log[:5] == ["Land a run: promote", "better", "theirs 3", "theirs 2", "theirs 1"]


@pytest.mark.slow
def test_a_race_lost_four_times_ends_in_a_sentence_and_lands_nothing(
    toy: Path, remote: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = toys.clone(remote, tmp_path / "other", run)
    toys.change(toy, run, "better", params__yaml=BETTER)
    push_first(monkeypatch, other, run, 9)
    with pytest.raises(UserError, match="another push was first, 4 times; run the same command"):
        toys.landed(toy)
    assert "better" not in toys.do(run, remote, "git log --format=%s main").splitlines()
    assert toys.versions(remote, run) == ["toy@v1.0.0"]


@pytest.mark.slow
@pytest.mark.parametrize("both", [False, True])
def test_new_data_that_lose_a_race_are_kept_unless_the_winner_brought_data_too(
    toy: Path, remote: Path, tmp_path: Path, run: Run, both: bool
) -> None:
    other = toys.clone(remote, tmp_path / "other", run)
    for project, month in ((toy, "2013-03"), (other, "2013-04")):
        toys.do(run, project, "dvc pull -q data.dvc")
        if project == toy or both:
            new_month(project, month)
            toys.do(run, project, "dvc add -q data")
        else:
            toys.change(project, run, "words", README__md="words\n")
    toys.landed(other)
    toys.landed(toy)
    fresh = tmp_path / "fresh"
    toys.assert_whole(remote, fresh, run)
    months = {path.stem for path in (fresh / "data").iterdir()}
    assert months == {"2013-01", "2013-02", "2013-04" if both else "2013-03"}
