"""A version as one folder: its model, and what says what that is and how to load it."""

from pathlib import Path

from dvc.repo import Repo

from retrain.deployment import lineage
from retrain.deployment.registry import Registry
from retrain.files import place, sha256, whole, whole_folder, write_json
from retrain.gate.commit_code import code
from retrain.paths import METRICS, MODEL
from retrain.registry.versions import Version
from retrain.repo.git import show

SUMS = "SHA256SUMS"


def write(repo: Repo, known: Registry, version: Version, folder: Path) -> None:
    """Write everything that a version consists of into a folder, or nothing."""
    found = lineage.of(known, version)
    with whole_folder(folder) as scratch, code(repo, version.commit) as its:
        its.fetch_model()
        place(its.folder / MODEL, scratch / Path(MODEL).name)
        write_json(scratch / "lineage.json", found.model_dump(mode="json"))
        (scratch / "metrics.json").write_text(show(version.commit, METRICS) or "", "utf-8")
        pins = show(version.commit, "requirements/pipeline.txt") or ""
        (scratch / "requirements.txt").write_text(pins, "utf-8")
        (scratch / "card.md").write_text(f"# {found.artifact} {found.version}\n", "utf-8")


def signed(folder: Path) -> str:  # noqa: ARG001
    """Return a sentence that says how a folder is signed."""
    return "It is not signed."


def finish(folder: Path) -> None:
    """Write the sums of all files in a folder."""
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.name != SUMS)
    with whole(folder / SUMS) as scratch:
        scratch.write_text("".join(f"{sha256(path)}  {path.name}\n" for path in files), "utf-8")
