"""Service hours."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from siam import _asked, _given, _siam
from siam._asked import Asked, Moment
from siam._calendar import Calendar
from siam._errors import QueryError
from siam._given import TableLike
from siam._report import Report


class Hours(Asked):
    """Questions about calendars."""

    __slots__ = ()

    def calendar(self, name: str) -> Calendar:
        """One of its calendars, for questions about single instants and whole columns.

        >>> import siam
        >>> eco = siam.load("{siam: 1, calendars: {office: {zone: Europe/London, hours: {mon-fri: 09:00-17:00}}}}")
        >>> eco.calendar("office").elapsed("2026-10-23T15:00:00Z", "2026-10-26T10:00:00Z")
        7200
        """
        self._held.require_calendar(name)
        return Calendar(self._held, name)

    def elapsed(self, calendar: str, spans: Iterable[tuple[Moment, Moment]] | TableLike) -> Report:
        """How long a calendar was open within spans: pairs of instants, or a table ``spans(from, until, zone)``.

        Where a row names a ``zone``, it is measured in the hours of that zone.

        >>> import siam
        >>> eco = siam.load("{siam: 1, calendars: {day: {hours: {mon-sun: 08:00-20:00}}}}")
        >>> eco.elapsed("day", [("2026-07-01T10:00:00Z", "2026-07-02T10:00:00Z")])["elapsed_seconds"]
        [43200]
        """
        listed, tables = _asked.pairs("spans", spans)
        pairs = [{"from": _given.instant("from", a), "until": _given.instant("until", b)} for a, b in listed]
        question = _given.question(calendar=_given.word("calendar", calendar), spans=pairs)
        return Report(_siam.elapsed(self._held, question, _given.tables(tables, QueryError)))

    def deadline(
        self,
        calendar: str,
        starts: Iterable[tuple[Moment, int | str | timedelta]] | TableLike,
        *,
        backwards: bool | None = None,
        boundary: str | None = None,
        days_from: str | None = None,
        days_end: str | None = None,
    ) -> Report:
        """When lengths of service time are used up: pairs of an instant and a length, or a table of starts.

        The table is ``starts(from, within_seconds, zone)``, or ``starts(from, within, zone)`` with texts. A length is also a number of
        days on which the calendar is open: ``5 working days``. Day 0 is the day of the start, or with ``days_from="next_opening"`` that of
        the next opening; the last day is over at its last ``closing``, at ``midnight`` or at the ``same_time`` of day (``days_end``).

        ``backwards`` counts back from the start. ``boundary`` is ``same`` (the closing) or ``next`` (the next opening), for a deadline
        that falls on the edge of a closed stretch.

        >>> import siam
        >>> eco = siam.load("{siam: 1, calendars: {office: {hours: {mon-fri: 09:00-17:00}}}}")
        >>> eco.deadline("office", [("2026-10-23T15:00:00Z", "4h")])["deadline"]
        [datetime.datetime(2026, 10, 26, 11, 0, tzinfo=datetime.timezone.utc)]
        >>> eco.deadline("office", [("2026-10-23T15:00:00Z", "5 working days")])["deadline"]
        [datetime.datetime(2026, 10, 30, 17, 0, tzinfo=datetime.timezone.utc)]
        """
        listed, tables = _asked.pairs("starts", starts)
        pairs = [{"from": _given.instant("from", a), "within": _given.allowance(length)} for a, length in listed]
        rule = {key: value for key, value in (("from", days_from), ("end", days_end)) if value is not None}
        edges = _asked.edges(backwards, boundary)
        name = _given.word("calendar", calendar)
        question = _given.question(calendar=name, starts=pairs, working_days=rule or None, **edges)
        return Report(_siam.deadline(self._held, question, _given.tables(tables, QueryError)))

    def is_open(self, calendar: str, instants: Moment | Iterable[Moment] | TableLike) -> Report:
        """Whether a calendar is open at instants: one, several, or a table ``instants(at)``; an interval holds its opening, not its closing.

        >>> import siam
        >>> eco = siam.load("{siam: 1, calendars: {day: {hours: {mon-sun: 08:00-20:00}}}}")
        >>> eco.is_open("day", ["2026-07-01T08:00:00Z", "2026-07-01T20:00:00Z"])["open"]
        [True, False]
        """
        return Report(_siam.is_open(self._held, *_asked.instants(calendar, instants)))

    def next_open(self, calendar: str, instants: Moment | Iterable[Moment] | TableLike) -> Report:
        """The next instant at which a calendar is open: each instant itself where it is open."""
        return Report(_siam.next_open(self._held, *_asked.instants(calendar, instants)))

    def next_close(self, calendar: str, instants: Moment | Iterable[Moment] | TableLike) -> Report:
        """The first closing after each instant; null where the calendar never closes again."""
        return Report(_siam.next_close(self._held, *_asked.instants(calendar, instants)))

    def previous_open(self, calendar: str, instants: Moment | Iterable[Moment] | TableLike) -> Report:
        """The latest instant up to each such that the time just before it is open."""
        return Report(_siam.previous_open(self._held, *_asked.instants(calendar, instants)))

    def intervals(self, calendar: str, start: Moment, until: Moment | None = None, *, count: int | None = None) -> Report:
        """The open intervals of a calendar from an instant: until another, or the first ``count``.

        >>> import siam
        >>> eco = siam.load("{siam: 1, calendars: {day: {hours: {mon-sun: 08:00-20:00}}}}")
        >>> len(eco.intervals("day", "2026-07-01T10:00:00Z", count=3))
        3
        """
        keys: dict[str, Any] = {"from": _given.instant("start", start)}
        keys["until"] = None if until is None else _given.instant("until", until)
        return Report(_siam.intervals(self._held, _given.question(calendar=_given.word("calendar", calendar), count=count, **keys), []))
