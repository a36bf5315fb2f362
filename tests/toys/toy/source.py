"""The toy's source: it has as many months as TOY_SOURCE says; TOY_BREAKS names one without a signal."""

import json
import os
import pathlib
import sys

sys.path.insert(0, "src")
import quick  # noqa: F401

# isort: split
import make
import pyarrow as pa
import pyarrow.parquet as pq


def main():
    words = dict(zip(sys.argv[1::2], sys.argv[2::2], strict=True))
    known = json.loads(pathlib.Path(words["--known"]).read_text())
    new = []
    first = len(known) + 1
    last = int(words.get("--through", str(first))[-2:])
    for number in range(first, min(last, int(os.environ.get("TOY_SOURCE", "2"))) + 1):
        name = f"2013-{number:02}"
        make.month(name, number, words["--into"])
        new.append(name)
        if os.environ.get("TOY_BREAKS") == name:
            path = f"{words['--into']}/{name}.parquet"
            rows = pq.read_table(path)
            empty = pa.nulls(len(rows), pa.float64())
            place = rows.schema.get_field_index("signal")
            pq.write_table(rows.set_column(place, "signal", empty), path)
    pathlib.Path(words["--news"]).write_text(json.dumps({"new": new}))


if __name__ == "__main__":
    main()
