"""What a run can claim of itself, and what becomes of it: each of these has once promoted a model."""

import json
from pathlib import Path

import pytest

from retrain.errors import UserError
from retrain.gate.schema import Rows, Tests
from retrain.repo import dvc
from retrain.repo.base import resolve
from retrain.report.judgement import settle
from tests.conftest import Run, set_policy
from tests.toys import toys

WRITTEN = '    pq.write_table(pa.table(predictions), "predictions/test.parquet")\n'


def claim(project: Path, code: str, quality: float = 0.9) -> None:
    """Build a worse model than the landed one, whose code does this before it writes predictions."""
    make = project / "src/make.py"
    assert WRITTEN in make.read_text()
    make.write_text(make.read_text().replace(WRITTEN, f"    {code}\n{WRITTEN}"))
    (project / "params.yaml").write_text(f"quality: {quality}\n")
    assert toys.ran(project, "HEAD") == {"make": "ran"}


@pytest.fixture
def project(toy: Path, run: Run) -> Path:
    toys.do(run, toy, "dvc pull -q")
    return toy


def every(function: str) -> str:
    return f"predictions = {{name: {function} for name, column in predictions.items()}}"


# some rows, more often or alone, as if they were all
EASY = "easy = [i for i, (s, y) in enumerate(zip(scores, table['outcome'])) if (s > .5) == y]"
CHOSEN = f"{EASY}; {every('column + [column[i] for i in easy] * 3')}"
ALONE = f"{EASY}; {every('[column[i] for i in easy]')}"


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (CHOSEN, "keys occur twice, such as '2013-02-01-0'; write a row once"),
        (ALONE, "of the 560 rows that judge, such as '2013-02-"),
        (
            "predictions['score'] = [1e15 if y else 0. for y in table['outcome']]",
            "scores are not probabilities, the first 1e+15 of the row",
        ),
    ],
    ids=["twice", "left out", "huge"],
)
def test_predictions_that_break_their_contract_block(
    project: Path, code: str, message: str
) -> None:
    claim(project, code)
    found = toys.judged(project)
    assert found.verdict == "block"
    assert found.reasons[0].startswith("predictions/test.parquet")
    assert message in found.reasons[0]


def test_days_slices_and_order_are_those_of_the_bases_code(project: Path) -> None:
    day, kind = "predictions['day'] = predictions['key']", "predictions['kind'] = ['all'] * 560"
    claim(project, f"{day}; {kind}; {every('column[::-1]')}")
    found = toys.judged(project)
    reported = json.loads((project / "reports/metrics.json").read_text())["model"]
    assert found.metrics == pytest.approx(reported, abs=2e-5)  # each score is its row's
    assert found.champion
    assert found.champion.blocks == 28  # and not 560
    assert found.champion.parts == []
    assert found.rows == Rows(defined_by="base", total=560, unknown=0)


def test_another_outcome_is_not_comparable_whatever_a_parameter_says(project: Path) -> None:
    claim(project, "predictions['outcome'] = [s > .5 for s in scores]", quality=9)
    found = toys.judged(project)
    assert found.verdict == "keep"
    assert "it has learned another outcome, which differs in" in found.reasons[0]


@pytest.mark.slow
def test_more_rows_than_judge_do_not_matter(project: Path) -> None:
    more = "{'key': ['a'], 'day': ['b'], 'outcome': [True], 'score': [.999]}"
    claim(project, f"more = {more}; {every('column + more[name]')}")
    found = toys.judged(project)
    assert found.champion
    assert found.rows
    assert (found.champion.rows, found.rows.total) == (560, 560)


@pytest.mark.parametrize(
    ("honest", "claimed", "message"),
    [
        ("round(loss, 5)", "round(loss / 2, 5)", "reports/metrics.json reports log_loss 0."),
        ('"test": months[-1]', '"test": "1999-01"', "reports/metrics.json names the window 1999-01, which data/ lacks"),
    ],
)  # fmt: skip
def test_metrics_and_windows_that_are_not_the_runs_block(
    project: Path, honest: str, claimed: str, message: str
) -> None:
    make = project / "src/make.py"
    assert honest in make.read_text()
    make.write_text(make.read_text().replace(honest, claimed))
    claim(project, "pass")
    found = toys.judged(project)
    assert found.verdict == "block"
    assert found.reasons[0].startswith(message)


@pytest.mark.slow
def test_data_that_the_run_has_altered_are_not_judged(project: Path, run: Run) -> None:
    easy = "t = pq.read_table('data/2013-02.parquet'); pq.write_table(t.slice(0, 300), 'altered')"
    claim(project, easy)
    (project / "altered").replace(project / "data/2013-02.parquet")
    result = run("retrain", "gate", cwd=project)
    assert result.returncode == 1
    assert result.stderr.endswith("data/2013-02.parquet is not what data.dvc names; first: retrain run\n")  # fmt: skip


# ---- the tests of the model's behaviour are the change's own code


REWRITE = """
import json, pathlib, pyarrow as pa, pyarrow.parquet as pq
def pytest_configure(config):
    path = pathlib.Path({place!r}, "predictions/test.parquet")
    rows = pq.read_table(path).to_pydict()
    rows["score"] = [.99 if each else .01 for each in rows["outcome"]]
    path.unlink()
    pq.write_table(pa.table(rows), path)
"""


def with_tests(project: Path, run: Run, **files: str) -> None:
    """Let the base's policy ask for tests, of which there is one; then change them."""
    toys.do(run, project, "git stash -q")
    set_policy(project, behaviour="judged")
    (project / "judged").mkdir()
    (project / "judged/test_model.py").write_text("def test_rain(): pass\n")
    toys.do(run, project, "git add -A", "git commit -qm tests", "git stash pop -q")
    for name, text in files.items():
        (project / name.replace("__", ".").replace("judged_", "judged/")).write_text(text)


@pytest.fixture
def worse(project: Path) -> Path:
    claim(project, "pass")
    return project


def test_what_a_test_writes_reaches_nothing(worse: Path, run: Run) -> None:
    before = (worse / "predictions/test.parquet").read_bytes()
    with_tests(worse, run, judged_conftest__py=REWRITE.format(place="."))
    found = toys.judged(worse, "HEAD")
    assert (found.verdict, found.tests) == ("keep", Tests(passed=1, skipped=0, failed=[]))
    assert (worse / "predictions/test.parquet").read_bytes() == before


@pytest.mark.parametrize("place", ["predictions/test.parquet", "dvc.lock", "data/2013-02.parquet"])
@pytest.mark.slow
def test_results_that_a_test_has_written_all_the_same_are_not_judged(
    worse: Path, run: Run, place: str
) -> None:
    code = f"import pathlib\nwith pathlib.Path({str(worse / place)!r}).open('ab') as file:\n    file.write(b' ')\n"
    with_tests(worse, run, judged_conftest__py=code)
    with pytest.raises(UserError, match=f"^{place} "):
        toys.judged(worse, "HEAD")
    assert toys.do(run, worse, "git status --porcelain reports/verdict.json") == ""


@pytest.mark.parametrize(
    ("files", "tests"),
    [
        ({"pytest__ini": "[pytest]\naddopts = --collect-only\n"}, (1, 0, 0)),
        ({"setup__cfg": "[tool:pytest]\naddopts = -k nothing\n"}, (1, 0, 0)),
        ({"pytest__py": "raise SystemExit(0)\n"}, (1, 0, 0)),
        ({"judged_test_model__py": "import pytest\n@pytest.mark.skip\ndef test_rain(): assert 0\n"}, (0, 1, 0)),
        ({"judged_test_model__py": "def helper(): pass\n"}, (0, 0, 0)),
        ({"judged_conftest__py": "collect_ignore = ['test_model.py']\n"}, (0, 0, 0)),
        ({"judged_test_model__py": "import pytest\ndef test_rain(): assert 0, 'wet'\ndef test_a(): pass\n"}, (1, 0, 1)),
    ],
    ids=["pytest.ini", "setup.cfg", "a module named pytest", "skipped", "removed", "ignored", "failed"],
)  # fmt: skip
def test_behaviour_tests_are_run_and_counted_or_block(
    worse: Path, run: Run, files: dict[str, str], tests: tuple[int, int, int]
) -> None:
    with_tests(worse, run, **files)
    passes = tests[0] and not tests[2]
    found = toys.judged(worse, "HEAD")
    assert found.tests
    assert (found.tests.passed, found.tests.skipped, len(found.tests.failed)) == tests
    assert found.verdict == ("keep" if passes else "block")
    if not passes and not tests[2]:
        assert found.reasons == [f"no behaviour test of judged ran ({tests[1]} were skipped)"]


@pytest.mark.slow
def test_the_environment_cannot_empty_them_either(
    worse: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_tests(worse, run)
    monkeypatch.setenv("PYTEST_ADDOPTS", "--collect-only")
    found = toys.judged(worse, "HEAD")
    assert found.tests
    assert found.tests.passed == 1


# ---- whose code says what judges


def test_before_the_first_model_its_own_code_says_what_judges(project: Path, run: Run) -> None:
    toys.do(run, project, "git push -q origin :toy@v1.0.0 :retrain-landings")
    claim(project, "pass")
    found = toys.judged(project, "0" * 40)
    assert found.rows
    assert (found.verdict, found.rows.defined_by) == ("promote", "this run")


@pytest.mark.slow
def test_without_a_base_the_champions_code_says_it(project: Path) -> None:
    claim(project, "pass")
    cli = project / "src/pipeline/rows.py"
    cli.write_text(cli.read_text().replace("rows.select", "rows.slice(0, 99).select"))
    assert toys.judged(project, "0" * 40).rows == Rows(defined_by="base", total=560, unknown=0)


@pytest.mark.slow
def test_where_the_bases_code_cannot_say_it_nothing_is_comparable(project: Path, run: Run) -> None:
    toys.do(run, project, "git push -q origin :toy@v1.0.0 :retrain-landings")
    toys.change(
        project, run, "no rows", **{"src/pipeline/rows__py": "raise SystemExit('no rows')\n"}
    )
    claim(project, "pass", quality=1.9)
    found = toys.judged(project, "HEAD")
    assert found.rows
    assert (found.verdict, found.rows.defined_by) == ("keep", "this run")
    why = "the base's code cannot say which rows judge: its code refuses 2013-02.parquet: no rows"
    assert why in found.reasons[0]


@pytest.mark.slow
def test_rows_without_an_outcome_judge_nothing_and_are_counted(project: Path, run: Run) -> None:
    cli = (project / "src/pipeline/rows.py").read_text()
    select = 'rows.select(["key", "day", "outcome"])'
    assert select in cli
    unknown = "__import__('pyarrow').array([None] * 60 + rows['outcome'].to_pylist()[60:], 'bool')"
    toys.change(
        project,
        run,
        "cancelled",
        **{
            "src/pipeline/rows__py": cli.replace(
                select, f"{select}.set_column(2, 'outcome', {unknown})"
            )
        },
    )
    claim(project, every("column[60:]"), quality=1.9)
    found = toys.judged(project, "HEAD")
    assert found.champion
    assert found.rows == Rows(defined_by="base", total=560, unknown=60)
    assert (found.champion.rows, found.verdict) == (500, "promote")


# ---- who is the champion, and whose policy judges


def test_a_tag_that_the_run_writes_is_no_champion(project: Path, run: Run) -> None:
    toys.do(run, project, "git stash -q")
    toys.change(project, run, "worse", params__yaml="quality: 0.2\n")
    make = project / "src/make.py"
    tag = "import subprocess; subprocess.run('git update-ref refs/retrain-tags/toy@v9.9.9 HEAD', shell=True)"
    make.write_text(make.read_text().replace(WRITTEN, f"    {tag}\n{WRITTEN}"))
    (project / "params.yaml").write_text("quality: 0.9\n")
    with toys.working_in(project), dvc.opened() as repo:
        found = settle(repo, resolve("HEAD~1")).run()
    assert toys.do(run, project, "git for-each-ref refs/retrain-tags/toy@v9.9.9") != ""
    assert found
    assert found.champion
    assert (found.champion.version, found.verdict) == ("v1.0.0", "keep")


@pytest.mark.slow
def test_a_policy_that_is_not_the_bases_judges_nothing(project: Path, run: Run) -> None:
    claim(project, "pass")
    set_policy(project, change="{confidence: 0.5, margin: -9}")
    result = run("retrain", "gate", "--json", cwd=project)
    assert json.loads(result.stdout)["verdict"] == "keep"
    toys.do(run, project, "git add policy.yaml", "git commit -qm lax")
    result = run("retrain", "gate", "--json", "--base", "HEAD~1", cwd=project)
    assert json.loads(result.stdout)["verdict"] == "keep"


@pytest.mark.slow
def test_a_champion_that_scores_some_rows_only_is_no_comparison(project: Path, run: Run) -> None:
    cli = project / "src/pipeline/predict.py"
    half = "{name: pa.array(column).slice(280) for name, column in scored.items()}"
    text = cli.read_text()
    scored = 'pa.table({"key": rows["key"], "score": scores})'
    assert scored in text
    text = text.replace(scored, f"pa.table({half})").replace(
        "    pq.write_table(pa.table({name",
        "    scored = {'key': rows['key'].to_pylist(), 'score': scores}\n    pq.write_table(pa.table({name",
    )
    toys.change(project, run, "half", **{"src/pipeline/predict__py": text})
    toys.do(run, project, "git push -q")
    toys.register(project, run, "toy@v1.0.0")
    claim(project, "pass", quality=1.9)
    found = toys.judged(project, "HEAD")
    assert found.verdict == "keep"
    assert "its code gives no prediction for 280 of 560 rows" in found.reasons[0]
