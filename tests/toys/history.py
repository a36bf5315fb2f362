"""A long history of versions and deployments, written straight into Git: nothing is trained.

Every commit has what a landing leaves there, and the model in the store, so that a version can be
checked and deployed as a real one. What is where, and when, is random, and the same each time.
"""

import hashlib
import json
import random
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from retrain.gate.schema import Verdict
from retrain.registry.deployment_tags import ACTION, BEFORE, TITLES, Action
from retrain.repo import record
from tests.conftest import clean_environment
from tests.toys import states
from tests.toys.toys import FULL_POLICY

START, SPAN = datetime(2024, 1, 1, 6, tzinfo=UTC), timedelta(days=600)
PEOPLE = ("Ada Lovelace", "Grace Hopper", "Emmy Noether")
REASONS: dict[Action, str] = {
    "deploy": "The metrics hold on the newest month",
    "rollback": "Complaints about the scores of the evening",
    "follow": "each new version is deployed there",
}
RUN = "https://forge.example/acme/toy/runs/{}"
PIPELINE = """\
stages:
  make:
    cmd: python src/make.py
    deps: [data, requirements/pipeline.txt, src/make.py]
    params: [rate, train.depth]
    outs:
      - models/model.skops
      - reports/metrics.json: {cache: false}
      - reports/validation.json: {cache: false}
artifacts:
  toy: {path: models/model.skops, type: model}
"""
STORE = (
    "[core]\n    remote = store\n    analytics = false\n['remote \"store\"']\n    url = ../store\n"
)
SAME = {  # in every commit
    "dvc.yaml": PIPELINE,
    ".dvc/config": STORE,
    ".dvc/.gitignore": "/config.local\n/tmp\n/cache\n",
    ".dvcignore": "/store/\n",
    ".gitignore": "/data/\n/models/\n",
    "policy.yaml": FULL_POLICY.read_text(),
    "src/make.py": "print('a model')\n",
}


@dataclass(frozen=True)
class Made:
    """An assignment, as it was written."""

    tag: str
    stage: str
    version: str
    time: datetime
    action: Action


@dataclass(frozen=True)
class History:
    remote: Path
    clone: Path
    commits: dict[str, str]  # by version, oldest first
    assignments: list[Made]  # oldest first

    @property
    def versions(self) -> list[str]:
        return list(self.commits)


def make(folder: Path, versions: int, assignments: int, bucket: bool = False) -> History:
    """Make `folder/remote.git` and its clone `folder/clone`; `bucket`: and `folder/store`, for DVC.

    A version lands every few days; `staging` follows, until half of the assignments are used. The
    others are deployments and roll-backs by people, most of them of `production`.
    """
    remote, clone = folder / "remote.git", folder / "clone"
    store = folder / "store" if bucket else None
    folder.mkdir(parents=True, exist_ok=True)
    _git(folder, "init", "-q", "--bare", "-b", "main", "remote.git")
    with _fast_import(remote) as writer:
        landings = [_landing(writer, number, versions, store) for number in range(versions)]
        made = list(_deployments(writer, landings, assignments, random.Random(17)))  # noqa: S311
    _git(remote, "pack-refs", "--all")
    _git(folder, "clone", "-q", "remote.git", "clone")
    commits = {landing.version: landing.commit for landing in landings}
    return History(remote, clone, commits, made)


@dataclass(frozen=True)
class _Landing:
    version: str
    commit: str
    model: str  # SHA-256
    time: datetime


@dataclass
class _Writer:
    """`git fast-import`, which says of each object at once what it is called."""

    process: "subprocess.Popen[bytes]"
    marks: dict[str, int] = field(default_factory=dict)

    def commit(self, branch: str, time: datetime, message: str, files: Mapping[str, str]) -> str:
        changed = "".join(f"M 100644 inline {path}\n{_data(files[path])}" for path in files)
        rest = f"{_who('committer', time)}{_data(message)}{changed}\n"
        return self._ask(f"commit refs/heads/{branch}", rest)

    def tag(self, name: str, commit: str, time: datetime, message: str) -> str:
        target = f"from :{self.marks[commit]}\n"
        return self._ask(f"tag {name}", f"{target}{_who('tagger', time)}{_data(message)}")

    def _ask(self, head: str, rest: str) -> str:
        mark = len(self.marks) + 1
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{head}\nmark :{mark}\n{rest}get-mark :{mark}\n".encode())
        self.process.stdin.flush()
        name = self.process.stdout.readline().decode().strip()
        self.marks[name] = mark
        return name


@contextmanager
def _fast_import(remote: Path) -> Iterator[_Writer]:
    with subprocess.Popen(
        ["git", "fast-import", "--quiet", "--force"],
        cwd=remote,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=clean_environment(remote),
    ) as process:
        yield _Writer(process)
    assert process.returncode == 0


def _landing(writer: _Writer, number: int, count: int, store: Path | None) -> _Landing:
    """Write a version: every fourth has another parameter, the others a month more of data."""
    time = START + number * SPAN / count
    version, signed = _version(number), _signature(number, "Merged")
    model = f"model {number}"
    sha256 = hashlib.sha256(model.encode()).hexdigest()
    said = {record.LANDING: "push", **signed, record.BUILDER: "1" * 40}
    files = ({} if number else SAME) | files_of(number)
    if store:
        kept = store.parent / files.popitem()[0]
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(model)
        files[".dvc/config"] = STORE.replace("../store", str(store))
    commit = writer.commit("main", time, _text(f"Results of {version}", said), files)
    said |= {record.MODEL: sha256}
    landed = {record.LANDED: commit, record.VERSION: f"toy@{version}"}
    text = _text(f"Results of {version}", said | landed)
    writer.commit(record.BRANCH, time, text, {"report.md": f"# {version}\n"})
    writer.tag(f"toy@{version}", commit, time, _text(f"Results of {version}", said))
    return _Landing(version, commit, sha256, time)


def files_of(number: int) -> dict[str, str]:
    """Return by path what differs from one version to the next; the last one is the model itself."""
    minor, model = number // 4, f"model {number}"
    months = [f"{2013 + month // 12}-{month % 12 + 1:02}" for month in range(number - minor + 3)]
    gain = random.Random(number).gauss(0, 0.004)  # noqa: S311
    metrics = {
        name: round(value + (gain if states.HIGHER[name] else -gain), 4)
        for name, value in states.THIS.items()
    }
    results = {
        "window": {"train": f"{months[0]} to {months[-2]}", "test": months[-1]},
        "rows": {"train": 1000 * len(months[1:]), "test": 1000},
        "model": metrics,
        "reference": states.REFERENCE,
    }
    contract = {"success": True, "rows": dict.fromkeys(months, 1000), "failures": []}
    pins = f"numpy==2.{minor // 4}.0\npyarrow==26.0.1\n"
    rate, depth = round(0.05 + minor / 1000, 3), 4 + minor % 3
    made = {
        "models/model.skops": model,
        "reports/metrics.json": json.dumps(results, indent=1),
        "reports/validation.json": json.dumps(contract, indent=1),
    }
    inputs = {
        "data": f"{_md5(str(months))}.dir",
        "requirements/pipeline.txt": _md5(pins),
        "src/make.py": _md5(SAME["src/make.py"]),
    }
    stage = {
        "cmd": "python src/make.py",
        "deps": _listed(inputs),
        "params": {"params.yaml": {"rate": rate, "train.depth": depth}},
        "outs": _listed({path: _md5(text) for path, text in made.items()}),
    }
    name = _md5(made.pop("models/model.skops"))
    return made | {
        "dvc.lock": json.dumps({"schema": "2.0", "stages": {"make": stage}}, indent=1),
        "params.yaml": json.dumps({"rate": rate, "train": {"depth": depth}}),
        "requirements/pipeline.txt": pins,
        "reports/verdict.json": _verdict(number, name, metrics, gain).model_dump_json(indent=1),
        f"store/files/md5/{name[:2]}/{name[2:]}": model,
    }


def _verdict(number: int, model: str, metrics: dict[str, float], gain: float) -> Verdict:
    before = number - 1
    apart = {
        name: states.difference(value, round(gain / 2, 4), 0.006, "likely better")
        for name, value in metrics.items()
    }
    champion = states.comparison(_md5(f"model {before}"), _version(before), metrics=apart)
    return states.verdict(
        verdict="promote",
        reasons=[f"log_loss is {metrics['log_loss']}, and 98.1% sure to be better"],
        model=model,
        metrics=metrics,
        base=champion if number else None,
        champion=champion if number else None,
    )


def _version(number: int) -> str:
    return f"v1.{number // 4}.{number % 4}"


def _deployments(
    writer: _Writer, landings: list[_Landing], count: int, chance: random.Random
) -> Iterator[Made]:
    """Write assignments, numbered as GTO does; each names the one before it on its stage."""
    followed = landings[: count // 2]
    begin, end = landings[0].time, START + SPAN
    seconds = range(1, int((end - begin).total_seconds()))
    free = [begin + timedelta(seconds=each) for each in chance.sample(seconds, count)]
    times = [*(each.time for each in followed), *free[len(followed) :]]
    kept: dict[str, list[_Landing]] = {"staging": [], "production": []}
    before: dict[str, str] = {}
    for number, time in enumerate(sorted(times), 1):
        known = [landing for landing in landings if landing.time <= time]
        action: Action
        if known[-1].time == time:
            stage, action, landing = "staging", "follow", known[-1]
        else:
            stage = chance.choices(["production", "staging"], [4, 1])[0]
            others = [each for each in known[-6:] if each not in kept[stage][-1:]]
            back = len(kept[stage]) > 1 and (chance.random() < 0.25 or not others)
            action = "rollback" if back else "deploy"
            landing = kept[stage][-2] if back else chance.choice(others or known[-1:])
        kept[stage] = kept[stage][:-1] if action == "rollback" else [*kept[stage], landing]
        title = TITLES[action].format(version=landing.version, stage=stage)
        said = {ACTION: action, **_signature(number, REASONS[action]), record.MODEL: landing.model}
        tag = f"toy#{stage}#{number}"
        text = _text(title, said | {BEFORE: before.get(stage, "")})
        before[stage] = writer.tag(tag, landing.commit, time, text)
        yield Made(tag, stage, landing.version, time, action)


def _signature(number: int, reason: str) -> dict[str, str]:
    actor, run = PEOPLE[number % len(PEOPLE)], RUN.format(number)
    return {record.ACTOR: actor, record.REASON: reason, record.RUN: run}


def _text(title: str, trailers: Mapping[str, str]) -> str:
    lines = [f"{key}: {value}" for key, value in trailers.items() if value]
    return "\n".join([title, "", *lines, ""])


def _listed(hashes: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"path": path, "hash": "md5", "md5": hashes[path]} for path in sorted(hashes)]


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _data(text: str) -> str:
    return f"data {len(text.encode())}\n{text}\n"


def _who(role: str, time: datetime) -> str:
    return f"{role} {PEOPLE[0]} <ada@example.org> {int(time.timestamp())} +0000\n"


def _git(folder: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=folder, env=clean_environment(folder), check=True)
