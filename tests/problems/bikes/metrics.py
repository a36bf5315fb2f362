"""A metric of the business: a bike too few costs three times as much as one too many."""

import pandas as pd


def missing_bikes(outcome: pd.Series, prediction: pd.Series) -> float:
    gap = outcome - prediction
    return (3 * gap.clip(lower=0) + (-gap).clip(lower=0)).mean()
