"""What a model's code can see of a job: every process, its environment and its command line."""

import os
import re
import socket
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.e2e.act import BUILT, LANDED
from tests.e2e.both.test_review import push_change
from tests.e2e.conftest import at_github, at_gitlab
from tests.e2e.runner import Runner
from tests.toys import toys

BUCKET = "key-of-the-bucket-0123456789"
INDEX = "password-of-the-index"  # of packages, which a job may install later
SPY = """
import contextlib
import os
import pathlib
import socket
import sys
import uuid


def look(who):
    seen = [f"{who} is {os.getpid()}".encode()]
    for name in filter(str.isdigit, os.listdir("/proc")):
        for part in ("environ", "cmdline"):
            with contextlib.suppress(OSError), open(f"/proc/{name}/{part}", "rb") as file:
                seen.append(file.read())
    places = ["OUTSIDE", "/proc/sys/kernel/core_pattern"]
    if sys.argv[0].endswith(("make.py", "source.py")):  # in the checkout
        places.append(".venv/retrain-spy")
    if sys.argv[0].endswith("make.py"):  # the stage
        places.append(".git/retrain-spy")
    for place in places:
        with contextlib.suppress(OSError), open(place, "a"):
            seen.append(b"it may write there")
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as service:
        service.connect("SOCKET")
        seen.append(b"it reaches a service")
    pathlib.Path("FOLDER", f"{who}-{uuid.uuid4()}").write_bytes(b"\\0".join(seen))
"""
REACHED = ("it may write there", "it reaches a service")
PROBES = {
    "src/make.py": "training",
    "src/pipeline/predict.py": "scoring",
    "src/pipeline/source.py": "source",
}
BEHAVIOUR = "import spy\n\ndef test_it():\n    spy.look('behaviour')\n"


@pytest.fixture
def service() -> Iterator[Path]:
    """Return where a service of the machine listens, as Docker's does."""
    if os.geteuid():
        pytest.skip("only root has a service in /run")
    path = Path("/run") / f"retrain-{uuid.uuid4()}.sock"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        yield path
    path.unlink()


@pytest.fixture
def outside() -> Iterator[Path]:
    """Return a file, elsewhere than in the checkout, that root alone may write."""
    path = Path("/etc") / f"retrain-{uuid.uuid4()}"
    yield path
    path.unlink(missing_ok=True)


@pytest.fixture
def seen(toy: Path, tmp_path: Path, run: Run, service: Path, outside: Path) -> Path:
    """Return the folder in which all code of the toy's notes what it sees; it is the champion's."""
    (folder := tmp_path / "seen").mkdir()
    spy = SPY.replace("FOLDER", str(folder)).replace("SOCKET", str(service))
    (toy / "src/spy.py").write_text(spy.replace("OUTSIDE", str(outside)))
    for name, who in PROBES.items():
        text = (toy / name).read_text()
        probe = f"import sys; sys.path.insert(0, 'src'); import spy; spy.look({who!r})\n"
        (toy / name).write_text(text + probe if "/make" not in name else probe + text)
    (toy / "judged").mkdir()
    (toy / "judged/test_it.py").write_text(BEHAVIOUR)
    policy = (toy / "policy.yaml").read_text().replace("behaviour: none", "behaviour: judged")
    toys.change(toy, run, "spy", policy__yaml=policy, params__yaml="quality: 2.0\n")
    assert toys.landed(toy).version == "toy@v2.0.0"
    for file in folder.iterdir():
        file.unlink()
    outside.unlink(missing_ok=True)  # that landing was behind no wall
    return folder


def secrets(runner: Runner) -> list[bytes]:
    runner.environment |= {"AWS_SECRET_ACCESS_KEY": BUCKET, "TOY_SOURCE": "3"}
    known = (runner.folder / "secrets.txt").read_text().split()
    return [each.encode() for each in (*known, BUCKET, *REACHED)]


def looks(folder: Path) -> list[bytes]:
    return [file.read_bytes() for file in folder.iterdir()]


def found(folder: Path, secrets: list[bytes]) -> dict[str, bool]:
    """Return who has looked, and whether they have seen a secret."""
    looked: dict[str, bool] = {}
    for file in folder.iterdir():
        saw = any(secret in file.read_bytes() for secret in secrets)
        who = file.name.partition("-")[0]
        looked[who] = looked.get(who, False) or saw
    return looked


@pytest.mark.slow
@at_github
def test_a_run_under_review_sees_no_secret(runner: Runner, toy: Path, seen: Path, run: Run) -> None:
    known = secrets(runner)
    runner.environment["UV_INDEX_OURS_PASSWORD"] = INDEX
    head = push_change(toy, run, params__yaml="quality: 1.5\n")
    runner.forge.open_pull("change")
    done = runner.review(head)
    assert done.jobs == BUILT, done.end
    stage = [each for each in looks(seen) if b"src/make.py" in each]
    assert stage
    assert not any(INDEX.encode() in each for each in stage)
    assert found(seen, known) == dict.fromkeys(("training", "scoring", "behaviour"), False)


@pytest.mark.slow
def test_a_build_and_the_source_of_its_data_see_no_secret(runner: Runner, seen: Path) -> None:
    known = secrets(runner)
    done = runner.night()
    assert done.jobs == LANDED, done.end
    steps = ("training", "scoring", "behaviour", "source")
    assert found(seen, known) == dict.fromkeys(steps, False)


@pytest.mark.slow
@at_gitlab
def test_where_a_machine_has_no_such_wall_the_job_says_so(
    runner: Runner, toy: Path, seen: Path, run: Run, outside: Path
) -> None:
    (refused := runner.folder / "bin/unshare").write_text("#!/bin/sh\nexit 1\n")
    refused.chmod(0o755)
    known = secrets(runner)
    head = push_change(toy, run, params__yaml="quality: 1.5\n")
    runner.forge.open_pull("change")
    done = runner.review(head)
    assert done.jobs == BUILT
    assert re.search("isolation: not possible here", done.log)
    assert found(seen, known)["training"] is True  # so that the others can fail
    for reached in REACHED:
        assert found(seen, [reached.encode()])["training"] is True
    outside.unlink()
