"""KEPT: which versions of the model there are."""
