"""tools/update.py: a copy gets what the template changed, and keeps what is its own."""

import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.conftest import ROOT, Run
from tests.project import small_template as small
from tests.project.small_template import HOW, changed, commit, lines, said, update
from tests.toys import toys

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("how", HOW)
def test_changes_of_both_sides_are_in_it(
    template: Path, tmp_path: Path, run: Run, how: str
) -> None:
    copy = small.copy(template, tmp_path, run, how)
    mine = {
        "machine/both": changed(lines("both"), 11, "mine"),
        "machine/moved": changed(lines("moved"), 3, "mine"),
        "machine/gone_here": None,
        "params.yaml": "mine\n",
        "reports/one": "mine\n",
        "reports/two": None,
        "reports/four": "4\n",
        "notes": "mine\n",
    }
    before = commit(copy, run, "mine", mine)
    done = update(copy, run, template, "--version", "v1.1.0")
    assert done.returncode == 0, done.stderr
    files = small.files(copy)
    # merged
    assert files["machine/both"] == changed(changed(lines("both"), 0, "again"), 11, "mine")
    assert files["machine/there"] == changed(lines("moved"), 3, "mine")
    assert files["machine/theirs"] == changed(lines("theirs"), 1, "once")
    assert {"machine/between", "machine/new", "own/new", "more/test"} <= {*files}
    assert not {"machine/moved", "machine/gone_here", "machine/gone_there"} & {*files}
    assert files["notes"] == "mine\n"
    # exactly as the copy had it
    own = {name: text for name, text in files.items() if name.startswith(("params", "reports"))}
    assert own == {"params.yaml": "mine\n", "reports/one": "mine\n", "reports/four": "4\n"}
    # one commit of the copy's own, of nothing but its history
    assert toys.do(run, copy, "git rev-parse HEAD~") == before
    assert toys.do(run, copy, "git status --porcelain") == ""
    assert "Updated from v1.0.0 to v1.1.0 in one commit; files changed: 11." in done.stdout
    assert "Machine is faster." in done.stdout
    assert "The first." not in done.stdout
    assert "A third." not in done.stdout


def test_the_newest_version_and_then_nothing(template: Path, tmp_path: Path, run: Run) -> None:
    copy = small.copy(template, tmp_path, run)
    done = update(copy, run, template)
    assert "v1.0.0 to v1.2.0" in done.stdout
    assert done.stdout.index("A third.") < done.stdout.index("Machine is faster.")
    before = small.state(copy, run)
    again = update(copy, run, template)
    assert (again.returncode, again.stdout) == (0, "This copy is up to date: it has v1.2.0.\n")
    assert small.state(copy, run) == before


def test_no_tag_and_no_commit_of_the_template_lands(
    template: Path, tmp_path: Path, run: Run
) -> None:
    copy = small.copy(template, tmp_path, run)
    refs = toys.do(run, copy, "git for-each-ref --format=%(refname)")
    assert update(copy, run, template).returncode == 0
    assert toys.do(run, copy, "git for-each-ref --format=%(refname)") == refs
    assert "vision" in toys.do(run, template, "git tag")
    for tag in ("v1.0.0", "v1.2.0"):
        theirs = toys.do(run, template, f"git rev-parse {tag}^{{commit}}")
        assert run("git", "cat-file", "-e", theirs, cwd=copy).returncode
    assert not (copy / ".git/FETCH_HEAD").exists()
    toys.do(run, copy, "git fsck --connectivity-only")


@pytest.mark.parametrize("how", HOW)
def test_what_a_copy_left_behind_stays_out(
    template: Path, tmp_path: Path, run: Run, how: str
) -> None:
    """What is new there too: more/ came with v1.1.0; and a file of the copy's own changes nothing."""
    copy = small.copy(template, tmp_path, run, how)
    commit(copy, run, "leave", {"own/test": None, "own/mine": "mine\n"})
    assert update(copy, run, template).returncode == 0
    files = small.files(copy)
    assert {name for name in files if name.startswith(("own", "more"))} == {"own/mine"}


def test_what_both_changed_is_left_to_the_person(template: Path, tmp_path: Path, run: Run) -> None:
    copy = small.copy(template, tmp_path, run)
    mine = {"machine/theirs": changed(lines("theirs"), 1, "mine"), "machine/gone_there": "mine\n"}
    commit(copy, run, "mine", mine)
    before = small.state(copy, run)
    done = update(copy, run, template, "--version", "v1.1.0")
    assert done.returncode == 1
    assert "Machine is faster." in done.stdout
    assert done.stdout.endswith("template:\n  machine/gone_there\n  machine/theirs\n")
    assert said(done) == (
        "error: v1.0.0 to v1.1.0 conflicts in the files above; resolve them, git add, git commit; "
        "or take all back: git cherry-pick --abort"
    )
    assert "<<<<<<<" in (copy / "machine/theirs").read_text()
    again = update(copy, run, template)
    assert again.returncode == 1
    assert said(again).startswith("error: a cherry-pick is not finished, perhaps that of an update")
    toys.do(run, copy, "git cherry-pick --abort")
    assert small.state(copy, run) == before


def test_a_conflict_is_resolved_by_a_commit(template: Path, tmp_path: Path, run: Run) -> None:
    copy = small.copy(template, tmp_path, run)
    commit(copy, run, "mine", {"machine/theirs": changed(lines("theirs"), 1, "mine")})
    assert update(copy, run, template, "--version", "v1.1.0").returncode == 1
    (copy / "machine/theirs").write_text(changed(lines("theirs"), 1, "resolved"))
    toys.do(run, copy, "git add -A", "git commit -q --no-edit")
    subject = toys.do(run, copy, "git log -1 --format=%s")
    assert subject == "Update from the template: v1.0.0 to v1.1.0"
    done = update(copy, run, template, "--version", "v1.1.0")
    assert "up to date" in done.stdout


def test_a_squashed_update_is_as_good(template: Path, tmp_path: Path, run: Run) -> None:
    copy = small.copy(template, tmp_path, run)
    toys.do(run, copy, "git switch -q -c update")
    assert update(copy, run, template, "--version", "v1.1.0").returncode == 0
    toys.do(run, copy, "git switch -q main")
    commit(copy, run, "meanwhile", {"notes": "mine\n"})
    toys.do(run, copy, "git merge -q --squash update", "git commit -qm squashed")
    done = update(copy, run, template)
    assert "v1.1.0 to v1.2.0" in done.stdout
    assert small.files(copy)["machine/theirs"] == changed(lines("theirs"), 1, "twice")


@pytest.mark.parametrize("how", HOW)
def test_a_copy_of_what_was_newest_between_two_versions(
    template: Path, tmp_path: Path, run: Run, how: str
) -> None:
    copy = small.copy(template, tmp_path, run, how, at="v1.1.0~")
    assert update(copy, run, template).returncode == 0
    files = small.files(copy)
    assert files["machine/both"] == changed(lines("both"), 0, "again")
    assert files["machine/between"] == changed(lines("between"), 5, "once")


def test_without_a_first_commit_that_is_the_templates_its_version_counts(
    template: Path, tmp_path: Path, run: Run
) -> None:
    copy = small.copy(template, tmp_path, run, at="v1.1.0~")
    commit(copy, run, "mine", {"machine/new": "mine\n"})
    toys.do(run, copy, "git commit -q --amend -m x", "git checkout -q --orphan only")
    toys.do(run, copy, "git commit -qm Initial")
    done = update(copy, run, template)
    assert "  machine/both\n" in done.stdout


def test_entries_and_address_of_the_copy_stay(template: Path, tmp_path: Path, run: Run) -> None:
    copy = small.copy(template, tmp_path, run)
    mine = (copy / "template.toml").read_text().replace('source = ""', 'source = "../mirror" # é')
    mine = mine.replace('    "reports/",\n', '    "reports/",\n    "./machine/theirs",\n')
    commit(copy, run, "mine", {"template.toml": mine})
    toys.do(run, tmp_path, f"git clone -q --mirror {template} mirror")
    done = run("python", "tools/update.py", cwd=copy)
    assert done.returncode == 0, done.stderr
    files = small.files(copy)
    found = tomllib.loads(files["template.toml"])
    assert (found["version"], found["source"]) == ("v1.2.0", "../mirror")
    assert 'source = "../mirror" # é' in files["template.toml"]
    assert "./machine/theirs" in found["yours"]
    assert found["left_behind"] == ["own/", "more/"]
    assert files["machine/theirs"] == lines("theirs")


def test_the_address_that_the_template_has_later_is_taken(
    template: Path, tmp_path: Path, run: Run
) -> None:
    copy = small.copy(template, tmp_path, run)
    assert update(copy, run, template).returncode == 0
    assert tomllib.loads(small.files(copy)["template.toml"])["source"] == small.PUBLISHED


def test_the_lists_name_what_is_there() -> None:
    found = tomllib.loads((ROOT / "template.toml").read_text())
    missing = {each for each in found["yours"] + found["left_behind"] if not (ROOT / each).exists()}
    # DVC makes it
    assert missing <= {"data/"}


def test_this_repository_by_make(tmp_path: Path, run: Run) -> None:
    """Of its own files: the version after today's, in a copy that was left with a third of them."""
    listed = run("git", "ls-files", "-z", cwd=ROOT).stdout
    (template := tmp_path / "template").mkdir()
    words = ["tar", "-c", "--null", "-T", "-"]
    packed = subprocess.run(words, cwd=ROOT, input=listed.encode(), stdout=-1, check=True)
    subprocess.run(["tar", "-x"], cwd=template, input=packed.stdout, check=True)
    toys.do(run, template, "git init -q -b main", "git add -A", "git commit -qm now")
    version = tomllib.loads((template / "template.toml").read_text())["version"]
    toys.do(run, template, f"git tag {version}")
    left = tomllib.loads((template / "template.toml").read_text())["left_behind"]
    copy = small.copy(template, tmp_path, run, at=version)
    toys.do(run, copy, "git rm -rq " + " ".join(left), "git commit -qm left")
    (copy / "params.yaml").write_text("mine: 1\n")
    toys.do(run, copy, "git commit -qam mine")

    newer = {name: (template / name).read_text() + "# newer\n" for name in (
        "params.yaml", "Makefile", "src/retrain/errors.py", "tests/project/test_update.py",
        "docs/examples/README.md")}  # fmt: skip
    newer["template.toml"] = (template / "template.toml").read_text().replace(version, "v99.0.0")
    commit(template, run, "newer", newer)
    toys.do(run, template, "git tag v99.0.0")
    done = run("make", "update", f"FROM={template}", "PYTHON=python", cwd=copy)
    assert done.returncode == 0, done.stderr
    touched = toys.do(run, copy, "git diff --name-only HEAD~").split()
    assert touched == ["Makefile", "src/retrain/errors.py", "template.toml"]
