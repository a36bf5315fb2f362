"""The commands: local ones for people, ci ones for the jobs of a forge."""

from retrain.errors import shorten_interrupts

shorten_interrupts()
