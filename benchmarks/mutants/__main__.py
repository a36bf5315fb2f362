"""Do the tests see a mistake? Plausible ones are made in copies, and each has to be caught.

Usage: make mutants   (half an hour; ONLY=NAME: one of them, or a part, such as gate)
"""

import argparse
import os
from collections.abc import Sequence
from time import perf_counter

from benchmarks.mutants import runner, table
from benchmarks.mutants.runner import Result
from retrain import console
from retrain.errors import UserError, reported, shorten_interrupts


@reported
def main() -> None:
    """Print which tests have caught which mutant; end red if one survives."""
    parser = argparse.ArgumentParser(prog="mutants", description=__doc__)
    parser.add_argument("--only", metavar="NAME", help="one mutant, or a part of them")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="at a time")
    given = parser.parse_args()
    mutants = table.read()
    if given.only:
        mutants = table.chosen(mutants, given.only)
    begin = perf_counter()
    found = runner.run(mutants, given.jobs, console.tell)
    show(found, perf_counter() - begin)


def show(found: Sequence[Result], seconds: float) -> None:
    """Print a table; raise a `UserError` that names the mutants which survived."""
    rows = [(each.mutant.name, each.by, f"{each.seconds:.0f}") for each in found]
    console.table(rows, ("mutant", "caught by", "s"), right=2)
    survived = [each.mutant.name for each in found if not each.caught]
    print(f"{len(found) - len(survived)} of {len(found)} mutants caught in {seconds:.0f} s")
    if survived:
        raise UserError(f"no test sees: {'; '.join(survived)}; write one for each")


if __name__ == "__main__":
    shorten_interrupts()
    main()
