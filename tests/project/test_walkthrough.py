"""The README, walked from top to bottom in a fresh clone with a bare remote, command by command."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT, Run, clean_environment
from tests.toys import toys

README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
FIRST, ONE_TRAINING, JUDGE, LAND, NEW_DATA, DEPLOY = BLOCKS

pytestmark = pytest.mark.slow


class Walk:
    """A clone in which a reader types."""

    def __init__(self, folder: Path, home: Path) -> None:
        """Use this checkout's environment, in place of one that is installed for the clone."""
        self.folder = folder
        (folder / ".venv").symlink_to(ROOT / ".venv")
        (folder / ".git/info/exclude").write_text("/.venv\n")
        self.environment = clean_environment(home) | {
            "PYTHONPATH": str(folder / "src"),
            "MAKEFLAGS": " -- ENVIRONMENT=:",
            "COLUMNS": "80",
        }

    def type(self, block: str) -> str:
        """Run the lines of a block; each must succeed. Return what they print."""
        lines = [line.split("  #")[0].strip() for line in block.splitlines()]
        done = subprocess.run(
            ["bash", "-euc", "\n".join(line for line in lines if line != "make test")],
            cwd=self.folder, env=self.environment, timeout=900,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
        )  # fmt: skip
        assert done.returncode == 0, done.stdout
        return done.stdout

    def edit(self, pattern: str, text: str) -> None:
        """Change params.yaml as the README says."""
        path = self.folder / "params.yaml"
        changed, count = re.subn(pattern, lambda _: text, path.read_text(), flags=re.DOTALL)
        assert count == 1
        path.write_text(changed)

    @property
    def status(self) -> str:
        return self.type("git status --porcelain")


@pytest.fixture
def remote(tmp_path: Path, run: Run) -> Path:
    """Return a bare repository that holds this checkout as its one commit."""
    toys.checkout(tmp_path / "seed", run)
    toys.do(run, tmp_path, "git clone -q --bare seed remote.git")
    return tmp_path / "remote.git"


@pytest.fixture
def walk(tmp_path: Path, remote: Path, run: Run) -> Walk:
    toys.do(run, tmp_path, f"git clone -q {remote} clone")
    return Walk(tmp_path / "clone", tmp_path / "home")


def test_the_walk(walk: Walk, remote: Path, run: Run) -> None:
    out = walk.type(FIRST)
    assert "Trained on 133,603 rows (2013-01 to 2013-05)" in out
    assert "Landed   nothing yet" in out
    to_the_byte = "the committed model, to the byte" in out
    assert walk.status == "" or not to_the_byte

    walk.edit(r"learning_rate: \S+", "learning_rate: 0.10")
    out = walk.type(JUDGE)
    assert re.search(r"(?m)^ keep +log_loss", out)
    assert "the report: report.md" in out
    assert "nothing has landed yet" in out

    out = walk.type(LAND)
    assert "promote: landed as" in out
    assert "registered flights-delay@v1.0.0" in out
    assert walk.status == ""
    refs = toys.do(run, remote, "git for-each-ref --format=%(refname)").splitlines()
    assert {"refs/heads/retrain-landings", "refs/tags/flights-delay@v1.0.0"} <= set(refs)
    assert "flights-delay@v1.0.0" in walk.type("git tag --list")

    out = walk.type(NEW_DATA.split("make land")[0])
    assert "added 2013-07" in out
    assert "nothing has landed yet" not in out
    assert "data.dvc" in walk.status
    assert "landed as" in walk.type("make land")
    assert walk.status == ""

    out = walk.type(DEPLOY)
    assert re.search(
        r"(?m)^production: v1\.0\.0, in place of v1\.\d\.\d; the tag flights-delay#", out
    )
    assert (walk.folder / "site/index.html").exists()
    assert walk.status == ""

    (section,) = re.findall(r"```yaml\n(train:.*?)```", README, re.DOTALL)
    walk.edit(r"(?m)^train:.*?(?=^\w)", f"{section}\n")
    assert "block" not in walk.type("make judge")
    assert "landed as" in walk.type("git commit -qm 'A random forest' params.yaml\nmake land")
    assert "built again" not in (walk.folder / "report.md").read_text()  # what landed is believed
    assert walk.status == ""


def test_one_training_is_kept_by_a_tag(walk: Walk) -> None:
    walk.edit(r"learning_rate: \S+", "learning_rate: 0.10")
    walk.type(f"make train\n{ONE_TRAINING}")
    assert walk.status == ""
    model = (walk.folder / "models/model.skops").read_bytes()
    walk.edit(r"learning_rate: \S+", "learning_rate: 0.05")
    walk.type("git commit -qam later\nrm -r models .dvc/cache")
    (inline,) = re.findall(r"`(git checkout flights-delay@v1\.0\.0 && .*?)`", README)
    walk.type(inline)
    assert (walk.folder / "models/model.skops").read_bytes() == model
