"""The Python that a project begins with: features.py and source.py."""

import textwrap

import pyarrow as pa

from retrain.data.read_tables import Form
from retrain.new.render import WIDTH, Guess, assigned, fill, listed, quoted, wrapped

TYPES = {"double": "pa.float64()", "int64": "pa.int64()", "string": "pa.string()"}
TIME = 'pa.timestamp("ms", "UTC")'
TEXT = """

def _text(time: pd.Series, unit: str) -> pd.Series:
    values = np.datetime_as_string(time.dt.tz_convert(None).to_numpy(f"datetime64[{unit}]"))
    return pd.Series(values, time.index, dtype="str")
"""


def features(guess: Guess) -> str:
    """Return src/pipeline/features.py."""
    made, time = guess.choices, guess.profile.table.time
    categories, numbers = guess.features("category"), guess.numbers
    groups = [made.group] if made.group else []
    missing = "A number that is not known is NaN" + (", and a text MISSING." if categories else ".")
    number_slices = [name for name in made.slices if name not in categories]
    text = fill(
        "features.py.txt",
        rows=guess.rows,
        inputs="\n".join(_input(guess, each) for each in guess.inputs),
        left_out=_left_out(guess),
        outcome_why=_outcome_why(guess),
        target=quoted(guess.outcome),
        target_type=_type(guess.table.schema.field(guess.outcome).type),
        key=assigned("KEY", made.key, "names a row"),
        groups=assigned("GROUPS", groups, "what rows are grouped by: those of a day are alike"),
        categorical=assigned("CATEGORICAL", categories),
        numeric=assigned("NUMERIC", numbers),
        slices=assigned("SLICES", made.slices),
        constants='\nMISSING = "missing"  # a text that is empty\n'
        if categories or number_slices
        else "",
        and_groups=f", and GROUPS: `{made.group}` (YYYY-MM-DD)" if made.group else "",
        keys=_keys(guess),
        missing=missing,
        features=_features(guess),
        outcome=_outcome(guess),
        reference=_reference(guess),
        reference_why=_reference_why(guess),
        slice_columns=_slice_columns(made.slices, number_slices),
        helpers=(TEXT if time else "") + (WORDS if number_slices else ""),
    )
    return finished(text)


def model_conftest(guess: Guess) -> str:
    """Return tests/model/conftest.py."""
    seen = {guess.profile.table.time, *guess.features("category"), *guess.numbers}
    names = [name for name in guess.choices.key if name not in seen]
    return fill("conftest.py.txt", identifiers=assigned("IDENTIFIERS", names))


def is_long(line: str) -> bool:
    """Return whether ruff finds a line too long: not if it is one word, which cannot be broken."""
    return len(line) > WIDTH and len(line.split()) > 1


def finished(text: str) -> str:
    """Mark lines that no formatter can break, where a name is long."""
    lines = [
        f"{line}  # noqa: E501" if is_long(line) and "# noqa" not in line else line
        for line in text.splitlines()
    ]
    return "\n".join(lines).rstrip() + "\n"


def _type(kind: pa.DataType) -> str:
    return TIME if pa.types.is_timestamp(kind) else TYPES[str(kind)]


def _input(guess: Guess, each: pa.Field) -> str:
    notes = {role.column: role.why for role in guess.roles}
    zone = "as it stands in the table, which names no zone"
    if each.name == guess.choices.number:
        note = "added: the number of a row" + (" of its time" if guess.profile.table.time else "")
    elif pa.types.is_timestamp(each.type):
        zoned = (
            "zone" in guess.found.columns[guess.table.form.names.get(each.name, each.name)].format
        )
        note = "in UTC" if zoned else zone
    else:
        note = notes[each.name]
    words = quoted(each.name), _type(each.type)
    line = f"        ({', '.join(words)}),"
    if len(line) > WIDTH:
        return "\n".join(["        (", *(f"            {word}," for word in words), "        ),"])
    return f"{line}  # {note}" if len(line) + len(note) + 4 <= WIDTH else line


def _left_out(guess: Guess) -> str:
    found = [each for each in guess.roles if each.role == "left out"]
    if not found:
        return ""
    lines = [wrapped(f"{each.column}: {each.why}", "#   ") for each in found]
    return "# What the table has besides, and why it is not an input:\n" + "\n".join(lines) + "\n"


def _outcome_why(guess: Guess) -> str:
    target, kind = guess.target, guess.table.schema.field(guess.outcome).type
    if target.task == "binary" and not pa.types.is_string(kind):
        return "What comes of it: 1 or 0, and empty while it is not known."
    return "What comes of it; empty while it is not known."


def _keys(guess: Guess) -> str:
    made, time = guess.choices, guess.profile.table.time
    others = [name for name in made.key if name != time]
    lines = []
    if time:
        key = f'_text(rows[{quoted(time)}], "{guess.profile.unit}")'
        if others:
            lines.append(f"    time = {key}")
            key = f'time.str.cat(rows[{listed(others)}].astype("str"), sep=" ")'
    else:
        key = f'rows[{quoted(others[0])}].astype("str")'
    line = f"    key = {key}"
    if len(line) > WIDTH and others and time:
        lines.append(f"    others = rows[{listed(others)}]")
        line = '    key = time.str.cat(others.astype("str"), sep=" ")'
    lines.append(line)
    group = ""
    if made.group:
        group = f', {quoted(made.group)}: _text(rows[{quoted(time)}], "D")'
    lines.append(f'    return pd.DataFrame({{"key": key{group}}})')
    return "\n".join(lines)


CLOCK = {"hour": "time.hour", "weekday": "time.day_of_week", "month": "time.month"}


def _features(guess: Guess) -> str:
    made, time = guess.choices, guess.profile.table.time
    categories = guess.features("category")
    lines = []
    source = "rows"
    if made.clock:
        words = ", ".join(f"{name}={CLOCK[what]}" for what, name in made.clock.items())
        lines += [f"    time = rows[{quoted(time)}].dt", f"    made = rows.assign({words})"]
        if "weekday" in made.clock:
            lines[-1] += "  # weekday: 0 for Monday"
        source = "made"
    lines += [
        f'    table = {source}[CATEGORICAL + NUMERIC].astype(dict.fromkeys(NUMERIC, "float64"))',
        "    for name in NUMERIC:",
        "        if np.isinf(table[name].to_numpy()).any():",
        "            raise UserError("
        'f"column {name!r} holds an infinite number; leave unknown ones empty")',
    ]
    lines.append(
        "    return table.fillna(dict.fromkeys(CATEGORICAL, MISSING))"
        if categories
        else "    return table"
    )
    return "\n".join(lines)


def _outcome(guess: Guess) -> str:
    target = guess.target
    column = f"rows[{quoted(guess.outcome)}]"
    if target.task != "binary":
        return column
    true = quoted(target.true) if isinstance(target.true, str) else f"{target.true:g}"
    return f"{column} == {true}"


def _reference(guess: Guess) -> str:
    label = guess.choices.label
    if not label:
        return "pd.Series(0, table.index)"
    empty = guess.profile.values[label].empty if label in guess.profile.values else 0
    is_number = label not in guess.features("category")
    return f"table[{quoted(label)}]" + (".fillna(-1)" if is_number and empty else "")


def _reference_why(guess: Guess) -> str:
    if guess.choices.label:
        text = f"By {guess.choices.label}: {guess.choices.label_why}."
    else:
        text = (
            "One value for all rows makes it the mean of all: no column with few values tells much."
        )
    return ("\n    ").join(textwrap.wrap(text, 94))


def _slice_columns(slices: list[str], numbers: list[str]) -> str:
    if not slices:
        return "table[[]]"
    texts = [name for name in slices if name not in numbers]
    if not numbers:
        return "table[SLICES]"
    words = [f"{quoted(name)}: table[{quoted(name)}]" for name in texts]
    words += [f"{quoted(name)}: _words(table[{quoted(name)}])" for name in numbers]
    line = f"    return pd.DataFrame({{{', '.join(words)}}})"
    if len(line) <= WIDTH:
        return line.removeprefix("    return ")
    inner = "".join(f"            {each},\n" for each in words)
    return "pd.DataFrame(\n        {\n" + inner + "        }\n    )"


WORDS = """

def _words(numbers: pd.Series) -> pd.Series:
    return numbers.map("{:g}".format).replace("nan", MISSING).astype("str")
"""


def source(guess: Guess, path: str) -> str:
    """Return src/pipeline/source.py."""
    table, form = guess.table, guess.table.form
    lines = [*_path(path), "    schema=INPUTS.append(OUTCOME),"]
    options = [
        f"{name}={quoted(value)}"
        for name, value in (
            ("delimiter", form.delimiter),
            ("decimal", form.decimal),
            ("encoding", form.encoding),
        )
        if value != getattr(Form(), name)
    ]
    for name, mapping in (("times", form.times), ("names", form.names)):
        kept = {key: value for key, value in mapping.items() if key in table.schema.names}
        if kept and (name == "names" or any("ISO" not in value for value in kept.values())):
            words = [f"{quoted(key)}: {quoted(value)}" for key, value in kept.items()]
            line = f"{name}={{{', '.join(words)}}}"
            if len(line) + 9 > WIDTH:
                inner = "".join(f"            {word},\n" for word in words)
                line = f"{name}={{\n{inner}        }}"
            options.append(line)
    if options:
        lines.append(_call("    form=read_tables.Form", options))
    if table.time:
        lines += [f"    time={quoted(table.time)},", f'    every="{table.every}",']
    else:
        lines.append(f"    name={quoted(table.name)},")
    if table.number:
        lines.append(f"    number={quoted(table.number)},")
    text = fill(
        "source.py.txt",
        imports="from retrain.data import read_tables\n" if options else "",
        what=f"the table {table.file}",
        table="\n".join(lines),
        added=f"the next {table.every}, or all up to one, to data/"
        if table.time
        else "the rows of the table to data/",
    )
    return finished(text)


def _path(path: str) -> list[str]:
    scratch = path.startswith(("/tmp", "/var/tmp", "/dev/shm"))  # noqa: S108
    line = f"    path=Path({quoted(path)}),"
    if len(line) <= WIDTH:
        return [line + ("  # noqa: S108" if scratch else "")]
    inner = f"        {quoted(path)}"
    codes = ["E501"] * is_long(inner) + ["S108"] * scratch
    return ["    path=Path(", inner + (f"  # noqa: {', '.join(codes)}" if codes else ""), "    ),"]


def _call(start: str, options: list[str]) -> str:
    line = f"{start}({', '.join(options)}),"
    if len(line) <= WIDTH and "\n" not in line:
        return line
    return start + "(\n" + "".join(f"        {each},\n" for each in options) + "    ),"
