"""What a replay asks of a model and a month: asked once, and kept by all that the answer is of."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd
from dvc.repo import Repo
from pydantic import Field

from retrain.errors import UserError
from retrain.files import whole_folder, write_json
from retrain.gate.commit_code import code
from retrain.gate.policy import Policy
from retrain.gate.schema import Verdict
from retrain.gate.tables import task_of
from retrain.metrics.tasks import is_score
from retrain.monitoring import drift, learned
from retrain.paths import DATA, REPLAY, STORE
from retrain.replay import scores
from retrain.replay.calendar import Calendar
from retrain.replay.models import Models
from retrain.replay.schema import Figures
from retrain.repo.base import RESULTS
from retrain.repo.git import git
from retrain.settings import Count, Line, Section, from_json

KNOWN = Path(REPLAY, "known")
REMEDY = f"it is not what a replay writes; remove {KNOWN}, and replay again"
FACTS, ROWS = "served.json", "rows.parquet"


class Built(Section):
    """A commit that has a model in its lock."""

    commit: Line


class Served(Section):
    """What a model was worth in a month, and why the month is an alarm against it."""

    rows: Count
    figures: Figures
    alarms: list[Line] = Field(default_factory=list)


@dataclass(frozen=True)
class Answers:
    """The answers on one commit's code and settings."""

    repo: Repo
    start: str
    calendar: Calendar
    policy: Policy
    models: Models

    def problem(self, model: int) -> str | None:
        """Return why a model cannot be built, if it cannot."""
        try:
            if not self._path("built", model).exists():
                self._commit(model)
        except UserError as error:
            return str(error)
        return None

    def _commit(self, model: int) -> str:
        path = self._path("built", model)
        if path.exists():
            self.models.take(model, from_json(path.read_bytes(), Built, path, REMEDY).commit)
        commit = self.models.commit(model)
        write_json(path, Built(commit=commit).model_dump())
        return commit

    def verdict(self, model: int, other: int) -> Verdict:
        path = self._path("verdict", model, other)
        if not path.exists():
            for each in (other, model):
                self._commit(each)
            write_json(path, self.models.judge(model, other).model_dump(mode="json"))
        return from_json(path.read_bytes(), Verdict, path, REMEDY)

    def served(self, model: int, month: str) -> Served:
        path = self._path("served", model, month).with_suffix("")
        if not path.exists():
            self._serve(model, month, path)
        return from_json((path / FACTS).read_bytes(), Served, path / FACTS, REMEDY)

    def rows(self, model: int, month: str) -> pd.DataFrame:
        """Return the rows whose outcome is known: that, the prediction, and the blocks."""
        return pd.read_parquet(self._path("served", model, month).with_suffix("") / ROWS)

    def _serve(self, model: int, month: str, path: Path) -> None:
        gate, file = self.policy.gate, self.calendar.path(month)
        commit, named = self._commit(model), f"the model of {self.calendar.names[model - 1]}"
        with (
            learned.by(self.repo, commit, named) as known,
            code(self.repo, None) as own,
            whole_folder(path) as scratch,
        ):
            seen = known.code.see([file])
            table = pd.concat(map(pd.read_parquet, seen))
            columns = [each for each in map(str, table) if is_score(each)]
            kept = table[list(dict.fromkeys(["outcome", gate.blocks.column, *columns]))]
            rows = kept[kept["outcome"].notna()].reset_index(drop=True).infer_objects()
            rows.to_parquet(scratch / ROWS)
            metrics = scores.shown(gate, task_of(rows))
            figures = scores.figures(rows, metrics, gate, own)
            found = drift.compare([file], seen, known, self.policy).drift if self.watched else None
            alarms = [each.what for each in found.alarms] if found else []
            served = Served(rows=len(rows), figures=figures, alarms=alarms)
            write_json(scratch / FACTS, served.model_dump())

    @property
    def watched(self) -> bool:
        return self.policy.drift is not None

    def _path(self, question: str, model: int, *more: int | str) -> Path:
        """Return where an answer is kept: by the code, the settings, and the data that it is of."""
        names, hashes = self.calendar.names, self.calendar.hashes
        data = [(name, hashes[name]) for name in names[:model]]
        data += [(name, hashes[name]) for name in more if isinstance(name, str)]
        content = json.dumps([question, self._code, data, model, *more])
        digest = hashlib.sha256(content.encode()).hexdigest()[:20]
        return KNOWN / f"{question}-{digest}.json"

    @cached_property
    def _code(self) -> str:
        """Return what identifies a commit's files, without what a run makes of them."""
        listed = git("ls-tree", self.start, "--", *_not_results(self.start))
        return hashlib.sha256(listed.encode()).hexdigest()


def _not_results(commit: str) -> Sequence[str]:
    names = git("ls-tree", "--name-only", commit).splitlines()
    return [name for name in names if name not in (*RESULTS, DATA, STORE)]
