"""GitHub: its events, its API, its jobs and its reviews. `gitlab` has the same functions."""
