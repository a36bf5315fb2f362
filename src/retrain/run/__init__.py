"""Whether a run is needed and why, and one execution of the pipeline."""
