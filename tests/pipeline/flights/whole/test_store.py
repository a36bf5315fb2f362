"""The store of this repository."""

import pytest

from retrain.repo import lockfile
from retrain.repo.git import show
from retrain.settings import read_yaml
from tests.conftest import ROOT


def test_what_is_committed_can_be_pulled_by_a_fresh_clone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that this repository's own lock names is in its own store."""
    store = ROOT / "store/files/md5"
    monkeypatch.chdir(ROOT)
    lock = lockfile.hashes(show("HEAD", "dvc.lock") or "stages: {}")
    data = read_yaml(show("HEAD", "data.dvc") or "outs: []")
    named = {path: name for path, name in lock.items() if not path.startswith("reports/")}
    named |= {out["path"]: out["md5"] for out in data["outs"]}
    assert {"data", "features", "models/model.skops", "predictions/test.parquet"} == set(named)
    assert [
        path for path, name in named.items() if not (store / name[:2] / name[2:]).exists()
    ] == []
