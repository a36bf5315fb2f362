"""A deployment by a click: tags, the release of what is in production, and the way back."""

import hashlib
import json
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.e2e.act import Done
from tests.e2e.runner import Runner
from tests.toys import toys

DEPLOYED = {"bundle": "success", "deploy": "success"}
REFUSED = {"bundle": "failure", "deploy": "skipped"}
STAGES = "stages: {staging: {follows: false}, production: {follows: false}}"
FILES = {"SHA256SUMS", "card.md", "lineage.json", "load.json", "metrics.json", "model.skops", "requirements.txt", "sbom.cdx.json"}  # fmt: skip


def deployed(runner: Runner, **inputs: str) -> Done:
    done = runner.deployed(**inputs)
    assert "Traceback" not in done.log
    assert runner.leaks == []
    return done


def tags(remote: Path, run: Run) -> list[str]:
    return toys.do(run, remote, "git tag --list --sort=creatordate toy#*").split()


@pytest.mark.slow
def test_to_staging_to_production_back_and_back_again(
    runner: Runner, toy: Path, remote: Path, run: Run
) -> None:
    policy = (toy / "policy.yaml").read_text().replace("stages: {production: {follows: false}}", STAGES)  # fmt: skip
    toys.change(toy, run, "better", params__yaml="quality: 1.5\n", policy__yaml=policy)
    toys.do(run, toy, "git push -q origin main")
    toys.landed(toy)
    toys.change(toy, run, "better still", params__yaml="quality: 2.0\n")
    toys.do(run, toy, "git push -q origin main")
    toys.landed(toy)
    assert toys.versions(remote, run) == ["toy@v1.0.0", "toy@v1.1.0", "toy@v1.2.0"]
    state = toys.state(remote, run)

    refused = deployed(runner, version="v9.9.9")
    assert refused.jobs == REFUSED
    assert "v9.9.9 is not a version" in refused.summary
    assert toys.state(remote, run) == state

    done = deployed(runner, stage="staging", reason="to @try it")
    assert done.jobs == DEPLOYED, done.end
    assert tags(remote, run) == ["toy#staging#1"]
    assert runner.forge.releases == []
    for version in ("v1.1.0", "newest"):
        done = deployed(runner, version=version)
        assert done.jobs == DEPLOYED, done.end
    assert "production: v1.2.0, in place of v1.1.0" in done.summary
    assert tags(remote, run) == [f"toy#{each}" for each in ("staging#1", "production#2", "production#3")]  # fmt: skip
    older, newer = runner.forge.releases
    assert [each.tag for each in (older, newer)] == ["toy@v1.1.0", "toy@v1.2.0"]
    for each in (older, newer):
        attested = runner.forge.dispatched and {"provenance.sigstore.json"}
        assert each.files.keys() == FILES | set(attested or ())
        sums = dict(reversed(line.split()) for line in each.files["SHA256SUMS"].decode().splitlines())  # fmt: skip
        assert sums == {name: found for name, found in each.sums().items() if name != "SHA256SUMS"}
        assert json.loads(each.files["lineage.json"])["version"] == each.tag.partition("@")[2]

    done = deployed(runner, action="roll back", reason="it was @worse")
    assert done.jobs == DEPLOYED, done.end
    assert "production: v1.1.0, in place of v1.2.0" in done.summary
    said = toys.do(run, remote, "git for-each-ref --format=%(contents) refs/tags/toy#production#4")
    assert "Retrain-Action: rollback\nRetrain-Actor: octo\nRetrain-Reason: it was worse\n" in said
    assert runner.forge.releases == [older, newer]
    refused = deployed(runner, action="roll back")
    assert refused.jobs == REFUSED
    assert "v1.1.0 is the first one there" in refused.summary
    if runner.forge.dispatched:  # by GitHub
        assert older.latest
        told = runner.forge.dispatched[-1]
        assert told["event_type"] == "deployment-changed"
        assert told["client_payload"] | {"run": ""} == {
            "stage": "production", "version": "v1.1.0", "tag": "toy#production#4", "before": "v1.2.0",
            "model": hashlib.sha256(older.files["model.skops"]).hexdigest(), "run": "",
        }  # fmt: skip
