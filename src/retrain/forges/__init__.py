"""GitHub and GitLab: events read into one shape, and the few calls back."""
