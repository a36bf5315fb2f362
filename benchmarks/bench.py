"""Speed and memory of the pipeline, as ratios measured side by side: `make bench`.

A second here says little about another machine; the ratio of two things measured by turns says much
the same everywhere. Targets stand beside the figures, and nothing is asserted: a busy machine is no
mistake. Everything runs in a temporary copy of the repository.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from math import log
from pathlib import Path
from statistics import median
from typing import Any

from deployments import deployments
from events import events
from judging import judging
from pipeline.paths import DATA
from retrain.console import table
from retrain.errors import UserError, reported

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
STAGES = ("validate", "prepare", "train", "evaluate")
CURRENT = "data/2013-06.parquet"  # the month that `retrain drift` compares with all before it
FOUND = (0, 3)  # its exit codes, where it has compared
tell = partial(print, file=sys.stderr, flush=True)


def run(
    folder: Path, *command: str | Path, good: tuple[int, ...] = (0,)
) -> tuple[float, float, str]:
    """Run a command in a folder; return its wall time in seconds, peak memory in MB, and stdout.

    Args:
        folder: where it runs.
        command: the program and its arguments.
        good: the exit codes that are no failure.

    Raises:
        UserError: if it fails, with the last line of its stderr.
    """
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        begin = time.perf_counter()
        with subprocess.Popen(command, cwd=folder, stdout=output, stderr=errors) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = code = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - begin
        output.seek(0)
        errors.seek(0)
        if code not in good:
            name = " ".join([Path(command[0]).name, *map(str, command[1:])])
            tell(said := errors.read().strip() or f"exit code {code}")
            raise UserError(f"`{name}` failed: {said.splitlines()[-1].removeprefix('error: ')}")
        return seconds, usage.ru_maxrss * 1024 / 1e6, output.read()  # in KiB: Linux, getrusage(2)


def copy(target: Path) -> None:
    """Make `target` a repository of its own: this one's files and data, in one commit."""
    if (ROOT / DATA).is_dir():  # else the first run pulls it
        shutil.copytree(ROOT / DATA, target / DATA)
    _, _, names = run(ROOT, "git", "ls-files", "-zco", "--exclude-standard")
    for name in names.rstrip("\0").split("\0"):
        if (ROOT / name).is_file():  # Git also lists what was removed since the commit
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target / name)
    author = "-c user.name=bench -c user.email=bench@localhost -c commit.gpgsign=false"
    for words in ("init -q", "add --all", f"{author} commit -qnm copy"):
        run(target, "git", *words.split())


def speed(repository: Path, pairs: int) -> dict[str, Any]:
    """Measure by turns: every stage, `make train` with nothing changed, and plain.py."""
    (folder := repository.with_name("plain")).mkdir()
    groups = (ROOT / "tools/environment.py", "dvc", "pipeline", "validate")
    turns = []
    for pair in range(pairs + 1):
        label = f"pair {pair} of {pairs}" if pair else "warm-up, not counted"
        tell(f"{label}: cold")
        cold, _, _ = run(repository, BIN / "retrain", "run", "--force")
        tell(f"{label}: nothing changed")
        start, _, _ = run(repository, os.environ.get("PYTHON", "python3"), *groups)
        again, _, report = run(repository, BIN / "retrain", "run", "--json")
        tell(f"{label}: plain.py")
        plain, _, _ = run(repository, BIN / "python", "benchmarks/plain.py", folder)
        turns.append((cold, start + again, plain))
    colds, agains, plains = zip(*turns[1:], strict=True)
    return {
        "ratios": [
            compared("cold / plain.py", colds, plains, "at most 1.5"),
            compared("nothing changed / cold", agains, colds, "at most 0.2"),
        ],
        "states": {step["stage"]: step["state"] for step in json.loads(report)["steps"]},
    }


def compared(name: str, ones: Sequence[float], others: Sequence[float], target: str) -> Any:
    """Return the medians of both, and of their ratios by pair: the machine slows a pair alike."""
    ratio = median(one / other for one, other in zip(ones, others, strict=True))
    both = {"seconds": median(ones), "against": median(others)}
    return {"measured": name, **both, "ratio": ratio, "target": target}


def growth(repository: Path, times: int) -> list[dict[str, Any]]:
    """Run each stage by itself on the months as they are, and on `times` as many."""
    tell(f"growth: writing the months, x{times}")
    larger = shutil.copytree(repository, repository.with_name("larger"))
    # apart: a child's peak starts at its parent's, and pandas in here would hide a small stage
    run(larger, BIN / "python", "benchmarks/repeat.py", DATA, str(times))
    rows = []
    for stage in STAGES:
        tell(f"growth: {stage}, x1 and x{times}")
        command = (BIN / "python", "-m", f"pipeline.{stage}")
        rows.append(grown(stage, times, run(repository, *command), run(larger, *command)))
    tell(f"growth: drift of a month, x1 and x{times}")
    command = (BIN / "retrain", "drift", "--current", CURRENT)
    small, large = (run(folder, *command, good=FOUND) for folder in (repository, larger))
    return [*rows, grown("drift", times, small, large)]


def grown(
    name: str, times: int, small: tuple[float, float, str], large: tuple[float, float, str]
) -> dict[str, Any]:
    """Return a row of what `run` has measured of the months, and of `times` as many."""
    (t1, m1, _), (t2, m2, _) = small, large
    speeds = {"seconds x1": t1, f"seconds x{times}": t2, "time exponent": log(t2 / t1, times)}
    peaks = {"MB x1": m1, f"MB x{times}": m2, "memory exponent": log(m2 / m1, times)}
    return {"stage": name, **speeds, **peaks}


@reported
def main() -> None:
    """Measure, and print tables or JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=3, help="how many times to measure (3)")
    parser.add_argument("--growth", type=int, default=10, help="how many times the months (10)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    asked = parser.parse_args()
    if asked.pairs < 1 or asked.growth < 2:
        parser.error("--pairs is at least 1, and --growth at least 2")
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        os.environ["DVC_SITE_CACHE_DIR"] = scratch  # what DVC notes about the copy goes with it
        copy(repository := Path(scratch) / "repository")
        copied = shutil.copytree(repository, Path(scratch) / "copied")
        report = speed(repository, asked.pairs)
        tell("judging: plan, gate, report")
        report["ratios"] += judging(repository, asked.pairs, run, compared)
        tell("deployments: lineage, registry")
        report["ratios"] += deployments(Path(scratch) / "history", asked.pairs, run, compared)
        report["growth"] = growth(repository, asked.growth)
        report["events"] = events(copied, tell)
    if asked.json:
        print(json.dumps(report, indent=2))
        return
    for rows in (report["ratios"], report["growth"], report["events"]):
        cells = ([f"{x:.2f}" if isinstance(x, float) else x for x in row.values()] for row in rows)
        table(cells, list(rows[0]), 1)
    print("Events: seconds of the commands that CI's jobs call; what each first installs is apart.")
    print("Nothing changed:", ", ".join(map(" ".join, report["states"].items())))
    print("Exponents: 0 is flat, 1 grows with the months. Targets: time at most 1;")
    print("memory of validate, prepare and drift, which hold a month at a time, about 0; drift's")
    print("seconds have its start, of about 3: at most 5 more.")


if __name__ == "__main__":
    main()
