"""The commands that run the shipped pipeline's own modules: predict and ingest."""

import shutil
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.features import INPUTS
from tests.conftest import ROOT, Run, set_params


@pytest.mark.slow
def test_predict(built_project: Path, run: Run) -> None:
    result = run("retrain", "predict", "data/2013-06.parquet", "scores.csv", cwd=built_project)
    assert result.returncode == 0, result.stderr
    assert result.stdout == "scores.csv: 601 rows scored\n"
    header, first, *_ = (built_project / "scores.csv").read_text().splitlines()
    assert header == '"key","day","time_hour","carrier","flight","origin","score"'
    assert 0 < float(first.rsplit(",", 1)[1]) < 1


@pytest.mark.slow
def test_predict_keeps_what_it_was_given(built_project: Path, run: Run) -> None:
    (built_project / "rows.csv").write_text(
        pd.read_parquet(built_project / "data/2013-06.parquet").to_csv(index=False)
    )
    words = "retrain predict rows.csv scores.parquet --log log"
    result = run(*words.split(), cwd=built_project)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("scores.parquet: 601 rows scored by models/model.skops\nlog/20")
    kept, scores = (pq.read_table(built_project / name) for name in ("log", "scores.parquet"))
    assert pa.schema([kept.schema.field(name) for name in INPUTS.names]).equals(INPUTS)
    assert kept["score"].equals(scores["score"])
    assert kept["key"].equals(scores["key"])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.csv", "out.csv"], "error: nowhere.csv: no such file; check the path"),
        (["data/2013-06.parquet", "out.txt"], "error: out.txt: its name ends in neither .parquet nor .csv"),
        (["data/2013-06.parquet", "out.csv", "--model", "none.skops"], "error: none.skops is missing; build it with `make train`"),
        (["data/2013-06.parquet", "/proc/out.csv"], "error: /proc/out.csv"),
    ],
)  # fmt: skip
def test_a_mistake_in_predict_is_one_line(
    built: Path, run: Run, arguments: list[str], said: str
) -> None:
    result = run("retrain", "predict", *arguments, cwd=built)
    assert result.returncode == 1
    assert result.stderr.startswith(said), result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.slow
def test_ingest_adds_a_month_and_its_version_and_the_second_time_nothing(
    project: Path, run: Run
) -> None:
    shutil.rmtree(project / "data")  # as in a fresh clone: the data are in the store alone
    shutil.copy(ROOT / "expectations/data.json", project / "expectations")
    set_params(project, recheck="0")  # the source has all rows of what is a slice here
    result = run("retrain", "ingest", cwd=project)
    assert result.returncode == 0, result.stderr
    assert result.stdout == "added 2013-07; data/ holds 2013-01 to 2013-07\n"
    assert "nfiles: 7" in (project / "data.dvc").read_text()
    again = run("retrain", "ingest", "--through", "2013-07", cwd=project)
    assert again.stdout == "nothing new; data/ holds 2013-01 to 2013-07\n"
