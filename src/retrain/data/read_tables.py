"""A table as people keep it, CSV or Parquet, a file or a folder: read in batches, by a schema."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from retrain.errors import UserError, suggest, within

CSV = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt", ".txt.gz")
ENDINGS = (*CSV, ".parquet")
BATCH = 65_536  # rows of Parquet
BLOCK = 1 << 22  # bytes of CSV
EMPTY = ("NA", "N/A", "NaN", "nan", "null", "NULL", "None", "?")  # where a number is expected
ISO = "ISO 8601"  # 2013-06-30, 2013-06-30 14:00, 2013-06-30T14:00:00.5
ZONED = "ISO 8601 with a zone"  # 2013-06-30T14:00Z, 2013-06-30 14:00+02:00
TIME = pa.timestamp("ms", "UTC")
DIRECTIVES = {
    "%d": r"(?P<day>\d{1,2})",
    "%Y": r"\d{4}",
    "%y": r"\d{2}",
    "%b": "[A-Za-z]{3}",
    "%B": "[A-Za-z]{3,}",
    "%p": "[AaPp][Mm]",
    **dict.fromkeys(("%m", "%H", "%I", "%M", "%S"), r"\d{1,2}"),
}


@dataclass(frozen=True)
class Form:
    """How a CSV is written: what stands between its values, and what its texts mean."""

    delimiter: str = ","
    decimal: str = "."
    encoding: str = "utf-8"
    # the format of a column of times, as strptime has it
    times: Mapping[str, str] = field(default_factory=dict)
    # of a column that has another name in data/: the name that the table has
    names: Mapping[str, str] = field(default_factory=dict)


def located(path: Path | str) -> Path:
    """Return a path, or what stands for one where it is an address: s3://bucket/folder.

    The environment lets it in: RETRAIN_SOURCE_S3_KEY is fsspec's option `key` of s3.
    """
    protocol, separator, _ = str(path).partition("://")
    if not separator:
        return Path(path)
    from upath import UPath

    prefix = f"RETRAIN_SOURCE_{protocol.upper()}_"
    options = {
        name.removeprefix(prefix).lower(): value
        for name, value in os.environ.items()
        if name.startswith(prefix) and value
    }
    return cast(Path, UPath(str(path), **options))


def files(path: Path | str) -> list[Path]:
    """Return the files of a table by their names: there is one, and all are of one kind."""
    path = located(path)
    # a web server says of a file by reading all of it that it is not a folder
    of_web = str(path).startswith(("http://", "https://"))
    if not of_web and path.is_dir():
        found = sorted(each for each in path.glob("[!.]*") if each.name.endswith(ENDINGS))
    else:
        found = [path] if path.is_file() else []
    if not found:
        missing = "holds no CSV and no Parquet file" if path.is_dir() else "no such file or folder"
        raise UserError(f"{path}: {missing}; check the path")
    for each in found:
        if not each.name.endswith(ENDINGS):
            raise UserError(f"{each}: its name ends in neither .csv nor .parquet; rename it")
        if is_csv(each) != is_csv(found[0]):
            raise UserError(f"{path}: holds CSV and Parquet files; keep one kind")
        if each.stat().st_size == 0:
            raise UserError(f"{each} is empty (0 bytes); export it again")
    return found


@contextmanager
def _opened(file: Path) -> Iterator[Any]:
    """Yield what pyarrow reads: a path, or the bytes behind an address, as they come."""
    if isinstance(file, Path):
        yield file
        return
    with file.open("rb") as stream:
        yield pa.CompressedInputStream(stream, "gzip") if file.name.endswith(".gz") else stream


def is_csv(file: Path) -> bool:
    return file.name.endswith(CSV)


def raw(file: Path, form: Form, wanted: Sequence[str] = ()) -> Iterator[pa.RecordBatch]:
    """Yield a file's rows: of CSV all columns as text, without blanks around, and "" as empty.

    Of the columns only those `wanted`, if the file has them all.
    """
    try:
        with within(file):
            if not is_csv(file):
                with _opened(file) as opened, pq.ParquetFile(opened) as source:
                    names = source.schema_arrow.names
                    yield from source.iter_batches(BATCH, columns=_of(names, wanted))
                return
            for batch in _csv(file, form, wanted):
                yield pa.RecordBatch.from_arrays(
                    [_bare(column) for column in batch.columns], names=batch.schema.names
                )
    except (pa.ArrowException, UnicodeError) as error:
        reason = " ".join(str(error).split())[:300]
        raise UserError(
            f"{file}: cannot be read ({reason}); correct it, or export it again"
        ) from None


def _of(names: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """Return those of a file's columns that are to be read: all, if one is missing."""
    found = {name.strip() for name in names}
    return [
        name for name in names if not {*wanted} <= found or not wanted or name.strip() in wanted
    ]


def _csv(file: Path, form: Form, wanted: Sequence[str]) -> Iterator[pa.RecordBatch]:
    reading = {
        "read_options": pa.csv.ReadOptions(encoding=form.encoding, block_size=BLOCK),
        "parse_options": pa.csv.ParseOptions(
            delimiter=form.delimiter, newlines_in_values=True, ignore_empty_lines=True
        ),
    }
    with _opened(file) as opened, pa.csv.open_csv(opened, **reading) as reader:
        names = reader.schema.names
    names = _of(names, wanted)
    as_text = dict.fromkeys(names, pa.string())
    convert = pa.csv.ConvertOptions(
        column_types=as_text,
        include_columns=names,
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=True,
    )
    with (
        _opened(file) as opened,
        pa.csv.open_csv(opened, convert_options=convert, **reading) as reader,
    ):
        for batch in reader:
            yield batch.rename_columns([name.strip() for name in names])


def _bare(column: pa.Array) -> pa.Array:
    column = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.equal(column, ""), None, column)


def batches(path: Path | str, schema: pa.Schema, form: Form) -> Iterator[pa.Table]:
    """Yield the columns of `schema` of all files, in its types; other columns are left out.

    Raises:
        UserError: if a column is missing, or a value is not of its type: it names file and row.
    """
    wanted = [form.names.get(name, name) for name in schema.names]
    for file in files(path):
        row = 1
        for batch in raw(file, form, wanted):
            with within(file):
                yield pa.table([_column(batch, each, form, row) for each in schema], schema)
            row += batch.num_rows


def _column(batch: pa.RecordBatch, field: pa.Field, form: Form, row: int) -> pa.Array:
    name = form.names.get(field.name, field.name)
    found = batch.schema.names
    if found.count(name) != 1:
        what = "occurs twice" if name in found else "is missing"
        raise UserError(f"column {name!r} {what}; {suggest(name, found)}")
    column = plain(batch.column(name))
    try:
        return typed(column, field.type, form, form.times.get(field.name, ""))
    except WrongError as wrong:
        raise UserError(
            f"column {name!r}, row {row + wrong.index:,}: {wrong.value!r} is not {wrong.wanted}; "
            "correct it, or leave it empty"
        ) from None


class WrongError(Exception):
    """A value that is not of its type."""

    def __init__(self, wanted: str, index: int, value: object) -> None:
        super().__init__(wanted, index, value)
        self.wanted, self.index, self.value = wanted, index, value


def plain(column: pa.Array) -> pa.Array:
    """Return a column of Parquet without dictionary, and text of one type."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    return column.cast(pa.string()) if pa.types.is_large_string(column.type) else column


def is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_string_view(kind))


def typed(column: pa.Array, kind: pa.DataType, form: Form, time: str = "") -> pa.Array:
    """Return a column in a type of a schema; `WrongError` names the first value that is not."""
    if pa.types.is_timestamp(kind):
        made = moments(column, time) if is_text(column.type) else column.cast(kind, safe=False)
        return _whole(column, made, f"a time ({time or ISO})")
    if is_text(column.type) and not is_text(kind):
        return _whole(column, numbers(column, form.decimal, kind), "a number")
    if pa.types.is_boolean(column.type) and is_text(kind):
        return column.cast(kind)
    return column.cast(kind, safe=not pa.types.is_floating(kind))


def _whole(column: pa.Array, made: pa.Array, wanted: str) -> pa.Array:
    """Return `made` of a column, unless it lacks one of its values."""
    if made.null_count > column.null_count:
        known = column
        if wanted == "a number":
            known = pc.if_else(pc.is_in(column, pa.array(EMPTY)), None, column)
        lost = pc.and_(known.is_valid(), made.is_null())
        if pc.any(lost).as_py():
            index = pc.index(lost, True).as_py()
            raise WrongError(wanted, index, column[index].as_py())
    return made


def numbers(text: pa.Array, decimal: str, kind: pa.DataType) -> pa.Array:
    """Return the numbers of a text, true and false being 1 and 0; null where there is none."""
    if decimal != ".":
        text = pc.replace_substring(text, decimal, ".")
    try:
        return text.cast(kind)
    except pa.ArrowInvalid:
        pass
    lower = pc.ascii_lower(text)
    text = pc.if_else(pc.equal(lower, "true"), "1", pc.if_else(pc.equal(lower, "false"), "0", text))
    is_number = pc.match_substring_regex(text, WHOLE if pa.types.is_integer(kind) else NUMBER["."])
    return pc.if_else(is_number, text, None).cast(kind)


# a number that begins with a 0, such as 007, is a name
WHOLE = r"^[+-]?(0|[1-9][0-9]{0,17})$"
NUMBER = {
    sign: rf"^[+-]?((0|[1-9][0-9]*)({point}[0-9]*)?|{point}[0-9]+)([eE][+-]?[0-9]+)?$"
    for sign, point in ((".", r"\."), (",", ","))
}


def moments(text: pa.Array, form: str) -> pa.Array:
    """Return the times of a text in one format, as if in UTC where it has no zone; null if none."""
    if form in ("", ISO, ZONED):
        kind = TIME if form == ZONED else pa.timestamp("ms")
        pattern = ISO_ZONED if form == ZONED else ISO_PLAIN
        fits = pc.match_substring_regex(text, pattern)
        made = pc.if_else(fits, text, None)
        try:
            return made.cast(pa.timestamp("ns", kind.tz)).cast(kind, safe=False).cast(TIME)
        except pa.ArrowInvalid:  # a 30 February is among them
            each = [_moment(value, kind) for value in made.to_pylist()]
            return pa.array(each, kind).cast(TIME)
    pattern = re.sub(
        "%.",
        lambda found: DIRECTIVES.get(found[0], ".+"),
        re.sub(r"([.^$*+?()|\[\]{}])", r"\\\1", form),
    )
    found = pc.extract_regex(text, f"^{pattern}$" if "(?P" in pattern else f"^(?P<day>){pattern}$")
    fits = found.is_valid()
    made = pc.strptime(pc.if_else(fits, text, None), format=form, unit="ms", error_is_null=True)
    if "%d" in form:  # strptime makes 3 March of 31 February
        day = pc.struct_field(found, "day").cast(pa.int64())
        made = pc.if_else(pc.equal(day, pc.day(made)), made, None)
    return made.cast(TIME)


ISO_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
ISO_PLAIN = rf"^{ISO_DAY}([ T][0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}}(\.[0-9]{{1,9}})?)?)?$"
ISO_ZONED = ISO_PLAIN.removesuffix(")?$") + r")(Z|[+-][0-9]{2}(:?[0-9]{2})?)$"


def _moment(value: str | None, kind: pa.DataType) -> object:
    try:
        return pa.scalar(value).cast(pa.timestamp("ns", kind.tz)).cast(kind, safe=False).as_py()
    except pa.ArrowInvalid:
        return None
