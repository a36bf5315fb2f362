"""A project whose training takes no time, on a bare remote: for what happens around a run.

Everything but the model is real: Git, DVC, the store, the commits' own code in their worktrees.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from retrain.gate import gate
from retrain.gate.policy import judging
from retrain.gate.schema import Verdict
from retrain.landing import land
from retrain.registry import versions as registered
from retrain.repo import base, dvc, record
from retrain.repo import remote as remotes
from retrain.run import execution as runner
from retrain.run import plan
from tests.conftest import ROOT, Run
from tests.toys.toy import make

TOY = Path(__file__).parent / "toy"
FULL_POLICY = Path(__file__).with_name("policy.yaml")
BETTER = "quality: 1.5\n"  # params.yaml of a model that is surely better than the first


def create(folder: Path, run: Run) -> Path:
    """Make a bare remote `folder/remote.git` with the toy as its one commit; nothing has landed."""
    seed = folder / "seed"
    (seed / "src/pipeline").mkdir(parents=True)
    (seed / "tools").mkdir()
    shutil.copytree(ROOT / "requirements/cml", seed / "requirements/cml")
    shutil.copytree(ROOT / ".github", seed / ".github")
    shutil.copytree(ROOT / ".gitlab", seed / ".gitlab")
    shutil.copy(ROOT / ".gitlab-ci.yml", seed)
    shutil.copy(TOY / "Makefile", seed)
    shutil.copy(TOY / "environment.py", seed / "tools")
    shutil.copy(TOY / "policy.yaml", seed)
    shutil.copy(TOY / "pipeline.yaml", seed / "dvc.yaml")  # here DVC would take it for ours
    shutil.copy(TOY / "make.py", seed / "src")
    shutil.copy(TOY / "quick.py", seed / "src")
    shutil.copy(TOY / "predict.py", seed / "src/pipeline")
    for name in ("rows.py", "source.py", "validate.py"):
        shutil.copy(TOY / name, seed / "src/pipeline")
    shutil.copy(TOY / "given.py", seed / "src/pipeline")
    (seed / "src/pipeline/__init__.py").touch()
    (seed / "requirements/pipeline.txt").write_text("pyarrow==26.0.1\n")
    (seed / "params.yaml").write_text("quality: 1.0\n")
    (seed / "notes.txt").write_text("what a stage reads besides\n")
    (seed / ".gitignore").write_text(
        "/.venv/\n/data/\n/models/\n/predictions/\n/report.*\n/candidate/\n/quarantine/\n/reports/verdict.json\n*.tmp\n"
        "__pycache__/\n/outputs.env\n/metrics.txt\n"
    )
    (seed / ".dvcignore").write_text("/store/\n/quarantine/\n*.tmp\n")
    with working_in(seed):
        for number in (1, 2):
            make.month(f"2013-0{number}", number)
    do(run, seed, "git init -q -b main", "dvc init -q", "dvc config core.analytics false",
       "dvc config core.autostage false", "dvc remote add -q -d store store", "dvc add -q data",
       "dvc push -q", "git add -A", "git commit -qm start")  # fmt: skip
    do(run, folder, "git clone -q --bare seed remote.git")
    return folder / "remote.git"


def checkout(folder: Path, run: Run) -> Path:
    """Copy this repository, as it stands, into a new one of one commit."""
    for name in do(run, ROOT, "git ls-files --cached --others --exclude-standard").splitlines():
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    do(run, folder, "git init -q -b main", "git add -A", "git commit -qm template")
    return folder


def copy(remote: Path, folder: Path) -> Path:
    """Return a copy of a bare remote to do anything with."""
    return Path(shutil.copytree(remote, folder / "remote.git", symlinks=True))


def clone(remote: Path, folder: Path, run: Run) -> Path:
    """Return a fresh clone of the remote."""
    do(run, remote.parent, f"git clone -q {remote} {folder}")
    return folder


def change(project: Path, run: Run, message: str, **files: str) -> None:
    """Write files, by name with `__` for a dot, and commit them."""
    for name, text in files.items():
        (project / name.replace("__", ".")).write_text(text)
    do(run, project, "git add -A")
    assert run("git", "commit", "-qm", message, cwd=project).returncode == 0


def new_month(project: Path, name: str) -> None:
    """Add a month of data, as `retrain ingest` does: versioned, and not committed."""
    with working_in(project):
        make.month(name, 7)


def do(run: Run, folder: Path, *commands: str) -> str:
    """Run commands that must succeed; return what the last one prints."""
    said = ""
    for command in commands:
        result = run(*command.split(), cwd=folder)
        assert result.returncode == 0, f"{command}: {result.stderr}"
        said = result.stdout.strip()
    return said


@contextmanager
def working_in(folder: Path) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield


def landed(project: Path) -> land.Landing:
    """Land from a clone, in this process."""
    with working_in(project), dvc.opened() as repo:
        return land.land(repo)


def judged(project: Path, ref: str | None = None) -> Verdict:
    """Judge what was built in a clone, in this process, and return the verdict."""
    with working_in(project), dvc.opened() as repo:
        commit = base.resolve(ref).commit
        policy, _ = judging(commit)
        champion = registered.champion(registered.read("toy", remotes.fetch()).registered)
        return gate.gate(repo, commit, champion, policy)


def versions(remote: Path, run: Run) -> list[str]:
    return do(run, remote, "git tag --list toy@*").split()


def state(remote: Path, run: Run) -> tuple[str, ...]:
    """Return every ref of the remote with what it names."""
    return tuple(do(run, remote, "git for-each-ref --format=%(refname)=%(objectname)").split())


def tip(remote: Path, run: Run, ref: str = "main") -> str:
    return do(run, remote, f"git rev-parse {ref}^{{commit}}")


def recorded(remote: Path, run: Run) -> str:
    """Return the commit that a remote's record names as the newest landing."""
    form = f"--format=%(trailers:key={record.LANDED},valueonly)"
    return do(run, remote, f"git log --max-count=1 {form} {record.BRANCH}")


def make_copy(remote: Path, run: Run) -> None:
    """Make a remote what "Use this template" makes: its files in one commit, and nothing else."""
    commit = do(run, remote, "git commit-tree main^{tree} -m copy")
    tags = " ".join(versions(remote, run))
    do(run, remote, f"git update-ref refs/heads/main {commit}", f"git tag -d {tags}",
       f"git branch -q -D {record.BRANCH}")  # fmt: skip


def register(project: Path, run: Run, tag: str, ref: str = "HEAD") -> None:
    """Register a commit as a version, in place of what has that tag, as a landing would.

    The record begins again: its newest landing is that commit.
    """
    commit = tip(project, run, ref)
    with working_in(project):
        before = remotes.fetch().record
        known = [each for each in before.versions.items() if each[0] != tag]
        entry = record.Record()
        for version, landed in [*known, (tag, commit)]:
            made = record.add(entry, landed, version, "A landing of a test")
            entry = record.Record(made, landed)
    place = f"refs/heads/{record.BRANCH}"
    do(run, project, f"git tag -f -a -m version {tag} {ref}",
       f"git push -qf origin {entry.tip}:{place} refs/tags/{tag}")  # fmt: skip


def assert_whole(remote: Path, folder: Path, run: Run) -> None:
    """Assert that a fresh clone has, of what its lock names, everything, and needs no run."""
    fresh = clone(remote, folder, run)
    with working_in(fresh), dvc.opened() as repo:
        repo.pull()
        found = plan.plan(repo, base.resolve("HEAD"))
        assert found.needed is False, found.why
        assert repo.status() == {}
    assert recorded(remote, run) == tip(remote, run)


def protect(remote: Path, pattern: str = "refs/heads/main", whole: str = "") -> None:
    """Let a bare remote refuse pushes to the refs of a shell pattern; `whole`: as GitLab, with words.

    GitLab refuses all refs of a push for the sake of one, GitHub that one.
    """
    hook = remote / ("hooks/pre-receive" if whole else "hooks/update")
    refused = f'case $ref in {pattern}) echo "{whole or "GH006: Protected branch"}"; exit 1;; esac'
    each = f"while read old new ref; do {refused}; done" if whole else f"ref=$1; {refused}"
    hook.write_text(f"#!/bin/sh\n{each}\n")
    hook.chmod(0o755)


def ran(project: Path, ref: str | None = None) -> dict[str, str]:
    """Run the pipeline, from a base's results or the folder's, and return what became of each stage."""
    with working_in(project), dvc.opened() as repo:
        result = runner.run(repo, base=base.resolve(ref) if ref else None)
    return {step.stage: step.state for step in result.steps}


def forge(project: Path, run: Run) -> None:
    """Commit a lock, an object and reports that claim a model that was never trained."""
    (project / "params.yaml").write_text("quality: 2.0\n")
    do(run, project, "dvc pull -q", "dvc repro -q")
    (project / "params.yaml").write_text("quality: 1.0\n")
    lock = (project / "dvc.lock").read_text()
    (project / "dvc.lock").write_text(lock.replace("quality: 2.0", "quality: 1.0"))
    do(run, project, "dvc push -q --run-cache", "git add -A", "git commit -qm innocent")
