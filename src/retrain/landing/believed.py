"""What of earlier landings is believed, by Git alone, and whether there is anything to land."""

from dvc.repo import Repo

from retrain.errors import UserError
from retrain.gate.schema import read_verdict
from retrain.paths import POLICY, STORE, VERDICT
from retrain.repo import line, record
from retrain.repo.base import REMEDY, RESULTS, Base, shallow
from retrain.repo.git import REMOTE, ask, commit_of, differing, git, is_ancestor, short
from retrain.repo.remote import TAGS, Tip
from retrain.run.plan import plan
from retrain.run.problem import artifact

FIRST = Base(None, "nothing has landed yet: there is no model to compare with")
DISTRUST = "the committed results are not a landing's, so everything was built again"


def landing_needed(repo: Repo, tip: Tip, first_push: bool = False) -> tuple[bool, str]:
    """Return whether HEAD has to land, and why; builds and fetches nothing.

    `first_push`: HEAD is the first commit of the remote: a copy of a template, whose results came
    with it. The first landing after it believes nothing and builds everything.
    """
    check(tip)
    if first_push and not tip.landed:
        head = commit_of("HEAD")
        found = plan(repo, Base(head, f"{short(head)}, the first push of this repository"))
        return found.needed, found.why
    if why := distrust(tip):
        return True, why if tip.landed else FIRST.why
    found = plan(repo, newest_landing(tip))
    if not found.needed and differing(f"{tip.landed}", "HEAD", paths=(POLICY,)):
        return True, f"{POLICY} changed, and judges from the next landing on"
    return found.needed, found.why


def check(tip: Tip) -> None:
    """Raise where the record of landings is not that of the default branch.

    Without the record a worse model would be "the first one", and judged by its own policy.
    """
    if shallow():
        raise UserError(f"the newest landing {REMEDY}")
    if tip.landed and not is_ancestor(tip.landed, tip.commit):
        raise UserError(
            f"the newest landing, {short(tip.landed)}, is not in {tip.branch}: that was rewritten, "
            f"or {record.branch()} was moved; first put right which of them it was, {_again()}"
        )
    if not tip.landed and (found := _sign(tip)):
        raise UserError(
            f"{REMOTE} has no branch {record.branch()}, and signs of landings: {found}; first push "
            f"it again from a clone that knows it, {_again()}"
        )


def _again() -> str:
    command = f"retrain land{line.option()} --first" if line.value() else "make land FIRST=1"
    return f"or, to build everything and begin a new record: {command}"


def _sign(tip: Tip) -> str | None:
    """Return a sign that there have been landings, if there is one."""
    trailer = f"--grep=^{record.LANDING}: "
    others = [f"^{tip.common.commit}"] if tip.common else []  # a line takes those as they are
    if commit := ask("log", "--max-count=1", "--format=%h, %s", trailer, tip.commit, *others):
        return commit
    verdict = None if tip.common else read_verdict(tip.commit)
    version = verdict and verdict.champion and verdict.champion.version
    # what came with a template's copy is in its first commit, and says nothing
    if version and git("log", "--max-count=1", "--format=%P", tip.commit, "--", VERDICT):
        return f"{VERDICT} names {version}"
    pattern = f"{TAGS}/{artifact()}@v*"
    tag = git("for-each-ref", "--count=1", "--format=%(refname:lstrip=2)", pattern)
    return f"the tag {tag}" if tag else None


def newest_landing(tip: Tip) -> Base:
    """Return what a landing is compared with."""
    if tip.landed:
        return Base(tip.landed, f"{short(tip.landed)}, the newest landing")
    return Base(None, f"nothing has landed of {artifact()} yet") if tip.common else FIRST


def distrust(tip: Tip) -> str | None:
    """Return why the results of HEAD are not believed; None: they are as a landing wrote them.

    Before a context's line begins there are none: what the default branch has is not its own.
    """
    if tip.landed and is_ancestor(tip.landed, "HEAD"):
        paths = (*RESULTS, STORE, ".dvc/config")
        return DISTRUST if differing(tip.landed, "HEAD", paths=paths) else None
    if tip.landed and shallow():
        raise UserError(f"the newest landing {REMEDY}")
    return None if tip.common and not tip.landed else DISTRUST
