"""Answers as people hold them: tables that go to any library, reasons row by row."""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from siam import _languages, _show, _siam
from siam._errors import QueryError
from siam._given import finite

if TYPE_CHECKING:
    # None of these is needed, and not all of them bring types.
    import pandas as _pandas  # type: ignore[import-untyped, import-not-found, unused-ignore]
    import polars as _polars  # type: ignore[import-untyped, import-not-found, unused-ignore]
    import pyarrow as _pyarrow  # type: ignore[import-untyped, import-not-found, unused-ignore]

__all__ = ["Explanation", "Report", "Table", "explain"]

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_WALL_EPOCH = datetime(1970, 1, 1)


def _need(package: str, method: str) -> Any:
    try:
        return importlib.import_module(package)
    except ImportError:
        raise ImportError(f"{method} needs {package}: pip install {package}") from None


class _Tabular:
    """What a table and a report have in common; a report speaks for its first table."""

    __slots__ = ()

    def _table(self) -> _siam.Table:
        raise NotImplementedError

    def __len__(self) -> int:
        return len(self._table())

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""
        return self._table().columns

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The table for any library that speaks Arrow's PyCapsule interface; no value is copied."""
        return self._table().__arrow_c_stream__(requested_schema)

    def column(self, name: str) -> list[Any]:
        """The values of a column: text, int, float, bool, datetime in UTC, date, Decimal, or None."""
        table = self._table()
        if name not in table.columns:
            raise QueryError(_siam.unknown_name("column", name, table.columns))
        return _values(table, table.columns.index(name), 0, len(table))

    def __getitem__(self, name: str) -> list[Any]:
        return self.column(name)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Rows as dicts, one by one."""
        table = self._table()
        step = 1_000
        for first in range(0, len(table), step):
            columns = [_values(table, at, first, step) for at in range(len(table.columns))]
            for cells in zip(*columns):
                yield dict(zip(table.columns, cells))

    def to_dict(self) -> dict[str, list[Any]]:
        """Columns by name, as lists of Python values."""
        table = self._table()
        return {name: _values(table, at, 0, len(table)) for at, name in enumerate(table.columns)}

    def to_polars(self) -> _polars.DataFrame:
        """The table as a polars DataFrame."""
        frame: _polars.DataFrame = _need("polars", "to_polars").DataFrame(self._table())
        return frame

    def to_arrow(self) -> _pyarrow.Table:
        """The table as a pyarrow Table."""
        return _need("pyarrow", "to_arrow").table(self._table())

    def to_pandas(self) -> _pandas.DataFrame:
        """The table as a pandas DataFrame; money stays exact and so becomes Python objects there: see ``plain``."""
        pandas = _need("pandas", "to_pandas")
        if hasattr(pandas.DataFrame, "from_arrow"):
            return pandas.DataFrame.from_arrow(self._table())
        return _need("pyarrow", "to_pandas").table(self._table()).to_pandas()

    def plain(self, zone: str | None = None) -> Table:
        """What altair, Excel and CSV take unaltered: decimals as floats, instants as the readings of a clock in ``zone``, else UTC.

        >>> import siam
        >>> eco = siam.load("{siam: 1, calendars: {office: {zone: Europe/London, hours: {mon-fri: 09:00-17:00}}}}")
        >>> report = eco.next_open("office", "2026-07-04T12:00:00Z")
        >>> report["found"], report.plain("Europe/London")["found"]
        ([datetime.datetime(2026, 7, 6, 8, 0, tzinfo=datetime.timezone.utc)], [datetime.datetime(2026, 7, 6, 9, 0)])
        """
        return Table(self._table().plain(zone or "UTC"))

    def to_csv(self) -> bytes:
        """CSV with a header; no cell of it runs as a formula in a spreadsheet."""
        return self._table().to_csv()

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Writes ``.csv`` (the rows; no cell runs as a formula) or ``.json`` (all tables). Gives the path."""
        path = Path(path)
        suffix = path.suffix.lower()
        if suffix == ".csv":
            path.write_bytes(self.to_csv())
        elif suffix == ".json":
            path.write_text(json.dumps(self._json(), ensure_ascii=False, indent=1, allow_nan=False) + "\n", encoding="utf-8")
        else:
            raise QueryError(_siam.argument_problem("path", str(path), "a kind of file that is written here", "a path that ends in .csv or .json"))
        return path

    def _json(self) -> dict[str, Any]:
        raise NotImplementedError


class Table(_Tabular):
    """A flat table that never changes. It goes to polars, pandas, pyarrow and duckdb as it is.

    >>> import siam
    >>> eco = siam.load("siam: 1\\nservices: {wan: {}, email: {depends_on: [wan], users: 40}}")
    >>> eco.impact("wan").table("summary").to_dict()
    {'services': [2], 'critical': [0], 'users': [40], 'suppliers': [0], 'agreements': [0]}
    """

    __slots__ = ("_held",)

    def __init__(self, held: _siam.Table) -> None:
        self._held = held

    def _table(self) -> _siam.Table:
        return self._held

    @property
    def name(self) -> str:
        """Its name within its report."""
        return self._held.name

    def _json(self) -> dict[str, Any]:
        return {"table": self.name, self.name: _json_rows(self._held)}

    def __repr__(self) -> str:
        return _show.text(self._held, f"Table {self.name}: {_show.rows(len(self))}", [])

    def _repr_html_(self) -> str:
        return _show.html(self._held, f"{self.name}: {_show.rows(len(self))}")


class Report(_Tabular):
    """An answer: tables, what they were computed on, and the reason of every row. As a table it is its first one.

    >>> import siam
    >>> eco = siam.load("siam: 1\\nservices: {wan: {}, email: {depends_on: [wan], users: 40}}")
    >>> report = eco.impact("wan")
    >>> len(report), report["service"], report.tables
    (2, ['email', 'wan'], ['rows', 'routes', 'agreements', 'summary'])
    >>> print(report.explain(1).text.splitlines()[0])
    wan itself is down
    """

    __slots__ = ("_held",)

    def __init__(self, held: _siam.Report) -> None:
        self._held = held

    def _table(self) -> _siam.Table:
        return self._held.table(0)

    @property
    def operation(self) -> str:
        """The operation that gave it."""
        return self._held.operation

    @property
    def fingerprint(self) -> str:
        """What it was computed on, as one SHA-256 in hex: the same question to the same fingerprint gives the same bytes."""
        return self._held.fingerprint

    @property
    def tzdb(self) -> str:
        """The version of the time zone database it was computed with."""
        return self._held.tzdb

    @property
    def edition(self) -> int:
        """The edition of the meanings."""
        return self._held.edition

    @property
    def problems(self) -> _siam.Problems:
        """What is worth knowing about it."""
        return self._held.problems

    @property
    def tables(self) -> list[str]:
        """Names of its tables; the first is the answer itself."""
        return self._held.tables

    def table(self, name: str = "rows") -> Table:
        """One of its tables."""
        names = self.tables
        if name not in names:
            raise QueryError(_siam.unknown_name("table", name, names))
        return Table(self._held.table(names.index(name)))

    def explain(self, row: int, language: str = "en") -> Explanation:
        """Why a row of the first table is what it is; rows count from 0, negative ones from the end."""
        at = row.__index__()
        count = len(self)
        if at < 0:
            at += count
        if not 0 <= at < count:
            example = f"a row from 0 to {count - 1}" if count else "a report that has rows"
            raise QueryError(_siam.argument_problem("row", str(row), f"a row of this report, which has {_show.rows(count)}", example))
        return Explanation(self._held.explain(at, _languages.catalogue(language)))

    def _json(self) -> dict[str, Any]:
        stamp = {"operation": self.operation, "fingerprint": self.fingerprint, "edition": self.edition, "tzdb": self.tzdb}
        return {**stamp, "tables": {name: _json_rows(self._held.table(at)) for at, name in enumerate(self.tables)}}

    def __repr__(self) -> str:
        others = [f"{name} ({len(self._held.table(at))})" for at, name in enumerate(self.tables) if at > 0]
        return _show.text(self._table(), f"{self.operation}: {_show.rows(len(self))}, {self.fingerprint[:12]}", others)

    def _repr_html_(self) -> str:
        return _show.html(self._table(), f"{self.operation}: {_show.rows(len(self))}, {self.fingerprint[:12]}")


class Explanation:
    """Why a row is what it is: the result, then what it rests on."""

    __slots__ = ("_held",)

    def __init__(self, held: _siam.Explanation) -> None:
        self._held = held

    @property
    def language(self) -> str:
        """The language of the words."""
        return self._held.language

    @property
    def text(self) -> str:
        """One line per step, deeper ones indented."""
        return self._held.text

    @property
    def html(self) -> str:
        """Nested lists that unfold, without script or style."""
        return self._held.html

    @property
    def steps(self) -> Table:
        """One row per step, each before those it rests on."""
        return Table(self._held.steps)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        lines = self.text.splitlines()
        return "\n".join([*lines[:11], f"... and {len(lines) - 11} more"] if len(lines) > 12 else lines)

    def _repr_html_(self) -> str:
        return self.html


def explain(report: Report, row: int, language: str = "en") -> Explanation:
    """Why a row of a report is what it is, in the words of a language.

    >>> import siam
    >>> eco = siam.load("siam: 1\\nservices: {wan-a: {}, wan-b: {}, net: {depends_on: [{at_least: 2, of: [wan-a, wan-b]}]}}")
    >>> print(siam.explain(eco.impact("wan-a"), 0))
    net is down: 2 of 2 needed, 1 left
      wan-a itself is down
        it was given as failed
    <BLANKLINE>
    """
    return report.explain(row, language)


def _values(table: _siam.Table, at: int, first: int, count: int) -> list[Any]:
    kind = table.kinds[at]
    raw = table.values(at, first, count)
    if kind == "instant":
        return [None if value is None else _moment(_EPOCH, value) for value in raw]
    if kind == "wall":
        return [None if value is None else _moment(_WALL_EPOCH, value) for value in raw]
    if kind == "date":
        return [None if value is None else date.fromordinal(value + 719_163) for value in raw]
    if kind == "decimal":
        return [None if value is None else Decimal(value) for value in raw]
    return raw


def _moment(epoch: datetime, micros: int) -> datetime:
    try:
        return epoch + timedelta(microseconds=micros)
    except OverflowError:
        # Beyond the years 1 to 9999: an open end; Python's own ends of time are the nearest there are.
        return (datetime.max if micros > 0 else datetime.min).replace(tzinfo=epoch.tzinfo)


def _json_rows(table: _siam.Table) -> list[dict[str, Any]]:
    columns = []
    for at, kind in enumerate(table.kinds):
        values = _values(table, at, 0, len(table))
        if kind in ("instant", "wall", "date"):
            values = [None if value is None else value.isoformat().replace("+00:00", "Z") for value in values]
        elif kind == "decimal":
            values = [None if value is None else format(value, "f") for value in values]
        elif kind == "float":
            values = [None if value is None else finite(value) for value in values]
        columns.append(values)
    return [dict(zip(table.columns, cells)) for cells in zip(*columns)]
