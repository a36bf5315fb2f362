"""The rows of one context: each file of the data, without the rows of the others."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from dvc.repo import Repo

from retrain.contexts.values import Context
from retrain.errors import UserError
from retrain.files import whole_folder
from retrain.paths import POLICY
from retrain.repo import snapshot


def write(repo: Repo, context: Context) -> None:
    """Put into the folder of the data what it has of a context, in place of what is there.

    The whole data are read from DVC's cache, by what data.dvc names.
    """
    snapshot.fetch(repo)
    folder, version = snapshot.version(repo)
    with whole_folder(Path(folder)) as scratch:
        for key, name in sorted(snapshot.files(repo, version, fetch=True)):
            path = "/".join((folder, *key))
            rows = _rows(Path(repo.cache.local.oid_to_path(name)), path, context)
            target = scratch.joinpath(*key)
            target.parent.mkdir(parents=True, exist_ok=True)
            # as src/retrain/data/partitions.py does
            pq.write_table(rows, target, compression="zstd", compression_level=9)


def _rows(source: Path, path: str, context: Context) -> pa.Table:
    try:
        table = pq.ParquetFile(source).read(use_threads=False)
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0]
        raise UserError(f"{path} cannot be read ({reason}); ingest it again") from None
    if context.column not in table.column_names:
        known = ", ".join(table.column_names)
        raise UserError(
            f"{POLICY}: contexts.column is {context.column}, which {path} does not have; name one "
            f"of {known}"
        )
    try:
        values = pc.cast(table[context.column], pa.string())
    except pa.ArrowException:
        raise UserError(
            f"{POLICY}: contexts.column is {context.column}, whose values in {path} cannot be "
            "written as text; name another column"
        ) from None
    found = table.filter(pc.equal(values, context.value))
    if not found.num_rows:
        raise UserError(
            f"{path} has no row whose {context.column} is {context.value}; take that out of "
            f"contexts.values in {POLICY}, or add its rows"
        )
    return found.replace_schema_metadata(None)
