"""The commands: local ones for people, ci ones for the jobs of a forge."""
