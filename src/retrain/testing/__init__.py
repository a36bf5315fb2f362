"""What tests of a model prove: the ML Test Score, counted from their results."""
