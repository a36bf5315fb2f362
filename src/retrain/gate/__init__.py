"""Promote, keep or block: a run's model is judged against the champion, by the base's policy."""
