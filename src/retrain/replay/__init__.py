"""Does retraining pay? The months again, one by one, with four policies and the real pipeline."""
