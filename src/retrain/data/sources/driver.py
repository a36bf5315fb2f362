"""What a source has and data/ has not: chosen, fetched, and written whole.

It keeps no state: what data/ has is what data.dvc names, and that changes once all is well.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from traceback import extract_tb

import pandas as pd
import pyarrow as pa

from retrain.data import partitions
from retrain.data.inputs import check_present
from retrain.data.sources.news import News
from retrain.data.sources.source import PREFIX, Source
from retrain.errors import UserError, within
from retrain.files import md5, write_json

CORRECT = "correct `fetch` in src/pipeline/source.py"
SHORTEST = 4  # characters of what is kept out of an error


def add(
    source: Source,
    folder: Path,
    known: Mapping[str, str],
    step: int = 1,
    recheck: int = 0,
    through: str | None = None,
    again: str | None = None,
) -> News:
    """Write the partitions that the source has and data/ lacks into a folder; say which.

    A gap in the middle is filled first; what is older than the first partition is not wanted. The
    newest ones of data/ that are others at the source now are written there too.

    Args:
        source: of partitions.
        folder: where they are written.
        known: the MD5 of each partition of data/, by its name.
        step: the number of new ones, at most; not counted with `through`.
        recheck: how many of the newest ones of data/ are compared.
        through: the last one to add.
        again: the one of data/ to fetch again, in place of new ones.

    Raises:
        UserError: if the source fails, or has not what is asked for.
    """
    with _failing():
        available, waiting = source.available()
    for name, option in ((through, "--through"), (again, "--again")):
        if name and name not in available:
            raise UserError(_not_there(f"{option} {name}", available))
    if again:
        if again not in known:
            raise UserError(f"--again {again} is not in data/ yet; leave it out")
        _write(source, [again], folder)
        return News(new=[again])
    first = min(known, default="")
    new = [name for name in available if name not in known and name > first]
    new = [name for name in new if name <= through] if through else new[:step]
    # one file of all rows follows its source; of others, what is in data/ stays
    whole = [name for name in available if name in known and not partitions.has_time(name)]
    newest = sorted({*available} & {*known} - {*whole})[-recheck:] if recheck else []
    _write(source, [*whole, *newest, *new], folder)
    same = [name for name in (*whole, *newest) if _md5(folder, name) == known[name]]
    for name in same:
        partitions.path_of(folder, name).unlink()
    return News(
        new=[*(name for name in whole if name not in same), *new],
        differing=[name for name in newest if name not in same],
        waiting=waiting,
    )


def _not_there(asked: str, available: Sequence[str]) -> str:
    if not available:
        return f"{asked}: the source has no complete partition yet; leave it out"
    if not partitions.has_time(available[0]):
        return f"{asked}: the source has no column of times; leave it out"
    return f"{asked}: the source has {available[0]} to {available[-1]}; choose one of these"


def _md5(folder: Path, name: str) -> str | None:
    return md5(str(partitions.path_of(folder, name)))


def _write(source: Source, names: Sequence[str], folder: Path) -> None:
    left = {*names}
    for name, frame in _frames(source, names) if names else ():
        with within(f"the source's {name}"):
            check_present(list(map(str, frame.columns)), source.schema.names)
            try:
                partitions.write(
                    frame[source.schema.names], partitions.path_of(folder, name), source.schema
                )
            except pa.ArrowException as error:
                raise UserError(
                    f"{' '.join(map(str, error.args))}; give it the type that the schema names"
                ) from None
        left.discard(name)
    if left:
        raise UserError(f"the source names {min(left)}, and gives no rows of it; {CORRECT}")


def _frames(source: Source, names: Sequence[str]) -> Iterator[tuple[str, pd.DataFrame]]:
    with _failing():
        rows: pd.DataFrame | pa.Table
        for name, rows in source.fetch(names):
            frame = rows.to_pandas() if isinstance(rows, pa.Table) else rows
            if name not in names:
                raise UserError(f"the source gives {name!r}, not asked for; {CORRECT}")
            if not isinstance(frame, pd.DataFrame):
                kind = type(frame).__name__
                raise UserError(f"the source gives of {name} a {kind}, not a table; {CORRECT}")
            yield name, frame


@contextmanager
def _failing() -> Iterator[None]:
    """Say in one sentence what a source raises, and never what it is let in by."""
    try:
        yield
    except UserError:
        raise
    except Exception as error:
        frames = extract_tb(error.__traceback__)
        own = [each for each in frames if f"{os.sep}pipeline{os.sep}" in each.filename]
        place = f", {Path(own[-1].filename).name}, line {own[-1].lineno}" if own else ""
        said = " ".join(str(getattr(error, "orig", None) or error).split())[:300]
        for secret in _secrets():
            said = said.replace(secret, "***")
        raise UserError(
            f"the source failed ({type(error).__name__}: {said}{place}); nothing was added: "
            "correct that, or run the same command again later"
        ) from None


def _secrets() -> list[str]:
    """Return what the variables of a source hold, and the passwords within their addresses."""
    given = [value for name, value in os.environ.items() if name.startswith(PREFIX)]
    passwords = [value.rpartition("@")[0].rpartition(":")[2] for value in given if "://" in value]
    return sorted(
        (each for each in (*given, *passwords) if len(each) >= SHORTEST), key=len, reverse=True
    )


def main(source: Source, data: Path, step: int = 1, recheck: int = 0) -> None:
    """Fetch new data for `retrain ingest`, or add them to a folder: the program of source.py."""
    parser = argparse.ArgumentParser(prog="pipeline.source", description="Fetch new data.")
    parser.add_argument("--through", metavar="NAME", help="the last one; else the next ones alone")
    parser.add_argument("--again", metavar="NAME", help="one that is there, as it is now")
    parser.add_argument("--known", metavar="FILE", type=Path, help="JSON: what data/ has, with MD5")
    parser.add_argument("--into", metavar="FOLDER", type=Path, default=data)
    parser.add_argument("--news", metavar="FILE", type=Path, help="JSON: what was fetched")
    asked = parser.parse_args()
    known = _held(data)
    if asked.known:
        known = json.loads(asked.known.read_text("utf-8"))
    else:
        recheck = 0  # it would be written over what is there
    news = add(source, asked.into, known, step, recheck, asked.through, asked.again)
    if asked.news:
        write_json(asked.news, news.model_dump())
    else:
        print(f"added {', '.join(news.new) or 'nothing'}", file=sys.stderr)


def _held(folder: Path) -> dict[str, str]:
    """Return the MD5 of the partitions that lie in a folder."""
    found = sorted(folder.glob("[!.]*.parquet"))
    return {path.stem: str(md5(str(path))) for path in found}
