"""Where the data come from: scikit-learn's images of digits, as one file."""

import pandas as pd
from sklearn.datasets import load_digits

from pipeline.features import INPUTS, OUTCOME, PIXELS
from pipeline.paths import DATA
from retrain.data import partitions
from retrain.errors import reported


@reported
def main() -> None:
    found = load_digits()
    table = pd.DataFrame(found.data, columns=PIXELS).assign(digit=found.target)
    table = table.assign(image=table.index)
    schema = INPUTS.append(OUTCOME)
    partitions.write(table[schema.names], partitions.path_of(DATA, "digits"), schema)


if __name__ == "__main__":
    main()
