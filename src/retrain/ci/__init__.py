"""KEPT: what happens around a run. Meets the pipeline only through its files and commands."""
