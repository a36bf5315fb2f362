"""GitHub's workflow files, executed."""
