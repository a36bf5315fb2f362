"""A landing's commit, made without touching the folder's branch: it is only offered."""

from pathlib import Path
from tempfile import TemporaryDirectory

from retrain.errors import UserError
from retrain.paths import DATA, LOCK, STORE, VERDICT
from retrain.repo import objects
from retrain.repo.git import commit_of, git, named


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
        if Path(VERDICT).exists():  # a judgement alone is ignored: it is in the way of nothing
            git("add", "--force", "--", VERDICT, env=index)
        tree = git("write-tree", env=index)
    if tree == named("HEAD", ""):
        return commit_of("HEAD")
    return objects.commit(tree, message, "HEAD")


def reworded(commit: str, message: str) -> str:
    """Return a commit of the same files on the same parent, with another message."""
    return objects.commit(f"{commit}^{{tree}}", message, f"{commit}^")


def accept(commit: str) -> None:
    """Make a commit that the remote has taken this folder's newest."""
    git("reset", "--quiet", commit)
