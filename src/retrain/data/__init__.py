"""The kit that pipeline stages import: partitions, data contract, rows to score, model file."""
