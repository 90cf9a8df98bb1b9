"""What people pass, made into what the doors take: documents as text, questions as JSON, tables as streams.

Nothing is guessed: a date without a zone, a number a float has damaged or a column of mixed types is an error that says where.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol, TypeAlias, Union, runtime_checkable

from siam import _siam
from siam._errors import CheckError, Error, QueryError

__all__ = [
    "ArrowStream",
    "Source",
    "TableLike",
    "WrittenMapping",
    "allowance",
    "changes",
    "document",
    "documents",
    "finite",
    "instant",
    "is_days",
    "is_table",
    "mapping",
    "missing",
    "question",
    "share",
    "tables",
    "within",
    "word",
]


@runtime_checkable
class ArrowStream(Protocol):
    """Anything that hands over a table by Arrow's PyCapsule interface: polars, pandas, pyarrow, duckdb, or a table of siam."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The table as a capsule."""


class WrittenMapping(Protocol):
    """A mapping document that an object holds."""

    def to_yaml(self) -> str:
        """The document."""


Source: TypeAlias = Union[str, "os.PathLike[str]", Mapping[str, Any]]
"""A document: a path, text, or a mapping."""

TableLike: TypeAlias = Union[ArrowStream, Sequence[Mapping[str, Any]], Mapping[str, Sequence[Any]], bytes, "os.PathLike[str]"]
"""A table: anything with an Arrow stream, rows or columns typed by hand, CSV bytes, or the path of a CSV file."""

_SUFFIXES = (".yaml", ".yml", ".json")
_DEPTH = 200
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_WALL_EPOCH = datetime(1970, 1, 1)
_MICROSECOND = timedelta(microseconds=1)
_INTEGERS = range(-(2**63), 2**63)


# --- documents -------------------------------------------------------------------------------------------------------------------


def documents(sources: Iterable[Source], zone: str | None) -> list[tuple[str, str]]:
    """Documents as (name, text), in their order; a zone stands as one more document, so that it can only agree."""
    found = [document(source) for source in sources]
    if zone is not None:
        # Written as people write it, for a quoted name and a plain one do not agree.
        plain = zone.isascii() and zone.replace("/", "").replace("_", "").isalnum()
        edition = "" if found else "siam: 1\n"
        found.append(("the argument zone", f"{edition}zone: {zone if plain else json.dumps(zone)}"))
    return found


def document(source: Source) -> tuple[str, str]:
    """One document as (name, text)."""
    if isinstance(source, Mapping):
        return "mapping", json_text(source)
    if isinstance(source, str):
        if "\n" in source or not source.endswith(_SUFFIXES):
            return "document", _text("document", source)
        source = Path(source)
    if not isinstance(source, os.PathLike):
        raise TypeError(f"a document is a path, text or a mapping, not {type(source).__name__}")
    path = Path(source)
    data = path.read_bytes()
    try:
        return str(path), data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = data.count(b"\n", 0, fault.start) + 1
        column = fault.start - data.rfind(b"\n", 0, fault.start)
        raise CheckError(_siam.document_problem(str(path), line, column, "the text is not UTF-8")) from None


def mapping(source: Source | WrittenMapping) -> str:
    """The text of a mapping document."""
    # A dict has no such method; neither has text or a path.
    written = getattr(source, "to_yaml", None)
    return str(written()) if callable(written) else document(source)[1]  # type: ignore[arg-type]


def _text(name: str, text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise CheckError(_siam.document_problem(name, 1, 1, "the text holds half a surrogate pair")) from None
    return text


def json_text(value: Mapping[str, Any] | list[dict[str, Any]]) -> str:
    """A mapping or a list as JSON whose numbers keep their digits: decimals go as text, floats with the digits that ``repr`` shows."""
    try:
        return json.dumps(_plain(value, 0), allow_nan=False)
    except (TypeError, ValueError) as fault:
        raise CheckError(_siam.document_problem("mapping", 1, 1, str(fault))) from None


def changes(given: Mapping[str, Any] | Mapping[str | tuple[str, ...], Any]) -> str:
    """Changes as JSON: a list of path and value, in their order."""
    listed: list[dict[str, Any]] = []
    for path, value in given.items():
        if not isinstance(path, str) and not (isinstance(path, tuple) and all(isinstance(part, str) for part in path)):
            raise TypeError(f"changes: a path is text or a tuple of names, not {path!r}")
        listed.append({"path": path, "value": value})
    return json_text(listed)


def _plain(value: Any, depth: int) -> Any:
    if depth > _DEPTH:
        raise ValueError(f"it nests deeper than {_DEPTH}")
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, str):
        return _text("mapping", str(value))
    if isinstance(value, Decimal):
        # Quoted digits are exact to the reader, however many there are.
        return format(value, "f") if value.is_finite() else str(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return _length(value)
    if isinstance(value, Mapping):
        if getattr(value, "expand", False) and hasattr(value, "observed") and not value:
            # Such an object of the package holidays fills itself only where it is asked for a day.
            raise ValueError("the holidays are of no year: ask for them with years=range(2026, 2036)")
        return {_key(key): _plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item, depth + 1) for item in value]
    raise TypeError(f"a document cannot hold a value of type {type(value).__name__}")


def _key(key: object) -> str:
    if isinstance(key, bool) or not isinstance(key, (str, int, date)):
        raise TypeError(f"a key of a document is text, not {type(key).__name__}")
    return key.isoformat() if isinstance(key, date) else _text("mapping", str(key))


def _length(value: timedelta) -> str:
    micros = value // _MICROSECOND
    whole, rest = divmod(abs(micros), 1_000_000)
    return f"{'-' if micros < 0 else ''}{whole}{f'.{rest:06}'.rstrip('0') if rest else ''} s"


# --- questions -------------------------------------------------------------------------------------------------------------------


def question(**keys: Any) -> str:
    """A question as JSON; keys that are None are left out."""
    return json.dumps({key: value for key, value in keys.items() if value is not None})


def word(name: str, value: object) -> str:
    """A name, or another text."""
    if not isinstance(value, str):
        raise TypeError(f"{name}: this is text, not {type(value).__name__}")
    return value


def instant(name: str, value: object) -> str:
    """An instant as text: text as it is, a datetime only with its zone."""
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            raise QueryError(
                _siam.argument_problem(name, value.isoformat(" "), "an instant: it has no zone", "a datetime with tzinfo, such as ZoneInfo('Europe/Berlin')")
            )
        return value.isoformat()
    raise TypeError(f"{name}: an instant is a datetime with its zone or text such as 2026-10-03T09:00:00Z, not {type(value).__name__}")


def day(name: str, value: object) -> str:
    """A day as text: text as it is, a date, or a datetime with its zone, which stands for its day."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, (str, datetime)):
        return instant(name, value)
    raise TypeError(f"{name}: a day is a date, a datetime with its zone or text such as 2026-10-03, not {type(value).__name__}")


def within(value: object) -> int:
    """A length of time in whole seconds: a number of seconds, text such as ``4h 30min``, or a timedelta."""
    if isinstance(value, str):
        return _siam.seconds(value)
    if isinstance(value, timedelta):
        return _siam.seconds(_length(value))
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(f"within: a length of time is seconds, text such as '4h 30min' or a timedelta, not {type(value).__name__}")
    seconds = int(value.__index__())
    if seconds not in _INTEGERS:
        raise QueryError(_siam.argument_problem("within", str(seconds), "a length of time that a calendar can hold", "fewer seconds"))
    return seconds


def allowance(value: object) -> str:
    """A length of time or a number of working days as text."""
    if isinstance(value, str) and is_days(value):
        return value
    return f"{within(value)} s"


def is_days(value: object) -> bool:
    """Whether this is text such as ``5 working days``."""
    return isinstance(value, str) and "working" in value.lower()


def share(value: object, name: str = "max_rejected") -> str:
    """A share as exact text: text such as ``1 %`` as it is, a number by the digits that ``repr`` shows."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        raise TypeError(f"{name}: a share is a number such as 0.01 or text such as '1%', not {type(value).__name__}")
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    return format(exact, "f") if exact.is_finite() else str(exact)


# --- tables ----------------------------------------------------------------------------------------------------------------------


def is_table(value: object) -> bool:
    """Whether a value can only be meant as a table."""
    if isinstance(value, (bytes, bytearray, memoryview, os.PathLike)) or hasattr(value, "__arrow_c_stream__") or hasattr(value, "collect"):
        return True
    return isinstance(value, Mapping) and bool(value) and all(isinstance(column, (list, tuple)) for column in value.values())


def tables(given: Mapping[str, Any], failure: type[Error]) -> list[tuple[str, object]]:
    """Tables by name as the doors take them; those that are None are left out."""
    return [(name, _table(name, value, failure)) for name, value in given.items() if value is not None]


def _table(name: str, value: Any, failure: type[Error]) -> object:
    if hasattr(value, "__arrow_c_stream__"):
        return value
    if isinstance(value, os.PathLike):
        path = Path(value)
        if path.suffix.lower() != ".csv":
            raise TypeError(f"{name}: only .csv files are read as tables; open {path.name} with the library that wrote it and pass its table")
        value = path.read_bytes()
    if isinstance(value, (bytes, bytearray, memoryview)):
        try:
            return _siam.Table.of_csv(name, bytes(value))
        except Error as fault:
            raise failure(fault.problems) from None
    if isinstance(value, Mapping):
        return _typed(name, {_name(name, key): _column(name, key, column) for key, column in value.items()}, failure)
    if isinstance(value, (list, tuple)):
        return _typed(name, _columns_of_rows(name, value), failure)
    if callable(getattr(value, "collect", None)):
        raise TypeError(f"{name}: {type(value).__name__} has not been computed yet: call .collect() and pass the result")
    if hasattr(value, "__arrow_c_array__"):
        raise TypeError(f"{name}: {type(value).__name__} is one array; make a table of it, such as pyarrow.table(...)")
    raise TypeError(
        f"{name}: a table is anything with __arrow_c_stream__ (polars, pandas, pyarrow, duckdb), a list of dicts, a dict of lists, "
        f"CSV bytes or a path to .csv, not {type(value).__name__}"
    )


def _name(table: str, key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"{table}: the name of a column is text, not {type(key).__name__}")
    return key


def _column(table: str, key: str, values: Any) -> list[Any]:
    if isinstance(values, (str, bytes, Mapping)) or not isinstance(values, Iterable):
        raise TypeError(f"{table}: column {key} is a list of values, not {type(values).__name__}")
    return list(values)


def _columns_of_rows(name: str, rows: Sequence[Any]) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {}
    for at, row in enumerate(rows):
        if not isinstance(row, Mapping):
            raise TypeError(f"{name}: row {at + 1} is {type(row).__name__}, not a dict")
        for key, value in row.items():
            column = columns.get(key)
            if column is None:
                column = columns[_name(name, key)] = [None] * len(rows)
            column[at] = value
    return _flat(name, columns)


def _flat(name: str, columns: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Columns whose cells are dicts, such as ``{"value": ..., "link": ...}``, as one column for each of their keys."""
    flat: dict[str, list[Any]] = {}
    for key, values in columns.items():
        if not any(isinstance(value, Mapping) for value in values):
            flat[key] = values
            continue
        for at, value in enumerate(values):
            if isinstance(value, Mapping):
                for part, one in value.items():
                    flat.setdefault(f"{key}.{_name(name, part)}", [None] * len(values))[at] = one
            elif not missing(value) and value != "":
                # An empty text is how such exports write that there is none.
                raise TypeError(f"{name}: row {at + 1}, column {key}: {type(value).__name__} stands beside a dict: a column holds one type")
    return flat


def _typed(name: str, columns: Mapping[str, list[Any]], failure: type[Error]) -> _siam.Table:
    lengths = {len(values) for values in columns.values()}
    if len(lengths) > 1:
        raise failure(_siam.table_problem(name, 0, "", f"its columns have {' and '.join(map(str, sorted(lengths)))} rows"))
    return _siam.Table.of_columns(name, [(column, *_kind(name, column, values, failure)) for column, values in columns.items()])


def missing(value: Any) -> bool:
    """Whether a value typed by hand stands for none."""
    # NaN and NaT are how tables without null write a missing value; both differ from themselves.
    return value is None or (isinstance(value, (float, datetime)) and value != value)


def _word(value: Any) -> str:
    """What a value is; two words in one column are one too many."""
    if isinstance(value, str):
        return "text"
    # Truth values of numpy are no bool, and would pass for whole numbers.
    if isinstance(value, bool) or type(value).__name__ in ("bool", "bool_"):
        return "boolean"
    if isinstance(value, float):
        return "float"
    if isinstance(value, Decimal):
        return "decimal"
    if isinstance(value, datetime):
        return "wall" if value.utcoffset() is None else "instant"
    if isinstance(value, date):
        return "date"
    if hasattr(value, "__index__"):
        return "integer"
    return type(value).__name__


_NAMES = {"wall": "datetime without a zone", "instant": "datetime with a zone", "integer": "whole number", "boolean": "truth value"}


def _kind(table: str, column: str, given: list[Any], failure: type[Error]) -> tuple[str, list[Any]]:
    """The kind of a column typed by hand, and its values as the table takes them."""
    values = [None if missing(value) else value for value in given]
    kind = "text"
    seen: str | None = None
    for row, value in enumerate(values):
        if value is None:
            continue
        word = _word(value)
        if word not in ("text", "boolean", "float", "decimal", "wall", "instant", "date", "integer"):
            raise failure(_siam.table_problem(table, row + 1, column, f"a value of type {word} has no place in a table"))
        if seen is not None and word != seen and {word, seen} not in ({"integer", "float"}, {"integer", "decimal"}):
            found = f"{_NAMES.get(word, word)} stands below {_NAMES.get(seen, seen)}: a column holds one type"
            raise failure(_siam.table_problem(table, row + 1, column, found))
        if seen is None or seen == "integer":
            seen = kind = word
    if kind == "integer":
        return kind, _checked(table, column, values, failure)
    if kind == "float":
        return kind, [None if value is None else float(value) for value in values]
    if kind == "boolean":
        return kind, [None if value is None else bool(value) for value in values]
    if kind == "decimal":
        return _decimals(table, column, values, failure)
    if kind == "instant":
        return kind, [None if value is None else (value - _EPOCH) // _MICROSECOND for value in values]
    if kind == "wall":
        return kind, [None if value is None else (value - _WALL_EPOCH) // _MICROSECOND for value in values]
    if kind == "date":
        return kind, [None if value is None else value.toordinal() - 719_163 for value in values]
    for row, value in enumerate(values):
        if value is not None and any("\ud800" <= letter <= "\udfff" for letter in value):
            raise failure(_siam.table_problem(table, row + 1, column, "the text holds half a surrogate pair"))
    return kind, values


def _checked(table: str, column: str, values: list[Any], failure: type[Error]) -> list[Any]:
    whole = [None if value is None else int(value.__index__()) for value in values]
    for row, value in enumerate(whole):
        if value is not None and value not in _INTEGERS:
            raise failure(_siam.table_problem(table, row + 1, column, "the whole number needs more than 64 bits"))
    return whole


def _decimals(table: str, column: str, values: list[Any], failure: type[Error]) -> tuple[str, list[Any]]:
    exact = [None if value is None else Decimal(value) for value in values]
    places = 0
    for row, value in enumerate(exact):
        exponent = None if value is None else value.as_tuple().exponent
        if isinstance(exponent, str):
            raise failure(_siam.table_problem(table, row + 1, column, f"{value} is no number"))
        places = max(places, -(exponent or 0))
    unscaled: list[Any] = []
    for row, value in enumerate(exact):
        if value is None:
            unscaled.append(None)
            continue
        sign, digits, exponent = value.as_tuple()
        shift = int(exponent) + places
        if len(digits) + shift > 38 or places > 38:
            raise failure(_siam.table_problem(table, row + 1, column, "the decimal needs more than 38 digits"))
        whole = int("".join(map(str, digits))) * 10**shift
        unscaled.append(-whole if sign else whole)
    return f"decimal:{places}", unscaled


def finite(value: float) -> float | None:
    """A float that JSON can hold."""
    return value if math.isfinite(value) else None
