"""What `train` will be asked for, tried before any stage runs, without data."""

from retrain.errors import reported
from retrain.pipeline.params import read as read_params
from retrain.pipeline.train import build


@reported
def main() -> None:
    """Refuse an estimator or an argument that does not exist."""
    build(read_params().train)


if __name__ == "__main__":
    main()
