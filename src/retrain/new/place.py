"""Files put in place together: a copy is as before, or done, whenever the command is stopped."""

import json
import re
import shutil
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from retrain.errors import UserError
from retrain.files import whole, write_json
from retrain.paths import DATA, LOCK, STORE
from retrain.repo.git import ask, git
from retrain.settings import read_yaml

STAGE = Path(".dvc/tmp/retrain-new")
FILES = STAGE / "files"  # as they will stand, from the top
JOURNAL = STAGE / "journal.json"  # there once all is staged: from then on it is completed
FOLDER = "data"
TEMPLATE = Path("template.toml")
# what goes with the demo; of the stages' tests those in folders, which are its own
DEMO = (
    *(DATA, LOCK, "reports/", f"{STORE}/files/", "tests/model/", "tests/score.yaml"),
    # its notebook: others may have been added
    *("notebooks/exploration.ipynb", "notebooks/path/"),
    *(
        "tests/acceptance/exploration/",
        "tests/acceptance/exploration.json",
        "tests/acceptance/test_exploration.py",
    ),
)
ITS_TESTS = re.compile("tests/pipeline/.+/")
# what a run leaves, and no commit holds
LEFT = (
    "features",
    "models",
    "predictions",
    "plots",
    "dvc_plots",
    "reports",
    "report.md",
    "report.json",
    "contexts.md",
    "contexts.json",
    "replay.md",
    "replay.json",
    "replay.svg",
)


def check(force: bool) -> None:
    """Raise a `UserError` unless this is a copy of the template with the demo, all committed."""
    if ask("rev-parse", "--is-inside-work-tree") != "true":
        raise UserError(
            "this folder is not a Git repository; first: git init, and commit the template"
        )
    if ask("rev-parse", "HEAD") is None:
        raise UserError("this repository has no commit; first: git add --all && git commit")
    if changed := git("status", "--porcelain", "--untracked-files=no"):
        first = changed.splitlines()[0].split(maxsplit=1)[1]
        raise UserError(
            f"{first} has changes that are not committed, and files are replaced now; commit or "
            "stash them first"
        )
    if not force and not is_demo():
        raise UserError(
            f"this copy has a problem of its own ({DATA} is not the demo's); to replace it all the "
            "same: --force (make new FORCE=1)"
        )


def is_demo() -> bool:
    """Return whether data.dvc names the demo's data, which it says of itself."""
    path = Path(DATA)
    if not path.exists():
        return False
    outs = (read_yaml(path.read_text("utf-8")) or {}).get("outs") or [{}]
    return bool((outs[0].get("meta") or {}).get("demo"))


def left_behind() -> tuple[str, ...]:
    """Return what is the template's own business, and not a copy's."""
    text = TEMPLATE.read_text("utf-8") if TEMPLATE.exists() else ""
    return tuple(tomllib.loads(text).get("left_behind", ()))


@contextmanager
def staging() -> Iterator[Path]:
    """Make a folder to stage files in, and yield one for scratch; an error leaves neither."""
    shutil.rmtree(STAGE, ignore_errors=True)
    FILES.mkdir(parents=True)
    (STAGE / "scratch").mkdir()
    try:
        yield STAGE / "scratch"
    except BaseException:
        shutil.rmtree(STAGE, ignore_errors=True)
        raise
    shutil.rmtree(STAGE / "scratch")


def stage(files: Mapping[str, str]) -> None:
    for name, text in files.items():
        with whole(FILES / name) as scratch:
            scratch.write_text(text, "utf-8")


def commit(summary: dict[str, Any], with_tests: bool) -> None:
    """Decide what goes and what comes: from now on a killed command is completed by the next."""
    staged = {path.relative_to(FILES).as_posix() for path in FILES.rglob("*") if path.is_file()}
    dropped = DEMO if with_tests else (*DEMO, *left_behind())
    tracked = filter(None, git("ls-files", "-z").split("\0"))
    gone = [name for name in tracked if name.startswith(dropped) or ITS_TESTS.match(name)]
    remove = [name for name in gone if name not in staged]
    write_json(JOURNAL, {"remove": remove, "summary": summary})


def unfinished() -> bool:
    return JOURNAL.exists()


def finish() -> dict[str, Any]:
    """Put in place what is staged, and return the summary; running it twice does no harm."""
    journal = json.loads(JOURNAL.read_text("utf-8"))
    for name in journal["remove"]:
        path = Path(name)
        path.unlink(missing_ok=True)
        for folder in path.parents:
            if folder == Path() or any(folder.glob("[!_]*")):
                break
            shutil.rmtree(folder, ignore_errors=True)  # an earlier call has removed it
    for name in LEFT:
        path = Path(name)
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    if (staged := FILES / FOLDER).exists():
        shutil.rmtree(FOLDER, ignore_errors=True)
        staged.replace(FOLDER)
    for path in sorted(each for each in FILES.rglob("*") if each.is_file()):
        target = path.relative_to(FILES)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)
    return dict(journal["summary"])


def clear() -> None:
    """Forget what was staged: all of it is in place."""
    JOURNAL.unlink(missing_ok=True)
    shutil.rmtree(STAGE, ignore_errors=True)
