"""How the rows of new partitions differ from all others: for the reviewer of a night's data.

Seasons move most of it, so it is shown and nothing is judged by it.
"""

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from retrain.paths import TEST, TRAIN
from retrain.report.schema import Change, Moved, NewRows

if TYPE_CHECKING:
    from retrain.metrics.samples import Sample

log = logging.getLogger(__name__)

SHOWN = 3  # features of a partition
NOT_FEATURES = {"key", "outcome", "earlier"}


def new_rows(changes: Sequence[Change], block: str) -> list[NewRows]:
    """Return what is in the partitions that the base has not, oldest first.

    `block`: the column that says which rows resemble each other; it is not a feature.
    """
    names = {each.name for each in changes if each.kind == "data" and each.before is None}
    files = sorted(path for folder in (TRAIN, TEST) for path in Path(folder).glob("[!.]*.parquet"))
    others = [path for path in files if path.stem not in names]
    found: dict[str, list[Path]] = {}
    for path in files:
        if path.stem in names:
            found.setdefault(path.stem, []).append(path)
    if not found or not others:
        return []
    import pyarrow as pa  # not at the top: a job that builds nothing has no such packages

    try:
        return list(_compared(found, others, block))
    except (pa.ArrowException, OSError, KeyError, TypeError, ValueError) as error:
        log.warning(f"report: features/ cannot be read, so new rows are not described: {error}")
        return []


def _compared(new: dict[str, list[Path]], others: list[Path], block: str) -> Iterator[NewRows]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from retrain.metrics import samples

    columns = {each.name: each.type for each in pq.read_schema(others[0])}
    left_out = NOT_FEATURES | {block}
    is_number = (pa.types.is_floating, pa.types.is_integer, pa.types.is_boolean)
    is_text = (pa.types.is_string, pa.types.is_large_string, pa.types.is_dictionary)
    numeric, categorical = (
        [name for name, kind in columns.items() if any(each(kind) for each in kinds)]
        for kinds in (is_number, is_text)
    )
    mean = ["outcome"] if "outcome" in numeric else []
    names = samples.Names(
        [name for name in numeric if name not in left_out] + mean,
        [name for name in categorical if name not in left_out],
    )
    elsewhere = samples.read(others, names)
    for name, paths in sorted(new.items()):
        rows = samples.read(paths, names, elsewhere)
        apart = {each: samples.psi(each, rows, elsewhere) for each in names.all if each not in mean}
        most = sorted(apart.items(), key=lambda each: -(each[1] or 0))[:SHOWN]
        outcome, usual = _means("outcome", rows, elsewhere)
        moved = []
        for feature, psi in most:
            if psi is not None:
                its, other = _means(feature, rows, elsewhere)
                moved.append(Moved(name=feature, psi=psi, mean=its, elsewhere=other))
        yield NewRows(partition=name, rows=rows.rows, outcome=outcome, elsewhere=usual, moved=moved)


def _means(name: str, *of: "Sample") -> tuple[float | None, ...]:
    found = (each.numbers.get(name) for each in of)
    return tuple(each.mean if each and each.known else None for each in found)
