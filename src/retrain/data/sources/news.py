"""What a look at the source has found: what `pipeline.source` leaves for `retrain ingest`."""

from typing import Annotated

from pydantic import Field

from retrain.settings import Line, Section

Lines = Annotated[list[Line], Field(max_length=10_000)]


class News(Section):
    new: Lines = Field(default_factory=list)  # partitions that data/ has not
    differing: Lines = Field(
        default_factory=list
    )  # those of data/ that are others at the source now
    waiting: Line = ""  # why newer rows are not there yet
    corrections: Lines = Field(default_factory=list)  # of those that differ, in sentences
