"""The shipped pipeline under review, end to end: from the push to the comment, and again."""

import re
import shutil
from pathlib import Path

import pytest

from tests.ci import events, toys
from tests.ci.acted import TRAINED
from tests.ci.acting import GitHub
from tests.ci.forge.server import Forge
from tests.ci.toys import TOY
from tests.conftest import Run, set_params

METRICS = ("log_loss", "roc_auc", "average_precision", "brier", "calibration_error")
ROW = r"\| \**{}\** \| \w+ \| [\d.]+ \| [\d.]+ \| \S[\d.]+ \| \S+\s…\s\S+ \| [\w\s*]+ \| [\d.]+ \|"


@pytest.mark.slow
def test_a_learning_rate_is_one_comment_that_the_second_push_updates(
    built_project: Path, tmp_path: Path, run: Run
) -> None:
    shutil.copy(TOY / "environment.py", built_project / "tools")  # what is installed is here
    toys.do(run, built_project, "dvc push -q", "git add -A", "git commit -qm tests")
    toys.do(run, built_project, f"git clone -q --bare . {tmp_path}/origin")
    remote = tmp_path / "origin"
    clone = toys.clone(remote, tmp_path / "clone", run)
    toys.do(run, clone, "git checkout -q -b change")
    with Forge(tmp_path, remote, private=True) as forge:
        github = GitHub(tmp_path / "github", forge, remote, run)
        for rate in ("0.10", "0.05"):
            set_params(clone, learning_rate=rate)
            toys.do(run, clone, "git commit -qam change", "git push -q origin change")
            head = toys.do(run, clone, "git rev-parse HEAD")
            if not forge.pulls:
                forge.open_pull("change")
            built = github.fire("retrain", "pull_request", events.pull_request(head))
            assert built.jobs == TRAINED
            github.offer_artifact(built.run)
            posted = github.fire("comment", "workflow_run", events.workflow_run(built.run, head))
            assert posted.jobs == {"comment": "success"}, posted.end
            (comment,) = forge.comments[1]
            assert f"`train.learning_rate` `0.08` → `{rate.rstrip('0')}`" in comment.body
            for metric in METRICS:
                assert re.search(ROW.format(metric), comment.body), metric
        assert github.leaks == []
