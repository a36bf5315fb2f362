"""One context by itself: its rows, a model of its own, and a line of versions if that is worth it."""
