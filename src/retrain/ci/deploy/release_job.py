"""What follows a deployment: the release of what is in production, and a word to those who serve.

A release is whole or not there: it appears once all its files are at the forge, and what an
interrupted run has left is begun again.
"""

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import requests

from retrain.ci import provider
from retrain.ci.deploy import released
from retrain.ci.deploy.deploy_job import AGAIN, Deployed
from retrain.deployment import bundle
from retrain.errors import UserError
from retrain.paths import DEPLOYED
from retrain.repo import tokens
from retrain.settings import from_json

PROVENANCE = "RETRAIN_PROVENANCE"  # the path of an attestation, where the forge has made one
LONGEST = 100_000  # characters of notes; GitHub takes 125,000
TIMEOUT = 10  # seconds
CHANGED = "deployment-changed"


def release(folder: Path) -> Iterator[str]:
    """Release what was deployed to the last stage, and yield what was done."""
    if (done := _done()) is None:
        raise UserError(f"nothing was deployed here; {AGAIN}")
    if done.last:
        yield f"The release of {done.version}: {_released(done, folder)}"


def announce() -> Iterator[str]:
    """Announce what was deployed here, if anything was, and yield what was done."""
    if done := _done():
        payload = done.model_dump(exclude={"last", "changed", "releases"})
        yield from _announced({"event_type": CHANGED, "client_payload": payload})


def _done() -> Deployed | None:
    path = Path(DEPLOYED)
    return from_json(path.read_bytes(), Deployed, path, AGAIN) if path.is_file() else None


def _released(done: Deployed, folder: Path) -> str:
    """Return the address of the release, which is made unless it is there."""
    releases = provider.releases()
    if released.is_there(done.release, folder):
        return releases.newest(done.release)
    if attested := os.environ.get(PROVENANCE):
        shutil.copyfile(attested, folder / bundle.PROVENANCE)
    bundle.finish(folder)
    signed = bundle.signed(folder, urlsplit(provider.calls().address()).path.strip("/"))
    card = (folder / bundle.CARD).read_text("utf-8")[:LONGEST]
    files = sorted(path for path in folder.iterdir() if path.is_file())
    artifact = done.release.rpartition("@")[0]
    title = f"{artifact} {done.version}"
    return releases.publish(done.release, title, f"{signed}\n\n{card}", files)


def _announced(said: Mapping[str, object]) -> Iterator[str]:
    """Tell the forge, and an address of the team's; who does not hear it fails no deployment."""
    try:
        if provider.releases().announce(said):
            yield f"Announced: {CHANGED}."
    except UserError as error:
        yield f"Warning: {CHANGED} is not announced: {error}"
    if not (address := tokens.webhook()):
        return
    try:
        answer = requests.post(address, json=said, timeout=TIMEOUT, allow_redirects=False)
        failed = "" if answer.status_code < 300 else f"it answers {answer.status_code}"
    except requests.RequestException as error:
        failed = type(error).__name__  # its text may hold the address
    name = tokens.WEBHOOK
    yield f"Warning: {name} was not reached: {failed}" if failed else f"Announced to {name}."
