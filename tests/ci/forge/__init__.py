"""GitHub on this machine, as far as our workflows need it, and a stand-in for CML."""
