"""The results of a run, checked by its lock: the lock's content before anything else was run."""

import hashlib
from pathlib import Path

from dvc.repo import Repo

from retrain.data.windows import Window
from retrain.errors import UserError
from retrain.paths import DATA, LOCK, METRICS, MODEL, PREDICTIONS
from retrain.repo.lockfile import hashes
from retrain.repo.snapshot import output

JUDGED = (PREDICTIONS, METRICS, MODEL)


class Results:
    def __init__(self, repo: Repo) -> None:
        if not Path(LOCK).exists():
            raise UserError(f"{LOCK} is missing: there is no model to judge; first: retrain run")
        self.lock = Path(LOCK).read_bytes()
        self.locked = hashes(self.lock.decode())
        out = output(repo)
        listing = out.get_obj()
        if listing is None:
            raise UserError(f"the list of {DATA} is not in DVC's cache; first: dvc pull {DATA}")
        listing.digest()  # hashed again: a run can write in the cache
        if listing.hash_info.value != out.hash_info.value:
            raise UserError(f"the list of {DATA} in DVC's cache was changed; first: dvc pull -f")
        self.data = {f"{out}/{'/'.join(key)}": info.value for key, _, info in listing}
        self.check()

    @property
    def model(self) -> str:
        return self.locked[MODEL]

    def check(self) -> None:
        for path in JUDGED:
            self.content(path)
        if Path(LOCK).read_bytes() != self.lock:
            raise UserError(f"{LOCK} was written while this was judged; run it again")

    def content(self, path: str) -> bytes:
        file, named = Path(path), self.data.get(path, self.locked.get(path))
        content = file.read_bytes() if file.is_file() else None
        if content is None:
            raise UserError(f"{path} is missing; first: retrain run")
        if hashlib.md5(content).hexdigest() != named:  # noqa: S324 (DVC's)
            source = DATA if path in self.data else LOCK
            raise UserError(f"{path} is not what {source} names; first: retrain run")
        return content

    def inputs(self, window: Window) -> list[Path]:
        by_name = {Path(path).stem: path for path in sorted(self.data)}
        found = [by_name[name] for name in window.partitions(list(by_name))]
        for path in found:
            self.content(path)
        return list(map(Path, found))
