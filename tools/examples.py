"""Show each state of the report, made by real runs, in docs/examples/: `make examples`.

Everything happens in clones of this repository, against a bare remote of their own; ten minutes.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from example_clone import ROOT, Project, run
from example_problems import swap
from example_states import PROBLEMS, STATES, another_problem


def with_problem(name: str, scratch: Path) -> Path:
    """Return a bare remote of this repository with another problem in place of the flights."""
    seed, remote = scratch / "problem" / name / "seed", scratch / name / "remote.git"
    swap(name, seed)
    source = [
        "python",
        "-m",
        "pipeline.source",
        *(["--through", "2011-06"] if name == "bikes" else []),
    ]
    for words in (
        ["git", "init", "-q", "-b", "main"],
        source,
        ["dvc", "add", "-q", "data"],
        ["dvc", "push", "-q"],
        ["git", "add", "--all"],
        ["git", "commit", "-q", "-m", "Another problem"],
        ["git", "clone", "-q", "--bare", ".", remote],
    ):
        run(words, seed, name)
    return remote


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
        for name in PROBLEMS:
            if not asked or name in asked:
                print(f"\n{name}: {another_problem.__doc__}", flush=True)
                another_problem(Project(with_problem(name, Path(scratch)), name))


if __name__ == "__main__":
    main()
