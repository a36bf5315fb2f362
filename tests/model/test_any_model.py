"""What any model must do, by tests of the machine's: docs/behaviour.md says what each holds."""

from retrain.testing import *  # noqa: F403 (pytest finds them by their names)
