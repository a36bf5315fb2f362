"""What tests of a model prove."""
