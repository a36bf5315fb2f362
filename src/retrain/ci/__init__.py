"""A job's work at GitHub or GitLab: read the event, build, land, propose, comment."""
