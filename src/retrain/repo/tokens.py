"""The tokens and keys of a job of CI, each for its one use: Git's way to the remote, a signature.

A job gives a token in RETRAIN_TOKEN, and where a key alone may push, that in
RETRAIN_DEPLOY_KEY. They are taken out of the environment before `retrain` does anything else, so
that no stage inherits them, and no log and no clone has them.
What a job's model code could read in other processes, `ci.isolation` puts out of its reach.
"""

import os
import re
import shlex
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from retrain import programs
from retrain.errors import UserError

VARIABLE, USER = "RETRAIN_TOKEN", "x-access-token"  # forges take a token by that name
KEY = "RETRAIN_SIGNING_KEY"  # of SSH, or the path of a file that holds one
PUSHER = "RETRAIN_DEPLOY_KEY"  # the same
MODEL_KEY = "RETRAIN_MODEL_KEY"  # in PEM, or the path of a file that holds one: it signs releases
WEBHOOK = "RETRAIN_WEBHOOK"  # an address that may hold a password
# GitLab gives this one to each job, and requires its own user name: it reads, and little more
READER, READER_USER = "CI_JOB_TOKEN", "gitlab-ci-token"
# The names of tokens, keys and passwords, and of all that the clouds and GitHub's runner give a job
SECRET = re.compile("(^|_)(TOKEN|KEY|SECRET|CREDENTIALS?|PAT|AUTH)(_|$)|PASSWORD|PASSWD|APIKEY")
GIVEN = re.compile("^(AWS|AZURE|GOOGLE|ACTIONS)_")
NEEDED = ("PATH", "HOME", "LANG", "PWD", "TMPDIR", "VIRTUAL_ENV")  # a password may be in one
SHORTEST = 8  # characters: a shorter word is no token, and may stand in any variable

_taken: str | None = None
_reader: str | None = None
_key: str | None = None
_pusher: str | None = None
_model_key: str | None = None
_webhook: str | None = None
_by_key: dict[str, str] = {}  # the environment of a push


def take() -> None:
    """Take the tokens out of the environment: every variable that holds one, by any name."""
    global _taken, _reader, _key, _pusher, _model_key, _webhook
    _taken = os.environ.pop(VARIABLE, None) or _taken
    _reader = os.environ.pop(READER, None) or _reader
    _key = os.environ.pop(KEY, None) or _key
    _model_key = os.environ.pop(MODEL_KEY, None) or _model_key
    _pusher = os.environ.pop(PUSHER, None) or _pusher
    _webhook = os.environ.pop(WEBHOOK, None) or _webhook
    tokens = [token for token in (_taken, _reader, _webhook) if token and len(token) >= SHORTEST]
    for name, value in list(os.environ.items()):
        if any(token in value for token in tokens):
            del os.environ[name]


@contextmanager
def hidden(but: str = "^$") -> Iterator[None]:
    """Take everything secret out of the environment, except names that match `but`.

    The code of the model's that runs meanwhile inherits none of it.
    """
    before = dict(os.environ)
    named = {
        name: value
        for name, value in before.items()
        if SECRET.search(name) and not re.search(but, name)
    }
    values = [value for value in named.values() if len(value) >= SHORTEST]
    try:
        for name, value in before.items():
            again = name not in NEEDED and any(each in value for each in values)
            if name in named or GIVEN.search(name) or again:
                del os.environ[name]
        yield
    finally:
        os.environ |= {name: value for name, value in before.items() if name not in os.environ}


def use(token: str) -> None:
    """Use this token: that of a file, which the environment has not said."""
    global _taken
    _taken = token


def token() -> str | None:
    return _taken


def reader() -> str | None:
    return _reader


def webhook() -> str | None:
    return _webhook


def for_git(remote: str, command: str) -> dict[str, str]:
    """Return the environment in which Git shows a token to a remote's host, and to no other."""
    if command == "push" and _by_key:
        return _by_key
    user, token = (USER, _taken) if _taken else (READER_USER, _reader)
    server = token and _server(remote)
    if not server:
        return {}
    shown = b64encode(f"{user}:{token}".encode()).decode()
    return configured({f"http.{server}/.extraheader": f"AUTHORIZATION: basic {shown}"})


@contextmanager
def signing() -> Iterator[dict[str, str]]:
    """Yield the environment in which Git signs by the key of this job; nothing without one."""
    with _in_a_file(_key, f"{KEY} is neither an SSH key") as path:
        signs = {"commit.gpgsign": "true", "tag.gpgsign": "true"}
        key = {"gpg.format": "ssh", "user.signingkey": str(path), **signs}
        yield configured(key) if path else {}


def may_push_by_key() -> bool:
    return bool(_pusher)


@contextmanager
def pushing(remote: str, address: str, server: Sequence[str]) -> Iterator[None]:
    """Let Git push to an address of SSH by the deploy key of this job; it reads as before.

    Args:
        remote: its name.
        address: in place of its own.
        server: the public keys that it may show; none: whichever it shows is believed.
    """
    global _by_key
    with _in_a_file(_pusher, f"{PUSHER} is neither an SSH key") as key:
        if not key:
            raise UserError(f"this job has no {PUSHER}")
        known = key.with_name("known_hosts")
        parts = urlsplit(address)
        host = f"[{parts.hostname}]:{parts.port}" if parts.port else parts.hostname
        known.write_text("".join(f"{host} {line}\n" for line in server), "utf-8")
        options = {
            "IdentitiesOnly": "yes",
            "BatchMode": "yes",
            "UserKnownHostsFile": str(known),
            "GlobalKnownHostsFile": os.devnull,
            "StrictHostKeyChecking": "yes" if server else "accept-new",
        }
        words = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
        command = shlex.join(["ssh", "-i", str(key), *words])
        _by_key = configured({f"remote.{remote}.pushurl": address}) | {"GIT_SSH_COMMAND": command}
        try:
            yield
        finally:
            _by_key = {}


@contextmanager
def model_key() -> Iterator[Path | None]:
    """Yield a file with the key of this job that signs releases; None without one."""
    with _in_a_file(_model_key, f"{MODEL_KEY} is neither a key in PEM") as path:
        yield path


@contextmanager
def _in_a_file(key: str | None, problem: str) -> Iterator[Path | None]:
    if not key:
        yield None
        return
    text = key.replace("\r", "")
    if "\n" not in text.strip():  # as GitLab gives a variable of the type File
        try:
            text = Path(text).read_text("utf-8")
        except OSError:
            raise UserError(f"{problem} nor a file; set it again") from None
    with TemporaryDirectory(prefix="retrain-") as folder:
        path = Path(folder) / "key"
        path.touch(mode=0o600)
        path.write_text(f"{text.strip()}\n", "utf-8")
        yield path


def configured(settings: dict[str, str]) -> dict[str, str]:
    """Return the environment that gives Git these settings."""
    found = {"GIT_CONFIG_COUNT": str(len(settings))}
    for number, (key, value) in enumerate(settings.items()):
        found |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return found


def _server(remote: str) -> str | None:
    """Return where a remote is, if Git reaches it by HTTP."""
    url = programs.run(["git", "config", "--get", f"remote.{remote}.url"]).stdout.strip()
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        return None
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
