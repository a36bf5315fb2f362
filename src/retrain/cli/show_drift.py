"""What `retrain drift` prints: the alarms, and how far each feature is from training."""

from retrain.cli.output import print_json
from retrain.console import console, table
from retrain.monitoring.schema import Drift
from retrain.paths import DRIFT_PAGE

SHOWN = 15  # features; the page has all
SAID = {"alarm": "an alarm", "none": "no alarm", "too few": "too few rows to say"}


def drift(found: Drift, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    say = console().print
    rows = [
        (
            each.name,
            _figure(each.psi),
            _figure(each.ks),
            f"{each.missing:.1%}",
            f"{each.learned_missing:.1%}",
        )
        for each in found.features[:SHOWN]
    ]
    if rows:
        table(rows, ["feature", "PSI", "KS", "missing", "in training"], right=1)
    if found.alarms:
        table([(each.kind, each.what) for each in found.alarms], ["alarm", "because"])
    for note in found.notes:
        say(note, markup=False)
    since = f", {found.period}" if found.period else ""
    say(f"{SAID[found.status]}: {found.rows:,} rows{since}, against {found.against}", markup=False)
    if found.features:
        say(f"to look at: {DRIFT_PAGE}")


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
