"""A remote whose North is worth a model of its own, and what the tests do with it in a clone."""

from pathlib import Path

from retrain.contexts import land as lander
from retrain.landing.land import Landing, Proposal
from retrain.repo import dvc, record
from tests.conftest import Run
from tests.toys import toys

SECTION = "contexts: {column: place, values: [North, South]}\n"
LEARNED = "    if set(table['place']) == {'North'}:\n        quality *= FACTOR\n"
NORTH = f"refs/heads/{record.BRANCH}-north"


def start(folder: Path, toy_landed: Path, run: Run) -> Path:
    """Make a bare remote in which contexts have landed, and no line has begun."""
    remote = toys.copy(toy_landed, folder)
    project = toys.clone(remote, folder / "start", run)
    learn(project, run, 2)
    toys.landed(project)
    return remote


def learn(project: Path, run: Run, factor: int) -> None:
    """Commit code whose model is another one where it has seen North alone, and the contexts."""
    code, policy = ((project / name).read_text() for name in ("src/make.py", "policy.yaml"))
    begin = "    for folder in ("
    head, _, rest = code.partition(begin)
    head = head.partition("    if set(")[0] + LEARNED.replace("FACTOR", str(factor))
    files = {"src/make__py": head + begin + rest}
    if SECTION not in policy:
        files["policy__yaml"] = policy + SECTION
    toys.change(project, run, f"North learns {factor}", **files)


def landed(project: Path, value: str = "North", first: bool = False) -> Landing:
    """Land a context's own model from a clone, in this process."""
    with toys.working_in(project), dvc.opened() as repo:
        return lander.land(repo, value, first)


def proposed(project: Path) -> Proposal:
    with toys.working_in(project), dvc.opened() as repo:
        return lander.propose(repo, "North")


def refs(remote: Path, run: Run) -> dict[str, str]:
    return dict(each.split("=") for each in toys.state(remote, run))


def moved(before: dict[str, str], after: dict[str, str]) -> set[str]:
    """Return the refs that are new, gone or moved."""
    return {name.removeprefix("refs/") for name, _ in before.items() ^ after.items()}
