"""What happens at either forge, by the same tests."""
