"""New data: fetched by the pipeline's source, held to the contract, added to data/ and data.dvc.

The watermark is data.dvc itself: what a night that failed has left besides does not count, and is
fetched again. Nothing of the data but their list is needed here.
"""

import json
import shutil
from contextlib import suppress
from pathlib import Path

from dvc.exceptions import DvcException
from dvc.repo import Repo

from retrain.data.sources.news import News
from retrain.errors import UserError
from retrain.files import write_json
from retrain.paths import DATA, KNOWN, NEWS, QUARANTINE
from retrain.repo import snapshot
from retrain.run import pipeline_modules
from retrain.settings import from_json


class StoppedError(Exception):
    """A program of the pipeline has ended, and has said why."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def ingest(
    repo: Repo, through: str | None = None, again: str | None = None, check: bool = True
) -> News:
    """Add what the source has and data/ lacks, all or nothing.

    `check`: hold it to the contract first, which needs the group `validate`.
    """
    Path(NEWS).unlink(missing_ok=True)
    versioned = Path(DATA).exists()
    folder = Path(snapshot.output(repo).def_path if versioned else "data")
    known = snapshot.partitions(repo) if versioned else {}
    news = look(known, Path(QUARANTINE), through, again)
    news = news.model_copy(
        update={"corrections": [_correction(repo, folder, name) for name in news.differing]}
    )
    write_json(Path(NEWS), news.model_dump())
    if news.new and check:
        _keep_contract(news.new)
    _take(repo, folder, news.new, versioned)
    return news


def look(
    known: dict[str, str], into: Path, through: str | None = None, again: str | None = None
) -> News:
    """Let the source write into a folder what is not known, by MD5; return what that is."""
    write_json(Path(KNOWN), known)
    words = ["--known", KNOWN, "--into", str(into), "--news", NEWS]
    words += ["--through", through] if through else []
    words += ["--again", again] if again else []
    if code := pipeline_modules.run("source", *words):
        raise StoppedError(code)
    return read()


def read() -> News:
    """Return what the last look has found; nothing, if there was none."""
    path = Path(NEWS)
    if not path.exists():
        return News()
    return from_json(path.read_bytes(), News, path, "fetch it again: make ingest")


def waiting(name: str) -> Path:
    return Path(QUARANTINE) / f"{name}.parquet"


def _correction(repo: Repo, folder: Path, name: str) -> str:
    """Say how a partition differs from what the source has now."""
    from retrain.data.sources.corrections import compare

    before, now = folder / f"{name}.parquet", waiting(name)
    if not before.exists():
        with suppress(DvcException):  # where the remote cannot be asked, less is said
            repo.fetch(targets=[str(before)])
    path = before if before.exists() else snapshot.cached(repo, name)
    said = compare(path, now) if path else "other rows"
    now.unlink()
    return f"{name} differs at the source now ({said}); to take it: make ingest AGAIN={name}"


def _keep_contract(names: list[str]) -> None:
    """Raise unless new partitions keep the contract; those that break it stay, with a report."""
    report = Path(QUARANTINE) / "report.json"
    for name in names:
        (Path(QUARANTINE) / f"{name}.json").unlink(missing_ok=True)
    words = [*map(waiting, names), Path("--report"), report]
    if code := pipeline_modules.run("validate", *words):
        raise StoppedError(code)
    found = json.loads(report.read_text("utf-8"))
    report.unlink()
    if found["success"]:
        return
    broken: dict[str, dict[str, str]] = {}
    for failure in found["failures"]:
        if failure["severity"] == "critical":
            broken.setdefault(Path(failure["file"]).stem, failure)
    for name in names:
        if name not in broken:
            waiting(name).unlink()
            continue
        own = [each for each in found["failures"] if Path(each["file"]).stem == name]
        rows = {name: found["rows"][name]} if name in found["rows"] else {}
        write_json(
            Path(QUARANTINE) / f"{name}.json", {"success": False, "rows": rows, "failures": own}
        )
    first = min(broken)
    failure = broken[first]
    column = f"column {failure['column']!r}: " if failure["column"] else ""
    raise UserError(
        f"{waiting(first)} breaks the contract ({column}{failure['expected']!r}): "
        f"{failure['found']}; {failure['remedy']}; it stays there with its report, and data/ is as "
        "it was"
    )


def _take(repo: Repo, folder: Path, names: list[str], versioned: bool) -> None:
    """Move partitions into data/, and their version into data.dvc."""
    if not names:
        return
    there = folder.exists()
    folder.mkdir(exist_ok=True)
    for name in names:
        waiting(name).replace(folder / f"{name}.parquet")
        (Path(QUARANTINE) / f"{name}.json").unlink(missing_ok=True)
    # each by itself: DVC then needs the list of the others, and not the others
    repo.add([str(folder / f"{name}.parquet") for name in names] if versioned else str(folder))
    if versioned and not there:
        shutil.rmtree(folder)  # a part of the data alone; the cache has it
