"""Make .venv hold dependency groups. `environment.py` calls this, when Python is new enough.

Runs on the standard library alone, before anything is installed. Uses uv from the PATH, or
puts the pinned one into .venv. Groups that an earlier call asked for stay installed.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
STAMP = VENV / "groups.json"
MADE = VENV / "made-in"  # this folder's path, once the environment is whole: it cannot be moved
# no package that is built here needs one of these; an index of a company's may want its own
SECRETS = (
    "RETRAIN_TOKEN",
    "RETRAIN_SIGNING_KEY",
    "RETRAIN_MODEL_KEY",
    "RETRAIN_DEPLOY_KEY",
    "RETRAIN_WEBHOOK",
    "CI_JOB_TOKEN",
    "CI_REGISTRY_PASSWORD",
    "CI_DEPENDENCY_PROXY_PASSWORD",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "ACTIONS_RUNTIME_TOKEN",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
)
REASON = (
    "the reason stands above; check the network, and with a certificate of your company's set "
    "SSL_CERT_FILE; then run the same command again"
)
SHORTEST = 8  # characters of one


def lock(group: str) -> Path:
    """Return the path of a group's locked requirements."""
    return ROOT / "requirements" / f"{group}.txt"


def digest(groups: list[str]) -> str:
    """Return a hash of everything that decides what is installed."""
    files = [ROOT / "pyproject.toml", lock("build"), *map(lock, groups)]
    content = b"".join(path.read_bytes() for path in files)
    return hashlib.sha256(str(ROOT).encode() + content).hexdigest()


def installed() -> dict[str, object]:
    """Return what the last finished call installed; an interrupted one left nothing here."""
    try:
        return dict(json.loads(STAMP.read_text()))
    except (OSError, ValueError):
        return {"groups": []}


def run(*command: str | Path, hint: str) -> None:
    """Run a command, or end with `hint`."""
    # Compiled once here: otherwise every process of every run compiles again (8 s for the imports
    # of one training). The variable would also keep pip from compiling.
    env = os.environ | {"UV_COMPILE_BYTECODE": "1", "PYTHONDONTWRITEBYTECODE": ""}
    for secret in filter(None, [env.pop(name, None) for name in SECRETS]):
        if len(secret) >= SHORTEST:  # GitLab says it in other variables too
            env = {
                name: value
                for name, value in env.items()
                if secret not in value or name in ("PATH", "HOME")
            }
    if subprocess.run([str(word) for word in command], cwd=ROOT, env=env).returncode:  # noqa: S603
        sys.exit(f"error: {hint}")


def find_uv() -> str | None:
    """Return the uv on the PATH, but not the one that an activated .venv puts there."""
    uv = shutil.which("uv")
    return None if uv and Path(uv).is_relative_to(VENV) else uv


def create_venv() -> list[str]:
    """Create .venv where it is missing; return the locks that must be kept for uv itself."""
    uv = find_uv()
    python = BIN / "python"
    if not MADE.exists() or MADE.read_text() != str(ROOT):  # none, half of one, or a copied one
        shutil.rmtree(VENV, ignore_errors=True)
        maker = [uv, "venv", "-q", "-p", sys.executable] if uv else [sys.executable, "-m", "venv"]
        run(*maker, VENV, hint=".venv could not be made; on Debian: apt-get install python3-venv")
        MADE.write_text(str(ROOT))
    if uv:
        return []
    if not (BIN / "uv").exists():
        print("uv is not on the PATH: installing the pinned one into .venv", flush=True)
        pip = [python, "-m", "pip", "--disable-pip-version-check", "install", "-q"]
        run(
            *pip,
            "--require-hashes",
            "--only-binary=:all:",
            "-r",
            lock("uv"),
            hint=f"pip could not install uv; {REASON}",
        )
    return ["uv"]


def main() -> None:
    """Install the groups named on the command line, unless they are installed already."""
    asked = " ".join(sys.argv[1:]).split()  # CI gives them as one word
    missing = [group for group in asked if not lock(group).exists()]
    if missing:
        sys.exit(f"error: {lock(missing[0])} does not exist; run `make lock`")
    before = installed()
    groups = sorted({*asked, *before["groups"]})  # type: ignore[misc]
    groups = [group for group in groups if lock(group).exists()]
    state = {"groups": groups, "digest": digest(groups)}
    if state == before:
        return
    keep = create_venv()
    uv = find_uv() or str(BIN / "uv")
    print(f"Installing {', '.join(groups)} (half a minute, once)", flush=True)
    STAMP.unlink(missing_ok=True)
    target = ["--python", BIN / "python"]
    hint = f"the requirements could not be installed; {REASON}"
    run(
        uv,
        "pip",
        "sync",
        "-q",
        *target,
        "--require-hashes",
        # of what builds a package that has no wheel: its hashes are asked for as well
        *("--build-constraints", lock("build")),
        *map(lock, sorted({*groups, *keep})),
        hint=hint,
    )
    editable = ["--no-deps", "--no-build-isolation", "-q", "--editable", "."]
    run(uv, "pip", "install", *target, *editable, hint=hint)
    STAMP.write_text(json.dumps(state))
