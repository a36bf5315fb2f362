"""Builds, judges and lands the model of any pipeline that DVC runs, by hand and in CI."""
