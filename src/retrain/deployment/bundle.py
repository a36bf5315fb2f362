"""A version as one folder, for those who have nothing of this repository: model, card, lineage.

`write` makes it. Other programs may add a bill of materials and an attestation; `finish` closes it.
"""

import json
import sys
import tomllib
from pathlib import Path

from dvc.repo import Repo

from retrain import programs
from retrain.deployment import card
from retrain.deployment import lineage as lineages
from retrain.deployment.facts import Lineage
from retrain.deployment.overview import Registry
from retrain.errors import UserError
from retrain.files import place, sha256, whole, whole_folder, write_json
from retrain.gate.commit_code import ENVIRONMENT, code
from retrain.paths import METRICS, MODEL, POLICY
from retrain.registry.versions import Version
from retrain.repo import tokens
from retrain.repo.git import short, show
from retrain.report.changes import PROJECT
from retrain.run.problem import content

FILE = Path(MODEL).name
CARD, LINEAGE, LOADING = "card.md", "lineage.json", "load.json"
RESULTS, REQUIREMENTS = "metrics.json", "requirements.txt"
# what others add: the packages as CycloneDX, and the forge's attestation of the release
SBOM, PROVENANCE = "sbom.cdx.json", "provenance.sigstore.json"
SUMS, SIGNATURE = "SHA256SUMS", "model.sig"
NAMES = {CARD, FILE, LINEAGE, LOADING, PROVENANCE, REQUIREMENTS, RESULTS, SBOM, SIGNATURE, SUMS}


def write(
    repo: Repo, known: Registry, version: Version, folder: Path, closed: bool = False
) -> None:
    """Make the folder, in place of an earlier one; any other folder is refused.

    `closed`: by `finish`, because no other program adds to it.
    """
    others = {path.name for path in folder.iterdir()} - NAMES if folder.exists() else ()
    if others:
        raise UserError(
            f"{folder} has {min(others)}, which is not of a release, and would be removed; name "
            "another folder"
        )
    commit, found = version.commit, lineages.of(known, version)
    texts = {RESULTS: _of(version, METRICS), REQUIREMENTS: _of(version, ENVIRONMENT)}
    with whole_folder(folder) as scratch, code(repo, commit) as its:
        its.fetch_model()
        place(its.folder / MODEL, scratch / FILE)
        strong = sha256(scratch / FILE)
        if found.model.sha256 not in (None, strong):
            raise UserError(
                f"{MODEL} of {version.name} is not what was registered: its SHA-256 is {strong}, "
                f"and was {found.model.sha256}; take another version"
            )
        for name, text in texts.items():
            (scratch / name).write_text(text, "utf-8")
        write_json(scratch / LOADING, _loading(found, strong))
        tell(known, version, scratch)
        if closed:
            finish(scratch)


def tell(known: Registry, version: Version, folder: Path) -> None:
    """Write into its folder what is known of a version by now, its deployments among it."""
    with whole(folder / CARD) as scratch:
        scratch.write_text(card.card(known, version, kept=True), "utf-8")
    write_json(folder / LINEAGE, lineages.of(known, version).model_dump(mode="json"))


def _of(version: Version, path: str) -> str:
    if (text := show(version.commit, path)) is None:
        raise UserError(
            f"{path} is not in {version.name} ({short(version.commit)}); take another version"
        )
    return text


def _loading(found: Lineage, strong: str) -> dict[str, object]:
    """Return what a program needs to load the model, and to know whether it fits its own code."""
    major = content(POLICY, found.commit).get("versions", {}).get("major", [])
    project = tomllib.loads(show(found.commit, PROJECT) or "").get("project", {})
    return {
        "artifact": found.artifact,
        "version": found.version,
        "task": found.task,
        "model": FILE,
        "sha256": strong,
        "trusted": _list(found.parameters.get("train.trusted", "[]")),
        "python": project.get("requires-python", ""),
        # what a model is given, by MD5: it scores what this code makes of a row
        "contract": {path: found.code[path] for path in major if path in found.code},
    }


def _list(text: str) -> list[str]:
    try:
        return [str(each) for each in json.loads(text)]
    except (ValueError, TypeError):
        raise UserError(
            f"train.trusted is {text!r}, and not a list; take another version"
        ) from None


def list_packages(folder: Path) -> None:
    """Write the bill of materials; the program sees none of this job's tokens, which are taken."""
    program = Path(sys.executable).with_name("cyclonedx-py")
    options = ("--output-reproducible", "--of", "JSON", "-o", folder / SBOM)
    if not program.exists():
        raise UserError(f"{SBOM} is not made; first: python3 tools/environment.py release")
    done = programs.run([program, "requirements", folder / REQUIREMENTS, *options])
    if done.returncode:
        raise UserError(f"{SBOM} is not made: {programs.lines(done.stderr)[-1]}")


def finish(folder: Path) -> None:
    """Write SHA256SUMS over all files of a bundle, and sign them, if this job has a key."""
    for name in (SUMS, SIGNATURE):
        (folder / name).unlink(missing_ok=True)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [f"{sha256(path)}  {path.relative_to(folder).as_posix()}\n" for path in files]
    with whole(folder / SUMS) as scratch:
        scratch.write_text("".join(lines), "utf-8")
    with tokens.model_key() as key:
        if key:
            _sign(folder, key)


def _sign(folder: Path, key: Path) -> None:
    signature = folder / SIGNATURE
    program = (sys.executable, "-m", "model_signing", "sign", "key")
    done = programs.run([*program, folder, "--signature", signature, "--private_key", key])
    if done.returncode:
        why = programs.lines(done.stderr)[-1]
        remedy = "it should be a key of an elliptic curve, in PEM, without a password"
        if "No module named" in why:
            remedy = "first: python3 tools/environment.py release"
        raise UserError(f"the release is not signed by {tokens.MODEL_KEY} ({why}); {remedy}")


def signed(folder: Path, repository: str = "OWNER/REPOSITORY") -> str:
    """Return, for a release's notes, who vouches for a bundle, and how that is checked.

    `repository`: its name at the forge, such as `acme/toy`.
    """
    said = []
    if (folder / PROVENANCE).is_file():
        said.append(
            f"The forge attests which workflow has released these files: `gh attestation verify "
            f"{FILE} --bundle {PROVENANCE} --repo {repository}`."
        )
    if (folder / SIGNATURE).is_file():
        said.append(
            f"All files are signed by the project's key: `model_signing verify key . --signature "
            f"{SIGNATURE} --public_key KEY.pem`."
        )
    return " ".join(said) or (
        f"This release is unsigned: {SUMS} shows that the files are whole, and nothing shows who "
        "has made them."
    )
