"""The release: whole, once, and begun again where a run was interrupted; and who hears of it."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from retrain.ci import provider
from retrain.ci.deploy import released
from retrain.errors import UserError
from retrain.paths import RELEASE
from retrain.repo import tokens
from tests.e2e.forge.releases import Release
from tests.retrain.ci.deploy.conftest import Job, Tags

pytestmark = pytest.mark.slow
PUBLISHES = {"github": ("PATCH", "/releases/1$"), "gitlab": ("POST", "/releases$")}
UPLOADS = {"github": ("POST", "/assets"), "gitlab": ("PUT", "/packages/generic")}


def test_a_release_is_made_once(job: Job) -> None:
    done = job.ask(version="v1.0.0").prepare().deploy()
    assert done.releases
    assert "/releases/" in job.release()
    (release,) = job.forge.releases
    assert (release.tag, release.draft) == ("toy@v1.0.0", False)
    assert "This release is unsigned" in release.notes
    written = len(writes(job))
    assert not job.deploy().releases
    assert "/releases/" in job.release()
    assert (job.forge.releases, writes(job)[written:]) == ([release], [])


def writes(job: Job) -> list[str]:
    return [path for verb, path, _ in job.forge.requests if verb in ("POST", "PUT", "DELETE")]


def test_a_release_that_was_made_before_of_other_files_is_not_adopted(job: Job, tags: Tags) -> None:
    left = job.ask(version="v1.0.0").prepare().forge.left[job.runs] / RELEASE
    its = {path.name: path.read_bytes() for path in left.iterdir()}
    before = tags()
    place = f"{job.forge.url}/api/v4/projects/1/packages/generic/toy/v1.0.0"
    links = [{"name": name, "url": f"{place}/{name}"} for name in its]
    planted = Release(1, "toy@v1.0.0", "toy v1.0.0", "", links=links)
    job.forge.releases.append(planted)

    def hold(**files: bytes) -> None:
        planted.files = job.forge.packages["toy", "v1.0.0"] = its | files

    for name in released.RUN:
        hold(**{name: b"evil"})
        with pytest.raises(UserError, match=rf"the release toy@v1.0.0 is there .*, and its {name}"):
            job.deploy()
    assert tags() == before  # else those who serve would take it
    hold()
    assert not job.deploy().releases
    if provider.name() == "gitlab":
        # elsewhere, where no token goes
        links[:] = [link | {"url": f"http://127.0.0.1:1/{link['name']}"} for link in links]
    else:
        hold(**{"model.skops": b"evil"})
    with pytest.raises(UserError, match=r"and its model.skops is not the one"):
        job.release()


@pytest.mark.parametrize("fault", [UPLOADS, PUBLISHES])
def test_an_interrupted_release_is_begun_again_whole(
    job: Job, fault: dict[str, tuple[str, str]]
) -> None:
    job.ask(version="v1.0.0").prepare().deploy()
    job.forge.fails[fault[provider.name()]] = [403] * 5
    with pytest.raises(UserError, match="refuses"):
        job.release()
    assert len(job.forge.dispatched) == 0
    job.announce()  # it is deployed all the same
    assert len(job.forge.dispatched) == (provider.name() == "github")
    assert all(each.draft for each in job.forge.releases)
    job.forge.fails.clear()
    job.release()
    (release,) = job.forge.releases
    assert not release.draft
    listed = [line.split()[1] for line in release.files["SHA256SUMS"].decode().splitlines()]
    assert {*listed, "SHA256SUMS"} == release.files.keys()


def test_an_earlier_stage_has_no_release(job: Job) -> None:
    assert not job.ask(stage="staging").prepare().deploy().releases
    assert job.release() == ""
    assert job.forge.releases == []


@pytest.fixture
def heard() -> Iterator[list[Any]]:
    """Return what a listener hears; first its address. Its answers: 204, then 500."""
    found: list[Any] = []

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            found.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204 if len(found) == 2 else 500)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    found.append(f"http://127.0.0.1:{server.server_port}/?token=secret")
    yield found
    server.shutdown()
    server.server_close()


def test_those_who_serve_hear_of_it_and_one_who_does_not_fails_nothing(
    job: Job, heard: list[Any]
) -> None:
    done = job.ask(stage="staging", version="v1.0.0").prepare().deploy()
    job.patch.setattr(tokens, "_webhook", heard[0])
    assert "Announced to RETRAIN_WEBHOOK." in job.announce()
    payload = {"stage": "staging", "version": "v1.0.0", "tag": done.tag, "before": None,
               "release": "toy@v1.0.0", "model": done.model, "run": done.run}  # fmt: skip
    assert heard[1] == {"event_type": "deployment-changed", "client_payload": payload}
    assert job.forge.dispatched == ([heard[1]] if provider.name() == "github" else [])
    job.forge.fails["POST", "/dispatches"] = [403]
    said = job.announce()
    assert "Warning: RETRAIN_WEBHOOK was not reached: it answers 500" in said
    assert ("deployment-changed is not announced" in said) is (provider.name() == "github")
    job.patch.setattr(tokens, "_webhook", "http://127.0.0.1:1/?token=secret")
    said = job.announce()
    assert "was not reached: ConnectionError" in said
    assert "secret" not in said


def test_nothing_is_released_that_was_not_deployed_here(job: Job) -> None:
    with pytest.raises(UserError, match="nothing was deployed here"):
        job.release()
    assert job.announce() == ""
