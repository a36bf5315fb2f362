"""A check of the parameters of `train`, before any stage runs and without data."""

from pipeline.params import read as read_params
from pipeline.train import build
from retrain.errors import reported


@reported
def main() -> None:
    build(read_params().train)


if __name__ == "__main__":
    main()
