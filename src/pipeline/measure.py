"""A metric of your own, measured for the gate: `python -m pipeline.measure INPUT OUTPUT NAME`."""

import sys
from pathlib import Path

from retrain.errors import reported
from retrain.metrics import own


@reported
def main() -> None:
    source, target, name = sys.argv[1:]
    own.measure(name, own.load(), Path(source), Path(target))


if __name__ == "__main__":
    main()
