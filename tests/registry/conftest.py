"""The toy remotes of tests/ci."""

from tests.ci.conftest import remote, toy, toy_landed, toy_start  # noqa: F401
