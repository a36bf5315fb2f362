"""What act gets, and what it prints: a workflow that it takes, and each job's result."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ruamel.yaml import YAML

UNKNOWN = "queue"  # to act
SEARCH = 'grep -rlFs -f "$STAND_INS/secrets.txt" . "$RUNNER_TEMP" >> "$STAND_INS/leaks.txt" || true'
# what became of each job, where nothing has failed
PLANNED = {"plan": "success", "build": "skipped", "land": "skipped"}
BUILT = {"plan": "success", "build": "success", "land": "skipped"}
LANDED = {"plan": "success", "build": "success", "land": "success"}


@dataclass(frozen=True)
class Done:
    """What became of a run: each job's result, the summaries of all, what was printed."""

    run: str
    jobs: dict[str, str]  # plan, build, land; those of other workflows by their names
    summary: str
    log: str
    beside: dict[str, str] = field(default_factory=dict)  # on GitLab: comment, test

    @property
    def end(self) -> str:
        """Return the last things that were said, for a test that fails."""
        return "\n".join(self.log.splitlines()[-60:])


def action_files(folder: Path) -> Iterator[Path]:
    """Yield the files of a repository that name actions."""
    yield from (folder / ".github/workflows").glob("*.yml")
    yield from (folder / ".github/actions").glob("*/action.yml")


def executed(file: Path) -> None:
    """Make a workflow one that act takes: without what it does not know, and with the search."""
    yaml = YAML()
    content = yaml.load(file.read_text())
    for part in (content, *content["jobs"].values()):
        part.get("concurrency", {}).pop(UNKNOWN, None)
    for job in content["jobs"].values():
        job["steps"].append({"if": "always()", "name": "search", "run": SEARCH})
    with file.open("w") as output:
        yaml.dump(content, output)


def read(name: str, file: Path, log: str) -> Done:
    """Return what act has said."""
    lines = []
    for line in log.splitlines():
        try:
            lines.append(json.loads(line))
        except ValueError:
            lines.append({"msg": line})
    results = {line["jobID"]: line["jobResult"] for line in lines if "jobResult" in line}
    jobs = YAML(typ="safe").load(file.read_text())["jobs"]
    return Done(
        name,
        {job: results.get(job, "skipped") for job in jobs},
        "".join(line["content"] for line in lines if line.get("command") == "summary"),
        "\n".join(str(line.get("msg", "")).rstrip() for line in lines),
    )
