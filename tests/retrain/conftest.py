"""The toy project, in each room."""

from tests.toys.fixtures import new_remote, no_git_settings, remote, toy, toy_landed, toy_start
