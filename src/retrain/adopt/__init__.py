"""Notebooks under an acceptance test: what they do is pinned, so that their code can be moved."""
