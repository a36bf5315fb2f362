"""New data of the toy: the watermark, the quarantine, and what a killed night leaves."""

from pathlib import Path

import pytest

from retrain.errors import UserError
from retrain.paths import NEWS
from retrain.repo import dvc, snapshot
from retrain.run import ingest
from tests.conftest import Run
from tests.toys import toys


@pytest.fixture
def source(toy: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the toy's folder, without its data; its source has a third month."""
    monkeypatch.chdir(toy)
    monkeypatch.setenv("PYTHONPATH", "src")
    monkeypatch.setenv("TOY_SOURCE", "3")
    return toy


def night() -> list[str]:
    with dvc.opened() as repo:
        return ingest.ingest(repo).new


def names() -> list[str]:
    with dvc.opened() as repo:
        return sorted(snapshot.partitions(repo))


@pytest.mark.slow
def test_what_breaks_the_contract_stays_in_quarantine_and_a_corrected_one_goes_in(
    source: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Path("data.dvc").read_bytes()
    monkeypatch.setenv("TOY_BREAKS", "2013-03")
    for _ in range(2):
        with pytest.raises(UserError, match=r"quarantine/2013-03\.parquet breaks the contract"):
            night()
        left = sorted(path.name for path in Path("quarantine").iterdir())
        assert left == ["2013-03.json", "2013-03.parquet"]
        assert Path("data.dvc").read_bytes() == before
    assert toys.do(run, source, "git status --porcelain") == ""
    monkeypatch.delenv("TOY_BREAKS")
    assert night() == ["2013-03"]
    assert not list(Path("quarantine").iterdir())
    assert night() == []
    assert not Path("data").exists()  # the plan of a night needs none of it
    toys.do(run, source, "dvc pull -q", "dvc checkout -q")
    assert len(list(Path("data").iterdir())) == 3


@pytest.mark.slow
@pytest.mark.usefixtures("source")
def test_a_source_that_is_killed_is_a_sentence() -> None:
    file = Path("src/pipeline/source.py")
    file.write_text(f"import os\nos.kill(os.getpid(), 9)\n{file.read_text()}")
    with pytest.raises(UserError, match=r"pipeline.source was killed by signal 9, .* run the same"):
        night()
    assert names() == ["2013-01", "2013-02"]


class KilledError(BaseException):
    pass


@pytest.mark.slow
@pytest.mark.usefixtures("source")
@pytest.mark.parametrize("step", ["_keep_contract", "_take", "add"])
def test_a_night_that_is_killed_is_completed_by_the_next(
    step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object, **__: object) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(
            "dvc.repo.Repo.add" if step == "add" else f"retrain.run.ingest.{step}", killed
        )
        with pytest.raises(KilledError):
            night()
    assert names() == ["2013-01", "2013-02"]
    assert night() == ["2013-03"]
    assert names() == ["2013-01", "2013-02", "2013-03"]
    assert Path(NEWS).exists()
    assert night() == []
