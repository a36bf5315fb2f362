"""What the machine is tested on: a project, a forge's events, and facts of a run; none of them real."""
