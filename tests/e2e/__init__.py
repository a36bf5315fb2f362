"""Both forges' files, executed; and what stands in for the forges."""
