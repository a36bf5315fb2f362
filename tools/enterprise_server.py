"""Write the workflows for GitHub Enterprise Server, or for github.com again.

What differs is in this table, and a test checks that nothing else does.
"""

import re
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / ".github"
DIFFERENT = (  # at github.com, and on a server
    # which keeps artifacts in the older way; version 3 fails at github.com, 4 and later fail there
    (
        "actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f # v7.0.0",
        "actions/upload-artifact@c6a366c94c3e0affe28c06c8df20a878f24da3cf # v3.2.2",
    ),
    (
        "actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c # v8.0.1",
        "actions/download-artifact@ad191675b41f6a5b46da9a048cb6893812da158b # v3.1.0-node20",
    ),
    # what publishes pages keeps them as artifacts, too
    (
        "actions/upload-pages-artifact@fc324d3547104276b827a68afc52ff2a11cc49c9 # v5.0.0",
        "actions/upload-pages-artifact@a753861a5debcf57bf8b404356158c8e1e33150c # v2.0.0",
    ),
    (
        "actions/deploy-pages@cd2ce8fcbc39b97be8ca5fce6e763baed58fa128 # v5.0.0",
        "actions/deploy-pages@13b55b33dd8996121833dbc1db458c793a334630 # v3.0.1",
    ),
    # version 3 writes over an older file without being asked
    ("if-no-files-found: ignore, overwrite: true }", "if-no-files-found: ignore }"),
    # one job waits there, and a third one cancels it: it must be one that lands all that this would
    (
        "{ group: landing, queue: max } # one at a time, and none is cancelled",
        '{ group: "landing-${{ github.event_name }}" } # one at a time; a newer one lands the same',
    ),
    ("  queue: max", "  cancel-in-progress: false"),
    # which attests nothing
    (
        "if: steps.deploy.outputs.release && github.event.repository.visibility == 'public'",
        "if: github.server_url == 'https://github.com' # a server attests nothing",
    ),
    ("      attestations: write ", "      # attestations: write "),
    # known from version 3.22 on
    ("        timezone: ", "        # timezone: "),
)
UNKNOWN = re.compile(  # on a server
    r"(?m)^[^#\n]*?\b(queue:|timezone:|cache-mode:|attestations:|actions/(?:up|down)load-artifact@(?!c6a366c94|ad191675b)\w+)"
)


def rewritten(text: str, forge: str) -> str:
    """Return a workflow as a forge needs it, from that of either forge."""
    for there, on_server in DIFFERENT:
        before, after = (there, on_server) if forge == "ghes" else (on_server, there)
        text = text.replace(before, after)
    return text


def main() -> None:
    """Rewrite every workflow, or none: where one would not be valid, say why."""
    forge = sys.argv[1] if len(sys.argv) > 1 else ""
    if forge not in ("github", "ghes"):
        sys.exit(f"error: FORGE={forge} is not known; it is github or ghes")
    files = {file: rewritten(file.read_text("utf-8"), forge) for file in FOLDER.rglob("*.y*ml")}
    for file, text in files.items():
        if forge == "ghes" and (found := UNKNOWN.search(text)):
            sys.exit(f"error: {file}: {found[1]} does not work on a server; change it by hand")
    for file, text in sorted(files.items()):
        if text != file.read_text("utf-8"):
            file.write_text(text, "utf-8")
            print(file.relative_to(FOLDER.parent))


if __name__ == "__main__":
    main()
