"""A context's line of versions needs rules of its own, and is asked for where it is known."""

from pathlib import Path

from retrain.ci import provider
from retrain.ci.doctor import doctor
from tests.conftest import Run
from tests.e2e.forge.server import Forge
from tests.retrain.ci.doctor.conftest import protected, ruleset, states, well
from tests.toys import toys

NORTH = ["record branch of north", "version tags of north", "deployment tags of north"]


def has_landed(run: Run, folder: Path) -> None:
    """Record a landing on the line of the context north."""
    toys.do(run, folder, "git add -A", "git commit -qm start")
    message = f"x\n\nRetrain-Landed: {'a' * 40}\nRetrain-Version: toy-north@v1.0.0"
    assert run("git", "commit", "--allow-empty", "-qm", message, cwd=folder).returncode == 0
    toys.do(run, folder, "git update-ref refs/retrain/landings-north HEAD")


def test_a_line_needs_rules_of_its_own(forge: Forge, folder: Path, run: Run) -> None:
    well(forge)
    has_landed(run, folder)
    lacking = NORTH if provider.name() == "github" else NORTH[:2]
    found = doctor.examine()
    assert found.missing == lacking
    remedies = {each.name: each.remedy for each in found.checks}
    assert "retrain-landings-north" in remedies[NORTH[0]]
    assert "toy-north@*" in remedies[NORTH[1]]
    settings = forge.settings
    for place, ref in (
        (0, "refs/heads/retrain-landings-*"),
        (1, "refs/tags/toy-*@*"),
        (4, "refs/tags/toy-*#*"),
    ):
        settings.rulesets[place]["conditions"]["ref_name"]["include"].append(ref)
    settings.rulesets.append(ruleset(6, "tag", ["refs/tags/toy-*#production*"], "creation"))
    settings.protected_branches.append(protected("retrain-landings-*", push=40, merge=40))
    settings.protected_tags += [protected(each, create=40) for each in ("toy-*@*", "toy-*#*")]
    assert set(states().values()) == {"ok"}
    assert set(lacking) < set(states())
