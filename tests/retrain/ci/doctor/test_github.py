"""Each check of the set-up at GitHub, by itself."""

from typing import Any

import pytest

from retrain.ci.doctor import doctor
from retrain.ci.github.doctor import REQUIRED
from tests.e2e.forge.server import Forge
from tests.retrain.ci.doctor.conftest import NAMES, Change, fails_alone, ruleset, well

OLDEST, NEWEST = REQUIRED[2:]  # of Python, in the names of the checks


def without(name: str, number: int) -> Change:
    """Return a change that takes a rule out of a ruleset."""

    def change(settings: Any) -> None:
        rules = settings.rulesets[number]["rules"]
        settings.rulesets[number]["rules"] = [each for each in rules if each["type"] != name]

    return change


def names(*include: str, exclude: tuple[str, ...] = (), of: int = 1) -> Change:
    """Return a change of the tags that a ruleset is for."""
    refs = {"include": list(include), "exclude": list(exclude)}
    return lambda settings: settings.rulesets[of]["conditions"].update(ref_name=refs)


def required(*contexts: str) -> Change:
    """Return a change of the checks that a ruleset requires."""
    checks = {"required_status_checks": [{"context": name} for name in contexts]}
    return lambda settings: settings.rulesets[2]["rules"][0].update(parameters=checks)


def uses(policy: dict[str, bool] | None, *policies: tuple[str, str]) -> Change:
    """Return a change of what may use the environment."""

    def change(settings: Any) -> None:
        settings.environments["landing"] = policy
        settings.policies["landing"] = [{"name": name, "type": kind} for name, kind in policies]

    return change


def older(**contexts: list[str]) -> Change:
    """Return a change to branch protection of the older kind."""

    def change(settings: Any) -> None:
        del settings.rulesets[2]
        settings.contexts = contexts

    return change


PROTECTED = {"protected_branches": True, "custom_branch_policies": False}
CUSTOM = {"protected_branches": False, "custom_branch_policies": True}
RECORD, TAGS, DEPLOYS, DEFAULT, ENVIRONMENT, SECRETS, EARLIER, STAGE, KEY, _ = NAMES["github"]
APP = ["RETRAIN_APP_ID", "RETRAIN_APP_KEY"]


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        (RECORD, without("creation", 0), "retrain-landings, restrict creations ("),
        (RECORD, without("update", 0), "retrain-landings, restrict updates ("),
        (RECORD, without("deletion", 0), "retrain-landings, restrict deletions ("),
        (RECORD, without("non_fast_forward", 0), "retrain-landings, block force pushes ("),
        (RECORD, lambda s: s.rulesets[0].update(enforcement="disabled"), "restrict creations, "),
        (TAGS, without("creation", 1), "toy@*, restrict creations ("),
        (TAGS, without("update", 1), "toy@*, restrict updates ("),
        (TAGS, without("deletion", 1), "toy@*, restrict deletions ("),
        (TAGS, lambda s: s.rulesets[1].update(enforcement="evaluate"), "restrict creations, "),
        (TAGS, lambda s: s.rulesets[1].update(target="branch"), "restrict creations, "),
        (TAGS, names("refs/tags/toy@v*"), "restrict creations, "),
        (
            TAGS,
            names("~ALL", exclude=("refs/tags/toy@v0*", "refs/tags/toy#production#*")),
            "restrict creations, ",
        ),
        (TAGS, names("~ALL", exclude=("refs/tags/t*",)), "restrict creations, "),
        (DEPLOYS, lambda s: s.rulesets.pop(3), "toy#production*, restrict creations ("),
        (DEPLOYS, names("refs/tags/toy#production#*", of=3), "production*, restrict creations ("),
        (DEPLOYS, without("deletion", 4), "toy#staging*, restrict deletions ("),
        (DEPLOYS, names("refs/tags/toy#production*", of=4), "toy#staging*, restrict updates, "),
        (DEPLOYS, names("refs/tags/toy#staging*", of=4), "toy#production*, restrict updates, "),
        (DEPLOYS, names("~ALL"), "what lands could deploy, because 'number 2' restricts"),
        (DEPLOYS, names("refs/tags/toy@*", "refs/tags/toy#*"), "what lands could deploy, "),
        (DEPLOYS, names("refs/tags/toy#*", of=3), "restricts creations of toy#staging* and of"),
        (EARLIER, lambda s: s.environments.pop("staging"), "add `staging`"),
        (EARLIER, lambda s: s.policies.update(staging=[]), "no branch may use"),
        (
            EARLIER,
            lambda s: s.secrets.update(staging=["RETRAIN_DEPLOY_KEY"]),
            "gh secret delete --env staging RETRAIN_DEPLOY_KEY",
        ),
        (STAGE, lambda s: s.environments.pop("production"), "add `production`"),
        (STAGE, lambda s: s.policies.update(production=[]), "no branch may use"),
        (STAGE, lambda s: s.reviewers.clear(), "who may push can deploy: "),
        (
            KEY,
            lambda s: s.secrets.update({"": ["RETRAIN_DEPLOY_KEY"]}),
            "can read RETRAIN_DEPLOY_KEY:",
        ),
        (
            KEY,
            lambda s: s.secrets.update(production=[]),
            "gh secret set --env production RETRAIN_DEPLOY_KEY ",
        ),
        (DEFAULT, required("Plan", "Build", OLDEST), f"without the checks {NEWEST},"),
        (DEFAULT, required("Plan", OLDEST, NEWEST), "without the checks Build,"),
        (DEFAULT, older(), f"without the checks Plan, Build, {OLDEST}, {NEWEST},"),
        (DEFAULT, older(main=["Build", OLDEST, NEWEST]), "without the checks Plan,"),
        (ENVIRONMENT, lambda s: s.environments.pop("landing"), "add `landing`"),
        (ENVIRONMENT, uses(None), "any branch may use"),
        (ENVIRONMENT, uses(CUSTOM), "no branch may use"),
        (ENVIRONMENT, uses(CUSTOM, ("main", "branch"), ("*", "branch")), "*, main may use"),
        (ENVIRONMENT, uses(CUSTOM, ("main", "tag")), "the tag main may use"),
        (ENVIRONMENT, uses(PROTECTED), "no branch may use"),
        (SECRETS, lambda s: s.secrets.update({"": [APP[1]]}), "can read RETRAIN_APP_KEY:"),
        (SECRETS, lambda s: s.secrets.update(landing=[APP[0]]), "for RETRAIN_APP_KEY ("),
        (SECRETS, lambda s: s.secrets.update({"": APP, "landing": []}), "can read"),
    ],
)
def test_each_check_of_github_can_fail_alone(
    at_github: Forge, name: str, change: Change, said: str
) -> None:
    fails_alone(at_github, name, change, said)


@pytest.mark.parametrize(
    "change",
    [
        names("~ALL", exclude=("refs/tags/toy#production#*",)),
        names("refs/tags/**/*", exclude=("refs/tags/toy#production*",)),
        names("refs/tags/toy@*", "refs/tags/toy#*", exclude=("refs/tags/toy#production#*",)),
        names("refs/tags/toy*", exclude=("refs/tags/other@*", "refs/tags/toy#production#*")),
        lambda s: s.rulesets[3]["conditions"]["ref_name"].update(
            include=["refs/tags/*#production*"]
        ),
        lambda s: s.rulesets.append(
            ruleset(6, "tag", ["~ALL"], "deletion") | {"enforcement": "evaluate"}
        ),
        older(main=[*REQUIRED, "More"]),
        required(*REQUIRED, "More"),
        lambda s: (older(main=[*REQUIRED])(s), uses(PROTECTED)(s)),
        lambda s: s.secrets.update({"": ["ANOTHER"]}),
        lambda s: s.rulesets.append(ruleset(6, "tag", ["refs/tags/v*"])),
        lambda s: (
            without("update", 1)(s),
            s.rulesets.append(ruleset(6, "tag", ["refs/tags/toy@*"], "update")),
        ),
    ],
)
def test_github_knows_other_ways_to_be_well(at_github: Forge, change: Change) -> None:
    well(at_github)
    change(at_github.settings)
    assert doctor.examine().missing == []
