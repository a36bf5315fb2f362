"""What the forge's settings hold, of either forge, in the form in which its API shows them."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Settings:
    # GitHub's
    rulesets: list[dict[str, Any]] = field(default_factory=list)
    contexts: dict[str, list[str]] = field(default_factory=dict)  # by branch: the older protection
    environments: dict[str, Any] = field(default_factory=dict)  # its deployment_branch_policy
    policies: dict[str, list[dict[str, str]]] = field(default_factory=dict)  # by environment
    reviewers: list[str] = field(default_factory=list)  # environments that have some
    secrets: dict[str, list[str]] = field(default_factory=dict)  # by environment; "": everyone's
    workflows: dict[str, str] = field(default_factory=dict)  # their states, by file
    pages: dict[str, str] | None = None
    # GitLab's
    project: dict[str, Any] = field(default_factory=dict)
    protected_branches: list[dict[str, Any]] = field(default_factory=list)
    protected_tags: list[dict[str, Any]] = field(default_factory=list)
    protected_environments: list[str] = field(default_factory=list)
    variables: list[dict[str, Any]] = field(default_factory=list)
