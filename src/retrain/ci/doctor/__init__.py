"""What of a forge's set-up is missing."""
