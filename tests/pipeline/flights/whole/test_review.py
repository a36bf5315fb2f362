"""The shipped pipeline under review, end to end, at both forges: from the push to the comment."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Run, set_params
from tests.e2e.act import BUILT
from tests.e2e.forge.server import Forge
from tests.e2e.github_runner import GitHub
from tests.e2e.gitlab_runner import GitLab
from tests.toys import events, toys
from tests.toys.toys import TOY

METRICS = ("log_loss", "roc_auc", "average_precision", "brier", "calibration_error")
ROW = (
    r"\| \**{}\** \| \w+ \| [\d.]+ \| [\d.]+ \| \S[\d.]+ \| \S+\s…\s\S+ \| [\w\s*()]+ \| [\d.]+ \|"
)
LINK = re.compile(r"\]\(https://[^)]*\)|!\[\]\(https://cml.dev/watermark.png#\w+")
SECONDS = re.compile(r"[\d.]+\ss\b")


def timeless(report: str) -> str:
    """Return a report without how long it took, which is no two times the same."""
    lines = report.splitlines()
    (place,) = (number for number, line in enumerate(lines) if line.startswith("**What ran, in "))
    lines[place] = SECONDS.sub("", lines[place])
    return "\n".join(lines)


@pytest.fixture
def remote(built_project: Path, tmp_path: Path, run: Run) -> Path:
    """Return a bare remote of the shipped project, with a small month each."""
    shutil.copy(TOY / "environment.py", built_project / "tools")  # what is installed is here
    toys.do(run, built_project, "dvc push -q", "git add -A", "git commit -qm tests")
    toys.do(run, built_project, f"git clone -q --bare . {tmp_path}/origin")
    return tmp_path / "origin"


@pytest.fixture
def forges(remote: Path, tmp_path: Path) -> Iterator[tuple[Forge, Forge]]:
    """Return two forges with the same repository."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    with (
        Forge(tmp_path / "one", remote, private=True) as one,
        Forge(tmp_path / "two", remote, private=True) as two,
    ):
        yield one, two


@pytest.mark.slow
def test_a_learning_rate_is_one_comment_and_the_same_at_both(
    forges: tuple[Forge, Forge], remote: Path, tmp_path: Path, run: Run
) -> None:
    github = GitHub(tmp_path / "github", forges[0], remote, run)
    gitlab = GitLab(tmp_path / "gitlab", forges[1], remote, run)
    clone = toys.clone(remote, tmp_path / "clone", run)
    toys.do(run, clone, "git checkout -q -b change")
    set_params(clone, learning_rate="0.10")
    toys.do(run, clone, "git commit -qam change", "git push -q origin change")
    head = toys.do(run, clone, "git rev-parse HEAD")
    for forge in forges:
        forge.open_pull("change")
    built = github.review(head)
    assert built.jobs == BUILT, built.end
    github.offer_artifact(built.run)
    posted = github.fire("comment", "workflow_run", events.workflow_run(built.run, head))
    assert posted.jobs == {"comment": "success"}, posted.end
    done = gitlab.review(head)
    assert done.jobs == BUILT, done.end
    (ours,), (theirs,) = (forge.comments[1] for forge in forges)
    assert "`train.learning_rate` `0.08` → `0.1`" in ours.body
    for metric in METRICS:
        assert re.search(ROW.format(metric), ours.body), metric
    same, other = (timeless(LINK.sub("", each.body)) for each in (ours, theirs))
    assert len(same) > 2000
    assert same == other
    assert github.leaks == gitlab.leaks == []
