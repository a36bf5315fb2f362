"""tools/update.py: what it cannot do ends in one sentence, and the copy is as it was."""

import shlex
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.conftest import Run, clean_environment
from tests.project import small_template as small
from tests.project.small_template import changed, commit, lines, said, update
from tests.toys import toys

pytestmark = pytest.mark.slow
UNNAMED = {
    f"GIT_{role}_{what}": "" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
}
EDIT = "sed -i '{}' template.toml; git commit -qam edited"


@pytest.mark.parametrize(
    ("first", "words", "sentence"),
    [
        ("rm -rf .git", "", "is not a Git repository of its own (fatal: not a git repository"),
        ("rm -rf .git; git init -q ..", "", "is not a Git repository of its own; git init"),
        ("rm -rf .git; git init -q", "", "nothing is committed yet"),
        ("echo 2 > params.yaml", "", "params.yaml: not committed; commit it, or put it aside"),
        ("git mv params.yaml staged", "", "error: staged: not committed"),
        ("git rm -qr machine reports", "", "machine/moved, machine/theirs and 2 more: not committed"),
        ("echo mine > machine/new", "", "machine/new: the update adds it, and yours is not committed"),
        ("echo mine > machine/new; echo machine > .git/info/exclude", "", "machine/new: the update"),
        ("git switch -q --detach", "", "no branch is checked out"),
        ("git rev-parse HEAD > .git/shallow", "", "git fetch --unshallow"),
        ("git commit -qm x --allow-empty; git reset -q --hard HEAD~; git cherry-pick HEAD@{1}", "", "a cherry-pick is not finished"),
        ("git merge -q -s ours --no-commit --allow-unrelated-histories $(git commit-tree -m x HEAD^{tree})", "", "git merge --abort"),
        ("git rm -q template.toml; git commit -qm x", "", "this copy has no template.toml"),
        (EDIT.format("1s/$/ =/"), "", "template.toml of this copy is not TOML"),
        (EDIT.format("/^yours/,/^]/d"), "", "template.toml of this copy: yours is not a list of paths"),
        (EDIT.format("s/own./x\", 1, \"/"), "", "left_behind is not a list of paths"),
        (EDIT.format("s/own./docs\\/*.md/"), "", "docs/*.md is a pattern; name files and folders"),
        (EDIT.format("s/^source.*/source = 1/"), "", "source is not a text"),
        (EDIT.format("s/v1.0.0/1.0/"), "", "version is '1.0', and not one such as v1.0.0"),
        (EDIT.format("s/v1.0.0/v0.9.0/"), "", "this copy's version, v0.9.0, is not at"),
        (EDIT.format("s/v1.0.0/v1.2.0/"), "--version v1.1.0", "v1.1.0 is older than this copy's v1.2.0"),
        ("", "--version v3.0.0", "has no version v3.0.0; it has v1.0.0, v1.1.0, v1.2.0"),
        ("", "--from ''", "template.toml: source is empty; write the template's address there"),
        ("", "--from nowhere", "the template at nowhere cannot be read (fatal: 'nowhere' does not"),
        ("", "--from .", "has no versions (tags such as v1.0.0); is it the template?"),
        ("", "--from http://127.0.0.1:9/x", "Failed to connect to 127.0.0.1"),
    ],
)  # fmt: skip
def test_a_sentence_and_nothing_changes(
    template: Path, tmp_path: Path, run: Run, first: str, words: str, sentence: str
) -> None:
    copy = small.copy(template, tmp_path, run)
    run("bash", "-c", first, cwd=copy)
    before = everything(copy, run)
    done = update(copy, run, template, *shlex.split(words))
    assert done.returncode == 1
    assert sentence in said(done)
    assert "reset" not in done.stderr
    assert everything(copy, run) == before


def everything(copy: Path, run: Run) -> list[object]:
    asked = ("for-each-ref", "rev-parse HEAD", "status --porcelain=2", "stash list")
    said = [run("git", *words.split(), cwd=copy).stdout for words in asked]
    return [small.files(copy), *said]


def test_without_a_name_or_git_or_a_new_python(template: Path, tmp_path: Path, run: Run) -> None:
    copy = small.copy(template, tmp_path, run)
    config = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "user.useConfigOnly"}
    done = update(copy, run, template, **UNNAMED, **config, GIT_CONFIG_VALUE_0="true")
    assert "Git does not know who you are" in said(done)
    command = (sys.executable, "tools/update.py")
    assert "git is not installed" in said(run(*command, cwd=copy, PATH=str(tmp_path)))
    code = "import runpy, sys; sys.path.insert(0, 'tools'); sys.version_info = (3, 10)"
    done = run(sys.executable, "-c", f"{code}; runpy.run_path('tools/update.py')", cwd=copy)
    assert "this needs Python 3.11 to 3.13" in said(done)


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"template.toml": None}, "the template's v1.3.0 has no template.toml"),
        ({"notes": "1\n"}, "the template's v1.3.0 says that it is v1.2.0; choose another VERSION"),
    ],
)
def test_a_version_that_was_made_wrongly(
    template: Path, tmp_path: Path, run: Run, files: dict[str, str | None], sentence: str
) -> None:
    wrong = Path(shutil.copytree(template, tmp_path / "wrong"))
    commit(wrong, run, "wrong", files)
    toys.do(run, wrong, "git tag v1.3.0")
    copy = small.copy(template, tmp_path, run)
    before = everything(copy, run)
    assert sentence in said(update(copy, run, wrong))
    assert everything(copy, run) == before


def test_a_commit_that_a_hook_refuses(template: Path, tmp_path: Path, run: Run) -> None:
    copy = small.copy(template, tmp_path, run)
    before = everything(copy, run)
    hook = copy / ".git/hooks/prepare-commit-msg"
    hook.write_text("#!/bin/sh\necho 'error: not on a Sunday' >&2\nexit 1\n")
    hook.chmod(0o755)
    done = update(copy, run, template)
    assert said(done) == (
        "error: git cherry-pick refuses, and nothing has changed: error: not on a Sunday"
    )
    assert everything(copy, run) == before


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def served(template: Path, tmp_path: Path, run: Run) -> Iterator[str]:
    """Yield the address of the template on a server, with a password."""
    toys.do(run, tmp_path, f"git clone -q --mirror {template} served/template")
    toys.do(run, tmp_path / "served/template", "git update-server-info")
    handler = partial(Quiet, directory=str(tmp_path / "served"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://me:pass-word@127.0.0.1:{server.server_port}/template"
        server.shutdown()


@pytest.mark.parametrize("ending", ["", "-that-is-not"])
def test_a_password_is_not_shown_and_not_kept(
    template: Path, tmp_path: Path, run: Run, served: str, ending: str
) -> None:
    copy = small.copy(template, tmp_path, run)
    done = update(copy, run, served + ending)
    assert (done.returncode == 0) is not ending, done.stderr
    assert "http://127.0.0.1" in done.stdout + done.stderr
    assert "pass-word" not in done.stdout + done.stderr
    kept = [
        path for path in copy.rglob("*") if path.is_file() and b"pass-word" in path.read_bytes()
    ]
    assert kept == []


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """Yield a server that never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def at(server: socket.socket) -> str:
    return f"http://127.0.0.1:{server.getsockname()[1]}/x"


def test_a_server_that_does_not_answer(
    template: Path, tmp_path: Path, run: Run, silent: socket.socket
) -> None:
    copy = small.copy(template, tmp_path, run)
    code = "import sys; sys.path.insert(0, 'tools'); import update_git; update_git.ANSWER = 1"
    code += "; import update; update.main()"
    done = run(sys.executable, "-c", code, "--from", at(silent), cwd=copy)
    assert "cannot be read (fatal: no answer within 1 seconds); check" in said(done)


def test_stopped_by_hand(template: Path, tmp_path: Path, run: Run, silent: socket.socket) -> None:
    copy = small.copy(template, tmp_path, run)
    before = everything(copy, run)
    with subprocess.Popen(
        [sys.executable, "tools/update.py", "--from", at(silent)],
        cwd=copy, env=clean_environment(tmp_path), stderr=-1, text=True,
    ) as process:  # fmt: skip
        asked, _ = silent.accept()
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=120)[1]
        asked.settimeout(120)
        while asked.recv(4096):  # to its end: Git has ended too
            pass
        asked.close()
    assert said == "error: stopped; nothing has changed\n"
    assert everything(copy, run) == before


@pytest.mark.parametrize(
    ("program", "then"),
    [
        # all die before anything is written
        ('kill -9 $PPID $$', "Updated from v1.0.0 to v1.2.0"),
        # Git ends what it does
        ('kill -9 $PPID; exec {git} "$@"', "up to date"),
        # the machine is switched off in the middle
        ('kill -9 $PPID; echo half > machine/theirs; kill -9 $$', "git reset --hard"),
    ],
)  # fmt: skip
def test_killed_where_it_writes(
    template: Path, tmp_path: Path, run: Run, program: str, then: str
) -> None:
    copy = small.copy(template, tmp_path, run)
    (shim := tmp_path / "bin/git").parent.mkdir()
    git = shutil.which("git")
    program = program.replace("{git}", str(git))
    shim.write_text(f'#!/bin/bash\n[ $1 = cherry-pick ] && {{ {program}; }}\nexec {git} "$@"\n')
    shim.chmod(0o755)
    path = clean_environment(tmp_path)["PATH"]
    killed = update(copy, run, template, PATH=f"{shim.parent}:{path}")
    assert killed.returncode == -signal.SIGKILL
    deadline = time.monotonic() + 20
    while (copy / ".git/index.lock").exists() or (then == "up to date" and not merged(copy, run)):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    again = update(copy, run, template)
    assert then in again.stdout + again.stderr
    if then == "git reset --hard":
        toys.do(run, copy, then)
        assert update(copy, run, template).returncode == 0
    assert small.files(copy)["machine/theirs"] == changed(lines("theirs"), 1, "twice")


def merged(copy: Path, run: Run) -> bool:
    return run("git", "log", "-1", "--format=%s", cwd=copy).stdout.startswith("Update from")
