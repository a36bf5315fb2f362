"""What a landing may believe, and whether there is anything to land: asked before a build."""

from dvc.repo import Repo

from retrain.errors import UserError
from retrain.gate.schema import read_verdict
from retrain.paths import POLICY, STORE, VERDICT
from retrain.repo import record
from retrain.repo.base import REMEDY, RESULTS, Base, shallow
from retrain.repo.git import REMOTE, ask, commit_of, differing, git, is_ancestor, short
from retrain.repo.remote import TAGS, Tip
from retrain.report.collect import artifact
from retrain.run.plan import plan

FIRST = Base(None, "nothing has landed yet: there is no model to compare with")
AGAIN = "or, to build everything and begin a new record: make land FIRST=1"
DISTRUST = "the committed results are not a landing's, so everything was built again"


def asked_for(repo: Repo, tip: Tip, first_push: bool = False) -> tuple[bool, str]:
    """Tell whether a landing of HEAD has anything to do, and why; builds and fetches nothing.

    Args:
        repo: see `dvc.opened`.
        tip: the remote, as it was just asked.
        first_push: HEAD is the first commit of the remote: a copy of a template, whose results
            came with it. The first landing after it believes nothing and builds everything.

    Raises:
        UserError: see `check`.
    """
    check(tip, artifact(repo))
    if first_push and not tip.landed:
        head = commit_of("HEAD")
        found = plan(repo, Base(head, f"{short(head)}, the first push of this repository"))
        return found.needed, found.why
    if not believed(tip):
        return True, DISTRUST if tip.landed else FIRST.why
    found = plan(repo, newest_landing(tip))
    if not found.needed and differing(f"{tip.landed}", "HEAD", paths=(POLICY,)):
        return True, f"{POLICY} changed, and judges from the next landing on"
    return found.needed, found.why


def check(tip: Tip, name: str) -> None:
    """Raise where the record of landings is not that of the default branch.

    Without the record a worse model would be "the first one", and judged by its own policy.

    Args:
        tip: the remote, as it was just asked.
        name: the artifact's.

    Raises:
        UserError: if the newest landing is not in the branch, or there have been landings and there
            is no record of them, or this clone is too shallow to tell.
    """
    if shallow():
        raise UserError(f"the newest landing {REMEDY}")
    if tip.landed and not is_ancestor(tip.landed, tip.commit):
        raise UserError(
            f"the newest landing, {short(tip.landed)}, is not in {tip.branch}: that was rewritten, "
            f"or {record.BRANCH} was moved; first put right which of them it was, {AGAIN}"
        )
    if not tip.landed and (found := _signs(tip, name)):
        raise UserError(
            f"{REMOTE} has no branch {record.BRANCH}, and signs of landings: {found}; first push "
            f"it again from a clone that knows it, {AGAIN}"
        )


def _signs(tip: Tip, name: str) -> str:
    """Return what says that there have been landings, or nothing."""
    trailer = f"--grep=^{record.LANDING}: "
    if commit := ask("log", "--max-count=1", "--format=%h, %s", trailer, tip.commit):
        return commit
    verdict = read_verdict(tip.commit)
    version = verdict and verdict.champion and verdict.champion.version
    # what came with a template's copy is in its first commit, and says nothing
    if version and git("log", "--max-count=1", "--format=%P", tip.commit, "--", VERDICT):
        return f"{VERDICT} names {version}"
    if tag := git("for-each-ref", "--count=1", "--format=%(refname:lstrip=2)", f"{TAGS}/{name}@v*"):
        return f"the tag {tag}"
    return ""


def newest_landing(tip: Tip) -> Base:
    """Return what a landing is compared with."""
    return Base(tip.landed, f"{short(tip.landed)}, the newest landing") if tip.landed else FIRST


def distrust(tip: Tip) -> str | None:
    """Return why the results of HEAD are not believed; None if a landing wrote them."""
    return None if believed(tip) else DISTRUST


def believed(tip: Tip) -> bool:
    """Tell whether a landing wrote the results of HEAD: nothing has changed them since.

    Raises:
        UserError: if this clone is too shallow to tell.
    """
    if not tip.landed:
        return False
    if not is_ancestor(tip.landed, "HEAD"):
        if shallow():
            raise UserError(f"the newest landing {REMEDY}")
        return False
    return not differing(tip.landed, "HEAD", paths=(*RESULTS, STORE, ".dvc/config"))
