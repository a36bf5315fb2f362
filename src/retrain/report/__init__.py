"""What a reviewer reads: the facts of a run, and their rendering as Markdown."""
