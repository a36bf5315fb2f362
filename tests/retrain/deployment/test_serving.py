"""Predictions by what is deployed: which model, with which code, beside what, and what is kept."""

import json
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from retrain.deployment import deploy, serving
from retrain.deployment.serving import Asked, predict
from retrain.errors import UserError
from retrain.landing.provenance import Provenance
from retrain.repo import dvc
from tests.conftest import Run
from tests.toys import toys
from tests.toys.toy import make

pytestmark = pytest.mark.slow

PRODUCTION = Asked(stage="production")
FIRST, BETTER = 1.0, 1.5  # the models of v1.0.0, on production, and of v1.1.0, on staging
SIGNALS = [-1.0, 0.0, 2.0]
INPUT, OUTPUT = Path("rows.parquet"), Path("out.parquet")


@pytest.fixture(scope="module")
def deployed(toy_landed: Path, tmp_path_factory: pytest.TempPathFactory, run: Run) -> Path:
    """Return a clone of a remote with deployments, whose cache has both models. Read only."""
    folder = tmp_path_factory.mktemp("deployed")
    project = toys.clone(toys.copy(toy_landed, folder), folder / "clone", run)
    policy = (project / "policy.yaml").read_text()
    stages = policy.replace("stages: {", "stages: {staging: {follows: false}, ")
    toys.change(project, run, "better", policy__yaml=stages, params__yaml=toys.BETTER)
    toys.landed(project)
    with toys.working_in(project), dvc.opened() as repo:
        for version, stage in (("v1.0.0", "production"), ("v1.1.0", "staging")):
            deploy.deploy(repo, version, stage, Provenance(reason="a test"))
    with toys.working_in(project):
        keys = [f"row {number}" for number in range(len(SIGNALS))]
        pq.write_table(pa.table({"key": keys, "signal": SIGNALS}), INPUT)
        predict(INPUT, Path("fetched.csv"), PRODUCTION)
    return project


@pytest.fixture
def project(deployed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of `deployed` to do anything with, as the working directory."""
    project = Path(shutil.copytree(deployed, tmp_path / "clone", symlinks=True))
    monkeypatch.chdir(project)
    return project


def scores(quality: float) -> list[float]:
    return [make.score(quality, signal) for signal in SIGNALS]


def used(path: Path) -> dict[str, dict[str, str] | None]:
    return dict(json.loads(pq.read_schema(path).metadata[b"retrain"]))


def damage(project: Path, version: str, run: Run) -> None:
    """Change the bytes of a version's model in the cache, in a way that DVC does not see."""
    lock = toys.do(run, project, f"git show toy@{version}:dvc.lock")
    name = lock.partition("path: models/model.skops")[2].split("md5: ")[1].split()[0]
    cached = project / f".dvc/cache/files/md5/{name[:2]}/{name[2:]}"
    cached.chmod(0o644)
    cached.write_text("99 tampered with")
    cached.chmod(0o444)


def test_a_stage_scores_with_its_version_whatever_is_checked_out(
    project: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "retrain")
    (project / "models/model.skops").write_text("7 of this folder")
    (project / "params.yaml").write_text("quality: 7\n")
    (project / "requirements/pipeline.txt").write_text("pyarrow==99.0.0\n")
    done = predict(INPUT, OUTPUT, PRODUCTION)
    assert (done.rows, done.said.by) == (3, "v1.0.0 (production)")
    assert pq.read_table(OUTPUT).to_pydict()["score"] == scores(FIRST)
    model, shadow = used(OUTPUT).values()
    assert model
    assert (model["name"], model["stage"], shadow) == ("v1.0.0", "production", None)
    assert "v1.0.0 was built with other packages, pyarrow 26.0.1" in caplog.text


@pytest.mark.ml_test_score("Monitor 3")
@pytest.mark.parametrize("remove", [False, True])
def test_another_feature_contract_is_refused_and_both_are_named(
    project: Path, remove: bool, run: Run
) -> None:
    code = project / "src/make.py"
    code.write_text(f"{code.read_text()}\n# other features\n")
    there = toys.do(run, project, "git rev-parse toy@v1.0.0:src/make.py")[:7]
    here = toys.do(run, project, "git hash-object src/make.py")[:7]
    if remove:
        code.unlink()
        here = "none"
    with pytest.raises(UserError) as error:
        predict(INPUT, OUTPUT, PRODUCTION)
    assert str(error.value).startswith(
        f"v1.0.0 has learned with another src/make.py than the one here ({there} there, {here} here)"
    )
    assert "git checkout toy@v1.0.0, or deploy" in str(error.value)
    assert not OUTPUT.exists()


@pytest.mark.ml_test_score("Infra 6")
@pytest.mark.usefixtures("project")
def test_a_shadow_adds_columns_of_its_own_and_changes_no_other() -> None:
    predict(INPUT, Path("alone.parquet"), PRODUCTION)
    done = predict(INPUT, OUTPUT, Asked(stage="production", shadow="staging"))
    both = pq.read_table(OUTPUT)
    assert both.drop_columns(["shadow_score"]).equals(pq.read_table("alone.parquet"))
    assert both.to_pydict()["shadow_score"] == scores(BETTER)
    assert done.said.by == "v1.0.0 (production), and beside it by v1.1.0 (staging)"
    model, shadow = used(OUTPUT).values()
    assert model
    assert shadow
    assert (model["name"], shadow["name"]) == ("v1.0.0", "v1.1.0")


def test_a_shadow_that_cannot_score_leaves_its_columns_empty(
    project: Path, run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    damage(project, "v1.1.0", run)
    done = predict(INPUT, OUTPUT, Asked(stage="production", shadow="staging"))
    assert pq.read_table(OUTPUT).to_pydict()["score"] == scores(FIRST)
    assert pq.read_table(OUTPUT).to_pydict()["shadow_score"] == [None] * 3
    assert done.said.by == "v1.0.0 (production), without a shadow"
    assert "no shadow of staging, and its columns are empty: models/model.skops of" in caplog.text


def test_a_shadow_that_nothing_is_known_of_stops_no_file(
    project: Path, run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    toys.do(run, project, "git remote set-url origin nowhere")
    (project / ".git/shallow").write_text(toys.tip(project, run, "HEAD") + "\n")
    done = predict(INPUT, OUTPUT, Asked(model=Path("models/model.skops"), shadow="staging"))
    assert pq.read_table(OUTPUT).to_pydict()["shadow_score"] == [None] * 3
    assert done.said.by.endswith(", without a shadow")
    assert "no shadow of staging" in caplog.text
    with pytest.raises(UserError, match="is not in this clone; it is a shallow one"):
        predict(INPUT, OUTPUT, PRODUCTION)


def test_a_model_of_other_bytes_is_refused(
    project: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(serving, "sha256", lambda _: "0" * 64)
        with pytest.raises(UserError, match=r"v1\.0\.0: models/model.skops is not what was reg"):
            predict(INPUT, OUTPUT, PRODUCTION)
    damage(project, "v1.0.0", run)
    with pytest.raises(UserError, match=r"is not what dvc\.lock names"):
        predict(INPUT, OUTPUT, PRODUCTION)
    assert not OUTPUT.exists()


@pytest.mark.parametrize(
    ("source", "target", "asked", "said"),
    [
        ("rows.parquet", "out.csv", Asked(stage="prodction"), "did you mean 'production'"),
        ("rows.parquet", "out.csv", Asked(stage="production", shadow="stagin"), "did you mean 'st"),
        ("rows.parquet", "out.csv", Asked(version="v9.0.0"), "v9.0.0 is not a version"),
        ("rows.parquet", "out.csv", Asked(stage=""), "an empty name is not a stage"),
        ("rows.parquet", "out.csv", Asked(shadow=""), "an empty name is not a stage"),
        ("rows.parquet", "out.csv", Asked(model=Path("x"), log=Path("log")), "x is missing"),
        ("rows.parquet", "out.txt", PRODUCTION, "out.txt: its name ends in neither"),
        ("none.parquet", "out.csv", PRODUCTION, "none.parquet: no such file"),
        ("rows.parquet", "rows.parquet", PRODUCTION, "rows.parquet: this is the input"),
        ("dvc.lock", "out.csv", PRODUCTION, "dvc.lock: its name ends in neither"),
        (
            "rows.parquet",
            "out.csv",
            Asked(stage="production", log=Path("dvc.lock")),
            "dvc.lock: not a folder; name another",
        ),
    ],
)
def test_a_mistake_is_one_sentence_and_nothing_is_written(
    deployed: Path,
    monkeypatch: pytest.MonkeyPatch,
    source: str,
    target: str,
    asked: Asked,
    said: str,
) -> None:
    monkeypatch.chdir(deployed)
    before = sorted(deployed.iterdir())
    with pytest.raises(UserError, match=said):
        predict(Path(source), Path(target), asked)
    assert sorted(deployed.iterdir()) == before


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("1 / 0", "rows.parquet: the code here cannot score it: ZeroDivisionError: division by"),
        ("raise UserError('rows.parquet: column x is missing')", "rows.parquet: column x is m"),
        ("raise UserError(f'{Path.cwd()}/params.yaml: no')", "v1.0.0: params.yaml: no"),
    ],
)
def test_code_that_refuses_is_one_sentence(project: Path, code: str, said: str) -> None:
    (project / "src/pipeline/predict.py").write_text(
        "from pathlib import Path\n"
        "from retrain.errors import UserError, reported\n"
        f"@reported\ndef main():\n    {code}\nmain()\n"
    )
    with pytest.raises(UserError) as error:
        predict(INPUT, OUTPUT, PRODUCTION)
    assert str(error.value).startswith(said)
    assert not OUTPUT.exists()


def test_a_clone_that_has_fetched_needs_no_network(
    project: Path, run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "retrain")
    toys.do(run, project, "git remote set-url origin /nowhere")
    predict(INPUT, OUTPUT, PRODUCTION)
    assert pq.read_table(OUTPUT).to_pydict()["score"] == scores(FIRST)
    assert "the versions are the ones that this clone knows" in caplog.text


def test_the_log_of_all_calls_is_one_table(project: Path) -> None:
    (project / "other.skops").write_text("3 of no version")
    log = Path("log")
    for asked in (
        Asked(stage="production", shadow="staging", log=log),
        Asked(model=Path("other.skops"), log=log),
    ):
        predict(INPUT, OUTPUT, asked)
    kept = pd.read_parquet(log).sort_values(["scored_at", "key"], ignore_index=True)
    assert list(kept) == [
        *("key", "signal", "score", "shadow_score", "model_version", "shadow_version", "scored_at")
    ]
    assert kept["signal"].tolist() == SIGNALS * 2
    assert kept["score"].tolist() == [*scores(FIRST), *scores(3)]
    assert kept["shadow_score"][:3].tolist() == scores(BETTER)
    assert kept["model_version"].dropna().tolist() == ["v1.0.0"] * 3
    assert kept["shadow_version"].dropna().tolist() == ["v1.1.0"] * 3
    days = {f"{time:%Y-%m-%d}" for time in kept["scored_at"]}
    assert days == {folder.name for folder in log.iterdir()}


def test_commands_at_once_do_not_collide(project: Path, run: Run) -> None:
    def command(number: int) -> Sequence[str]:
        words = f"{INPUT} {number}.csv --version v1.0.0 --shadow staging --log log"
        done = run("retrain", "predict", *words.split(), cwd=project)
        assert done.returncode == 0, done.stderr
        return list(done.stdout.splitlines())

    with ThreadPoolExecutor() as pool:
        said = [*pool.map(command, range(2))]
    assert said[1][0] == "1.csv: 3 rows scored by v1.0.0, and beside it by v1.1.0 (staging)"
    assert len(pd.read_parquet("log")) == 6
    assert Path("0.csv").read_bytes() == Path("1.csv").read_bytes()
    header = Path("0.csv").read_text().splitlines()[0]
    assert header == '"key","score","shadow_score"'


def test_two_models_for_one_score_are_refused(tmp_path: Path, run: Run) -> None:
    words = "in.csv out.csv --stage production --version v1.0.0"
    done = run("retrain", "predict", *words.split(), cwd=tmp_path)
    assert (done.returncode, done.stderr) == (
        1,
        "error: name one of --model FILE, --stage STAGE, --version VERSION\n",
    )
