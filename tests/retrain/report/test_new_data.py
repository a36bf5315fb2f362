"""How the rows of a new partition differ from all others, in the report."""

import logging
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from retrain.report.new_data import new_rows
from retrain.report.schema import Change
from tests.toys import toys

pytestmark = pytest.mark.smoke
NEW = Change(kind="data", name="2013-03", before=None, after="100 rows")
CORRECTED = Change(kind="data", name="2013-02", before="99 rows", after="100 rows")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a folder with the features of three months, the last of which is warm and wet."""
    random = np.random.default_rng(1)
    for place, warm in (("train/2013-01", 0), ("train/2013-02", 0), ("test/2013-03", 30)):
        rows = pd.DataFrame(
            {
                "key": [f"{place} {number}" for number in range(100)],
                "day": place,
                "weather": "wet" if warm else "dry",
                "heat": random.normal(warm, 1, 100),
                "size": random.normal(0, 1, 100),
                "outcome": np.arange(100) < (60 if warm else 20),
            }
        )
        (file := tmp_path / f"features/{place}.parquet").parent.mkdir(parents=True, exist_ok=True)
        rows.to_parquet(file)
    return tmp_path


def test_what_moved_most_comes_first_and_no_key_is_a_feature(project: Path) -> None:
    with toys.working_in(project):
        (found,) = new_rows([NEW, CORRECTED], "day")
    assert (found.partition, found.rows) == ("2013-03", 100)
    assert (found.outcome, found.elsewhere) == (0.6, 0.2)
    assert {each.name for each in found.moved} == {"weather", "heat", "size"}
    assert found.moved[-1].name == "size"
    heat = next(each for each in found.moved if each.name == "heat")
    assert heat.mean == pytest.approx(30, abs=1)
    assert heat.elsewhere == pytest.approx(0, abs=1)


def test_without_a_new_partition_there_is_nothing_to_say(project: Path) -> None:
    with toys.working_in(project):
        assert new_rows([CORRECTED], "day") == []
        assert new_rows([NEW.model_copy(update={"name": "2013-09"})], "day") == []


def test_features_that_cannot_be_read_cost_no_report(
    project: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (project / "features/test/2013-03.parquet").write_bytes(b"no Parquet")
    with toys.working_in(project), caplog.at_level(logging.WARNING):
        assert new_rows([NEW], "day") == []
    assert "features/ cannot be read" in caplog.text


def test_a_feature_without_any_value_has_no_mean_and_no_number_is_a_block(project: Path) -> None:
    for file in project.rglob("*.parquet"):
        rows = pd.read_parquet(file)
        heat = rows["heat"] if file.stem != "2013-03" else np.nan
        number = pd.Timestamp(f"{file.stem}-01")
        rows.assign(heat=heat, week=int(file.stem[-1]), at=number).to_parquet(file)
    with toys.working_in(project):
        (found,) = new_rows([NEW], "week")
    moved = {each.name: each for each in found.moved}
    assert moved["heat"].mean is None
    assert moved["heat"].elsewhere == pytest.approx(0, abs=1)
    assert not {"week", "at"} & {*moved}
