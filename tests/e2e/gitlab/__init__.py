"""What is GitLab's alone, and what executes its pipeline."""
