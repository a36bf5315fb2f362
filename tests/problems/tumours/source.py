"""Where the data come from: scikit-learn's samples of cells, as one file."""

from collections.abc import Iterator, Sequence

import pandas as pd
from sklearn.datasets import load_breast_cancer

from pipeline.features import INPUTS, MEASURES, OUTCOME
from pipeline.paths import DATA
from retrain.data.sources import driver
from retrain.data.sources.source import Available
from retrain.errors import reported


class Samples:
    schema = INPUTS.append(OUTCOME)

    def available(self) -> Available:
        return Available(["samples"])

    def fetch(self, names: Sequence[str]) -> Iterator[tuple[str, pd.DataFrame]]:
        found = load_breast_cancer()
        table = pd.DataFrame(found.data, columns=MEASURES).assign(malignant=found.target == 0)
        table = table.assign(sample=table.index)
        for name in names:
            yield name, table


@reported
def main() -> None:
    driver.main(Samples(), DATA)


if __name__ == "__main__":
    main()
