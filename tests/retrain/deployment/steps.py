"""What the tests of deployments do in a clone, in this process, and what they make there by hand."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from retrain.deployment import deploy as deployer
from retrain.deployment import overview
from retrain.deployment.deploy import Deployed
from retrain.deployment.overview import Registry
from retrain.landing.provenance import Provenance
from retrain.landing.push import push_tags
from retrain.registry import deployment_tags
from retrain.registry.deployment_tags import Action
from retrain.repo import dvc, record, remote
from tests.conftest import Run
from tests.toys import toys

WHY = Provenance(actor="ada", reason="It holds", run="https://forge.example/runs/1")


def known(project: Path) -> Registry:
    with toys.working_in(project):
        return overview.read(remote.fetch())


def there(project: Path, stage: str = "production") -> str | None:
    """Return the version that a stage has."""
    found = known(project).assignments.on(stage)
    return found.version.name if found else None


def deploy(
    project: Path, version: str | None, stage: str = "production", who: Provenance = WHY
) -> Deployed:
    with toys.working_in(project), dvc.opened() as repo:
        return deployer.deploy(repo, version, stage, who)


def rollback(project: Path, stage: str = "production", who: Provenance = WHY) -> Deployed:
    with toys.working_in(project), dvc.opened() as repo:
        return deployer.rollback(repo, stage, who)


def assign(
    project: Path,
    version: str,
    stage: str = "production",
    action: Action = "deploy",
    who: Provenance = WHY,
) -> str:
    """Deploy a version without any check, in no time; return the tag."""
    found = known(project)
    with toys.working_in(project):
        said = who.signature() | {record.MODEL: "5" * 64}
        made = deployment_tags.make(found.assignments, found.version(version), stage, action, said)
        push_tags(found.tip, made)
    return next(iter(made))


def tag(
    project: Path, run: Run, name: str, ref: str, message: str, when: datetime | None = None
) -> None:
    """Make a tag by hand, in place of what has its name, and push it."""
    date = {"GIT_COMMITTER_DATE": f"@{int(when.timestamp())} +0000"} if when else {}
    words = ("git", "tag", "-f", "-a", "--cleanup=verbatim", "-m", message, name, ref)
    assert run(*words, cwd=project, **date).returncode == 0
    toys.do(run, project, f"git push -qf origin refs/tags/{name}")


def land(project: Path, run: Run, files: Mapping[str, str], version: str | None = None) -> str:
    """Land files as they are, by path; return the commit. `version`: registered, such as v2.0.0."""
    for path, text in files.items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(text)
    toys.change(project, run, "A landing of a test")
    commit = toys.tip(project, run, "HEAD")
    tag = f"toy@{version}" if version else None
    with toys.working_in(project):
        made = record.add(remote.fetch().record, commit, tag, "A landing of a test")
    place = f"refs/heads/{record.BRANCH}"
    toys.do(run, project, f"git push -q origin HEAD:main {made}:{place}")
    if tag:
        toys.do(run, project, f"git tag -a -m version {tag} {commit}", f"git push -q origin {tag}")
    return commit
