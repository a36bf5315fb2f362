"""How a table is written, and of which kind each column is, in one pass over its text."""

import codecs
import csv
import gzip
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from retrain.data import read_tables
from retrain.data.read_tables import EMPTY, ISO, NUMBER, WHOLE, ZONED, Form
from retrain.errors import UserError

DELIMITERS = (",", ";", "\t", "|")
SPOKEN = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
DISTINCT = 1000  # different values that are counted, at most
DATES = ["%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y.%m.%d"]
DATES += ["%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d-%b-%Y", "%d-%b-%y", "%d %b %Y", "%b %d, %Y"]
DATES += ["%d %B %Y", "%B %d, %Y", "%b %d %Y"]
CLOCKS = ["", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p"]
TIMES = [ISO, ZONED, *(date + clock for clock in CLOCKS for date in DATES), "%Y-%m", "%Y%m%d"]
YEARS = (1800, 2200)  # a time outside of them is a number that looks like one


@dataclass
class Column:
    """What one pass tells of a column: its kind, and how many different values it has."""

    name: str
    # whole, number, truth, time, text, nothing, or other: what no model takes, such as a list
    kind: str = ""
    format: str = ""  # of a time
    rows: int = 0
    empty: int = 0
    values: Counter[Any] = field(default_factory=Counter)
    many: bool = False  # more than DISTINCT, of which the first ones are in `values`
    formats: list[str] = field(default_factory=list)  # those that all its texts have
    broken: dict[str, tuple[int, str]] = field(default_factory=dict)  # the first row that has not
    first: str = ""

    @property
    def distinct(self) -> int:
        return len(self.values)

    @property
    def different(self) -> str:
        return f"over {DISTINCT:,}" if self.many else f"{self.distinct:,}"


@dataclass
class Recognised:
    form: Form
    columns: dict[str, Column]
    rows: int
    said: str  # of the form, in words


def recognise(path: Path) -> Recognised:
    """Return how a table is written, and its columns; a `UserError` says what is wrong with it."""
    files = read_tables.files(path)
    form = _form(files[0]) if read_tables.is_csv(files[0]) else Form()
    found: dict[str, Column] = {}
    rows = 0
    for file in files:
        names = _names(file, form)
        if found and set(names) != set(found):
            other = sorted(set(names) ^ set(found))
            raise UserError(
                f"{file}: its columns are not those of {files[0].name} ({', '.join(other)}); give "
                "all files the same ones"
            )
        found = found or {name: Column(name) for name in names}
        for batch in read_tables.raw(file, form):
            for name in names:
                _look(found[name], batch.column(name), rows)
            rows += batch.num_rows
    if not rows:
        raise UserError(f"{path}: has no rows; export it again")
    decimal = _decimal(found.values()) if read_tables.is_csv(files[0]) else "."
    for column in found.values():
        _settle(column, decimal)
    form = Form(form.delimiter, decimal, form.encoding)
    return Recognised(form, found, rows, _said(files, form))


def _said(files: list[Path], form: Form) -> str:
    kind = "Parquet"
    if read_tables.is_csv(files[0]):
        sign = "a decimal comma" if form.decimal == "," else "a decimal point"
        kind = f"CSV with {SPOKEN[form.delimiter]}, {sign}, {form.encoding}"
    return kind if len(files) == 1 else f"{len(files)} files, {kind}"


def _names(file: Path, form: Form) -> list[str]:
    """Return the names of a file's columns, each of which is there once, and says something."""
    if read_tables.is_csv(file):
        with _text(file, form.encoding) as lines:
            names = [name.strip() for name in next(csv.reader(lines, delimiter=form.delimiter), [])]
    else:
        try:
            names = pq.read_schema(file).names
        except (pa.ArrowException, OSError) as error:
            reason = str(error).splitlines()[0]
            raise UserError(f"{file}: is not Parquet ({reason}); export it again") from None
    if twice := [name for name, number in Counter(names).items() if number > 1 and name]:
        raise UserError(f"{file}: two columns are named {twice[0]!r}; rename one of them")
    if "" in names:
        raise UserError(f"{file}: column {names.index('') + 1} has no name; give it one")
    if odd := [name for name in names if not name.isprintable()]:
        raise UserError(f"{file}: column {odd[0]!r} has a line break in its name; rename it")
    if len(names) < 2:
        raise UserError(
            f"{file}: has one column, {', '.join(names)!r}; a model needs the target, and "
            "something to tell it by"
        )
    if all(_is_number(name) for name in names):
        raise UserError(
            f"{file}: its first line holds numbers ({', '.join(names[:3])}, …), and should name "
            "the columns; add that line"
        )
    return names


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True


def _form(file: Path) -> Form:
    encoding = _encoding(file)
    with _text(file, encoding) as lines:
        head = [line for _, line in zip(range(50), lines, strict=False)]
    best, most = ",", 1
    for delimiter in DELIMITERS:
        widths = [len(row) for row in csv.reader(head, delimiter=delimiter) if row]
        if widths and widths[0] > most and widths.count(widths[0]) > 0.9 * len(widths) - 1:
            best, most = delimiter, widths[0]
    return Form(best, encoding=encoding)


def _open(file: Path) -> BinaryIO:
    return gzip.open(file) if file.suffix == ".gz" else file.open("rb")  # type: ignore[return-value]


def _text(file: Path, encoding: str) -> Any:
    return codecs.getreader("utf-8-sig" if encoding == "utf-8" else encoding)(_open(file))


def _encoding(file: Path) -> str:
    """Return the encoding of a file: UTF-8 where all of it is, else that of Windows, or Latin 1."""
    decoder, possible = codecs.getincrementaldecoder("utf-8")(), ["utf-8", "cp1252"]
    try:
        with _open(file) as source:
            start = True
            while part := source.read(1 << 20):
                if start and part.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                    return "utf-16"
                start = False
                for name in tuple(possible):
                    try:
                        decoder.decode(part) if name == "utf-8" else part.decode(name)
                    except UnicodeDecodeError:
                        possible.remove(name)
    except (OSError, EOFError) as error:
        raise UserError(f"{file}: cannot be read ({error}); export it again") from None
    return (possible or ["latin-1"])[0]


def _look(column: Column, values: pa.Array, before: int) -> None:
    """Add what some rows tell of a column; `before` so many rows have come."""
    values = read_tables.plain(values)
    column.rows += len(values)
    column.empty += values.null_count
    kind = values.type
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        column.kind = "other"
        return
    different = values.drop_null()
    if not column.many:
        counted = pc.value_counts(different)
        different = counted.field("values")
        few = counted[: DISTINCT + 1].to_pylist()
        column.values.update({each["values"]: each["counts"] for each in few})
        column.many = len(column.values) > DISTINCT
    if not read_tables.is_text(kind):
        column.kind = _kind(kind)
        return
    if not len(different):
        return
    if not column.first:
        column.first = str(different[0].as_py())
        column.formats = _possible(column.first)
    known = pc.if_else(pc.is_in(different, pa.array(EMPTY)), None, different).drop_null()
    for name in tuple(column.formats):
        fits = TESTS[name](known)
        if not pc.all(fits, min_count=0).as_py():
            wrong = known[pc.index(fits, False).as_py()]
            column.broken[name] = before + pc.index(values, wrong).as_py() + 1, wrong.as_py()
            column.formats.remove(name)


def _possible(first: str) -> list[str]:
    """Return what a column can be by its first value: most tests of a wide table are in vain."""
    if re.fullmatch(NUMBER["."], first) or re.fullmatch(NUMBER[","], first) or first in EMPTY:
        return ["whole", "number.", "number,", *(TIMES if first in EMPTY else ["%Y%m%d"])]
    return [*TESTS] if re.search("[0-9]", first) else ["truth"]


def _kind(kind: pa.DataType) -> str:
    if pa.types.is_temporal(kind):
        return "time" if pa.types.is_timestamp(kind) or pa.types.is_date(kind) else "other"
    if pa.types.is_boolean(kind):
        return "truth"
    if pa.types.is_integer(kind):
        return "whole"
    is_number = pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    return "number" if is_number else "nothing" if pa.types.is_null(kind) else "other"


def _matches(pattern: str) -> Callable[[pa.Array], pa.Array]:
    return lambda texts: pc.match_substring_regex(texts, pattern)


def _is_time(form: str) -> Callable[[pa.Array], pa.Array]:
    def test(texts: pa.Array) -> pa.Array:
        year = pc.year(read_tables.moments(texts, form))
        return pc.fill_null(pc.and_(pc.greater(year, YEARS[0]), pc.less(year, YEARS[1])), False)

    return test


TESTS = {
    "truth": _matches("(?i)^(true|false)$"),
    "whole": _matches(WHOLE),
    "number.": _matches(NUMBER["."]),
    "number,": _matches(NUMBER[","]),
    **{form: _is_time(form) for form in TIMES},
}


def _decimal(columns: Any) -> str:
    """Return the decimal sign of a file: a comma, if there is a number that is none without it."""
    commas = [
        each for each in columns if "number," in each.formats and "number." not in each.formats
    ]
    return "," if commas else "."


def _settle(column: Column, decimal: str) -> None:
    """Decide of which kind a column of texts is."""
    if column.kind:
        return
    if not column.first:
        column.kind = "nothing"
        return
    times = [form for form in column.formats if form in TIMES and form != "%Y%m%d"]
    for kind, name in (("truth", "truth"), ("whole", "whole"), ("number", f"number{decimal}")):
        if name in column.formats:
            column.kind = kind
            return
    if times:
        column.kind, column.format = "time", times[0]
    else:
        column.kind = "text"


def times(column: Column) -> list[str]:
    """Return the formats in which every text of a column is a time, and that differ for one."""
    found = [form for form in column.formats if form in TIMES]
    made = {form: tuple(_moments(column, form)) for form in found}
    return [
        form
        for number, form in enumerate(found)
        if made[form] not in [made[each] for each in found[:number]]
    ]


def _moments(column: Column, form: str) -> Iterator[Any]:
    texts = [value for value in column.values if value not in EMPTY]
    yield from read_tables.moments(pa.array(texts, pa.string()), form).to_pylist()
