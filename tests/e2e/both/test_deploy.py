"""A deployment by a click: tags, the release of what is in production, and the way back."""

import hashlib
import json
from pathlib import Path

import pytest

from retrain.deployment import deploy
from retrain.landing.provenance import Provenance
from retrain.repo import dvc
from tests.conftest import Run
from tests.e2e.act import Done
from tests.e2e.github_runner import GitHub
from tests.e2e.runner import Runner
from tests.toys import toys

DEPLOYED = {"bundle": "success", "deploy": "success"}
STAGE = "stages: {production: {follows: false}}"
STAGES = "stages: {staging: {follows: false}, production: {follows: false}}"
ATTESTED = "provenance.sigstore.json"
FILES = {"SHA256SUMS", "card.md", "lineage.json", "load.json", "metrics.json", "model.skops", "requirements.txt", "sbom.cdx.json"}  # fmt: skip


def deployed(runner: Runner, **inputs: str) -> Done:
    done = runner.deployed(**inputs)
    assert "Traceback" not in done.log
    assert runner.leaks == []
    return done


def land(toy: Path, run: Run, **files: str) -> None:
    toys.change(toy, run, "a change", **files)
    toys.do(run, toy, "git push -q origin main")
    toys.landed(toy)


def by_hand(toy: Path, version: str) -> None:
    with toys.working_in(toy), dvc.opened() as repo:
        deploy.deploy(repo, version, "production", Provenance(reason="as before"))


@pytest.mark.slow
def test_to_staging_to_production_back_and_back_again(
    runner: Runner, toy: Path, remote: Path, run: Run
) -> None:
    policy = (toy / "policy.yaml").read_text().replace(STAGE, STAGES)
    land(toy, run, params__yaml="quality: 1.5\n", policy__yaml=policy)
    land(toy, run, params__yaml="quality: 2.0\n")
    for version in ("v1.0.0", "v1.1.0"):
        by_hand(toy, version)

    done = deployed(runner, stage="staging", reason="to @try it")
    assert done.jobs == DEPLOYED, done.end
    assert "staging: v1.2.0; the tag is `toy#staging#1`" in done.summary
    assert runner.forge.releases == []

    done = deployed(runner)
    assert done.jobs == DEPLOYED, done.end
    assert "production: v1.2.0, in place of v1.1.0" in done.summary
    (newest,) = runner.forge.releases
    assert newest.tag == "toy@v1.2.0"
    assert newest.files.keys() == FILES | ({ATTESTED} if at_github(runner) else set())
    sums = dict(reversed(line.split()) for line in newest.files["SHA256SUMS"].decode().splitlines())
    assert sums == {name: found for name, found in newest.sums().items() if name != "SHA256SUMS"}
    assert json.loads(newest.files["lineage.json"])["version"] == "v1.2.0"
    assert "# toy v1.2.0" in newest.notes
    assert ("# toy v1.2.0" in done.summary) is at_github(runner)

    for number, version, left in ((4, "v1.1.0", "v1.2.0"), (5, "v1.0.0", "v1.1.0")):
        done = deployed(runner, action="roll back", reason="it was @worse")
        assert done.jobs == DEPLOYED, done.end
        assert f"production: {version}, in place of {left}" in done.summary
        assert said(remote, run, f"toy#production#{number}") == {
            "Retrain-Action": "rollback", "Retrain-Actor": "octo", "Retrain-Reason": "it was worse",
        }  # fmt: skip
    oldest = runner.forge.releases[-1]
    assert [each.tag for each in runner.forge.releases[1:]] == ["toy@v1.1.0", "toy@v1.0.0"]
    if at_github(runner):
        assert [each.latest for each in runner.forge.releases] == [False, False, True]
        heard = runner.forge.dispatched[-1]
        assert heard["event_type"] == "deployment-changed"
        assert heard["client_payload"] | {"run": ""} == {
            "stage": "production", "version": "v1.0.0", "release": "toy@v1.0.0", "tag": "toy#production#5", "before": "v1.1.0",
            "model": hashlib.sha256(oldest.files["model.skops"]).hexdigest(), "run": "",
        }  # fmt: skip


def at_github(runner: Runner) -> bool:
    return isinstance(runner, GitHub)


def said(remote: Path, run: Run, tag: str) -> dict[str, str]:
    """Return what a tag says of who asked for it, and why."""
    text = toys.do(run, remote, f"git for-each-ref --format=%(contents) refs/tags/{tag}")
    found = dict(line.split(": ", 1) for line in text.splitlines() if line.startswith("Retrain-"))
    return {name: found[name] for name in ("Retrain-Action", "Retrain-Actor", "Retrain-Reason")}
