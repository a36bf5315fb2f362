"""What production has seen since its model: files, the log of `retrain predict`, or new data."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from retrain.data import partitions
from retrain.data.inputs import FORMATS
from retrain.data.read_tables import located
from retrain.errors import UserError
from retrain.monitoring.learned import Learned

DATA = Path("data")
SOURCE = "source"  # in policy.yaml: what the source has, and the model has not learned from


def files(given: Sequence[Path]) -> list[Path]:
    """Return the files of what was named: each a file, or a folder of them, such as a log.

    There is none where nothing is logged yet.
    """
    found: list[Path] = []
    for path in given:
        if not path.exists():
            raise UserError(f"{path}: no such file or folder; check the path")
        if path.is_file() and path.suffix not in FORMATS:
            raise UserError(f"{path}: its name ends in neither .parquet nor .csv; rename it")
        inside = path.rglob("*") if path.is_dir() else [path]
        found += sorted(each for each in inside if each.suffix in FORMATS and each.is_file())
    return found


def new_data(learned: Learned) -> list[Path]:
    """Return the partitions here that are newer than all that the model was built from."""
    names = partitions.names(DATA)
    if (newest := learned.newest) and partitions.has_time(names[0]):
        names = [name for name in names if name > newest]
    return [partitions.path_of(DATA, name) for name in names]


def scored_by(paths: Sequence[Path], version: str) -> list[Path]:
    """Leave out the files of a log that another version has scored."""
    return [path for path in paths if _version(path) in (None, version)]


def names(paths: Sequence[Path]) -> list[str]:
    """Return from when the files are, where their names say so: a log has a folder a day."""
    return [path.stem if partitions.has_time(path.stem) else path.parent.name for path in paths]


def download(address: str, folder: Path) -> list[Path]:
    """Bring the files of a folder or a bucket here, by any address that fsspec knows."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        place = located(address)
        found = sorted(each for each in place.rglob("*") if each.suffix in FORMATS)
        for each in found:
            target = folder / each.parent.name / each.name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(each.read_bytes())
    except Exception as error:  # whatever a protocol's library raises
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise UserError(
            f"policy.yaml: drift.seen: {address} cannot be read ({reason}); check the address and "
            "the credentials"
        ) from None
    return files([folder])


def _version(path: Path) -> str | None:
    """Return which version has scored a file of a log; None: no version, or no log."""
    if path.suffix != ".parquet":
        return None
    try:
        if "model_version" not in pq.read_schema(path).names:
            return None
        found: list[Any] = pq.ParquetFile(path).read(["model_version"])[0].unique().to_pylist()
    except (pa.ArrowException, OSError):  # the model's code reads it too, and says what is wrong
        return None
    return str(found[0]) if found and found[0] else None
