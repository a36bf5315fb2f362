"""Where the data come from: scikit-learn's samples of cells, as one file."""

import pandas as pd
from sklearn.datasets import load_breast_cancer

from pipeline.features import INPUTS, MEASURES, OUTCOME
from pipeline.paths import DATA
from retrain.data import partitions
from retrain.errors import reported


@reported
def main() -> None:
    found = load_breast_cancer()
    table = pd.DataFrame(found.data, columns=MEASURES).assign(malignant=found.target == 0)
    table = table.assign(sample=table.index)
    schema = INPUTS.append(OUTCOME)
    partitions.write(table[schema.names], partitions.path_of(DATA, "samples"), schema)


if __name__ == "__main__":
    main()
