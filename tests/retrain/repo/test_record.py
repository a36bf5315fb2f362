"""The record of landings: what a tag, a moved branch or a deleted one can not do."""

import json
from pathlib import Path

import pytest

from retrain.errors import UserError
from retrain.repo import record
from retrain.repo import remote as remotes
from tests.conftest import Run
from tests.toys import toys
from tests.toys.history import History
from tests.toys.toys import BETTER, forge

BRANCH = f"refs/heads/{record.BRANCH}"


def entry(project: Path, landed: str, version: str | None = None) -> str:
    """Return a commit that adds a landing to what this clone knows of the record."""
    with toys.working_in(project):
        return record.add(remotes.fetch().record, landed, version, "forged")


def refused(project: Path, remote: Path, run: Run) -> str:
    """Return the sentence with which a landing ends that has changed nothing."""
    before = toys.state(remote, run)
    with pytest.raises(UserError) as error:
        toys.landed(project)
    assert toys.state(remote, run) == before
    return str(error.value)


def as_pushed(project: Path) -> dict[str, str]:
    """Return the environment of a job that a push has started."""
    event = project / ".dvc/tmp/event.json"
    event.write_text('{"before": "1234"}')
    return {
        "GITHUB_EVENT_NAME": "push",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_REF": "refs/heads/main",
        "GITHUB_RUN_ID": "1",
    }


def test_a_new_clone_knows_whether_anything_has_landed(
    toy: Path, toy_start: Path, tmp_path: Path, run: Run
) -> None:
    fresh = tmp_path / "fresh"
    toys.do(run, tmp_path, f"git clone -q {toy_start} {fresh}")
    for clone, begun in ((toy, True), (fresh, False)):
        with toys.working_in(clone):
            assert record.begun() is begun
        out = run("retrain", "run", cwd=clone).stdout
        assert ("Landed   nothing yet" in out) is not begun
        plan = run("retrain", "plan", cwd=clone)
        assert ("nothing has landed yet" in plan.stderr) is not begun


@pytest.mark.parametrize("recorded", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_a_tag_on_a_commit_of_no_branch_runs_nothing(
    toy: Path, remote: Path, tmp_path: Path, run: Run, recorded: bool
) -> None:
    ran = tmp_path / "ran"
    cli = f"open({str(ran)!r}, 'w')\n"
    toys.change(toy, run, "evil", **{"src/pipeline/predict__py": cli})
    evil = toys.tip(toy, run, "HEAD")
    if recorded:
        toys.register(toy, run, "toy@v9.9.9")
    else:
        toys.do(run, toy, "git tag -a -m x toy@v9.9.9", "git push -q origin toy@v9.9.9")
    toys.do(run, toy, "git reset -q --hard HEAD~1")
    toys.change(toy, run, "worse", params__yaml="quality: 0.9\n")
    if recorded:
        assert f"the newest landing, {evil[:7]}, is not in main" in refused(toy, remote, run)
    else:
        assert toys.landed(toy).verdict == "keep"
        facts = json.loads((toy / "report.json").read_text())
        assert facts["verdict"]["champion"]["version"] == "v1.0.0"
        said = "the tag toy@v9.9.9 is not believed: no landing has registered it"
        assert facts["notes"] == [said]
    toys.do(run, toy, "git commit -q --allow-empty -m another")
    (toy / "params.yaml").write_text(BETTER)
    toys.do(run, toy, "retrain judge --base HEAD~1")
    assert not ran.exists()


@pytest.mark.slow
def test_a_landing_that_was_never_merged_judges_nothing(toy: Path, remote: Path, run: Run) -> None:
    policy = (toy / "policy.yaml").read_text().replace("margin: 0", "margin: -9")
    toys.change(toy, run, "lax", policy__yaml=policy)
    lax = toys.tip(toy, run, "HEAD")
    toys.do(run, toy, f"git push -q origin {entry(toy, lax)}:{BRANCH}")
    toys.do(run, toy, "git reset -q --hard HEAD~1")
    toys.change(toy, run, "worse", params__yaml="quality: 0.9\n")
    said = refused(toy, remote, run)
    assert f"the newest landing, {lax[:7]}, is not in main: that was rewritten, or" in said
    result = run("retrain", "ci", "plan", cwd=toy, **as_pushed(toy))
    assert "is not in main" in result.stderr


@pytest.mark.slow
def test_a_verdict_that_no_landing_has_found_registers_nothing(
    toy: Path, remote: Path, tmp_path: Path, run: Run
) -> None:
    forge(toy, run)
    toys.do(run, toy, "git push -q")
    forged = entry(toy, toys.tip(toy, run, "HEAD"))
    toys.do(run, toy, f"git push -q origin {forged}:{BRANCH}")
    landing = toys.landed(toys.clone(remote, tmp_path / "ci", run))
    assert landing.version is None
    assert toys.versions(remote, run) == ["toy@v1.0.0"]


def squash(project: Path, run: Run, ref: str) -> None:
    """Push everything after a commit as one, without the messages, as some teams merge."""
    commit = toys.do(run, project, f"git commit-tree HEAD^{{tree}} -p {ref} -m squashed")
    toys.do(run, project, f"git reset -q --hard {commit}", "git push -qf")


@pytest.mark.parametrize(
    ("squashed", "tags", "sign"),
    [
        (False, False, ", Land a run: promote; first push it again"),
        pytest.param(True, False, "reports/verdict.json names v1.0.0", marks=pytest.mark.slow),
        pytest.param(True, True, "reports/verdict.json names v1.0.0", marks=pytest.mark.slow),
    ],
)
def test_where_there_have_been_landings_there_is_no_first_one(
    toy: Path, remote: Path, tmp_path: Path, run: Run, squashed: bool, tags: bool, sign: str
) -> None:
    toys.change(toy, run, "better", params__yaml=BETTER)
    toys.landed(toy)
    if squashed:
        squash(toy, run, "HEAD~3")
    toys.do(run, remote, f"git branch -q -D {record.BRANCH}")
    if not tags:
        toys.do(run, remote, "git tag -d toy@v1.0.0 toy@v1.1.0")
    toys.change(toy, run, "worse", params__yaml="quality: 0.9\n")
    said = refused(toy, remote, run)
    assert "signs of landings: " in said
    assert sign in said
    assert json.loads(toys.do(run, toy, "retrain land --first --json"))["landed"]
    toys.assert_whole(remote, tmp_path / "after", run)


@pytest.mark.slow
def test_a_tag_is_a_sign_of_a_landing_too(toy: Path, remote: Path, run: Run) -> None:
    squash(toy, run, "HEAD~1")
    toys.do(run, remote, f"git branch -q -D {record.BRANCH}")
    assert "signs of landings: the tag toy@v1.0.0" in refused(toy, remote, run)


@pytest.mark.slow
def test_the_first_landing_of_a_new_record_believes_no_older_version(
    toy: Path, remote: Path, run: Run
) -> None:
    toys.do(run, toy, "git commit -q --amend -m rewritten", "git push -qf")
    landed = toys.recorded(remote, run)
    assert f"the newest landing, {landed[:7]}, is not in main" in refused(toy, remote, run)
    toys.do(run, toy, "retrain land --first")
    assert toys.versions(remote, run) == ["toy@v1.0.0", "toy@v1.0.1"]
    found = toys.do(run, remote, f"git log --format=%s {record.BRANCH}")
    assert found == "Land a run: promote"


@pytest.mark.slow
def test_a_record_that_is_deleted_during_a_landing_stops_it(
    toy: Path, remote: Path, run: Run
) -> None:
    """The pipeline itself does it, between what the landing has asked and what it pushes."""
    make = toy / "src/make.py"
    line = f"import subprocess; subprocess.run(['git', '-C', {str(remote)!r}, 'branch', '-D', {record.BRANCH!r}])\n"
    make.write_text(make.read_text() + line)
    toys.change(toy, run, "better", params__yaml=BETTER)
    before = [each for each in toys.state(remote, run) if record.BRANCH not in each]
    with pytest.raises(UserError, match="signs of landings"):
        toys.landed(toy)
    assert list(toys.state(remote, run)) == before


def test_a_landing_keeps_who_asked_for_it_and_its_report(toy: Path, remote: Path, run: Run) -> None:
    toys.change(toy, run, "better", params__yaml=BETTER)
    builder = toys.tip(toy, run, "HEAD")
    landing = toys.landed(toy)
    trailers = ["Retrain-Landing: by hand", f"Retrain-Builder: {builder}"]
    named = [f"Retrain-Landed: {landing.commit}", "Retrain-Version: toy@v1.1.0"]
    form = "--format=%(trailers)"
    assert toys.do(run, remote, f"git log -1 {form} main").splitlines() == trailers
    found = toys.do(run, remote, f"git log -1 {form} {record.BRANCH}").splitlines()
    assert [each for each in found if not each.startswith("Retrain-Model: ")] == trailers + named
    said = toys.do(run, remote, "git for-each-ref --format=%(contents) refs/tags/toy@v1.1.0")
    assert said.splitlines()[-3:-1] == trailers  # and the hash of the model
    kept = toys.do(run, remote, f"git show {record.BRANCH}:report.md")
    assert kept == (toy / "report.md").read_text().strip()
    assert json.loads(toys.do(run, remote, f"git show {record.BRANCH}:report.json"))["verdict"]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("please\n\nRetrain-Version: toy@v9.9.9", "please Retrain-Version: toy v9.9.9"),
        ("closes #1, [skip ci] @octocat !4", "closes 1, skip ci octocat 4"),
        ("fixes https://forge/o/r/issues/1", "fixes https forge o r issues 1"),
        ('recall (90%) %4: "ok"?', 'recall (90%) 4: "ok"?'),
        ("ä" * 600, "ä" * 500),
        ("मॉडल <b>अच्छा</b> है", "मॉडल b अच्छा b है"),
    ],
)
def test_what_a_person_has_written_stays_words(said: str, kept: str) -> None:
    assert record.cleaned(said) == kept


def test_an_entry_that_a_hand_has_broken_is_left_out(history: History, run: Run) -> None:
    words = b"By hand\n\nRetrain-Landed: " + b"1" * 40 + b"\rRetrain-Version: toy@v9.9.9\n"
    (history.clone / "words").write_bytes(words)
    before = f"origin/{record.BRANCH}"
    made = toys.do(run, history.clone, f"git commit-tree -p {before} -F words {before}^{{tree}}")
    toys.do(run, history.clone, f"git push -q origin {made}:refs/heads/{record.BRANCH}")
    with toys.working_in(history.clone):
        found = remotes.fetch().record
    assert found.tip == made
    assert [*found.versions] == [f"toy@{version}" for version in history.versions]
    assert found.landed == history.commits["v1.1.0"]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("https://forge.example/acme/toy/runs/1?x=y#z", True),
        ("http://localhost:3000/1", True),
        ("javascript:alert(1)", False),
        ("https://x.example/<script>", False),
        ("https://x.example/ and words", False),
        ("https://x.example/" + "x" * 600, False),
        ("", False),
    ],
)
def test_an_address_is_one_or_nothing(said: str, kept: bool) -> None:
    assert record.address(said) == (said if kept else "")
