"""The command `retrain`: its commands for people, and those of `ci` for jobs."""

import sys

from retrain.adopt import command
from retrain.cli import (
    ci,
    ci_deployments,
    ci_monitoring,
    deployments,
    drift,
    local,
    monitoring,
    serving,
)
from retrain.console import show_log
from retrain.errors import INTERRUPTED, reported
from retrain.repo import tokens
from retrain.score import command as score

CTRL_C = 130  # the exit code by which typer says so

local.app.add_typer(serving.app)
local.app.add_typer(command.app)
local.app.add_typer(deployments.app)
local.app.add_typer(drift.app)
local.app.add_typer(monitoring.app)
local.app.add_typer(score.app)
ci.app.add_typer(ci_deployments.app)
ci.app.add_typer(ci_monitoring.app)
local.app.add_typer(ci.app, name="ci")


@reported
def main() -> None:
    tokens.take()
    show_log()
    try:
        local.app()
    except SystemExit as end:
        if end.code == CTRL_C:
            print(INTERRUPTED, file=sys.stderr)
        raise
