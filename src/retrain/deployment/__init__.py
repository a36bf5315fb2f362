"""Versions in use: where each is, since when, by whom, made of what."""
