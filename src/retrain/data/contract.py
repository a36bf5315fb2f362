"""The data contract: a Great Expectations suite, applied to one month at a time.

https://docs.greatexpectations.io/docs/core/introduction/gx_overview. Nothing else imports Great
Expectations: it takes longer to import than a month takes to validate.
"""

import json
import logging
import os
from pathlib import Path
from typing import Any

os.environ["GX_ANALYTICS_ENABLED"] = "false"  # read when the package is imported

import great_expectations as gx
import pandas as pd
from great_expectations.core.expectation_suite import ExpectationSuite
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.exceptions import GreatExpectationsError

from retrain.data.failures import EXAMPLES, Failure, described
from retrain.errors import UserError

KEY = "expect_compound_columns_to_be_unique"


class Contract:
    def __init__(self, path: Path) -> None:
        # it logs tracebacks for what it then goes on without
        logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
        self.path = path
        try:
            content = json.loads(path.read_text("utf-8"))
            self.suite = ExpectationSuite(**content)
        except FileNotFoundError:
            raise UserError(f"{path} is missing; restore it with: git checkout {path}") from None
        except Exception as error:
            reason = " ".join(str(error).split())
            raise UserError(f"{path} is not a valid suite ({reason}); correct it") from None
        if not content.get("expectations"):
            raise UserError(
                f"{path} has no expectations, and would let everything pass; restore it"
            )
        for each in content["expectations"]:
            if each.get("severity") not in ("critical", "warning"):
                raise UserError(
                    f"{path}: {each.get('type')} has the severity {each.get('severity')!r}; "
                    "make it 'critical' or 'warning'"
                )
            if not ExpectationSuite("one", expectations=[each]).expectations:  # it drops those
                raise UserError(
                    f"{path}: Great Expectations knows no {each.get('type')}; correct the name"
                )
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = ProgressBarsConfig(
            globally=False, metric_calculations=False
        )
        asset = context.data_sources.add_pandas("pandas").add_dataframe_asset("partition")
        self.definition = asset.add_batch_definition_whole_dataframe("whole")
        keys = [
            each.column_list for each in self.suite.expectations if each.expectation_type == KEY
        ]
        self.key: list[str] = keys[0] if keys else []

    def failures(self, frame: pd.DataFrame, file: str, parameters: dict[str, Any]) -> list[Failure]:
        """Return what `frame`, the month in `file`, does not meet, critical failures first.

        The suite refers to `parameters` as `{"$PARAMETER": name}`.
        """
        batch = self.definition.get_batch(batch_parameters={"dataframe": frame})
        call = {"expect": self.suite, "expectation_parameters": parameters}
        # counting what fails costs half as much again as seeing whether anything does
        try:
            if batch.validate(**call, result_format="BOOLEAN_ONLY").success:
                return []
        except GreatExpectationsError as error:
            raise UserError(f"{self.path} cannot be applied ({error}); correct it") from None
        detail = {"result_format": "SUMMARY", "partial_unexpected_count": EXAMPLES}
        report = batch.validate(**call, result_format=detail).to_json_dict()
        return described(report["results"], frame, file, self.key)
