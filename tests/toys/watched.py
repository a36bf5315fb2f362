"""The toy with what monitoring reads: features of the rows that train, and what a model sees."""

from pathlib import Path

from tests.conftest import Run
from tests.toys import toys

LIMITS = """
drift:
  min_rows: 200
  integrity: {new: .01, vanished: .1, constant: .9, missing: .2, outside: .1, unexplained: .5}
  outcome: {confidence: .975, metric: .5, calibration: .2, level: .2}
  inputs: {psi: .25, season: 365}
  seen: source
  cooldown: 7
"""
REPORTS = "    for name, content in reports.items():\n"
FEATURES = """    pathlib.Path("features/train").mkdir(parents=True, exist_ok=True)
    for each in months[:-1]:
        rows = pq.read_table(f"data/{each}.parquet", columns=["key", "signal", "place"])
        pq.write_table(rows, f"features/train/{each}.parquet")
"""


def watch(project: Path, run: Run) -> None:
    """Let a clone of the toy keep its features, and commit that; nothing lands."""
    made = (project / "src/make.py").read_text()
    (project / "src/make.py").write_text(made.replace(REPORTS, FEATURES + REPORTS))
    stages = (project / "dvc.yaml").read_text()
    (project / "dvc.yaml").write_text(
        stages.replace("    outs:\n", "    outs:\n      - features\n")
    )
    (project / "src/pipeline/seen.py").write_text((toys.TOY / "seen.py").read_text())
    with (project / "policy.yaml").open("a") as policy:
        policy.write(LIMITS)
    with (project / ".gitignore").open("a") as ignored:
        ignored.write("/features/\n/drift.*\n/drift/\n")
    toys.do(run, project, "git add -A", "git commit -qm watched")
