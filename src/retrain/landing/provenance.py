"""Who or what requested a landing, for the report and for the record."""

from dataclasses import dataclass

from retrain.repo import record
from retrain.repo.git import user as git_user


@dataclass(frozen=True)
class Provenance:
    event: str = record.HAND
    actor: str = ""
    reason: str = ""
    run: str = ""  # the address of the job
    cause: str | None = None  # all of it in words

    def trailers(self, what: str, builder: str) -> dict[str, str]:
        """Return the trailers of a commit; `builder` is the commit whose code has built."""
        found = {
            what: self.event,
            record.ACTOR: record.cleaned(self.actor),
            record.REASON: record.cleaned(self.reason),
            record.RUN: self.run,
            record.BUILDER: builder,
        }
        return {name: value for name, value in found.items() if value}

    def signature(self, reason: str = "") -> dict[str, str]:
        """Return the trailers of a deployment's tag; by hand, it is whom Git knows.

        `reason`: what stands there where no person has given one.
        """
        found = {
            record.ACTOR: record.cleaned(self.actor or git_user()),
            record.REASON: record.cleaned(self.reason or reason),
            record.RUN: self.run,
        }
        return {name: value for name, value in found.items() if value}


BY_HAND = Provenance()
