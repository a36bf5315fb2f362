"""The toy's contract, for new data: `python -m pipeline.validate FILE... --report FILE`."""

import json
import sys
from pathlib import Path

import quick  # noqa: F401

# isort: split
import pyarrow.parquet as pq

if __name__ == "__main__":
    *files, _, report = sys.argv[1:]
    rows, failures = {}, []
    for file in files:
        signal = pq.read_table(file)["signal"]
        rows[Path(file).stem] = len(signal)
        if signal.null_count:
            failure = {"severity": "critical", "file": file, "column": "signal", "rows": []}
            failures.append(
                failure | {"expected": "a signal", "found": "none", "remedy": "correct it"}
            )
    kept = {"success": not failures, "rows": rows, "failures": failures}
    Path(report).write_text(json.dumps(kept))
