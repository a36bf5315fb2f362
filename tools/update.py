"""Take a newer version of the template into this copy, as one commit: `make update`.

What changed between the copy's version and the newer one is picked, as `git cherry-pick` does it.
The template's history and tags stay in a folder that is gone afterwards: a landing would take its
commits for this copy's own, and a squashed pull request would lose them again.
"""

import environment  # noqa: F401  # isort: skip  (another Python ends in its sentence)
import argparse
import os
import signal
import sys
from collections.abc import Iterable
from pathlib import Path

from update_git import ROOT, end, here, names, reason, shown
from update_template import FILE, change, choose, settings, versions

UNDER_WAY = {
    "MERGE_HEAD": "merge",
    "CHERRY_PICK_HEAD": "cherry-pick",
    "REVERT_HEAD": "revert",
    "rebase-merge": "rebase",
    "rebase-apply": "rebase",
}


def check_folder() -> None:
    """End unless what an update changes can be seen and taken back."""
    top = here.call("rev-parse", "--show-toplevel")
    if top.returncode or Path(top.stdout.rstrip("\n")).resolve() != ROOT:
        why = f" ({reason(top)})" if top.returncode else ""
        end(f"{ROOT} is not a Git repository of its own{why}; git init, git add --all, git commit")
    if here.call("rev-parse", "--verify", "--quiet", "HEAD").returncode:
        end("nothing is committed yet, so nothing could be taken back; git add --all, git commit")
    if here.call("var", "GIT_COMMITTER_IDENT").returncode:
        end("Git does not know who you are; git config user.name NAME, git config user.email EMAIL")
    for name, what in UNDER_WAY.items():
        if Path(ROOT, here("rev-parse", "--git-path", name)).exists():
            end(
                f"a {what} is not finished, perhaps that of an update; resolve what conflicts, "
                f"git add, git {what} --continue; or take it back: git {what} --abort"
            )
    if changed := names(here("diff", "--name-only", "-z", "HEAD")):
        killed = begun().exists()
        end(
            f"{some(changed)}: not committed; commit it, or put it aside: git stash"
            + ("; an update was killed: if this is not yours, git reset --hard" if killed else "")
        )
    if here.call("symbolic-ref", "--quiet", "HEAD").returncode:
        end("no branch is checked out, so an update would be lost; git switch BRANCH")
    if here("rev-parse", "--is-shallow-repository") == "true":
        end("this clone has not the whole history; fetch it first: git fetch --unshallow")


def begun() -> Path:
    """Return the file that is there while the update writes into this folder."""
    return Path(ROOT, here("rev-parse", "--git-path", "update-begun"))


def some(paths: Iterable[str]) -> str:
    """Return the first of some paths, and how many there are besides."""
    first, rest = sorted(paths)[:5], [*paths][5:]
    return ", ".join(first) + (f" and {len(rest)} more" if rest else "")


def check_paths(commit: str) -> None:
    """End where a file that the update adds is in the folder, and Git does not know it."""
    added = names(
        here("diff", "--name-only", "--no-renames", "--diff-filter=A", "-z", f"{commit}~", commit)
    )
    known = here.files("HEAD")
    found = [path for path in added if path not in known and os.path.lexists(ROOT / path)]
    if found:
        end(f"{some(found)}: the update adds it, and yours is not committed; commit or move it")


def pick(commit: str) -> list[str]:
    """Add a commit's change to the branch, and return the files that conflict."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it takes a second, and half of it helps nobody
    begun().touch()
    done = here.call("cherry-pick", commit)
    begun().unlink()
    conflicts = names(here("diff", "--name-only", "--diff-filter=U", "-z"))
    if done.returncode and not conflicts:
        here.call("cherry-pick", "--abort")
        end(f"git cherry-pick refuses, and nothing has changed: {reason(done)}")
    return conflicts


def main() -> None:
    """Update this copy, or say in a sentence why not."""
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--version", help="the template's version, such as v1.1.0; else the newest")
    parser.add_argument("--from", dest="url", help=f"where it is; else `source` of {FILE}")
    asked = parser.parse_args()
    check_folder()
    mine = settings(here.read("HEAD", FILE), "this copy")
    if not (url := asked.url or mine["source"]):
        end(
            f"{FILE}: source is empty; write the template's address there, or: make update FROM=URL"
        )
    tags, version = versions(url), mine["version"]
    target = choose(tags, version, asked.version, shown(url))
    print(f"Fetching {target} from {shown(url)}", flush=True)
    commit, news = change(url, mine, {each: tags[each] for each in (version, target)})
    check_paths(commit)
    conflicts = pick(commit)
    if news:
        print(f"\n{news}\n")
    if conflicts:
        print("Changed by you and by the template:", *conflicts, sep="\n  ", flush=True)
        end(
            f"{version} to {target} conflicts in the files above; resolve them, git add, "
            "git commit; or take all back: git cherry-pick --abort"
        )
    changed = len(names(here("diff", "--name-only", "-z", "HEAD~", "HEAD")))
    print(f"Updated from {version} to {target} in one commit; files changed: {changed}.")
    print("Nothing is pushed. Next: make test. To take it back: git reset --keep HEAD~")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        end("stopped; nothing has changed")
