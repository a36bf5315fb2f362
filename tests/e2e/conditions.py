"""The conditions of jobs, and the commands of their scripts, as both forges write them."""

import re
from collections.abc import Iterable, Iterator

SET_UP = re.compile(
    r"python3 tools/environment\.py .*|apt-get (update|install) --quiet.*"
    r'|printf %s "\$AWS_ID_TOKEN" > "\$AWS_WEB_IDENTITY_TOKEN_FILE"'  # as docs/gitlab.md has it
    r'|git checkout --quiet --force --detach "origin/\$CI_DEFAULT_BRANCH"'
)


def commands(lines: Iterable[str]) -> Iterator[str]:
    """Yield what a script does, line by line: this project's commands without what they are given.

    What only sets up is left out.
    """
    for line in lines:
        if not SET_UP.fullmatch(line):
            # each forge has its own variable for the number of a request
            known = re.sub(r'"?pr/\$\w+"?', "pr/NUMBER", line.removeprefix(".venv/bin/"))
            ours = re.fullmatch(r"(retrain ci [\w-]+|make [\w-]+)( [\w.\"$/]+)?", known)
            yield ours[1] if ours else known


def holds(condition: str, known: dict[str, str]) -> bool:
    """Tell whether a condition of either forge is true: comparisons, `&&`, `||` and brackets.

    A condition of another kind is an error: then it would have to be read here first.
    """
    comparison = re.compile(r"""\$?([\w.]+) (==|!=|=~) (?:(['"])(.*?)\3|\$?([\w.]+)|/(.*?)/)""")

    def compared(match: re.Match[str]) -> str:
        name, sign, _, text, variable, pattern = match.groups()
        if pattern is not None:
            return str(bool(re.search(pattern, known[name])))
        return str((known[name] == (known[variable] if variable else text)) is (sign == "=="))

    words = comparison.sub(compared, condition).replace("&&", "and").replace("||", "or")
    words = words.replace("true", "True")
    left = re.sub(r"True|False|and|or|[() \n]", "", words)
    assert not left, f"a condition of another kind: {condition}"
    return bool(eval(" ".join(words.split())))  # noqa: S307 (five words, as was just asserted)
