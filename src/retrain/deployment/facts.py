"""What is known of one version, as data: a reader in ten years needs Git and nothing else."""

from pydantic import Field

from retrain.gate.schema import Outcome
from retrain.metrics.table import Task
from retrain.settings import Count, Line, Number, Section

OUTSIDE = "made outside the deployment workflow"  # said of what is not signed


class Deployment(Section):
    """A time for which a version was on a stage; times are of UTC, as in ISO 8601."""

    stage: Line
    tag: Line
    since: Line
    until: Line | None  # None: it is there now
    action: Line  # deploy, rollback, follow; empty where the tag does not say
    actor: Line
    reason: Line
    run: Line  # the address of the job
    signed: bool  # False: made outside the deployment workflow

    @property
    def rolled_back(self) -> bool:
        return self.action == "rollback"


class Registration(Section):
    """Who made a version, and when; `event` is what started the run that landed it."""

    time: Line
    event: Line
    actor: Line
    reason: Line
    run: Line
    builder: Line  # the commit whose code has built the model


class Model(Section):
    path: Line
    md5: Line
    sha256: Line | None  # None: neither recorded, nor in this repository


class Data(Section):
    version: Line  # the hash of the snapshot
    partitions: dict[Line, Count]  # rows by partition
    rows: Count
    train: Line  # which partitions trained, and which judged
    test: Line
    train_rows: Count
    test_rows: Count


class Judged(Section):
    verdict: Outcome
    reasons: list[Line]
    champion: Line | None  # the version that it was compared with
    primary: Line


class Lineage(Section):
    """A version, and all that it is made of."""

    artifact: Line
    version: Line
    commit: Line
    committed: Line
    registered: Registration
    model: Model
    task: Task
    data: Data
    parameters: dict[str, str]  # of any length, such as a list of features
    metrics: dict[Line, Number | None]
    reference: dict[Line, Number | None]
    judged: Judged
    dependencies: dict[Line, Line]  # the version of each package that the pipeline installs
    code: dict[Line, Line]  # MD5 of each file that a stage reads, and of no data
    deployments: list[Deployment] = Field(default_factory=list)  # oldest first
