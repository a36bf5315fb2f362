"""`retrain drift`: what it compares with what, how it ends, and what it leaves."""

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from retrain.errors import UserError
from retrain.monitoring import current, page, schema
from retrain.monitoring.drift import Compared, examine
from tests.conftest import Run
from tests.toys import toys
from tests.toys.toy import make
from tests.toys.watched import watch

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("project")]


@pytest.fixture(scope="module")
def watched(toy_landed: Path, tmp_path_factory: pytest.TempPathFactory, run: Run) -> Path:
    """Return a clone in which v2.0.0 can be compared with. Read only."""
    folder = tmp_path_factory.mktemp("watched")
    project = toys.clone(toys.copy(toy_landed, folder), folder / "clone", run)
    watch(project, run)
    toys.change(project, run, "better", params__yaml=toys.BETTER)
    toys.landed(project)
    with toys.working_in(project):
        make.month("2013-03", 3, "new")
    return project


@pytest.fixture
def project(watched: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    project = Path(shutil.copytree(watched, tmp_path / "clone", symlinks=True))
    monkeypatch.chdir(project)
    return project


def rows(**columns: object) -> Path:
    """Write the new month with other columns, or without those that are None."""
    table = pq.read_table("new/2013-03.parquet")
    for name, value in columns.items():
        table = table.drop_columns([name])
        if value is not None:
            table = table.append_column(name, pa.array([value] * len(table)))
    path = Path("other/2013-03.parquet")
    path.parent.mkdir(exist_ok=True)
    pq.write_table(table, path)
    return path


def moved(found: Compared) -> set[tuple[str, str]]:
    return {(each.feature, each.check) for each in found.drift.alarms}


def test_the_newest_version_is_compared_with_new_rows() -> None:
    found = examine([Path("new")])
    assert (found.drift.status, found.drift.against) == ("none", "v2.0.0")
    assert (found.drift.rows, found.drift.period) == (560, "2013-03-01 to 2013-03-31")
    assert [each.name for each in found.drift.features][-1] in ("signal", "place", "score")
    assert "no season before" in found.drift.notes[-1]
    assert not Path("drift.json").exists()
    assert moved(examine([rows(place="East")])) >= {("place", "new"), ("place", "vanished")}
    assert ("signal", "constant") in moved(examine([rows(signal=7.0)]))
    assert moved(examine([rows(outcome=True)])) >= {("outcome", "level")}
    without = examine([rows(outcome=None)]).drift
    assert without.status == "none"
    assert any("outcomes are known of 0 rows" in note for note in without.notes)


@pytest.mark.ml_test_score("Monitor 4")
def test_a_model_that_knows_nothing_of_the_last_days_is_too_old() -> None:
    policy = Path("policy.yaml")
    text = policy.read_text()
    policy.write_text(f"{text}  max_age: 31\n")
    assert examine([Path("new")]).drift.status == "none"
    policy.write_text(f"{text}  max_age: 30\n")
    [alarm] = examine([Path("new")]).drift.alarms
    assert alarm.what == "the model knows nothing of the last 31 days; 30 are allowed"
    Path("new/2013-03.parquet").rename("new/rows.parquet")
    assert examine([Path("new")]).drift.status == "none", "nothing says from when the rows are"


def test_the_page_shows_each_distribution_and_runs_nothing() -> None:
    text = page.render(examine([rows(place="<script>alert(1)</script>")]))
    assert "<script" not in text
    assert text.count("<svg") == 3
    assert "alert(1)" in text
    assert "src=" not in text


def test_the_exit_code_says_how_it_ended(project: Path, run: Run) -> None:
    done = run("retrain", "drift", "--current", "new/2013-03.parquet", cwd=project)
    assert done.returncode == 0, done.stderr
    assert "no alarm: 560 rows, 2013-03-01 to 2013-03-31, against v2.0.0" in done.stdout
    assert schema.read((project / "drift.json").read_bytes()).status == "none"
    assert "<svg" in (project / "drift.html").read_text()
    done = run("retrain", "drift", "--current", str(rows(signal=7.0)), "--json", cwd=project)
    assert done.returncode == 3
    assert json.loads(done.stdout)["alarms"][0]["what"].startswith("signal: 100.0% of rows are 7")
    few = pq.read_table("new/2013-03.parquet")[:50]
    pq.write_table(few, "few.parquet")
    done = run("retrain", "drift", "--current", "few.parquet", "new/nothing.csv", cwd=project)
    assert (done.returncode, done.stderr) == (
        1,
        "error: new/nothing.csv: no such file or folder; check the path\n",
    )
    done = run("retrain", "drift", "--current", "few.parquet", cwd=project)
    assert done.returncode == 4
    assert "50 rows are too few to say" in done.stdout


def test_of_a_log_the_rows_count_that_the_version_has_scored() -> None:
    table = pq.read_table("new/2013-03.parquet").drop_columns(["outcome"])
    for version, name in (("v1.0.0", "a"), ("v2.0.0", "b")):
        named = table.append_column("model_version", pa.array([version] * len(table)))
        (day := Path("log/2013-03-07")).mkdir(parents=True, exist_ok=True)
        pq.write_table(named, day / f"{name}.parquet")
    found = examine([Path("log")]).drift
    assert (found.rows, found.period) == (560, "2013-03-07 to 2013-03-07")
    assert "1 files of the log, scored by other versions" in found.notes[0]
    policy = Path("policy.yaml")
    policy.write_text(policy.read_text().replace("seen: source", "seen: log"))
    assert examine([]).drift == found


def test_a_log_in_which_nothing_is_yet_is_too_few(project: Path, run: Run) -> None:
    address = f"file://{project}/log"
    current.download(address, Path("copy"))  # as the job does
    done = run("retrain", "drift", "--current", "copy", cwd=project)
    assert (done.returncode, done.stderr) == (4, "")
    assert schema.read((project / "drift.json").read_bytes()).rows == 0
    done = run("retrain", "drift", "--current", "policy.yaml", cwd=project)
    assert done.returncode == 1
    assert "policy.yaml: its name ends in neither .parquet nor .csv" in done.stderr


def test_new_data_are_what_the_version_has_not_learned_from() -> None:
    assert examine([]).drift.notes == ["there is nothing new"]
    shutil.copy("new/2013-03.parquet", "data")
    assert examine([]).drift.period == "2013-03-01 to 2013-03-31"
    assert examine([], "v2.0.0").drift.rows == 560


def test_refusals_are_sentences() -> None:
    with pytest.raises(UserError, match=r"v9.9.9 is not a version"):
        examine([Path("new")], "v9.9.9")
    with pytest.raises(UserError, match=r"features/train, .* missing"):
        examine([Path("new")], "v1.0.0")  # which kept no features
    Path("torn.parquet").write_bytes(b"PAR1")
    with pytest.raises(UserError, match=r"torn.parquet"):
        examine([Path("torn.parquet")])
    policy = Path("policy.yaml")
    policy.write_text(policy.read_text().split("drift:")[0])
    with pytest.raises(UserError, match="has no section drift"):
        examine([Path("new")])
