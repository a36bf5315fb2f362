"""Predictions by what is deployed: which model, with which code, beside what, and what is kept."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from retrain.deployment import deploy
from retrain.deployment.serving import Asked, predict
from retrain.errors import UserError
from retrain.landing.provenance import Provenance
from retrain.repo import dvc
from tests.conftest import Run
from tests.toys import toys

SIGNALS = [-1.0, 0.0, 2.0]
WHO = Provenance(reason="a test")


@pytest.fixture(scope="module")
def deployed(toy_landed: Path, tmp_path_factory: pytest.TempPathFactory, run: Run) -> Path:
    """Return a bare remote with v1.0.0 on production, and on staging v1.1.0. Read only."""
    folder = tmp_path_factory.mktemp("deployed")
    remote = toys.copy(toy_landed, folder)
    project = toys.clone(remote, folder / "clone", run)
    policy = (project / "policy.yaml").read_text()
    stages = policy.replace("stages: {", "stages: {staging: {follows: false}, ")
    toys.change(project, run, "better", policy__yaml=stages, params__yaml=toys.BETTER)
    toys.landed(project)
    with toys.working_in(project), dvc.opened() as repo:
        deploy.deploy(repo, "v1.1.0", "staging", WHO)
        deploy.deploy(repo, "v1.0.0", "production", WHO)
    return remote


@pytest.fixture
def project(deployed: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    remote = toys.copy(deployed, tmp_path)
    project = toys.clone(remote, tmp_path / "clone", run)
    monkeypatch.chdir(project)
    keys = [f"row {number}" for number in range(len(SIGNALS))]
    pq.write_table(pa.table({"key": keys, "signal": SIGNALS}), "rows.parquet")
    return project


def test_x(project: Path) -> None:
    import time
    t=time.time()
    print(predict(Path("rows.parquet"), Path("out.parquet"), Asked(stage="production", shadow="staging", log=Path("log"))))
    print(time.time()-t)
    t=time.time()
    print(predict(Path("rows.parquet"), Path("out.parquet"), Asked(stage="production")))
    print(time.time()-t)
    print(pq.read_schema("out.parquet").metadata)
    print(pd.read_parquet("log").dtypes, pd.read_parquet("log"))
