"""What is where, since when, by whom: on the toy."""
