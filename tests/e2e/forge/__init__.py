"""GitHub and GitLab on this machine, as far as our jobs need them, and a stand-in for CML."""
