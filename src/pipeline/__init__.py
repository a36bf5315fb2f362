"""YOURS: what the model is. One file a pipeline stage, and what they share."""
