"""Check a file of GitLab CI against its schema: the pipeline itself, which follows a `spec` header.

check-jsonschema reads one document of a file, and knows neither `spec` nor what an input becomes.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

COMMAND = ("--quiet", "--builtin-schema=vendor.gitlab-ci")
INPUT = re.compile(r"\$\[\[ inputs\.([\w-]+) \]\]")


def filled(node: Any, inputs: dict[str, Any]) -> Any:
    """Return a part of the pipeline with something for each input that is no text."""
    if isinstance(node, dict):
        return {key: filled(value, inputs) for key, value in node.items()}
    if isinstance(node, list):
        return [filled(value, inputs) for value in node]
    found = INPUT.fullmatch(node) if isinstance(node, str) else None
    is_array = found and inputs.get(found[1], {}).get("type") == "array"
    return ["something"] if is_array else node


def main() -> int:
    """Check the files that the command line names; return the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        copies = []
        for path in sys.argv[1:]:
            *headers, pipeline = YAML(typ="safe").load_all(Path(path).read_text("utf-8"))
            inputs = headers[0]["spec"]["inputs"] if headers else {}
            copies.append(copy := Path(folder) / f"{Path(path).name}.json")
            copy.write_text(json.dumps(filled(pipeline, inputs)), "utf-8")
        program = Path(sys.executable).parent / "check-jsonschema"
        return subprocess.run([program, *COMMAND, *copies]).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
