"""What a person reads at the end: each column, what was chosen and why, and what is left to do."""

import json
from typing import Any

from retrain.console import table

MANY = 40  # columns
NEXT = (
    "git add --all && git commit -m 'Our own problem'",
    "make train    # the model, and its report",
    "make test     # lint, the stages' tests, the model's",
)


def show(summary: dict[str, Any], as_json: bool, unfinished: bool = False) -> None:
    if as_json:
        print(json.dumps(summary, indent=2, ensure_ascii=False))
        return
    if unfinished:
        print("An earlier `retrain new` was stopped half-way; it is completed now:\n")
    print(text(summary), end="")
    table([[*each.values()] for each in shown(summary["columns"])], ["column", "is", "why"])
    for title, lines in (("Look at", look_at(summary)), ("\nNext", NEXT)):
        print("\n".join([title, *(f"  {line}" for line in lines)]))


def shown(columns: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the columns to list: of many, not those that are numbers and nothing else."""
    plain = [each for each in columns if each["is"] == "number" and ":" not in each["why"]]
    if len(columns) <= MANY:
        return columns
    more = {"column": f"… {len(plain)} more", "is": "number", "why": ""}
    return [*(each for each in columns if each not in plain), more]


def text(summary: dict[str, Any]) -> str:
    """Return what was chosen, a line each."""
    lines = {
        "table": f"{summary['table']}: {summary['form']}, {summary['rows']:,} rows",
        "model": summary["name"],
        "task": f"{summary['task']} of {summary['target']}: {summary['why']}",
        "split": summary["split"],
        "key": ", ".join(summary["key"]),
        "compared": summary["compared"],
        "reference": summary["reference"],
        "slices": ", ".join(summary["slices"]) or "none",
    }
    if summary["waits"]:
        lines["waits"] = summary["waits"]
    return "".join(f"{name:10} {value}\n" for name, value in lines.items()) + "\n"


def look_at(summary: dict[str, Any]) -> list[str]:
    """Return what a person should look at, as lines."""
    left = [each["column"] for each in summary["columns"] if each["is"] == "left out"]
    lines = ["src/pipeline/features.py: would each input be known when a row is scored?"]
    if left:
        many = "a column is" if len(left) == 1 else f"{len(left)} columns are"
        lines.append(f"src/pipeline/features.py: {many} left out, as shown above")
    if summary["times"]:
        name = summary["times"][0]
        lines.append(f"{name} is a time: to split by it, run this again with --time {name} --force")
    lines += [
        "policy.yaml: floors, tolerances and margins are guessed; each says how",
        "expectations/data.json: ranges and known texts are guessed from these rows",
        "docs/data.md, docs/model-card.md: source, licence, use and limits are yours to write",
    ]
    if not summary["readable"]:
        lines.append(
            "src/pipeline/source.py: it reads a file on your disk, and a job in CI cannot: so "
            "triggers.schedule is off in policy.yaml"
        )
    return lines
