"""The question: which version was where at an instant, and what it is made of; by Git alone."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from retrain.deployment.facts import Data, Deployment, Judged, Lineage, Model, Registration
from retrain.deployment.overview import Registry
from retrain.errors import UserError
from retrain.files import md5, sha256
from retrain.gate.schema import read_verdict
from retrain.paths import LOCK, MODEL, STORE
from retrain.registry.versions import Version
from retrain.repo import lockfile, record
from retrain.repo.git import find, git, short, show
from retrain.run import outputs
from retrain.run.outputs import model_of
from retrain.run.requirements import pins
from retrain.settings import flat

REQUIREMENTS = "requirements/"
# what a version is made of: parts of a Lineage, and what each of their items is
MADE_OF = {"data": "data", "parameters": "parameter", "code": "code", "dependencies": "package"}
ISO = "%Y-%m-%dT%H:%M:%SZ"


def instant(text: str) -> datetime:
    """Return a time that a person has written in ISO 8601; without a zone, it is of UTC."""
    try:
        found = datetime.fromisoformat(text)
        found = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise UserError(
            f"--at {text!r} is not a time; write it as 2026-11-01T12:00, of UTC, or with its zone: "
            "2026-11-01T12:00+01:00"
        ) from None
    if found > datetime.now(UTC):
        raise UserError(f"--at {text} is still to come; leave --at out for what is there now")
    return found


def of(
    known: Registry, version: Version, found: list[tuple[Version, Deployment]] | None = None
) -> Lineage:
    """Return what a version is made of, and where it was.

    `found`: what `deployments` returns, of a caller that asks for many versions.
    """
    commit = version.commit
    lock, verdict = show(commit, LOCK), read_verdict(commit)
    results, contract = outputs.metrics(commit), outputs.validation(commit)
    if lock is None or verdict is None or results is None or (model := model_of(commit)) is None:
        raise UserError(f"{version.name}: {short(commit)} has not what a landing leaves there")
    entry = known.entry(version)
    partitions = contract.rows if contract else {}
    return Lineage(
        artifact=known.artifact,
        version=version.name,
        commit=commit,
        committed=git("show", "--no-patch", "--format=%cI", commit),
        registered=Registration(
            time=entry.time.strftime(ISO),
            event=record.cleaned(entry.event),
            actor=record.cleaned(entry.actor),
            reason=record.cleaned(entry.reason),
            run=record.address(entry.run),
            builder=entry.builder,
        ),
        model=Model(path=MODEL, md5=model, sha256=entry.model or _in_store(commit, model)),
        task=verdict.task,
        data=Data(
            version=lockfile.inputs(lock).get("data", ""),
            partitions=partitions,
            rows=sum(partitions.values()),
            train=results.window.train,
            test=results.window.test,
            train_rows=results.rows.train,
            test_rows=results.rows.test,
        ),
        parameters=lockfile.parameters(lock),
        metrics=verdict.metrics,
        reference=results.reference,
        judged=Judged(
            verdict=verdict.verdict,
            reasons=verdict.reasons,
            champion=verdict.champion.version if verdict.champion else None,
            primary=verdict.primary,
        ),
        dependencies=_dependencies(commit, lock),
        code=_code(lock),
        deployments=[each for at, each in found or deployments(known) if at == version],
    )


def deployments(known: Registry) -> list[tuple[Version, Deployment]]:
    """Return each time for which a version was on a stage, of all stages, oldest first."""
    found = []
    for stage in known.stages():
        for each, until in known.assignments.periods(stage):
            deployment = Deployment(
                stage=stage,
                tag=each.tag,
                since=each.time.strftime(ISO),
                until=until.strftime(ISO) if until else None,
                action=each.action,
                actor=each.actor,
                reason=each.reason,
                run=each.run,
                signed=known.signed(each),
            )
            found.append((each.version, deployment))
    return sorted(found, key=lambda each: each[1].since)


def of_file(known: Registry, file: Path) -> Version:
    """Return the version whose model a file is, the newest; raise where it is none."""
    if not file.is_file():
        raise UserError(f"{file}: no such file; check the path")
    content, strong = md5(str(file)), sha256(file)
    for version in reversed(known.versions.registered):
        registered = known.entry(version).model  # of an older landing: not recorded
        if registered == strong or (not registered and model_of(version.commit) == content):
            return version
    raise UserError(
        f"{file} is not the model of any of the {len(known.versions.registered)} versions of "
        f"{known.artifact}; its SHA-256 is {strong}"
    )


def differences(before: Lineage, after: Lineage) -> dict[str, dict[str, tuple[str, str]]]:
    """Return what differs between two versions: by section and name, both values; "": none."""
    found = {}
    then, now = _sections(before), _sections(after)
    for section in then:
        old, new = flat(then[section]), flat(now[section])
        names = [name for name in dict.fromkeys([*old, *new]) if old.get(name) != new.get(name)]
        if names:
            found[section] = {name: (old.get(name, ""), new.get(name, "")) for name in names}
    return found


def _sections(found: Lineage) -> dict[str, dict[str, Any]]:
    content: dict[str, Any] = found.model_dump(mode="json", exclude={"version", "deployments"})
    parts = {name: part for name, part in content.items() if isinstance(part, dict)}
    del content["judged"]["reasons"]  # a sentence of numbers, in any two versions
    return {"version": {name: content[name] for name in content.keys() - parts.keys()}, **parts}


def _in_store(commit: str, name: str) -> str | None:
    """Return the SHA-256 of an object in a commit's own store, by its MD5."""
    found = find(f"{commit}:./{STORE}/files/md5/{name[:2]}/{name[2:]}")
    if found is None or hashlib.md5(found.content, usedforsecurity=False).hexdigest() != name:
        return None
    return hashlib.sha256(found.content).hexdigest()


def _dependencies(commit: str, lock: str) -> dict[str, str]:
    paths = [path for path in lockfile.inputs(lock) if path.startswith(REQUIREMENTS)]
    return {name: pin for path in paths for name, pin in pins(show(commit, path)).items()}


def _code(lock: str) -> dict[str, str]:
    made = lockfile.hashes(lock)
    return {
        path: found
        for path, found in sorted(lockfile.inputs(lock).items())
        if path not in made and not found.endswith(".dir") and not path.startswith(REQUIREMENTS)
    }
