"""The repository's own files: its tools, locks, rules and documents."""
