"""What a context is built from, as a commit: the pipeline of another commit, for one context.

The commit is in no branch. Its dvc.yaml gives the model the name of the context's line, and its
contract leaves out how many rows a file has: that is promised of all contexts together.
"""

import json
from io import StringIO
from pathlib import Path

from ruamel.yaml import YAML

from retrain.contexts.values import Context
from retrain.files import whole
from retrain.gate.behaviour import NONE
from retrain.gate.policy import Policy
from retrain.paths import DATA, MODEL, STORE
from retrain.repo import commits
from retrain.repo.base import RESULTS
from retrain.repo.git import git, show
from retrain.report import collect
from retrain.report.changes import pipeline_stages

ROW_COUNT = "expect_table_row_count"
OWN = (*RESULTS, DATA, STORE)  # what a line of its own has


def of_this_folder(policy: Policy) -> str:
    """Return a commit of the code, the settings and the results that are in this folder."""
    read = [path for stage in pipeline_stages().values() for path in stage.get("deps", [])]
    tests = [policy.gate.behaviour] if policy.gate.behaviour != NONE else []
    # of the files that Git does not know, those that a run reads: others may be large
    places = [path for path in ("src", *read, *tests) if Path(path).exists()]
    with commits.Index("HEAD") as index:
        index.git("add", "--update", "--", ".")
        listed = git("ls-files", "-z", "--others", "--exclude-standard", "--", *places)
        if new := [path for path in listed.split("\0") if path]:
            index.git("add", "--", *new)
        return index.commit("What is in this folder", "HEAD")


def of_context(context: Context, commit: str, newest: str | None = None) -> str:
    """Return a commit with a commit's files for one context, and its line's own results.

    `newest`: of that line; None: it has not begun.
    """
    with commits.Index(commit) as index:
        for path, change in CHANGED.items():
            if (text := show(commit, path)) is not None:
                index.write(path, change(text, context))
        if newest:
            index.take(newest, OWN)
        about = f"Take {commit[:7]} for {context.value}"
        return index.commit(about, *filter(None, [newest]), commit)


def change_here(context: Context) -> None:
    """Write what is a context's own of the pipeline into this folder."""
    for path, change in CHANGED.items():
        if (file := Path(path)).exists():
            text = change(file.read_text("utf-8"), context)
            with whole(file) as scratch:
                scratch.write_text(text, "utf-8")


def _renamed(pipeline: str, context: Context) -> str:
    """Return dvc.yaml with the model's name for a context."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    content = yaml.load(pipeline)
    artifacts = content["artifacts"]
    for number, name in enumerate(list(artifacts)):
        if artifacts[name].get("path") == MODEL:
            artifacts.insert(number, f"{name}-{context.name}", artifacts.pop(name))
    into = StringIO()
    yaml.dump(content, into)
    return into.getvalue()


def _uncounted(contract: str, _: Context) -> str:
    content = json.loads(contract)
    content["expectations"] = [
        each for each in content["expectations"] if not each["type"].startswith(ROW_COUNT)
    ]
    return f"{json.dumps(content, indent=2, ensure_ascii=False)}\n"


CHANGED = dict(zip(collect.OWN, (_renamed, _uncounted), strict=True))
