"""The tables of the real year, as they are printed."""

from benchmarks.evidence import power, replay
from benchmarks.evidence.replay import FIRST, POLICIES
from benchmarks.evidence.simulated import percent
from benchmarks.evidence.year import Model, Year
from retrain.console import table

TRUTHS = (-0.01, -0.005, -0.001, -0.0005, 0, 0.0005, 0.001, 0.005, 0.01)


def of_year(year: Year) -> list[replay.Month]:
    """Print each month's retraining and what each policy did, and return the retrainings."""
    months = replay.retrainings(year)
    courses = {name: replay.course(year, policy) for name, policy in POLICIES.items()}
    print("retrained on one month more, on the month after: log loss, less is better")
    table(
        [
            [
                month.name,
                f"{-month.found.value:+.4f}",
                f"{month.found.bounds(0.95)[1] - month.found.value:.4f}",
                *(f"{lag:+.2f}" for lag in month.lags),
                f"{month.found.confidence_above(0):.2f}",
                f"{-month.after.value:+.4f}" if month.after else "",
                *(
                    f"{'promote' if each.promoted[number] else 'keep'} {each.likely[number]:.2f}"
                    for each in courses.values()
                ),
            ]
            for number, month in enumerate(months)
        ],
        ["", "difference", "±", "lag-1", "lag-2", "better", "month after", *courses],
        right=1,
    )
    return months


def of_policies(year: Year, months: list[replay.Month], number: int) -> None:
    """Print what each policy would have served, and how often it promotes a worse model."""
    window = replay.window(year, FIRST)
    starts = [month for month in year.months if "2013-03" <= month <= "2013-09"]
    never = (Model(year.earlier(FIRST, 2)),) * len(window)
    lines = []
    for name, policy in POLICIES.items():
        done = replay.course(year, policy)
        gain, _ = year.compare(tuple(window), tuple(done.served), never)
        mean = sum(replay.served(year, policy, start) for start in starts) / len(starts)
        lines.append(
            [
                name,
                f"{year.loss(window, done.served):.4f}",
                f"{-gain.value:+.4f}",
                f"{gain.bounds(0.95)[1] - gain.value:.4f}",
                f"{year.loss(window, done.judged):.4f}",
                f"{mean:.4f}",
            ]
        )
    print("log loss from July to December, where what is promoted on a month serves from the next")
    headers = ["policy", "served", "against never", "±", "had it served that month"]
    table(lines, [*headers, "served, starts from March to September"], right=1)

    print(f"% promoted by truth (the new model's log loss is more by), {number:,} windows a month")
    table(
        [
            [name, *percent(*(power.promoted(policy, -truth, months, number) for truth in TRUTHS))]
            for name, policy in POLICIES.items()
        ],
        ["policy", *(f"{truth:+g}" for truth in TRUTHS)],
        right=1,
    )


def of_power(year: Year) -> None:
    """Print what windows of one, two and three months see of what the template really does."""
    print("log loss: half of the 95 % interval, and the gain that is found four times in five")
    table(
        [
            [what, months, *(f"{each:.4f}" for each in power.seen(year, months, change))]
            for what, change in (("learning rate .08 to .1", power.SMALL), ("retrained", ()))
            for months in (1, 2, 3)
        ],
        ["change", "months", "±", "gain found as surely", "as likely"],
        right=1,
    )


def of_looks(year: Year, number: int) -> None:
    """Print how soon one of many equally good models seems better."""
    found, correlation, lag = power.variants(year)
    likely = sorted((each.confidence_above(0) for each in found), reverse=True)
    best = ", ".join(f"{each:.2f}" for each in likely[:5])
    print(f"twenty small changes, judged on {FIRST}: how likely the five best are better: {best}")
    print(f"twenty equal models with their correlations, in {number:,} windows like that one")
    table(
        [
            [many, *percent(*shares)]
            for many, shares in zip(power.LOOKS, power.looks(correlation, lag, number), strict=True)
        ],
        ["looks", "one seems surely better, %", "likely better, %"],
        right=0,
    )
