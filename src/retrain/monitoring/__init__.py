"""Has the world moved? What production sees, held against what its model has learned from."""
