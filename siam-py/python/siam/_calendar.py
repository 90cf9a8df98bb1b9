"""A calendar by itself: single instants give plain values, columns give columns of the same library."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, overload

from siam import _given, _siam
from siam._errors import QueryError
from siam._report import Report, Table

__all__ = ["Calendar"]

_Door = Callable[[_siam.Ecosystem, str, "list[tuple[str, object]]"], _siam.Report]


class Calendar:
    """Service hours: what a calendar of an ecosystem says about instants.

    An instant is a datetime with its zone, or text such as ``2026-10-03T09:00:00Z``; a datetime found has the zone of the one that was
    asked. A column is a list, or a series of polars, pandas or pyarrow: the answer is a column of the same kind. A row that has no
    instant, or that cannot be computed, gives null there; :meth:`siam.Ecosystem.elapsed` and its like also name the problem.

    >>> import siam
    >>> from datetime import datetime
    >>> from zoneinfo import ZoneInfo
    >>> eco = siam.load("{siam: 1, calendars: {office: {zone: Europe/London, hours: {mon-fri: 09:00-17:00}}}}")
    >>> office = eco.calendar("office")
    >>> office.deadline(datetime(2026, 10, 23, 16, tzinfo=ZoneInfo("Europe/London")), "4h").isoformat()
    '2026-10-26T12:00:00+00:00'
    >>> office.is_open(["2026-10-23T15:00:00Z", "2026-10-24T15:00:00Z"])
    [True, False]
    """

    __slots__ = ("_ecosystem", "_name")

    def __init__(self, ecosystem: _siam.Ecosystem, name: str) -> None:
        self._ecosystem = ecosystem
        self._name = name

    @property
    def name(self) -> str:
        """Its name."""
        return self._name

    def __repr__(self) -> str:
        return f"Calendar {self._name}"

    @overload
    def elapsed(self, a: str | datetime, b: str | datetime) -> int: ...
    @overload
    def elapsed(self, a: list[Any], b: list[Any] | str | datetime) -> list[int | None]: ...
    @overload
    def elapsed(self, a: Any, b: Any) -> Any: ...
    def elapsed(self, a: Any, b: Any) -> Any:
        """Seconds of service time from ``a`` to ``b``, rounded down; negative where ``b`` lies before ``a``."""
        return self._ask(_siam.elapsed, "spans", {"from": a, "until": b}, "elapsed_seconds")

    @overload
    def deadline(
        self, a: str | datetime, within: int | str | timedelta, *, backwards: bool = False, boundary: str = "same"
    ) -> datetime: ...
    @overload
    def deadline(self, a: list[Any], within: Any, *, backwards: bool = False, boundary: str = "same") -> list[datetime | None]: ...
    @overload
    def deadline(self, a: Any, within: Any, *, backwards: bool = False, boundary: str = "same") -> Any: ...
    def deadline(self, a: Any, within: Any, *, backwards: bool = False, boundary: str = "same") -> Any:
        """When a length of service time is used up: ``within`` is seconds, text such as ``4h 30min`` or ``5 working days``, or a timedelta.

        ``backwards`` counts back from ``a``. ``boundary`` is ``same`` (the closing) or ``next`` (the next opening), for a deadline that
        falls on the edge of a closed stretch.
        """
        columns = {"from": a, "within" if _given.is_days(within) else "within_seconds": within}
        return self._ask(_siam.deadline, "starts", columns, "deadline", backwards=backwards, boundary=boundary)

    @overload
    def is_open(self, at: str | datetime) -> bool: ...
    @overload
    def is_open(self, at: list[Any]) -> list[bool | None]: ...
    @overload
    def is_open(self, at: Any) -> Any: ...
    def is_open(self, at: Any) -> Any:
        """Whether it is open; an interval holds its opening and not its closing."""
        return self._ask(_siam.is_open, "instants", {"at": at}, "open")

    @overload
    def next_open(self, at: str | datetime) -> datetime: ...
    @overload
    def next_open(self, at: list[Any]) -> list[datetime | None]: ...
    @overload
    def next_open(self, at: Any) -> Any: ...
    def next_open(self, at: Any) -> Any:
        """The next instant that is open: the instant itself where it is open."""
        return self._ask(_siam.next_open, "instants", {"at": at}, "found")

    @overload
    def next_close(self, at: str | datetime) -> datetime | None: ...
    @overload
    def next_close(self, at: list[Any]) -> list[datetime | None]: ...
    @overload
    def next_close(self, at: Any) -> Any: ...
    def next_close(self, at: Any) -> Any:
        """The first closing after an instant; None where it never closes again."""
        return self._ask(_siam.next_close, "instants", {"at": at}, "found")

    @overload
    def previous_open(self, at: str | datetime) -> datetime: ...
    @overload
    def previous_open(self, at: list[Any]) -> list[datetime | None]: ...
    @overload
    def previous_open(self, at: Any) -> Any: ...
    def previous_open(self, at: Any) -> Any:
        """The latest instant up to ``at`` such that the time just before it is open."""
        return self._ask(_siam.previous_open, "instants", {"at": at}, "found")

    def intervals(self, start: str | datetime, until: str | datetime | None = None, *, count: int | None = None) -> Table:
        """The open intervals from an instant, until another or the first ``count``, as a table ``from, until, open_seconds``."""
        keys: dict[str, Any] = {"from": _given.instant("start", start)}
        keys["until"] = None if until is None else _given.instant("until", until)
        question = _given.question(calendar=self._name, count=count, **keys)
        return Report(_siam.intervals(self._ecosystem, question, [])).table()

    def _ask(self, door: _Door, table: str, columns: dict[str, Any], answer: str, **keys: Any) -> Any:
        lead = next((column for column in columns.values() if _library(column) is not None), None)
        if lead is None:
            return self._one(door, table, columns, answer, keys)
        library = _library(lead)
        rows = len(lead)
        lengths = {len(column) for column in columns.values() if _library(column) is not None}
        if len(lengths) > 1:
            raise QueryError(_siam.table_problem(table, 0, "", f"its columns have {' and '.join(map(str, sorted(lengths)))} rows"))
        whole = {name: column for name, column in columns.items() if _library(column) is not None}
        same = all(_library(column) == library for column in whole.values())
        if library == "list" or not same or any(_has_nulls(column) for column in whole.values()):
            filled = {name: _listed(column) if name in whole else [column] * rows for name, column in columns.items()}
            return _like(lead, self._each(door, table, filled, answer, keys), answer)
        # Values of one row go to the other rows as text or seconds, which every library holds alike.
        ready = {name: column if name in whole else [_scalar(name, column)] * rows for name, column in columns.items()}
        report = Report(door(self._ecosystem, self._question(keys), [(table, _frame(lead, ready))]))
        if library == "polars":
            return report.to_polars().get_column(answer)
        if library == "pandas":
            return report.to_pandas()[answer].set_axis(lead.index)
        return report.to_arrow().column(answer)

    def _question(self, keys: dict[str, Any]) -> str:
        return _given.question(calendar=self._name, **keys)

    def _one(self, door: _Door, table: str, columns: dict[str, Any], answer: str, keys: dict[str, Any]) -> Any:
        one = {name: [_scalar(name, value)] for name, value in columns.items()}
        report = Report(door(self._ecosystem, self._question(keys), _given.tables({table: one}, QueryError)))
        if len(report.problems) > 0:
            raise QueryError(report.problems)
        return _in_zone_of(next(iter(columns.values())), report.column(answer)[0])

    def _each(self, door: _Door, table: str, columns: dict[str, list[Any]], answer: str, keys: dict[str, Any]) -> list[Any]:
        asked = [at for at, row in enumerate(zip(*columns.values())) if not any(_given.missing(value) for value in row)]
        rows = {name: [_scalar(name, column[at]) for at in asked] for name, column in columns.items()}
        report = Report(door(self._ecosystem, self._question(keys), _given.tables({table: rows}, QueryError)))
        first = next(iter(columns.values()))
        found: list[Any] = [None] * len(first)
        for at, value in zip(asked, report.column(answer)):
            found[at] = _in_zone_of(first[at], value)
        return found


def _library(value: Any) -> str | None:
    """Which kind of column a value is; none where it is no column."""
    if isinstance(value, (list, tuple)):
        return "list"
    for name, kinds in (("polars", ("Series",)), ("pandas", ("Series",)), ("pyarrow", ("Array", "ChunkedArray"))):
        # A library that was never imported has made no column.
        module = sys.modules.get(name)
        if module is not None and isinstance(value, tuple(getattr(module, kind) for kind in kinds if hasattr(module, kind))):
            return name
    return None


def _has_nulls(column: Any) -> bool:
    library = _library(column)
    if library == "pandas":
        return bool(column.isna().any())
    return bool(column.null_count() if library == "polars" else column.null_count)


def _listed(column: Any) -> list[Any]:
    library = _library(column)
    if library == "list":
        return list(column)
    listed: list[Any] = column.to_pylist() if library == "pyarrow" else column.to_list()
    return listed


def _like(lead: Any, values: list[Any], name: str) -> Any:
    library = _library(lead)
    if library == "polars":
        return sys.modules["polars"].Series(name, values)
    if library == "pandas":
        return sys.modules["pandas"].Series(values, index=lead.index, name=name)
    if library == "pyarrow":
        return sys.modules["pyarrow"].chunked_array([values])
    return values


def _frame(lead: Any, columns: dict[str, Any]) -> object:
    library = _library(lead)
    if library == "polars":
        return sys.modules["polars"].DataFrame(columns)
    if library == "pandas":
        # Rows belong together by position, not by the label of their index.
        aligned = {name: column.reset_index(drop=True) if hasattr(column, "reset_index") else column for name, column in columns.items()}
        return sys.modules["pandas"].DataFrame(aligned)
    return sys.modules["pyarrow"].table(columns)


def _scalar(name: str, value: Any) -> Any:
    if name == "within":
        return _given.word(name, value)
    return _given.within(value) if name == "within_seconds" else _given.instant(name, value)


def _in_zone_of(asked: Any, found: Any) -> Any:
    if isinstance(asked, datetime) and isinstance(found, datetime):
        return found.astimezone(asked.tzinfo)
    return found
