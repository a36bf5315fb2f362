"""The partitions that a replay walks: those of data/, and those that the source has besides."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dvc.repo import Repo

from retrain.data import partitions
from retrain.errors import UserError
from retrain.files import md5, whole_folder
from retrain.paths import DATA, NEWS, REPLAY
from retrain.repo import snapshot
from retrain.run import ingest

LEAST = 2  # partitions of the first model, one that trains and one that judges; and that are served
FOLDER, FETCHED = Path(REPLAY, "data"), Path(REPLAY, "fetched")


@dataclass(frozen=True)
class Calendar:
    """Partitions, oldest first, with the MD5 of each; the first model is built from `first`."""

    folder: Path  # that has their files
    names: list[str]
    hashes: Mapping[str, str]
    first: int

    @property
    def served(self) -> list[str]:
        return self.names[self.first :]

    @property
    def unit(self) -> str:
        """Return how a partition is called."""
        name = self.names[0]
        return next((word for word, form in UNITS.items() if form.fullmatch(name)), "day")

    def path(self, name: str) -> Path:
        return partitions.path_of(self.folder, name)


UNITS = {"month": partitions.MONTH, "week": partitions.WEEK}


def find(repo: Repo, through: str | None, start: str | None) -> Calendar:
    """Put the partitions into a folder of the replay's own, and return them.

    `through`: the last one; the source is asked for those that data.dvc does not name. `start`: the
    first one that a model serves; else the older half builds the first model.
    """
    snapshot.keep_unsaved(repo)
    snapshot.fetch(repo)
    hashes = snapshot.partitions(repo)
    if without := [name for name in sorted(hashes) if not partitions.has_time(name)]:
        raise UserError(
            f"{DATA} names {without[0]}.parquet, which has no time in its name; a replay goes from "
            "one month, week or day to the next, and takes a file of data/ for each"
        )
    cache = {name: Path(repo.cache.local.oid_to_path(oid)) for name, oid in hashes.items()}
    fetched = _fetched(hashes, through) if through and through not in hashes else {}
    paths = cache | fetched
    names = sorted(name for name in paths if through is None or name <= through)
    with whole_folder(FOLDER) as scratch:
        for name in names:
            shutil.copyfile(paths[name], partitions.path_of(scratch, name))
    hashes |= {name: str(md5(str(path))) for name, path in fetched.items()}
    return Calendar(FOLDER.absolute(), names, hashes, _first(names, start))


def _first(names: list[str], start: str | None) -> int:
    """Return how many partitions build the first model."""
    if len(names) < 2 * LEAST:
        raise UserError(
            f"a replay takes at least {2 * LEAST} files of data/, {LEAST} for the first model and "
            f"{LEAST} that models serve, and there are {len(names)} ({', '.join(names)}); ingest "
            "more of them, or name one that the source has: --through NAME"
        )
    possible = names[LEAST : len(names) - LEAST + 1]
    if start is not None and start not in possible:
        raise UserError(
            f"--since {start}: the first one that a model serves can be {possible[0]} to "
            f"{possible[-1]}; choose one of these"
        )
    return names.index(start) if start is not None else len(names) - len(names) // 2


def _fetched(known: dict[str, str], through: str) -> dict[str, Path]:
    """Return the partitions that the source has and data.dvc does not name, written to files."""
    try:
        with whole_folder(FETCHED) as scratch:
            new = ingest.look(known, scratch, through).new
    finally:
        Path(NEWS).unlink(missing_ok=True)  # of a look that has added nothing to data/
    if through not in new:
        raise UserError(f"--through {through}: the source does not give it; leave it out")
    return {name: partitions.path_of(FETCHED, name) for name in new}
