"""policy.yaml, as it is shipped."""

from retrain.gate.policy import Policy
from retrain.paths import POLICY
from retrain.settings import read
from tests.conftest import ROOT


def test_the_shipped_policy_is_one() -> None:
    policy = read(ROOT / POLICY, Policy)
    assert policy.gate.primary in policy.gate.metrics
    assert policy.gate.promote.data.confidence < policy.gate.promote.change.confidence
    for path in policy.versions.major:
        assert (ROOT / path).exists()
