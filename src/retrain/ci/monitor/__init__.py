"""Monitoring by the forge: a job looks at the world; an alarm, or any shell, starts a training."""
