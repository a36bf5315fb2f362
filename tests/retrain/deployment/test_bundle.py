"""A release's folder: whole or not there, of the registered bytes, summed, and signed where it can be."""

import json
import shutil
from pathlib import Path

import pytest

from retrain.deployment import bundle, overview
from retrain.deployment import lineage as lineages
from retrain.errors import UserError
from retrain.repo import dvc, tokens
from tests.conftest import ROOT, Run
from tests.toys import toys

WRITTEN = {bundle.CARD, bundle.FILE, bundle.LINEAGE, bundle.LOADING}
WRITTEN |= {bundle.RESULTS, bundle.REQUIREMENTS}
KILLED = """
import os, sys
from retrain.cli.app import main
from retrain.deployment import bundle
bundle._loading = lambda *_: os.kill(os.getpid(), 9)
sys.argv = ["retrain", "bundle", "newest", "../release"]
main()
"""


@pytest.fixture
def release(tmp_path: Path) -> Path:
    return tmp_path / "release"


def written(toy: Path, folder: Path) -> dict[str, str]:
    """Write the toy's newest version, and return the hash of each file."""
    with toys.working_in(toy):
        known, _ = overview.known()
        with dvc.opened() as repo:
            bundle.write(repo, known, known.version(), folder)
    bundle.finish(folder)
    lines = (folder / bundle.SUMS).read_text().splitlines()
    return {name: found for found, name in (line.split("  ") for line in lines)}


def check(run: Run, release: Path) -> int:
    return run("sha256sum", "--check", "--strict", bundle.SUMS, cwd=release).returncode


def test_a_version_is_a_folder_whose_sums_hold(toy: Path, release: Path, run: Run) -> None:
    sums = written(toy, release)
    assert {*sums} == WRITTEN
    assert check(run, release) == 0
    assert written(toy, release) == sums  # once more, in its place
    loading = json.loads((release / bundle.LOADING).read_text())
    assert loading["sha256"] == sums[bundle.FILE]
    assert {*loading["contract"]} == {"src/make.py"}
    found = json.loads((release / bundle.LINEAGE).read_text())
    assert found["version"] == "v1.0.0"
    assert found["model"]["sha256"] == sums[bundle.FILE]
    card = (release / bundle.CARD).read_text()
    assert card.startswith("# toy v1.0.0\n")
    assert "In use" not in card  # which changes
    (release / bundle.FILE).write_text("2.0 from 2 months")
    assert check(run, release) == 1


def test_the_sums_are_of_what_others_have_added_too(release: Path, run: Run) -> None:
    release.mkdir()
    for name in (bundle.FILE, bundle.SBOM, bundle.PROVENANCE):
        (release / name).write_text(name)
    bundle.finish(release)
    bundle.finish(release)
    assert (release / bundle.SUMS).read_text().count("\n") == 3
    assert check(run, release) == 0


@pytest.mark.slow
def test_killed_half_way_it_leaves_nothing(toy: Path, release: Path, run: Run) -> None:
    done = run("python", "-c", KILLED, cwd=toy)
    assert done.returncode == -9, done.stderr
    assert not release.exists()
    assert "toy@v1.0.0" in toys.do(run, toy, "retrain bundle newest ../release")
    assert {path.name for path in release.iterdir()} == {*WRITTEN, bundle.SUMS}
    assert not [*release.parent.glob("*.tmp")]


def test_a_folder_with_anything_else_is_left_alone(toy: Path, release: Path) -> None:
    release.mkdir()
    (release / "thesis.tex").touch()
    with pytest.raises(UserError, match=r"has thesis.tex, which is not of a release"):
        written(toy, release)
    assert [path.name for path in release.iterdir()] == ["thesis.tex"]


def test_a_model_that_is_not_the_registered_one_is_refused(
    toy: Path, release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = lineages.of

    def another(*words: object) -> object:
        found = of(*words)  # type: ignore[arg-type]
        model = found.model.model_copy(update={"sha256": "0" * 64})
        return found.model_copy(update={"model": model})

    monkeypatch.setattr(lineages, "of", another)
    with pytest.raises(UserError, match=r"is not what was registered: its SHA-256 is [0-9a-f]{64}"):
        written(toy, release)
    assert not release.exists()


def test_the_notes_say_who_vouches_for_a_release(tmp_path: Path) -> None:
    assert bundle.signed(tmp_path, "acme/toy").startswith("This release is unsigned: ")
    (tmp_path / bundle.PROVENANCE).touch()
    assert "has released these files: `gh att" in (said := bundle.signed(tmp_path, "acme/toy"))
    assert "--repo acme/toy`" in said
    (tmp_path / bundle.SIGNATURE).touch()
    assert "`model_signing verify key . " in (said := bundle.signed(tmp_path, "acme/toy"))
    assert "unsigned" not in said


@pytest.mark.slow
def test_what_is_no_key_is_one_sentence_and_is_not_shown(
    release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release.mkdir()
    monkeypatch.setattr(tokens, "_model_key", "-----BEGIN\nsecret")
    with pytest.raises(UserError, match=r"should be a key of an elliptic curve") as refused:
        bundle.finish(release)
    assert "secret" not in str(refused.value)


@pytest.mark.slow
def test_the_bill_of_materials_is_the_same_each_time(tmp_path: Path, run: Run) -> None:
    shutil.copy(ROOT / "requirements/forge.txt", tmp_path / "requirements.txt")
    command = "cyclonedx-py requirements requirements.txt --output-reproducible --of JSON -o"
    toys.do(run, tmp_path, f"{command} one.json", f"{command} two.json")
    found = json.loads((tmp_path / "one.json").read_text())
    assert {"pydantic", "requests"} < {each["name"] for each in found["components"]}
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()
