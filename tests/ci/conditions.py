"""The conditions of jobs, and the commands of their scripts, as both forges write them."""

import re
from collections.abc import Collection, Iterable, Iterator


def commands(lines: Iterable[str], but: Collection[str]) -> Iterator[str]:
    """Yield the commands of this project among lines of shell: what they do, and not to what."""
    for line in lines:
        found = re.match(r"(?:\.venv/bin/)?(retrain ci \w+|make [\w-]+)", line)
        if found and found[1] not in but:
            yield found[1]


def holds(condition: str, known: dict[str, str]) -> bool:
    """Tell whether a condition of either forge is true: comparisons, `&&`, `||` and brackets.

    A condition of another kind is an error: then it would have to be read here first.
    """
    comparison = re.compile(r"""\$?([\w.]+) (==|!=|=~) (?:(['"])(.*?)\3|\$(\w+)|/(.*?)/)""")

    def compared(match: re.Match[str]) -> str:
        name, sign, _, text, variable, pattern = match.groups()
        if pattern is not None:
            return str(bool(re.search(pattern, known[name])))
        return str((known[name] == (known[variable] if variable else text)) is (sign == "=="))

    words = comparison.sub(compared, condition).replace("&&", "and").replace("||", "or")
    words = words.replace("true", "True")
    assert not re.sub(r"True|False|and|or|[() \n]", "", words), (
        f"a condition of another kind: {words}"
    )
    return bool(eval(" ".join(words.split())))  # noqa: S307 (five words, as was just asserted)
