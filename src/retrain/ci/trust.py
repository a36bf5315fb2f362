"""What a landing may believe, and whether there is anything to land: asked before a build."""

from dvc.repo import Repo

from retrain.ci.base import REMEDY, RESULTS, STORE, Base, shallow
from retrain.ci.git import ask, differing, git, short
from retrain.ci.plan import plan
from retrain.ci.policy import POLICY
from retrain.ci.remote import Tip
from retrain.errors import UserError

FIRST = Base(None, "nothing has landed yet: there is no model to compare with")
DISTRUST = "the committed results are not a landing's, so everything was built again"


def asked_for(repo: Repo, tip: Tip, first_push: bool = False) -> tuple[bool, str]:
    """Tell whether a landing of HEAD has anything to do, and why; builds and fetches nothing.

    Args:
        repo: see `repository.opened`.
        tip: the remote, as it was just asked.
        first_push: HEAD is the first commit of the remote: a copy of a template, whose results
            came with it. The first landing after it believes nothing and builds everything.
    """
    if first_push and not tip.landed:
        head = git("rev-parse", "HEAD")
        found = plan(repo, Base(head, f"{short(head)}, the first push of this repository"))
        return found.needed, found.why
    if not believed(tip):
        return True, DISTRUST if tip.landed else FIRST.why
    found = plan(repo, newest_landing(tip))
    if not found.needed and differing(f"{tip.landed}", "HEAD", paths=(POLICY,)):
        return True, f"{POLICY} changed, and judges from the next landing on"
    return found.needed, found.why


def newest_landing(tip: Tip) -> Base:
    """Return what a landing is compared with; where history was rewritten too its policy judges."""
    return Base(tip.landed, f"{short(tip.landed)}, the newest landing") if tip.landed else FIRST


def believed(tip: Tip) -> bool:
    """Tell whether a landing wrote the results of HEAD: nobody has touched them since.

    Raises:
        UserError: if this clone is too shallow to tell.
    """
    if not tip.landed:
        return False
    if ask("merge-base", "--is-ancestor", tip.landed, "HEAD") is None:
        if shallow():
            raise UserError(f"the newest landing {REMEDY}")
        return False
    return not differing(tip.landed, "HEAD", paths=(*RESULTS, STORE, ".dvc/config"))
