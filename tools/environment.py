"""Make .venv hold the named dependency groups: `python3 tools/environment.py dvc pipeline`."""

import sys

OLDEST, NEWEST = (3, 11), (3, 13)
# any Python can read this file, so that each of them ends in this sentence
if not OLDEST <= sys.version_info[:2] <= NEWEST:
    found = ".".join(map(str, sys.version_info[:2]))
    sys.exit(
        "error: this needs Python 3.11 to 3.13, and python3 is " + found + "; "
        "name another, for example: make train PYTHON=python3.11"
    )

if __name__ == "__main__":
    import install  # its grammar is that of those Pythons

    install.main()
