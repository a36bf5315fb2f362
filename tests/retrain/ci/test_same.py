"""The two forges' modules, side by side. The type checker compares their functions."""

from pathlib import Path

from retrain import ci

MODULES = ("events", "job", "calls", "review", "releases", "runs", "doctor")
FOLDER = Path(str(ci.__file__)).parent


def test_each_forge_has_the_same_files() -> None:
    files = [{path.name for path in (FOLDER / name).glob("*.py")} for name in ("github", "gitlab")]
    assert files[0] == files[1] == {"__init__.py", *(f"{name}.py" for name in MODULES)}


def test_nothing_behind_them_knows_a_forge() -> None:
    others = [*FOLDER.glob("*.py"), *FOLDER.glob("[acdm]*/*.py")]
    others.remove(FOLDER / "provider.py")
    assert len(others) > 8
    for path in others:
        text = path.read_text()
        assert "ci.github" not in text, path
        assert "ci.gitlab" not in text, path
        assert "GITHUB_" not in text, path
        assert "CI_" not in text.replace("GITLAB_CI", ""), path
