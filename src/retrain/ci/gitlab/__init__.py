"""GitLab: its events, its API, its jobs and its reviews. `github` has the same functions."""
