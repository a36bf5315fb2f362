"""What the working directory is: Git and DVC, the base, the remote, and its record of landings."""
