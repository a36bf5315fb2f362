"""From a release alone the shipped model is verified and used, by the lines of docs/serving.md."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from retrain.deployment import bundle
from retrain.repo import tokens
from tests.conftest import Run
from tests.project.test_documents import blocks
from tests.toys import attested, toys

VERIFY, MAKE_KEY, VERIFY_BY_KEY = blocks("serving.md", "sh")
(LOAD,) = blocks("serving.md", "python")
SLUG = "acme/flights"
# the authorities that gh believes are the tests' own
GH = 'gh() { command gh "$@" --custom-trusted-root ../root.jsonl; }\n'
USE = """
import importlib.util
import pandas

assert importlib.util.find_spec("retrain") is None
row = dict.fromkeys(model.feature_names_in_, 1.0) | {"carrier": "B6", "origin": "JFK", "dest": "BOS"}
print(json.load(open("lineage.json"))["version"], model.predict_proba(pandas.DataFrame([row]))[0, 1])
"""


@pytest.fixture
def release(built_project: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the files of a release of the first version, attested, and signed with a key."""
    folder, project = tmp_path / "release", built_project
    toys.do(run, project, "retrain gate", "git add --force reports/verdict.json",
            "git commit -qm landed", f"git clone -q --bare . {tmp_path}/origin.git",
            f"git remote add origin {tmp_path}/origin.git", "git fetch -q",
            "git remote set-head origin main")  # fmt: skip
    toys.register(project, run, "flights-delay@v1.0.0")
    toys.do(run, project, f"retrain bundle v1.0.0 {folder}")
    attested.attest(
        folder / bundle.FILE,
        folder / bundle.PROVENANCE,
        tmp_path / "root.jsonl",
        SLUG,
        "deploy.yml",
    )
    assert typed(run, MAKE_KEY, tmp_path) == 0
    monkeypatch.setattr(tokens, "_model_key", (tmp_path / "model.key").read_text())
    bundle.finish(folder)
    return folder


def typed(run: Run, block: str, folder: Path) -> int:
    """Return how a block ends, of which no line runs after one that has failed."""
    uv = Path(shutil.which("uv") or Path(sys.executable).with_name("uv")).parent
    own = Path(sys.executable).parent
    path = os.pathsep.join([str(own), str(uv), os.environ["PATH"]])
    block = GH + block.replace("OWNER/REPOSITORY", SLUG)
    done = run("bash", "-euc", block, cwd=folder, PATH=path, PYTHONPATH="")
    print(done.stdout, done.stderr)
    return done.returncode


@pytest.mark.slow
def test_a_release_is_verified_loaded_and_used_by_the_lines_of_the_document(
    release: Path, run: Run
) -> None:
    assert typed(run, VERIFY_BY_KEY, release) == 0
    assert typed(run, VERIFY, release) == 0
    python = release.parent / "model-env/bin/python"
    done = run(python, "-c", LOAD + USE, cwd=release, PYTHONPATH="")
    assert done.returncode == 0, done.stderr
    version, score = done.stdout.split()
    assert version == "v1.0.0"
    assert 0 < float(score) < 1
    sums, seen, environment = VERIFY.splitlines()
    assert "model-env" in environment
    assert typed(run, seen.replace("OWNER/REPOSITORY", "acme/another"), release) == 1
    with (release / bundle.FILE).open("ab") as model:
        model.write(b"\n")
    for line in (sums, seen, VERIFY_BY_KEY):
        assert typed(run, line, release) == 1, line
