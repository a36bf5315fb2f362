"""Hold .gitlab-ci.yml to GitLab's schema: the pipeline itself, which follows the `spec` header.

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
    return ["something"] if found and inputs[found[1]].get("type") == "array" else node


def main() -> int:
    """Check the file that the command line names; return the exit code."""
    (path,) = sys.argv[1:]
    documents = list(YAML(typ="safe").load_all(Path(path).read_text("utf-8")))
    if len(documents) != 2:
        sys.exit(f"error: {path}: it should be its inputs, a line `---`, and the pipeline")
    header, pipeline = documents
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "gitlab-ci.json"
        copy.write_text(json.dumps(filled(pipeline, header["spec"]["inputs"])), "utf-8")
        program = Path(sys.executable).parent / "check-jsonschema"
        return subprocess.run([program, *COMMAND, copy]).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
