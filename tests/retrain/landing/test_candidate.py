"""What a build leaves for a landing: as it is, it lands; altered in any way, nothing does."""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from retrain.ci import land_job
from retrain.ci.event import Event
from retrain.errors import UserError
from retrain.landing import accept_candidate, candidate, land
from retrain.landing.prepare import prepare
from retrain.landing.provenance import BY_HAND
from retrain.repo import dvc
from retrain.repo import remote as remotes
from tests.conftest import Run
from tests.toys import toys
from tests.toys.toys import BETTER, new_month

RUN = "1001"


def built(project: Path, folder: Path) -> Path:
    """Build what a clone asks for, and return where it was left: in another folder."""
    with toys.working_in(project), dvc.opened() as repo:
        candidate.note_stored(repo, "HEAD")
        digest = candidate.pack(repo, prepare(repo), RUN)
    moved = Path(shutil.move(project / candidate.FOLDER, folder))
    assert candidate.digest(moved) == digest
    return moved


def landed(project: Path, folder: Path, run: str = RUN, new_data: bool = False) -> land.Landing:
    with toys.working_in(project), dvc.opened() as repo:
        ready, made = accept_candidate.accept(repo, folder, remotes.fetch(), run, BY_HAND, new_data)
        return land.push_ready(repo, ready, made)


@pytest.fixture(scope="module")
def start(toy_landed: Path, tmp_path_factory: pytest.TempPathFactory, run: Run) -> Path:
    """Return a folder with a remote that asks for a run, and with the candidate of that run."""
    folder = tmp_path_factory.mktemp("built")
    remote = toys.copy(toy_landed, folder)
    project = toys.clone(remote, folder / "project", run)
    toys.change(project, run, "better", params__yaml=BETTER)
    toys.do(run, project, "git push -q")
    built(project, folder / "candidate")
    return folder


@pytest.fixture
def case(start: Path, tmp_path: Path, run: Run) -> tuple[Path, Path, Path]:
    """Return a remote, a fresh clone of it as the job that lands has, and a candidate."""
    (place := tmp_path / "case").mkdir()
    remote = toys.copy(start / "remote.git", place)
    folder = Path(shutil.copytree(start / "candidate", place / "candidate"))
    return remote, toys.clone(remote, place / "lander", run), folder


def test_what_was_built_lands_without_being_built_again(
    case: tuple[Path, Path, Path], tmp_path: Path, run: Run
) -> None:
    remote, clone, folder = case
    landing = landed(clone, folder)
    assert (landing.verdict, landing.version) == ("promote", "toy@v1.1.0")
    assert not (clone / "models").exists()
    toys.assert_whole(remote, tmp_path / "fresh", run)
    kept = json.loads(toys.do(run, remote, "git show retrain-landings:report.json"))
    assert kept["verdict"]["verdict"] == "promote"


@pytest.mark.slow
def test_new_data_land_where_they_were_requested(
    toy: Path, remote: Path, tmp_path: Path, run: Run
) -> None:
    toys.do(run, toy, "dvc pull -q data.dvc")
    new_month(toy, "2013-03")
    toys.do(run, toy, "dvc add -q data")
    folder = built(toy, tmp_path / "candidate")
    objects = sorted(path.name for path in (folder / "objects").iterdir())
    assert len(objects) == 4  # the list of the data, the month, model and predictions
    clone = toys.clone(remote, tmp_path / "lander", run)
    with pytest.raises(UserError, match="no new data were requested"):
        landed(clone, folder)
    landed(clone, folder, new_data=True)
    toys.assert_whole(remote, tmp_path / "fresh", run)
    assert (tmp_path / "fresh/data/2013-03.parquet").exists()


@pytest.mark.slow
def test_where_nothing_was_built_the_landing_finds_that_by_itself(
    case: tuple[Path, Path, Path], toy: Path, tmp_path: Path
) -> None:
    idle = built(toy, tmp_path / "idle")
    assert sorted(path.name for path in idle.iterdir()) == ["candidate.json", "report.json"]
    assert landed(toy, idle).landed is False
    _, clone, folder = case
    edited(folder / "candidate.json", verdict=None)
    with pytest.raises(UserError, match="a run is needed, and nothing was built"):
        landed(clone, folder)


Edit = Callable[[Path], object]


def replaced(path: str, old: str, new: str) -> Edit:
    def edit(folder: Path) -> None:
        text = (folder / path).read_text()
        assert old in text
        (folder / path).write_text(text.replace(old, new))

    return edit


def both(old: str, new: str) -> Edit:
    """Edit what a candidate says of itself, and its report, in the same way."""

    def edit(folder: Path) -> None:
        for path in ("candidate.json", "report.json"):
            replaced(path, old, new)(folder)

    return edit


def edited(file: Path, **fields: object) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | fields))


def relisted(path: str) -> Edit:
    """Let the list of the data name one more file, of the same content as the first."""

    def edit(folder: Path) -> None:
        before = listing(folder)
        files = json.loads(before.read_text())
        content = json.dumps([*files, {"md5": files[0]["md5"], "relpath": path}])
        name = f"{hashlib.md5(content.encode()).hexdigest()}.dir"  # noqa: S324
        before.rename(before.with_name(name)).write_text(content)
        for file in ("dvc.lock", "data.dvc"):
            replaced(f"files/{file}", before.name, name)(folder)

    return edit


def doubled(folder: Path) -> None:
    lock = folder / "files/dvc.lock"
    text = lock.read_text()
    start = text.index("    - path: models/model.skops")
    lock.write_text(text + text[start : text.index("    - path: predictions")])


def another_code(folder: Path) -> None:
    lock = folder / "files/dvc.lock"
    text = lock.read_text()
    (md5,) = re.findall(r"path: src/make.py\n +hash: md5\n +md5: (\w{32})", text)
    lock.write_text(text.replace(md5, md5[::-1]))


def otherwise(folder: Path) -> None:
    text = (folder / "files/data.dvc").read_text()
    md5 = re.findall(r"md5: (\w{32})", text)[0]
    (folder / "files/data.dvc").write_text(text.replace(md5, md5[::-1]))


def model(folder: Path) -> Path:
    """Return the object of the model: the one that is text and no list."""
    return next(path for path in (folder / "objects").iterdir() if path.stat().st_size < 20)


def listing(folder: Path) -> Path:
    return next((folder / "objects").glob("*.dir"))


EDITS: dict[str, tuple[Edit, str]] = {
    "bytes": (lambda folder: model(folder).write_text("2.0 x"), "has another content"),
    "lost": (lambda folder: model(folder).unlink(), "the DVC remote lacks"),
    "unnamed": (lambda folder: (folder / "objects" / ("0" * 32)).touch(), "nothing names the object 000"),
    "list": (lambda folder: listing(folder).write_text("[{}]"), "is not a list of files"),
    "outside": (replaced("files/dvc.lock", "models/model.skops", "src/make.py"), "dvc.lock names src/make.py, which no stage of dvc.yaml makes"),
    "above": (replaced("files/dvc.lock", "models/model.skops", "../model"), "dvc.lock names ../model, which no stage"),
    "stage": (replaced("files/dvc.lock", "  make:", "  fake:"), "names"),
    "file": (lambda folder: (folder / "files/src").mkdir() or (folder / "files/src/make.py").touch(), "src/make.py is not made by a stage"),
    "no lock": (lambda folder: (folder / "files/dvc.lock").unlink(), "dvc.lock is missing"),
    "no yaml": (lambda folder: (folder / "files/dvc.lock").write_text("["), "is not a lock that DVC wrote"),
    "parameters": (replaced("files/dvc.lock", "quality: 1.5", "quality: 1.6"), "dvc.lock is not of this commit"),
    "code": (another_code, "dvc.lock is not of this commit"),
    "report": (replaced("files/reports/metrics.json", "log_loss", "other"), "reports/metrics.json is not what dvc.lock names"),
    "data": (replaced("files/data.dvc", "md5: ", "md5: 0"), "differs in more than its version"),
    "other data": (otherwise, "no new data were requested"),
    "data's remote": (replaced("files/data.dvc", "path: data", "path: data\n  remote: theirs"), "differs in more than its version"),
    "verdict": (replaced("candidate.json", '"model": "', '"model": "0'), "the verdict is not one by policy.yaml, or not the report's"),
    "another model": (both('"model": "', '"model": "0'), "the verdict is of another model"),
    "primary": (both('"primary": "log_loss"', '"primary": "x [skip ci]"'), "the verdict is not one by policy.yaml"),
    "no verdict": (lambda folder: edited(folder / "candidate.json", verdict=None), "a run is needed, and nothing was built"),
    "block": (both('"verdict": "promote"', '"verdict": "block"'), "blocked, nothing lands"),
    "above the data": (relisted("../.git/hooks/post-checkout"), "lists '../.git/hooks/post-checkout'"),
    "a hidden file": (relisted(".dvc/config"), "lists '.dvc/config'"),
    "twice": (relisted("2013-02.parquet"), "lists '2013-02.parquet'"),
    "attributes": (lambda folder: (folder / "files/reports/.gitattributes").touch(), ".gitattributes begins with a dot"),
    "scratch": (lambda folder: (folder / "files/reports/x.tmp").touch(), "x.tmp begins with a dot, or is a scratch file"),
    "hash": (replaced("files/dvc.lock", "path: models/model.skops\n      hash: md5", "path: models/model.skops"), "models/model.skops is not as DVC writes it"),
    "cloud": (replaced("files/dvc.lock", "path: models/model.skops\n", "path: models/model.skops\n      isexec: true\n"), "models/model.skops is not as DVC writes it"),
    "output twice": (doubled, "make names an output twice"),
    "pipe": (lambda folder: os.mkfifo(folder / "objects/pipe"), "pipe is not a file"),
    "large": (lambda folder: edited(folder / "candidate.json", run="x" * 5_000_001), "is missing or too large"),
    "no report": (lambda folder: (folder / "report.json").unlink(), "report.json: no such file"),
    "folder of the data": (replaced("files/data.dvc", "outs:", "wdir: src\nouts:"), "data.dvc differs in more than its version"),
    "run": (replaced("candidate.json", RUN, "1002"), "is of the run 1002, and this is 1001"),
    "more": (replaced("candidate.json", '"run"', '"more": 1, "run"'), "this is not what a build has left"),
    "facts": (replaced("report.json", '"artifact"', '"art"'), "these are no facts of a run"),
    "link": (lambda folder: (folder / "objects/link").symlink_to("/etc/passwd"), "link is not a file"),
    "nothing": (lambda folder: shutil.rmtree(folder), "candidate.json is missing"),
}  # fmt: skip


NEW_DATA = {
    "data",
    "data's remote",
    "folder of the data",
    "above the data",
    "a hidden file",
    "twice",
}
QUICK = ("bytes", "outside", "verdict")


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in EDITS],
)
def test_what_was_altered_is_refused_and_changes_nothing(
    case: tuple[Path, Path, Path], run: Run, name: str
) -> None:
    remote, clone, folder = case
    edit, sentence = EDITS[name]
    edit(folder)
    before = toys.state(remote, run)
    with pytest.raises(UserError) as error:
        landed(clone, folder, new_data=name in NEW_DATA)
    assert sentence in str(error.value)
    assert toys.state(remote, run) == before


def test_what_asks_for_nothing_else_does_not_outdate_a_build(
    case: tuple[Path, Path, Path], tmp_path: Path, run: Run
) -> None:
    remote, clone, folder = case
    toys.change(clone, run, "no matter", README__md="Read me.\n")
    toys.do(run, clone, "git push -q")
    assert landed(clone, folder).version == "toy@v1.1.0"
    toys.assert_whole(remote, tmp_path / "fresh", run)


@pytest.mark.slow
def test_another_history_outdates_it(case: tuple[Path, Path, Path], run: Run) -> None:
    _, clone, folder = case
    toys.do(run, clone, "git commit -q --amend -m rewritten", "git push -qf")
    with pytest.raises(accept_candidate.OutdatedError):
        landed(clone, folder)


def test_a_candidate_that_was_exchanged_is_refused(
    case: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, clone, folder = case
    monkeypatch.setenv(land_job.HASH, candidate.digest(folder)[::-1])
    monkeypatch.delenv("GITLAB_CI", raising=False)
    with (
        toys.working_in(clone),
        pytest.raises(UserError, match="is not what the job that built has left"),
    ):
        land_job.land(Event("push", f"{RUN}-1", branch="main"), folder)


def test_what_was_built_on_another_commit_is_outdated(
    case: tuple[Path, Path, Path], run: Run
) -> None:
    _, clone, folder = case
    toys.change(clone, run, "more", notes__txt="more\n")
    toys.do(run, clone, "git push -q")
    with pytest.raises(accept_candidate.OutdatedError):
        landed(clone, folder)


@pytest.mark.slow
def test_a_build_with_another_record_is_outdated(case: tuple[Path, Path, Path], run: Run) -> None:
    _, clone, folder = case
    toys.register(clone, run, "toy@v1.0.0", "HEAD~1")
    with pytest.raises(accept_candidate.OutdatedError):
        landed(clone, folder)
