"""`cml comment update`, as this project calls it, and what it makes of a text: at either forge."""

from tests.e2e.forge_tests.conftest import CML, Answer


def update(cml: CML, number: int = 1, title: str = "gate", **variables: str) -> Answer:
    """Let a CML post `report.md`."""
    options = ("--publish=false", f"--watermark-title={title}", f"--target=pr/{number}")
    return cml("comment", "update", *options, "report.md", **variables)


def marked(text: str, title: str, sha: str = "ONE") -> dict[str, str]:
    """Return what is sent for a text: with the watermark, which knows a commit."""
    return {"body": f'{text}\n\n![](https://cml.dev/watermark.png#{sha} "CML watermark {title}")'}
