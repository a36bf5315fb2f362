"""What tests prove: the ML Test Score, counted from what became of them."""
