"""A person's word over the verdict `keep`: what has landed becomes a version."""

from dvc.repo import Repo

from retrain.deployment import overview
from retrain.deployment.checks import check_verdict
from retrain.deployment.deploy import check_reason
from retrain.deployment.overview import Registry
from retrain.errors import UserError
from retrain.gate.commit_code import model_sha256
from retrain.landing import push
from retrain.landing.believed import check
from retrain.landing.land import followers, keep_tags, next_tag
from retrain.landing.provenance import Provenance
from retrain.registry import versions
from retrain.registry.versions import Version
from retrain.repo import commits, record, remote
from retrain.repo.git import find_commit, short


def promote(repo: Repo, ref: str | None, who: Provenance) -> Version:
    """Register a commit that has landed, the newest one unless given; return the version."""
    check_reason(who)

    def attempt() -> Version:
        tip = remote.fetch()
        check(tip)
        known = overview.read(tip)
        commit = _landed(known, ref)
        check_verdict(known.policy, commit, "this landing")
        model = model_sha256(repo, commit, cached=False)
        _check_new(known, commit, model)
        new = versions.of(next_tag(tip, known.versions, commit), commit)
        said = {record.LANDING: "promote", **who.signature(), record.MODEL: model}
        text = record.with_trailers(f"Register {new.name} by hand", said)
        tags = {new.tag: commits.tag(new.tag, commit, text)}
        tags |= followers(tip, who, new, model, known.versions)
        recorded = record.add_promotion(tip.record, commit, new.tag, text)
        push.push(tip, tip.commit, recorded, tags)
        keep_tags(tags)
        return new

    return push.repeated(attempt, "promote")


def _landed(known: Registry, ref: str | None) -> str:
    """Return the commit of a landing."""
    landings = [entry.landed for entry in known.tip.record.entries]
    if not landings:
        raise UserError("nothing has landed yet; first: make land")
    commit = landings[-1] if ref is None else find_commit(ref)
    if commit not in landings:
        newest = ", ".join(short(each) for each in [*dict.fromkeys(reversed(landings))][:5])
        raise UserError(f"{ref} is not a landing; the newest ones are {newest}")
    return commit


def _check_new(known: Registry, commit: str, model: str) -> None:
    for version in known.versions.registered:
        if version.commit == commit or known.entry(version).model == model:
            raise UserError(f"the model of {short(commit)} is {version.name} already; deploy that")
