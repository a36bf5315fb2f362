"""What either forge has, in one shape."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Proposed:
    """A pull or merge request from a branch of this repository."""

    number: int
    name: str  # as the forge links it: #7, !7
    branch: str
    url: str


@dataclass(frozen=True)
class Comment:
    """A comment below a change."""

    id: int
    body: str
    ours: bool  # whether this job's token may have written it
    in_sight: bool  # whether CML looks so far


@dataclass(frozen=True)
class Built:
    """A run that has built a change under review."""

    commit: str  # the change's own, whatever it was merged with to build it
    url: str


@dataclass(frozen=True)
class Run:
    """A run of the machine's at a forge, as it is at an instant."""

    id: int
    url: str
    state: str  # as the forge calls it
    ended: bool = False
    jobs: Mapping[str, str] = field(default_factory=dict)  # the state of each, by its name

    @property
    def succeeded(self) -> bool:
        return self.state == "success"
