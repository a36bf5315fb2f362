"""What of the set-up at the forge is missing, and the remedy: asked of its API, never changed."""

import json
import os
import re
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from retrain.ci import provider
from retrain.ci.api.retry import DeniedError
from retrain.ci.doctor.reading import Checks, Repository
from retrain.console import table
from retrain.errors import UserError
from retrain.gate.policy import Policy
from retrain.paths import POLICY
from retrain.repo import line, record
from retrain.repo.git import REMOTE, ask
from retrain.run.problem import artifact
from retrain.settings import read

SHORT = re.compile(r"(?:[^@/]+@)?([^:/]+):(.+)")  # git@host:owner/name
OF_SSH = re.compile(r"^(alt)?ssh\.(?=git)")  # what both put before their names for port 443


@dataclass(frozen=True)
class Check:
    """One part of the set-up; the remedy says also why nothing is known."""

    name: str
    state: Literal["ok", "missing", "unknown"]
    remedy: str = ""


@dataclass(frozen=True)
class Found:
    """All of them, and where they were asked for."""

    forge: str
    checks: list[Check]

    @property
    def missing(self) -> list[str]:
        return [each.name for each in self.checks if each.state == "missing"]


def examine() -> Found:
    doctor, found = located()
    _raise_if_hidden(found)
    checks: list[Check] = []
    policy = read(Path(POLICY), Policy)
    down = ""  # why the forge need not be asked for anything more
    for name, remedy in _asked(doctor, found, policy).items():
        try:
            checks.append(Check(name, "unknown", down) if down else _checked(name, remedy))
        except UserError as error:
            down = str(error)
            checks.append(Check(name, "unknown", down))
    return Found(found.forge, checks)


def _asked(doctor: provider.Doctor, found: Repository, policy: Policy) -> Checks:
    """Return the checks, those of each context's line too, of whose landings this clone knows."""
    asked = dict(doctor.checks(found, artifact(), policy))
    for name in record.lines():
        with line.of(name):
            its = doctor.of_line(found, record.branch(), artifact(), policy)
        asked |= {f"{check} of {name}": remedy for check, remedy in its.items()}
    return asked


def located() -> tuple[provider.Doctor, Repository]:
    """Return the forge, and where in its API the repository is: of this job, or of the remote."""
    host, path = _split(provider.calls().address())
    if path:  # in a job
        return (doctor := provider.doctor(provider.name())), doctor.repository(host, path)
    address = ask("remote", "get-url", REMOTE)
    if address is None:
        raise UserError(f"there is no remote {REMOTE!r} here; add it: git remote add {REMOTE} …")
    host, path = _split(address)
    doctors = [provider.doctor(name) for name in ("github", "gitlab")]
    for doctor in doctors:
        if host and (re.search(doctor.HOST, host) or host == os.environ.get(doctor.SERVER)):
            return doctor, doctor.repository(host, path)
    servers = " or ".join(doctor.SERVER for doctor in doctors)
    raise UserError(
        f"the remote {REMOTE!r}, {host or 'a folder'}, is not known as GitHub or GitLab; name a "
        f"server of your own in {servers}"
    )


def _checked(name: str, remedy: Callable[[], str]) -> Check:
    try:
        found = remedy()
    except DeniedError as error:
        return Check(name, "unknown", str(error))
    except (KeyError, TypeError, ValueError, AttributeError):
        return Check(name, "unknown", "the forge's answer has a form that is not known here")
    return Check(name, "missing" if found else "ok", found)


def _raise_if_hidden(found: Repository) -> None:
    """Raise if the repository cannot be read at all: each check would say it again."""
    try:
        _ = found.about
    except DeniedError as error:
        raise UserError(
            f"{error}; is {REMOTE} its address, and may the token in RETRAIN_TOKEN read it?"
        ) from None


def _split(address: str) -> tuple[str, str]:
    """Return host and path of a remote's address; no host: it is a folder."""
    parts = urlsplit(address)
    if parts.scheme and "://" in address:
        # the port of SSH is not that of the API
        web = parts.scheme in ("http", "https")
        host = (parts.netloc.rpartition("@")[2] if web else parts.hostname) or ""
        path = parts.path
    else:
        short = SHORT.fullmatch(address)
        host, path = short.groups() if short else ("", "")
    return OF_SSH.sub("", host.lower()), path.strip("/").removesuffix(".git")


def show(found: Found, as_json: bool) -> None:
    if as_json:
        print(json.dumps(asdict(found) | {"missing": found.missing}, indent=2))
    elif sys.stdout.isatty():
        rows = [(each.name, each.state, each.remedy) for each in found.checks]
        table(rows, [found.forge, "", "remedy"])
    else:
        for each in found.checks:
            print(f"{each.state}: {each.name}" + (f": {each.remedy}" if each.remedy else ""))


def note() -> str:
    """Return a line on what is missing for a landing, or nothing: it fails no job."""
    if provider.calls().read_only():
        return ""
    try:
        missing = examine().missing
    except UserError:
        return ""
    if not missing:
        return ""
    return f"Missing in the set-up: {len(missing)} ({', '.join(missing)}); see `retrain doctor`."
