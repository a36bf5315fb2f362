"""What a version must be, still, before it is deployed: of known bytes, and good enough."""

from dvc.repo import Repo

from retrain.deployment.overview import Registry
from retrain.errors import UserError
from retrain.gate.commit_code import model_sha256
from retrain.gate.decision import blocked
from retrain.gate.policy import Policy
from retrain.gate.schema import Verdict, read_verdict
from retrain.paths import LOCK, MODEL, VERDICT
from retrain.registry.versions import Version
from retrain.repo.git import REMOTE, git, short
from retrain.repo.remote import TAGS
from retrain.run import outputs
from retrain.run.outputs import model_of


def check(repo: Repo, known: Registry, version: Version) -> str:
    """Return the SHA-256 of a version's model; raise unless it may be deployed.

    Its own tag must be at the remote, by which it is released. The verdict must be on the model of
    the lock, which reaches today's floors; the remote must have it, and its bytes must be those
    that were registered.
    """
    _check_tag(version)
    check_verdict(known.policy, version.commit, version.name)
    found = model_sha256(repo, version.commit, cached=False)
    check_bytes(known, version, found)
    return found


def _check_tag(version: Version) -> None:
    form = "--format=%(objecttype) %(*objectname)"
    if git("for-each-ref", form, f"{TAGS}/{version.tag}") != f"tag {version.commit}":
        raise UserError(
            f"the tag {version.tag} at the remote is not the one of {version.name} any more; make "
            f"it again: git tag -f -a -m Restored {version.tag} {short(version.commit)} && "
            f"git push -f {REMOTE} {version.tag}"
        )


def check_bytes(known: Registry, version: Version, found: str) -> None:
    """Raise where a SHA-256 is not the one that was registered; older versions have none."""
    registered = known.entry(version).model
    if registered and registered != found:
        raise UserError(
            f"{version.name}: {MODEL} is not what was registered: its SHA-256 is {found}, and was "
            f"{registered}; deploy another version"
        )


def check_verdict(policy: Policy, commit: str, name: str) -> Verdict:
    """Return the verdict on a commit's model; raise unless it reaches the floors of a policy."""
    place = f"{name} ({short(commit)})"
    if (model := model_of(commit)) is None:
        raise UserError(f"{place}: its {LOCK} names no {MODEL}; choose another one")
    verdict, results = read_verdict(commit), outputs.metrics(commit)
    if verdict is None or results is None or verdict.model != model:
        raise UserError(f"{place}: its {VERDICT} is not on its model; choose another one")
    reference = results.reference
    failed = blocked(policy.gate, verdict.metrics, reference, verdict.tests)
    if verdict.verdict == "block":
        failed = [*verdict.reasons, *failed]
    if failed:
        raise UserError(f"{place} may not be used: {'; '.join(failed)}; choose another one")
    return verdict
