"""Objects in the store that are not what their names say, and who notices."""

import hashlib
import json
from pathlib import Path

import pandas as pd
import pytest

from tests.conftest import Run
from tests.toys import toys


@pytest.fixture
def forged(toy: Path, run: Run) -> str:
    """Give the newest month another content in the store, and a better model; return its object."""
    toys.do(run, toy, "dvc pull -q data.dvc")
    month = toy / "data/2013-02.parquet"
    md5 = hashlib.md5(month.read_bytes()).hexdigest()  # noqa: S324
    path = f"store/files/md5/{md5[:2]}/{md5[2:]}"
    table = pd.read_parquet(month)
    table["outcome"] = table["signal"] > 0
    (toy / path).chmod(0o644)
    table.to_parquet(toy / path)
    toys.change(toy, run, "better, they say", params__yaml="quality: 3.0\n")
    return path


@pytest.mark.usefixtures("forged")
def test_a_forged_object_of_the_data_lands_nowhere(
    toy: Path, remote: Path, tmp_path: Path, run: Run
) -> None:
    toys.do(run, toy, "git push -q")
    before = toys.state(remote, run)
    result = run("retrain", "land", cwd=toys.clone(remote, tmp_path / "ci", run))
    assert result.returncode == 1
    assert "or gave others than their hashes say" in result.stderr
    assert toys.state(remote, run) == before


@pytest.mark.slow
def test_a_forged_object_in_a_pull_request_is_reported_and_the_bases_is_used(
    toy: Path, remote: Path, tmp_path: Path, run: Run, forged: str
) -> None:
    toys.do(run, toy, "git push -q origin HEAD:refs/heads/innocent")
    ci = toys.clone(remote, tmp_path / "ci", run)
    toys.do(run, ci, "git checkout -q innocent", "retrain judge")
    facts = json.loads((ci / "report.json").read_text())
    assert facts["notes"] == [f"committed here and not believed: {forged}"]
    assert facts["verdict"]["metrics"]["log_loss"] > 0.3  # on forged outcomes: 0.19
