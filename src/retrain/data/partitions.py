"""The monthly files: which there are, and reading one with errors that name it."""

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from retrain.errors import UserError
from retrain.files import whole

NAME = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


def months(folder: Path) -> list[str]:
    """Return the months of a folder of `YYYY-MM.parquet`, oldest first; dot files are ignored.

    There is at least one, and none is missing in between.
    """
    names = sorted(path.name for path in folder.glob("[!.]*")) if folder.is_dir() else []
    found = [name.removesuffix(".parquet") for name in names if name.endswith(".parquet")]
    if not found:
        raise UserError(f"{folder}/ holds no YYYY-MM.parquet; get the data with: dvc pull data.dvc")
    for name in names:
        stem = name.removesuffix(".parquet")
        if stem == name or not NAME.fullmatch(stem):
            raise UserError(f"{folder / name} is not named YYYY-MM.parquet; rename or remove it")
    for earlier, later in pairwise(found):
        if following(earlier) != later:
            raise UserError(
                f"{folder / following(earlier)}.parquet is missing between {earlier} and {later}; "
                f"add that month, for example with: make ingest THROUGH={later}"
            )
    return found


def following(month: str) -> str:
    return str(pd.Period(month, "M") + 1)


def paths(folder: Path) -> list[Path]:
    return [path_of(folder, month) for month in months(folder)]


def path_of(folder: Path, month: str) -> Path:
    return folder / f"{month}.parquet"


def read(path: Path, columns: Sequence[str] | None = None) -> pd.DataFrame:
    try:
        if path.stat().st_size == 0:
            raise UserError(
                f"{path} is empty (0 bytes); restore it with `dvc checkout`, or ingest it again"
            )
        # one thread, because a month is read faster than a pool of threads is started
        table = pq.ParquetFile(path).read(columns, use_threads=False)
        return pd.DataFrame(table.to_pandas())
    except FileNotFoundError:
        raise UserError(f"{path} is missing; get it with `dvc pull`, or run `make train`") from None
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0]
        raise UserError(
            f"{path} is cut short or not Parquet ({reason}); restore it with `dvc checkout`, "
            "or ingest it again"
        ) from None


def write(frame: pd.DataFrame, path: Path, schema: pa.Schema | None = None) -> None:
    """Write one Parquet file (zstd), whole or not at all; equal frames give equal bytes."""
    table = pa.Table.from_pandas(frame, schema, preserve_index=False).replace_schema_metadata(None)
    with whole(path) as scratch:
        pq.write_table(table, scratch, compression="zstd", compression_level=9)
