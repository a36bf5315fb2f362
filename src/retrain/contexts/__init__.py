"""One context by itself: its rows, a model of its own; and what that is worth."""
