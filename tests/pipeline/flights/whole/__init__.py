"""The pipeline as a whole, run by the machine."""
