"""The command `retrain`: its commands for people, and those of `ci` for jobs."""

from retrain.cli import ci, local
from retrain.console import show_log
from retrain.errors import reported
from retrain.repo import credentials

local.app.add_typer(ci.app, name="ci")


@reported
def main() -> None:
    credentials.take()
    show_log()
    local.app()
