"""Monitoring by the forge: a job looks whether the world has moved, another raises the alarm."""
