"""What CML posts and opens, and when a second try does no harm: https://cml.dev."""
