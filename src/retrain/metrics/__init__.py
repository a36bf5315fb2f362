"""Tasks and metrics: the kit of the pipeline and of the gate."""
