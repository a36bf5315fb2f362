"""A refusal, told where people look first."""

from collections.abc import Iterator
from contextlib import contextmanager

from retrain.ci.report.markdown import alert, text
from retrain.errors import UserError
from retrain.forges import here


@contextmanager
def told() -> Iterator[None]:
    """Put a refusal into the summary too: whoever looks at a red job need not open its log."""
    try:
        yield
    except UserError as error:
        here.job().summarize(alert("CAUTION", text(str(error), 1000)))
        raise
