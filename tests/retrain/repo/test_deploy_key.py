"""A deploy key: what pushes where the job's token may only read, by a real SSH server."""

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from retrain.ci.github import calls
from retrain.deployment import deploy
from retrain.errors import UserError
from retrain.landing.provenance import Provenance
from retrain.repo import dvc, tokens
from tests.conftest import Run
from tests.e2e.forge.server import Forge
from tests.toys import toys

SSHD = shutil.which("sshd", path=f"{os.defpath}:/usr/sbin")
READS = "a-token-that-reads"
pytestmark = pytest.mark.slow


@dataclass
class Server:
    port: int
    key: str  # its public key
    client: str  # a private key that it lets in


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Let an SSH server stand on loopback, for this user."""
    if not SSHD:
        why = "sshd is not here; on Debian: apt-get install openssh-server"
        pytest.fail(why) if os.environ.get("CI") else pytest.skip(why)
    assert SSHD
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # as its service does
    for name in ("host", "client"):
        words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / name]
        subprocess.run(words, check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "HostKey": tmp_path / "host",
        "AuthorizedKeysFile": tmp_path / "client.pub",
        "ListenAddress": f"127.0.0.1:{port}",
        "PasswordAuthentication": "no",
        "PidFile": "none",
        "StrictModes": "no",  # the folders of tests are open
    }
    (file := tmp_path / "sshd").write_text("".join(f"{k} {v}\n" for k, v in settings.items()))
    log = (tmp_path / "sshd.log").open("w")
    process = subprocess.Popen([SSHD, "-D", "-e", "-f", file], stderr=log)
    for _ in range(100):
        with socket.socket() as asked:
            if not asked.connect_ex(("127.0.0.1", port)):
                break
        time.sleep(0.05)
    yield Server(port, (tmp_path / "host.pub").read_text(), (tmp_path / "client").read_text())
    process.terminate()
    process.wait()
    log.close()


@pytest.fixture
def forge(
    server: Server,
    remote: Path,
    toy: Path,
    tmp_path: Path,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Forge]:
    """Be in a clone, in a job whose token reads and whose key pushes."""
    with Forge(tmp_path, remote) as forge:
        for name, value in forge.trust.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("GITHUB_REPOSITORY", forge.slug)
        monkeypatch.setenv("GITHUB_API_URL", forge.api)
        forge.readers.add(READS)
        forge.ssh_keys = [server.key]
        toys.do(run, toy, f"git remote set-url origin {forge.url}/acme/toy.git")
        monkeypatch.chdir(toy)
        monkeypatch.setattr(tokens, "_taken", READS)
        address = f"ssh://{getpass.getuser()}@127.0.0.1:{server.port}{remote}"
        monkeypatch.setattr(calls, "by_ssh", lambda: address)
        yield forge


def deployed() -> str:
    with dvc.opened() as repo, calls.pushing():
        return deploy.deploy(repo, None, "production", Provenance(reason="to see")).tag


def test_the_key_alone_pushes(
    forge: Forge, server: Server, remote: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UserError, match="cannot be pushed to"):
        deployed()
    monkeypatch.setenv(tokens.PUSHER, server.client)
    monkeypatch.setattr(tokens, "_pusher", None)
    tokens.take()
    assert tokens.PUSHER not in os.environ
    assert deployed() == "toy#production#1"
    assert toys.do(run, remote, "git tag --list toy#*") == "toy#production#1"
    assert not any("receive-pack" in path and known for _, path, known in forge.git_requests)


def test_another_server_than_the_forge_names_gets_nothing(
    forge: Forge, server: Server, remote: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "_pusher", server.client)
    forge.ssh_keys = [(remote.parent / "client.pub").read_text()]
    with pytest.raises(UserError, match="cannot be pushed to"):
        deployed()
    assert toys.do(run, remote, "git tag --list toy#*") == ""
