"""What the job that builds has left at GitLab, fetched by the job that lands: plain files, in place."""

import stat
import warnings
import zlib
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest

from retrain.ci.api import archive
from retrain.ci.gitlab import calls
from retrain.errors import UserError
from tests.e2e.forge.server import Forge
from tests.e2e.forge.state import Reply

GOOD = {"candidate/candidate.json": b"{}", "candidate/files/dvc.lock": b"stages:"}


def zipped(*files: tuple[str | ZipInfo, bytes]) -> bytes:
    written = BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as opened, warnings.catch_warnings(action="ignore"):
        for name, content in files:
            opened.writestr(name, content)
    return written.getvalue()


@pytest.fixture
def built(at_gitlab: Forge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Forge:
    """Return the forge of a pipeline whose second try of `build` has succeeded."""
    monkeypatch.setenv("CI_PIPELINE_ID", "6")  # a pipeline variable: GitLab says 5
    monkeypatch.chdir(tmp_path)
    jobs = [(70, "build"), (72, "build"), (71, "plan"), (99, "other")]
    at_gitlab.jobs[5] = [{"id": number, "name": name} for number, name in jobs]
    return at_gitlab


def left() -> dict[str, bytes]:
    paths = (path for path in Path().rglob("*") if path.is_file() or path.is_symlink())
    ours = (path for path in paths if path.parts[0] not in ("remote.git", "seed"))
    return {str(path): path.read_bytes() for path in ours if path.suffix != ".pem"}


def test_the_newest_is_fetched_and_nothing_else_of_it(built: Forge) -> None:
    others = {
        "tools/environment.py": b"x",
        ".git/hooks/post-checkout": b"x",
        "../evil": b"x",
        "/evil": b"x",
        "candidate/../evil": b"x",
        "candidate-2/evil": b"x",
        "candidate/": b"",
    }
    built.stored[72] = zipped(*others.items(), *GOOD.items())
    calls.fetch_left("build", Path("candidate"))
    assert left() == GOOD
    assert "scope=success" in built.requests[1][1]
    assert [path for _, path, _ in built.requests[2:]] == ["/jobs/72/artifacts"]


def test_where_it_is_stored_elsewhere_the_token_is_not_sent_there(built: Forge) -> None:
    built.stored[7] = zipped(*GOOD.items())
    place = {"Location": f"{built.api}/stored/7?signature=x"}
    built.fails[("GET", "/jobs/72")] = [Reply(302, headers=place)]
    calls.fetch_left("build", Path("candidate"))
    assert left() == GOOD


def test_a_link_becomes_a_file(built: Forge) -> None:
    link = ZipInfo("candidate/files/dvc.lock")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    built.stored[72] = zipped((link, b"/etc/passwd"))
    calls.fetch_left("build", Path("candidate"))
    assert left() == {"candidate/files/dvc.lock": b"/etc/passwd"}
    assert not Path("candidate/files/dvc.lock").is_symlink()


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        (b"not an archive", "cannot be unpacked: File is not a zip file"),
        (zipped(("candidate/a", b"1"), ("candidate/a", b"2")), "cannot be unpacked: .*File exists"),
        (zipped(("candidate/a", b"1"), ("candidate/a/b", b"2")), "cannot be unpacked: "),
        (zipped(("candidate/a", b"x" * 2000)), "more than 1,000 bytes"),
        (
            zipped(("candidate/a", b"x" * 900)).replace(
                zlib.compress(b"x" * 900)[2:9], b"\xff" * 7
            ),
            "cannot be unpacked: ",
        ),
    ],
    ids=["not an archive", "a name twice", "a file as a folder", "too large", "broken"],
)
def test_what_is_not_as_a_build_leaves_it_is_a_sentence(
    built: Forge, monkeypatch: pytest.MonkeyPatch, stored: bytes, said: str
) -> None:
    monkeypatch.setattr(archive, "HUGE", 1000)
    built.stored[72] = stored
    with pytest.raises(UserError, match=said):
        calls.fetch_left("build", Path("candidate"))


def test_an_archive_that_does_not_end_is_not_read_to_its_end(
    built: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "HUGE", 100)
    built.stored[72] = zipped(("candidate/a", b"x" * 2000))
    assert calls.fetch_left("build", Path("candidate")) is False


def test_a_pipeline_that_has_left_none(built: Forge) -> None:
    assert calls.fetch_left("build", Path("candidate")) is False  # its archive is gone
    built.stored[72] = zipped(("report.json", b"{}"), (".", b"x"))
    assert calls.fetch_left("build", Path("candidate")) is False
    built.jobs[5] = []
    assert calls.fetch_left("build", Path("candidate")) is False


@pytest.mark.parametrize("link", [False, True])
def test_a_candidate_that_the_repository_has_is_none(built: Forge, link: bool) -> None:
    built.stored[72] = zipped(*GOOD.items())
    Path("elsewhere").mkdir()
    Path("candidate").symlink_to("elsewhere") if link else Path("candidate").mkdir()
    with pytest.raises(UserError, match="candidate is there already"):
        calls.fetch_left("build", Path("candidate"))
    assert list(Path("elsewhere").iterdir()) == []
