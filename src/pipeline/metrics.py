"""Metrics of your own: each function of outcome and prediction is one, by its name.

`outcome` and `prediction` are a pandas Series each, of the same rows; of a multiclass task
`prediction` is a DataFrame with a column a class. To use one, add its name to `evaluate.metrics` in
params.yaml, and to be judged by it, to `gate.metrics` in policy.yaml:

    import pandas as pd

    def share_above_half(outcome: pd.Series, prediction: pd.Series) -> float:
        return (prediction > 0.5).mean()
"""
