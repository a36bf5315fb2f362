"""From a table to a running project: what it guesses of the data, and the files that it writes."""
