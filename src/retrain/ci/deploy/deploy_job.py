"""What a person has asked for, on a stage, by two jobs.

The first one has no credential that writes, so that a stage's reviewers can read the model card
before they let the second one begin. That is handed the version's name, and makes its files anew.
"""

from pathlib import Path

from retrain.ci import provider
from retrain.ci.checkout import check_out
from retrain.ci.deploy import released
from retrain.ci.event import Deployment
from retrain.deployment import bundle, deploy, overview
from retrain.deployment.checks import check
from retrain.deployment.overview import Registry
from retrain.errors import UserError
from retrain.files import sha256, write_json
from retrain.paths import DEPLOYED, POLICY
from retrain.registry.deployment_tags import Assignment
from retrain.registry.versions import Version
from retrain.repo import dvc, remote
from retrain.repo.git import short
from retrain.settings import Line, Section

PREPARES = "bundle"  # the job
AGAIN = "run all jobs of this again"
BEGIN = "begin a new deployment"


class Deployed(Section):
    """What is on a stage now."""

    stage: Line
    version: Line
    release: Line  # the version's own tag, by which it is released
    tag: Line
    model: Line  # SHA-256
    before: Line | None  # the version that was there
    run: Line  # the address of the job that has put it there
    last: bool  # whether the stage is the last one
    changed: bool  # whether it was not there already
    releases: bool  # whether its release is still to be made

    @property
    def said(self) -> str:
        # as code: forges would take #4 for an issue
        if not self.changed:
            return f"{self.stage}: {self.version} is there already; the tag is `{self.tag}`"
        instead = f", in place of {self.before}" if self.before else ""
        return f"{self.stage}: {self.version}{instead}; the tag is `{self.tag}`"


def prepare(wanted: Deployment, folder: Path) -> Version:
    """Write the files of the version that is to be on the stage, after it was checked."""
    known = _allowed(wanted)
    version = _meant(known, wanted)
    with dvc.opened() as repo:
        check(repo, known, version)
        bundle.write(repo, known, version, folder)
    return version


def carry_out(wanted: Deployment, folder: Path) -> Deployed:
    """Put on the stage what was prepared; where this run has done so already, that is all.

    The version's files are in a folder then, with this deployment among what they tell.
    """
    known = _allowed(wanted)
    version = _prepared(known, wanted, folder)
    if (mine := _by_this_run(known, wanted)) is None:
        _check_meant_now(known, wanted.stage)
    with dvc.opened() as repo:
        bundle.write(repo, known, version, folder)
    # else those who serve would hear of it, and take what stands there
    last = wanted.stage == known.policy.last_stage
    is_there = last and released.is_there(version.tag, folder)
    changed = mine is None and _pushed(wanted, version)
    known = overview.read(remote.fetch())
    now = known.deployed(wanted.stage)
    if now.version != version or (mine and mine.tag != now.tag):
        raise UserError(
            f"this run has put {version.name} on {wanted.stage}, where {now.version.name} is by "
            f"{now.tag} since then; {BEGIN}"
        )
    done = _noted(known, now, sha256(folder / bundle.FILE), changed, last and not is_there)
    bundle.tell(known, version, folder)
    if done.releases:
        bundle.list_packages(folder)
    return done


def _allowed(wanted: Deployment) -> Registry:
    """Return what there is to deploy; raise unless this person may deploy it, from this branch."""
    known = overview.read(check_out(wanted.event))
    deploy.check_stage(known, wanted.stage)
    policy, who = known.policy, wanted.event.actor
    # neither forge has accounts that differ by case alone
    allowed = [each.lower() for each in policy.deploy.approvers]
    if wanted.stage == policy.last_stage and allowed and who.lower() not in allowed:
        place = short(known.ruling)
        raise UserError(
            f"{who or 'this account'} may not deploy to {wanted.stage}: deploy.approvers of "
            f"{POLICY} ({place}) names others; one of them runs all jobs of this again"
        )
    return known


def _meant(known: Registry, wanted: Deployment) -> Version:
    if mine := _by_this_run(known, wanted):
        return mine.version
    return deploy.before(known, wanted.stage) if wanted.goes_back else known.version(wanted.version)


def _prepared(known: Registry, wanted: Deployment, folder: Path) -> Version:
    """Return the version whose files reviewers have seen: of what they saw, its name alone."""
    name = provider.calls().handed_over(PREPARES, folder / bundle.LINEAGE)
    if not name:
        raise UserError(f"{PREPARES!r} has left no version; {AGAIN}")
    version = known.version(name)
    if wanted.version and version != known.version(wanted.version):
        raise UserError(f"{version.name} was prepared, and {wanted.version} is asked for; {AGAIN}")
    return version


def _check_meant_now(known: Registry, stage: str) -> None:
    """Raise where a run is run again, and has another state of the stage before it than at first.

    It may have left no tag: what it asked for was there already, or it has failed.
    """
    began = provider.calls().began()
    later = [each for each in known.assignments.of(stage) if began and each.time >= began]
    if later:
        raise UserError(
            f"this run is run again, and {later[-1].tag} has changed {stage} since it began; "
            f"{BEGIN}"
        )


def _by_this_run(known: Registry, wanted: Deployment) -> Assignment | None:
    """Return what this run has done already: a roll-back that is run again goes back only once."""
    run = wanted.event.address
    found = [each for each in known.assignments.of(wanted.stage) if run and each.run == run]
    return found[-1] if found else None


def _pushed(wanted: Deployment, version: Version) -> bool:
    """Put a version on a stage; return whether it was not there already."""
    who = wanted.event.provenance()
    with dvc.opened() as repo, provider.calls().pushing():
        if wanted.goes_back:
            return deploy.rollback(repo, wanted.stage, who, to=version).changed
        return deploy.deploy(repo, version.name, wanted.stage, who).changed


def _noted(known: Registry, now: Assignment, model: str, changed: bool, releases: bool) -> Deployed:
    """Return what is on a stage, and keep it for the next step."""
    earlier = [each.version.name for each, _ in known.assignments.periods(now.stage)[:-1]]
    done = Deployed(
        stage=now.stage,
        version=now.version.name,
        release=now.version.tag,
        tag=now.tag,
        model=model,
        before=earlier[-1] if earlier else None,
        run=now.run,
        last=now.stage == known.policy.last_stage,
        changed=changed,
        releases=releases,
    )
    write_json(Path(DEPLOYED), done.model_dump())
    return done
