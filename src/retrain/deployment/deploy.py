"""Deployments and roll-backs: a tag that the remote takes or does not, after all was checked."""

from dataclasses import dataclass

from dvc.repo import Repo

from retrain.deployment import overview
from retrain.deployment.checks import check
from retrain.deployment.overview import Registry
from retrain.errors import UserError
from retrain.landing.land import keep_tags
from retrain.landing.provenance import Provenance
from retrain.landing.push import LostError, push_tags, repeated
from retrain.registry import deployment_tags
from retrain.registry.deployment_tags import Action, Assignment
from retrain.registry.versions import Version
from retrain.repo import record, remote


@dataclass(frozen=True)
class Deployed:
    stage: str
    version: str
    before: str | None  # the version that was there
    tag: str
    changed: bool  # whether it was not there already


def deploy(repo: Repo, name: str | None, stage: str, who: Provenance) -> Deployed:
    """Put a version, the newest unless named, on a stage.

    Where another deployment is first, this one comes after it.
    """
    check_reason(who)

    def attempt() -> Deployed:
        known = overview.read(remote.fetch())
        check_stage(known, stage)
        version, now = known.version(name), known.assignments.on(stage)
        if now and now.version == version and now.action:  # else a tag by hand: nothing was checked
            return Deployed(stage, version.name, version.name, now.tag, changed=False)
        return _push(repo, known, version, stage, "deploy", who)

    return repeated(attempt, "deploy")


def rollback(repo: Repo, stage: str, who: Provenance, to: Version | None = None) -> Deployed:
    """Put the version on a stage that was there before the one that is there now.

    `to`: which one that must be.
    """
    check_reason(who)
    known = overview.read(remote.fetch())
    check_stage(known, stage)
    version = before(known, stage)
    if to and version != to:
        raise UserError(
            f"{stage} would go back to {version.name}, and {to.name} was meant: it was changed "
            "meanwhile; look what is there now: retrain registry"
        )
    try:
        return _push(repo, known, version, stage, "rollback", who)
    except LostError:
        raise UserError(
            f"{stage} was changed meanwhile, and is not rolled back; look what is there now: "
            "retrain registry"
        ) from None


def before(known: Registry, stage: str) -> Version:
    """Return the version that a roll-back of a stage returns to; raise where there is none."""
    if found := known.assignments.before(stage):
        return found.version
    now = known.assignments.on(stage)
    what = f"{now.version.name} is the first one there" if now else "nothing is there"
    raise UserError(
        f"{stage} cannot be rolled back: {what}; to put another one there: "
        f"retrain deploy VERSION {stage}"
    )


def check_reason(who: Provenance) -> None:
    if not record.cleaned(who.reason):
        raise UserError("the reason is empty; say why, in words: --reason '…'")


def check_stage(known: Registry, stage: str) -> None:
    """Raise unless the policy has the stage: what only tags name takes nothing new."""
    known.check_stage(stage)
    if stage not in known.policy.stages:
        raise UserError(f"{stage} is not a stage of policy.yaml any more; add it there, and land")


def _push(
    repo: Repo, known: Registry, version: Version, stage: str, action: Action, who: Provenance
) -> Deployed:
    model = check(repo, known, version)
    said = who.signature() | {record.MODEL: model}
    made = deployment_tags.make(known.assignments, version, stage, action, said)
    push_tags(known.tip, made)
    keep_tags(made)
    now: Assignment | None = known.assignments.on(stage)
    replaced = now.version.name if now else None
    return Deployed(stage, version.name, replaced, next(iter(made)), changed=True)
