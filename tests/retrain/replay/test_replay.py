"""`retrain replay`: what each policy does, that a replay goes on, and that nothing else changes."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from retrain.errors import UserError
from retrain.replay import calendar
from retrain.repo import dvc
from tests.conftest import Run, clean_environment
from tests.toys import toys
from tests.toys.toy import make
from tests.toys.watched import watch

pytestmark = pytest.mark.slow
# from the fourth month on it knows better
LEARNS = ("for folder in (", "quality *= 0.5 if len(months) < 4 else 2\n    for folder in (")


@pytest.fixture(scope="module")
def year(toy_start: Path, tmp_path_factory: pytest.TempPathFactory, run: Run) -> Path:
    """Return a clone with six months, of which the fourth has a place of its own. Read only."""
    folder = tmp_path_factory.mktemp("year")
    project = toys.clone(toys.copy(toy_start, folder), folder / "clone", run)
    watch(project, run)
    made = project / "src/make.py"
    made.write_text(made.read_text().replace(*LEARNS))
    with (project / ".gitignore").open("a") as ignored:
        ignored.write("/replay.*\n")
    toys.do(run, project, "dvc pull -q data.dvc")
    with toys.working_in(project):
        for number in range(3, 7):
            make.month(f"2013-0{number}", number)
    elsewhere(project / "data/2013-04.parquet")
    toys.do(run, project, "dvc add -q data", "dvc push -q", "git add -A", "git commit -qm months")
    return project


def elsewhere(path: Path) -> None:
    """Let all of the South of a month be the East."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    places = pc.replace_substring(table["place"], "South", "East")
    number = table.schema.get_field_index("place")
    pq.write_table(table.set_column(number, "place", pa.array(places.to_pylist())), path)


@pytest.fixture
def project(year: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(year, tmp_path / "clone", symlinks=True))


def state(project: Path, run: Run) -> tuple[str, ...]:
    asked = ("git status --porcelain", "git for-each-ref", "git rev-parse HEAD")
    files = sorted(f"{path} {path.stat().st_mtime_ns}" for path in (project / "data").iterdir())
    return (*(toys.do(run, project, each) for each in asked), *files)


def courses(found: dict[str, Any]) -> dict[str, list[tuple[str, str, bool, bool]]]:
    """Return of each policy what served each month, whether it trained then, and took that."""
    return {
        course["policy"]: [
            (month["name"][-2:], month["learned"][-2:], month["trained"], month["taken"])
            for month in course["months"]
        ]
        for course in found["courses"]
    }


def killed(project: Path, home: Path, counts: Path) -> None:
    """Begin a replay, and kill it after its first month."""
    environment = clean_environment(home) | {"TOY_COUNTS": str(counts)}
    command, pipe = ["retrain", "replay"], subprocess.PIPE
    with subprocess.Popen(command, cwd=project, env=environment, stderr=pipe, text=True) as process:
        assert process.stderr
        for line in process.stderr:
            if line.startswith("2013-04: "):
                break
        process.kill()


def test_each_policy_does_what_its_name_says_and_a_killed_replay_goes_on(
    project: Path, run: Run, tmp_path: Path
) -> None:
    before, counts = state(project, run), tmp_path / "counts"
    killed(project, tmp_path, counts)
    assert (counts.read_text(), (project / "replay.md").exists()) == ("xx", False)
    done = run("retrain", "replay", "--json", cwd=project, TOY_COUNTS=str(counts))
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert courses(found) == {
        "never": [
            ("04", "03", False, False),
            ("05", "03", False, False),
            ("06", "03", False, False),
        ],
        "every": [("04", "03", True, True), ("05", "04", True, True), ("06", "05", False, False)],
        "on alarm": [
            ("04", "03", True, True),
            ("05", "04", False, False),
            ("06", "04", False, False),
        ],
        "on verdict": [
            ("04", "03", True, True),
            ("05", "04", True, False),
            ("06", "04", False, False),
        ],
    }
    never, every, alarm, verdict = found["courses"]
    assert "'East', not seen in training" in alarm["months"][0]["alarms"][0]
    assert [bool(month["alarms"]) for month in alarm["months"]] == [True, False, False]
    assert verdict["months"][0]["why"].startswith("promote: log_loss")
    assert verdict["months"][1]["why"].startswith("keep: ")
    assert every["against_never"]["effect"] == "surely better"
    assert every["against_never"] == verdict["against_never"]
    assert set(never["figures"]) == {"log_loss", "roc_auc", "brier"}
    for figure in never["months"][0]["figures"].values():
        assert figure["low"] < figure["value"] < figure["high"]
    assert state(project, run) == before
    assert counts.read_text() == "xxx"

    text = (project / "replay.md").read_text()
    assert "| every month | 2 | 2 |" in text
    assert "| 2013-04 | on alarm | place: 50.00% of rows have" in text
    picture = ElementTree.parse(project / "replay.svg").getroot()  # noqa: S314 (ours)
    assert picture.tag == "{http://www.w3.org/2000/svg}svg"
    assert json.loads((project / "replay.json").read_text()) == found

    again = run("retrain", "replay", cwd=project, TOY_COUNTS=str(counts))
    assert (again.returncode, counts.read_text()) == (0, "xxx")
    assert "every month" in again.stdout
    assert json.loads((project / "replay.json").read_text()) == found


def test_months_that_the_source_has_are_walked_and_not_added(project: Path, run: Run) -> None:
    before = state(project, run)
    words = ("retrain", "replay", "--through", "2013-08", "--since", "2013-07", "--json")
    done = run(*words, cwd=project, TOY_SOURCE="8", PYTHONPATH="src")
    assert done.returncode == 0, done.stderr
    assert (found := json.loads(done.stdout))["last"] == "2013-08"
    assert courses(found)["every"] == [("07", "06", True, True), ("08", "07", False, False)]
    assert state(project, run) == before
    assert not (project / "quarantine").exists()


def test_a_model_that_cannot_be_built_leaves_the_one_in_use_and_no_limits_are_no_alarm(
    project: Path, run: Run
) -> None:
    made, policy = project / "src/make.py", project / "policy.yaml"
    fails = 'assert len(months) != 4, "no"\n    for folder in ('
    made.write_text(made.read_text().replace("for folder in (", fails))
    policy.write_text(policy.read_text().split("\ndrift:")[0] + "\n")
    done = run("retrain", "replay", "--through", "2013-05", "--json", cwd=project)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert courses(found) == {
        "never": [("04", "03", False, False), ("05", "03", False, False)],
        "every": [("04", "03", True, False), ("05", "03", False, False)],
        "on verdict": [("04", "03", True, False), ("05", "03", False, False)],
    }
    assert found["courses"][1]["months"][0]["why"].startswith("stage make failed")


@pytest.mark.parametrize(
    ("through", "since", "said"),
    [
        ("2013-03", None, r"at least 4 files of data/"),
        ("2014-01", None, r"the source does not give it"),
        (None, "2013-02", r"can be 2013-03 to 2013-05; choose one of these"),
        (None, "2013-06", r"can be 2013-03 to 2013-05; choose one of these"),
        (None, None, r"rows.parquet, which has no time in its name; a replay goes"),
    ],
)
def test_what_cannot_be_walked_is_a_sentence(
    project: Path,
    run: Run,
    through: str | None,
    since: str | None,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if not (through or since):
        shutil.rmtree(project / "data")
        (project / "data").mkdir()
        shutil.copy(project / "src/make.py", project / "data/rows.parquet")
        toys.do(run, project, "dvc add -q data")
    before = state(project, run)
    monkeypatch.setenv("PYTHONPATH", "src")
    with (
        toys.working_in(project),
        dvc.opened() as repo,
        pytest.raises(UserError, match=said),
    ):
        calendar.find(repo, through, since)
    assert state(project, run) == before
