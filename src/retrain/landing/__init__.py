"""Make a run's results official: what is believed, what is handed over, what is pushed."""
