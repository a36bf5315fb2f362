"""Where the data come from: scikit-learn's images of digits, as one file."""

from collections.abc import Iterator, Sequence

import pandas as pd
from sklearn.datasets import load_digits

from pipeline.features import INPUTS, OUTCOME, PIXELS
from pipeline.paths import DATA
from retrain.data.sources import driver
from retrain.data.sources.source import Available
from retrain.errors import reported


class Digits:
    schema = INPUTS.append(OUTCOME)

    def available(self) -> Available:
        return Available(["digits"])

    def fetch(self, names: Sequence[str]) -> Iterator[tuple[str, pd.DataFrame]]:
        found = load_digits()
        table = pd.DataFrame(found.data, columns=PIXELS).assign(digit=found.target)
        table = table.assign(image=table.index)
        for name in names:
            yield name, table


@reported
def main() -> None:
    driver.main(Digits(), DATA)


if __name__ == "__main__":
    main()
