"""A template of a few files and three versions, and copies of it."""

import shutil
import subprocess
from pathlib import Path

from tests.conftest import ROOT, Run
from tests.toys import toys

TOOLS = ("environment.py", "update.py", "update_git.py", "update_template.py")
HOW = ("button", "download")
PUBLISHED = "https://there.example/template"
SAID = """version = "v1.0.0"

# from where
source = ""

yours = [
    "params.yaml",
    "reports/",
]

left_behind = ["own/"]
"""
NEWS = "# Changes\n\n## v1.0.0 (2026-01-01)\n\nThe first.\n"


def lines(name: str) -> str:
    return "".join(f"{name} {number}\n" for number in range(12))


def changed(text: str, number: int, word: str) -> str:
    rows = text.splitlines()
    rows[number] = f"{rows[number]} {word}"
    return "\n".join([*rows, ""])


def commit(folder: Path, run: Run, message: str, files: dict[str, str | None]) -> str:
    """Write files, or remove those of None, and return the commit."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink() if text is None else path.write_text(text, "utf-8")
    return toys.do(run, folder, "git add -A", f"git commit -qm {message}", "git rev-parse HEAD")


def create(folder: Path, run: Run) -> Path:
    """Make v1.0.0, a commit, v1.1.0 and v1.2.0; beside them, tags that are no versions of it."""
    toys.do(run, folder, "git init -q -b main")
    (folder / "tools").mkdir()
    for name in TOOLS:
        shutil.copy(ROOT / "tools" / name, folder / "tools")
    names = ("both", "theirs", "gone_there", "gone_here", "moved")
    files = {f"machine/{name}": lines(name) for name in names}
    files |= {"template.toml": SAID, "CHANGELOG.md": NEWS, ".gitignore": "ignored\n__pycache__\n"}
    files |= {"params.yaml": "1\n", "reports/one": "1\n", "reports/two": "2\n", "own/test": "1\n"}
    commit(folder, run, "first", {**files})
    toys.do(run, folder, "git tag v1.0.0", "git tag vision@v1.0.0", "git tag model@v9.0.0")

    between = {"machine/both": changed(lines("both"), 0, "between")}
    commit(folder, run, "between", {**between, "machine/between": lines("between")})

    news = NEWS.replace("## ", "## v1.1.0 (2026-02-01)\n\nMachine is faster.\n\n## ", 1)
    said = SAID.replace("v1.0.0", "v1.1.0").replace('["own/"]', '["own/", "more/"]')
    toys.do(run, folder, "git mv machine/moved machine/there")
    commit(folder, run, "second", {
        "template.toml": said, "CHANGELOG.md": news, "params.yaml": "2\n",
        "machine/both": changed(lines("both"), 0, "again"),
        "machine/between": changed(lines("between"), 5, "once"),
        "machine/theirs": changed(lines("theirs"), 1, "once"),
        "machine/gone_there": None, "machine/new": "new\n",
        "reports/one": None, "reports/three": "3\n",
        "own/test": "2\n", "own/new": "new\n", "more/test": "new\n",
    })  # fmt: skip
    toys.do(run, folder, "git tag -a -m annotated v1.1.0", "git tag v2.0.0-rc1", "git tag v9")

    news = news.replace("## ", "## v1.2.0 (2026-03-01)\n\nA third.\n\n## ", 1)
    said = said.replace("v1.1.0", "v1.2.0").replace('source = ""', f'source = "{PUBLISHED}"')
    commit(folder, run, "third", {"template.toml": said, "CHANGELOG.md": news,
        "machine/theirs": changed(lines("theirs"), 1, "twice")})  # fmt: skip
    toys.do(run, folder, "git tag v1.2.0")
    return folder


def copy(template: Path, folder: Path, run: Run, how: str = "button", at: str = "v1.0.0") -> Path:
    """Copy the template's files, as a forge's button does it or a person who downloads them."""
    made = folder / "copy"
    if how == "download":
        made.mkdir()
        packed = subprocess.run(["git", "archive", at], cwd=template, stdout=-1, check=True)
        subprocess.run(["tar", "-x"], cwd=made, input=packed.stdout, check=True)
        toys.do(run, made, "git init -q -b main", "git add -A", "git commit -qm first")
        return made
    toys.do(run, folder, "git init -q --bare -b main origin.git")
    only = toys.do(run, template, f"git commit-tree -m Initial {at}^{{tree}}")
    toys.do(run, template, f"git push -q {folder}/origin.git {only}:refs/heads/main")
    toys.do(run, folder, "git clone -q origin.git copy")
    return made


def update(
    made: Path, run: Run, template: Path | str, *words: str, **variables: str
) -> "subprocess.CompletedProcess[str]":
    command = ("python", "tools/update.py", "--from", str(template), *words)
    done = run(*command, cwd=made, **variables)
    assert "Traceback" not in done.stderr, done.stderr
    return done


def said(done: "subprocess.CompletedProcess[str]") -> str:
    """Return the one sentence of an error."""
    (sentence,) = done.stderr.splitlines()
    return sentence


def files(made: Path) -> dict[str, str]:
    """Return the texts of a copy, without its tools."""
    paths = (path for path in made.rglob("*") if path.is_file())
    texts = {str(path.relative_to(made)): path for path in paths}
    left = (".git/", "tools/")
    return {
        name: path.read_text("utf-8") for name, path in texts.items() if not name.startswith(left)
    }


def state(made: Path, run: Run) -> list[str]:
    """Return all that must be as before where nothing is updated."""
    asked = ("git for-each-ref", "git status --porcelain", "git rev-parse HEAD")
    return [toys.do(run, made, command) for command in asked]
