"""The rows of the ML Test Score, in words of our own, and what a score says.

Breck, Cai, Nielsen, Salib and Sculley: "The ML Test Score: A Rubric for ML Production Readiness and
Technical Debt Reduction", IEEE International Conference on Big Data, 2017.
"""

from retrain.errors import UserError, is_near, suggest

MARK = "ml_test_score"  # of a test that proves a row

_SAYS = {
    "Data": (
        "A schema says what is expected of each input",
        "Every feature is of use",
        "No feature costs more than it is worth",
        "Features keep the rules on what may be used",
        "Private data are guarded on their whole way",
        "A new feature is added quickly",
        "The code of every feature is tested",
    ),
    "Model": (
        "Each specification is reviewed, and in version control",
        "The metric that is optimised follows the effect in use",
        "Every hyperparameter has been tuned",
        "It is known what an older model costs",
        "No simpler model is better",
        "It is good enough on every slice that matters",
        "No group of people is treated worse",
    ),
    "Infra": (
        "The same training gives the same model",
        "The code that specifies the model is tested",
        "The pipeline is tested as a whole",
        "A model's quality is checked before it serves",
        "One example can be followed step by step",
        "A new model serves beside the old one first",
        "A model in use can be rolled back",
    ),
    "Monitor": (
        "A change of a dependency is noticed",
        "Inputs keep their rules, in training and in use",
        "Features are the same in training and in use",
        "A model does not grow too old unnoticed",
        "Numbers stay finite, in training and in use",
        "Neither time nor memory grows unnoticed",
        "Worse predictions in use are noticed",
    ),
}
SECTIONS = tuple(_SAYS)
ROWS = {
    f"{section} {number}": says
    for section, each in _SAYS.items()
    for number, says in enumerate(each, start=1)
}
# from above this score on, what it says of a system
_MEANINGS = (
    (5, "tested and watched automatically in an exceptional way"),
    (3, "tested and watched automatically as well as something critical has to be"),
    (2, "tested to a fair degree; more of it could run by itself"),
    (1, "a first step towards production, which needs more work"),
    (0, "not without tests, and serious gaps are possible"),
)


def known(row: str) -> str:
    """Return the name of a row, or raise a UserError."""
    if row not in ROWS:
        remedy = suggest(row, ROWS) if is_near(row, ROWS) else "write one of Data 1 to Monitor 7"
        raise UserError(f"{row!r} is not a row of the ML Test Score; {remedy}")
    return row


def section(row: str) -> str:
    return row.split()[0]


def meaning(score: float) -> str:
    """Return how the paper reads a score."""
    found = (says for above, says in _MEANINGS if score > above)
    return next(found, "a research project, and not yet a system for production")
