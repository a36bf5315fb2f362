"""The history as pages: what is in production, every version, what was where; from Git alone."""
