"""The toy project, in each room."""

from tests.toys.fixtures import new_remote, nobody, remote, toy, toy_landed, toy_start
