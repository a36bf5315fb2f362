"""Show each state of the report, made by real runs, in docs/examples/: `make examples`.

Everything happens in clones of this repository, against a bare remote of their own; ten minutes.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from example_clone import ROOT, Project
from example_states import STATES


def main() -> None:
    """Make the examples that are named on the command line, or all."""
    asked = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="examples-") as scratch:
        remote = Path(scratch) / "remote.git"
        subprocess.run(["git", "clone", "-q", "--bare", ROOT, remote], check=True)  # noqa: S603, S607
        for state in STATES:
            name = state.__name__.replace("_", "-")
            if asked and name not in asked and name != "first":
                continue
            print(f"\n{name}: {state.__doc__}", flush=True)
            state(Project(remote, name))


if __name__ == "__main__":
    main()
