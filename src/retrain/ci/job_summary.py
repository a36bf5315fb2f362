"""The summary of a job: what it did, or why it refused, where people look first."""

from collections.abc import Iterator
from contextlib import contextmanager

from retrain.ci import provider
from retrain.errors import UserError
from retrain.report.render.markdown import alert, text


@contextmanager
def refusals() -> Iterator[None]:
    """Put a refusal into the summary too: a reader of a red job need not open its log."""
    try:
        yield
    except UserError as error:
        provider.job().summarize(alert("CAUTION", text(str(error), 1000)))
        raise


def say(sentence: str) -> None:
    """Put a sentence into the log, and into the summary."""
    print(sentence)
    provider.job().summarize(sentence)
