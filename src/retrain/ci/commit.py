"""A landing's commit and tag, made without touching the folder's branch: they are only offered."""

from pathlib import Path
from tempfile import TemporaryDirectory

from retrain.ci.base import STORE
from retrain.ci.git import git, identity
from retrain.ci.reports import VERDICT
from retrain.ci.repository import DATA, LOCK
from retrain.errors import UserError


def commit(message: str, reports: list[str]) -> str:
    """Return a commit of this folder's results on top of HEAD; HEAD itself if nothing changed.

    Args:
        message: the commit's.
        reports: what of the stages' outputs is in Git; nothing else that is beside them goes in.
    """
    listed = (LOCK, DATA, STORE, *reports)
    paths = [path for path in listed if Path(path).exists()]
    ignored = git("ls-files", "--others", "--ignored", "--exclude-standard", "--", *paths)
    if lost := [path for path in ignored.splitlines() if not path.endswith(".tmp")]:
        raise UserError(f"{lost[0]} would not be committed: .gitignore names it; change that")
    with TemporaryDirectory() as folder:
        index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
        git("read-tree", "HEAD", env=index)
        git("add", "--all", "--", *paths, env=index)
        if Path(VERDICT).exists():  # a judgement alone is ignored: it is in nobody's way
            git("add", "--force", "--", VERDICT, env=index)
        tree = git("write-tree", env=index)
    if tree == git("rev-parse", "HEAD^{tree}"):
        return git("rev-parse", "HEAD")
    return git("commit-tree", tree, "-p", "HEAD", text=message, env=identity())


def reworded(commit: str, message: str) -> str:
    """Return a commit of the same files on the same parent, with another message."""
    return git(
        *("commit-tree", f"{commit}^{{tree}}", "-p", f"{commit}^"), text=message, env=identity()
    )


def tag(name: str, commit: str, message: str) -> str:
    """Return an annotated tag object for a commit, in the form that GTO reads."""
    who = git("var", "GIT_COMMITTER_IDENT", env=identity())
    return git(
        "mktag", text=f"object {commit}\ntype commit\ntag {name}\ntagger {who}\n\n{message}\n"
    )


def accept(commit: str) -> None:
    """Make a commit that the remote has taken this folder's newest."""
    git("reset", "--quiet", commit)
