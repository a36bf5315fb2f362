"""Stage `validate`: every file is seen, and the report names all of them."""

import json
from pathlib import Path

import pandas as pd
import pytest

from pipeline import validate
from retrain.data.contract import Contract
from tests.conftest import Run
from tests.pipeline.flights.conftest import write_month


def test_a_good_folder(data: Path, contract: Contract) -> None:
    report = validate.validate(data, contract)
    assert report["success"]
    assert report["failures"] == []
    assert list(report["rows"]) == [f"2013-0{month}" for month in range(1, 7)]


@pytest.mark.slow
def test_the_report_is_the_same_twice(data: Path, contract: Contract) -> None:
    reports = [json.dumps(validate.validate(data, contract)) for _ in range(2)]
    assert reports[0] == reports[1]


def test_a_warning_is_reported_and_does_not_stop(
    data: Path, contract: Contract, small: dict[str, pd.DataFrame]
) -> None:
    write_month(data, "2013-02", small["2013-02"].replace({"carrier": {"UA": "ZZ"}}))
    report = validate.validate(data, contract)
    assert report["success"]
    assert [each["severity"] for each in report["failures"]] == ["warning"]


@pytest.mark.parametrize("size", [0, 500])
def test_all_that_is_wrong_is_in_one_report(
    data: Path, contract: Contract, small: dict[str, pd.DataFrame], size: int
) -> None:
    path = data / "2013-03.parquet"
    path.write_bytes(path.read_bytes()[:size])
    write_month(data, "2013-05", small["2013-04"])  # another month's rows
    report = validate.validate(data, contract)
    assert not report["success"]
    assert "2013-03" not in report["rows"]
    wrong = {(each["file"][-15:], each["column"]) for each in report["failures"]}
    assert wrong == {
        ("2013-03.parquet", ""),
        ("2013-05.parquet", "month"),
        ("2013-05.parquet", "time_hour"),
    }


def test_a_gap_is_critical(data: Path, contract: Contract) -> None:
    (data / "2013-04.parquet").unlink()
    report = validate.validate(data, contract)
    assert not report["success"]
    assert (
        "2013-04.parquet is missing between 2013-03 and 2013-05" in report["failures"][0]["found"]
    )


@pytest.mark.slow
def test_the_stage_ends_with_a_table_and_a_sentence(
    project: Path, run: Run, small: dict[str, pd.DataFrame]
) -> None:
    write_month(project / "data", "2013-03", small["2013-03"].replace({"origin": {"JFK": "PHL"}}))
    result = run("python", "-m", "pipeline.validate", cwd=project)
    assert result.returncode == 1
    last = result.stderr.strip().splitlines()[-1]
    assert last.startswith("error: data/2013-03.parquet: column 'origin' breaks the contract")
    assert "PHL" in result.stderr
    assert "Traceback" not in result.stderr
    report = json.loads((project / "reports/validation.json").read_text())
    assert len(report["failures"][0]["rows"]) == 5


@pytest.mark.slow
def test_the_stage_goes_on_after_a_warning(
    project: Path, run: Run, small: dict[str, pd.DataFrame]
) -> None:
    write_month(project / "data", "2013-03", small["2013-03"].replace({"carrier": {"UA": "ZZ"}}))
    result = run("python", "-m", "pipeline.validate", cwd=project)
    assert result.returncode == 0
    assert "warning" in result.stderr
