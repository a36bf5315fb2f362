"""A change that means harm: what its pipeline leaves is text, whatever stands in its own file."""

import json
from pathlib import Path

import pytest

from tests.conftest import ROOT, Run
from tests.e2e.both.test_review import push_change
from tests.e2e.gitlab.test_merge_request import POSTED, bodies
from tests.e2e.gitlab_runner import GitLab
from tests.toys import states

PIPELINE = (ROOT / ".gitlab-ci.yml").read_text()
HOSTILE = {
    "broken": '{"artifact": ',
    "huge": '{"artifact": "' + "a" * 6_000_000 + '"}',
    "deep": "[" * 100_000,
    "a number": "2",
    "another request's number": json.dumps({"iid": 2, "artifact": "toy"}),
}


def forged(gitlab: GitLab, toy: Path, run: Run, content: str, line: str) -> str:
    """Review a change whose pipeline puts something in the report's place; return the comment."""
    last = "    - .venv/bin/retrain ci report\n"
    assert last in PIPELINE
    changed = PIPELINE.replace(last, f"{last}    - {line}\n")
    (toy / "forged.json").write_text(content)
    head = push_change(toy, run, **{"__gitlab-ci__yml": changed})
    gitlab.forge.open_pull("change")
    gitlab.forge.open_pull("other", sha="d" * 40)
    done = gitlab.review(head)
    assert done.beside == POSTED, done.end
    assert gitlab.forge.written == [("comment", 1)]
    assert gitlab.leaks == []
    return bodies(gitlab)[0]


@pytest.mark.slow
@pytest.mark.parametrize("content", HOSTILE.values(), ids=list(HOSTILE))
def test_what_is_no_report_is_not_repeated(
    gitlab: GitLab, toy: Path, run: Run, content: str
) -> None:
    comment = forged(gitlab, toy, run, content, "cp forged.json report.json")
    assert "no report" in comment
    assert len(comment) < 500


@pytest.mark.slow
def test_links_and_names_in_a_report_stay_text(gitlab: GitLab, toy: Path, run: Run) -> None:
    secret = gitlab.folder / "secret.txt"
    secret.write_text("the secret itself")
    name = f"[x]({secret}) ![y](.git/config) @everybody <script> $(touch /tmp/x) `id`"
    facts = states.facts(artifact=name, notes=[name, "pr/2", "--target=pr/2"])
    comment = forged(gitlab, toy, run, facts.model_dump_json(), "cp forged.json report.json")
    for active in (f"]({secret})", "](.git/config)", "@everybody", "<script>", "the secret itself"):
        assert active not in comment


@pytest.mark.slow
def test_a_link_to_a_local_file_is_not_followed(gitlab: GitLab, toy: Path, run: Run) -> None:
    elsewhere = gitlab.folder / "elsewhere.json"
    elsewhere.write_text(states.facts(artifact="stolen").model_dump_json())
    comment = forged(gitlab, toy, run, "", f"ln -sf {elsewhere} report.json")
    assert "stolen" not in comment
    assert "No report" in comment


@pytest.mark.slow
def test_a_run_that_leaves_nothing_is_said_so(gitlab: GitLab, toy: Path, run: Run) -> None:
    comment = forged(gitlab, toy, run, "", "rm report.json")
    assert "left no report" in comment


@pytest.mark.slow
def test_numbers_that_a_change_forges_in_its_lock_are_built_again(
    gitlab: GitLab, toy: Path, run: Run
) -> None:
    gitlab.forge.open_pull("change")
    better = json.loads((toy / "reports/metrics.json").read_text())
    better["model"]["log_loss"] = 0.0001
    (toy / "reports/metrics.json").write_text(json.dumps(better))
    done = gitlab.review(push_change(toy, run, params__yaml="quality: 2.0\n"))
    assert done.beside == POSTED
    assert "0.0001" not in bodies(gitlab)[0]
    assert "toy: promote" in bodies(gitlab)[0]
