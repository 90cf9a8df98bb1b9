"""Answers as people hold them: reports, and those with something of their own."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar

from siam import _export, _given, _languages, _show, _siam
from siam._errors import QueryError
from siam._shown import Explanation, Picture
from siam._table import Table, Tabular

__all__ = ["Evidence", "Explanation", "Picture", "Report", "Review", "Scorecard", "Stream", "Table", "explain", "page"]


class Report(Tabular):
    """An answer: tables, what they were computed on, and the reason of every row. As a table it is its first one.

    >>> import siam
    >>> eco = siam.load("siam: 1\\nservices: {wan: {}, email: {depends_on: [wan], users: 40}}")
    >>> report = eco.impact("wan")
    >>> len(report), report["service"], report.tables
    (2, ['email', 'wan'], ['rows', 'routes', 'agreements', 'summary', 'excuses', 'interfaces', 'problems'])
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
        """Names of its tables; the first is the answer itself, the last are its problems."""
        return self._held.tables

    def table(self, name: str | None = None) -> Table:
        """One of its tables; the first unless named."""
        return Table(self._held.table(self._place(name)))

    @property
    def streams(self) -> list[str]:
        """Names of the tables that it computes only while they are read: too many rows to hold."""
        return self._held.streams

    def stream(self, name: str) -> Stream:
        """One of the tables that it computes only while they are read, in bounded memory.

        >>> import siam
        >>> eco = siam.load("siam: 1\\nservices: {wan: {}, email: {depends_on: [wan], users: 40}}")
        >>> [batch["service"] for batch in eco.impacts().stream("services")]
        [['wan', 'email', 'email']]
        """
        names = self.streams
        if name not in names:
            self._held.stream(name)
        return Stream(self._held, name)

    def text(
        self, table: str | None = None, columns: Sequence[str] | None = None, rows: int = 10, *, language: str = "en"
    ) -> str:
        """A table as aligned lines, the same in every language: these columns (all unless named), at most so many rows.

        >>> import siam
        >>> eco = siam.load("siam: 1\\nservices: {wan: {}, email: {depends_on: [wan], users: 40}}")
        >>> print(eco.impact("wan").text(columns=["service", "users"], rows=1), end="")
        service  users
        email       40
        and 1 more row
        """
        return self.table(table).text(columns, rows, language=language)

    def explain(self, row: int, table: str | None = None, language: str = "en") -> Explanation:
        """Why a row of a table, the first unless named, is what it is; rows count from 0, negative ones from the end."""
        place = self._place(table)
        at = row.__index__()
        count = len(self._held.table(place))
        if at < 0:
            at += count
        if not 0 <= at < count:
            example = f"a row from 0 to {count - 1}" if count else "a table that has rows"
            raise QueryError(_siam.argument_problem("row", str(row), f"a row of this table, which has {_show.rows(count)}", example))
        return Explanation(self._held.explain(self.tables[place], at, _languages.catalogue(language)))

    def picture(self, language: str = "en") -> Picture:
        """A picture of it; so far that of an impact: what failed and whom it reached.

        >>> import siam
        >>> eco = siam.load("siam: 1\\nservices: {wan: {}, email: {depends_on: [wan], users: 40}}")
        >>> print(eco.impact("wan").picture().mermaid.splitlines()[0])
        flowchart LR
        """
        held = self._held.picture(_languages.catalogue(language))
        if held is None:
            raise QueryError(_siam.argument_problem("operation", self.operation, "one whose reports have a picture", "a report of impact"))
        return Picture(held)

    def _place(self, name: str | None) -> int:
        """The position of a table."""
        names = self.tables
        if name is not None and name not in names:
            raise QueryError(_siam.unknown_name("table", name, names))
        return 0 if name is None else names.index(name)

    def save(self, path: str | os.PathLike[str], *, table: str | None = None, language: str = "en") -> Path:
        """Writes one table, or where none is named the whole report with what it stands on; no cell runs as a formula. Gives the path.

        ``.csv`` (one table, the first unless named), ``.json``, ``.html`` (a page that loads nothing, with the reasons of its first
        rows), ``.xlsx`` (one sheet a table and one that says how it was computed; needs ``pip install siam[excel]``).

        >>> import siam, tempfile
        >>> eco = siam.load("{siam: 1, services: {wan: {}, email: {depends_on: [wan]}}}")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     eco.impact("wan").save(folder + "/impact.html").read_text(encoding="utf-8").count("<h1>Impact</h1>")
        1
        """
        words = _languages.catalogue(language)
        if table is not None:
            return self.table(table).save(path, language=language)
        writers: _export.Writers = {
            ".csv": self.to_csv,
            ".json": lambda: self._held.json(words).encode(),
            ".html": lambda: self._held.html(words).encode(),
            ".xlsx": lambda: _export.workbook([self._held.table(at) for at in range(len(self.tables))], words, self._held),
        }
        return _export.save(path, writers)

    # What `repr` shows first, where the columns are more than fit.
    _first: ClassVar[tuple[str, ...]] = ()

    def __repr__(self) -> str:
        counts = {name: len(self._held.table(at)) for at, name in enumerate(self.tables) if at > 0}
        others = [f"{name} ({count})" for name, count in counts.items() if count or name != "problems"]
        return _show.text(self._table(), f"{self.operation}: {_show.rows(len(self))}, {self.fingerprint[:12]}", others, self._first)

    def _repr_html_(self) -> str:
        return _show.html(self._table(), f"{self.operation}: {_show.rows(len(self))}, {self.fingerprint[:12]}")

    def _repr_svg_(self) -> str | None:
        held = self._held.picture(_languages.catalogue("en"))
        return None if held is None else held.svg()


class Stream:
    """A table that is computed while it is read, batch by batch; every reading begins anew.

    Iterating gives its batches as tables. Any library that reads Arrow streams takes it as it is, such as
    ``pyarrow.RecordBatchReader.from_stream(stream)`` or ``duckdb.sql("select count(*) from stream")``.
    """

    __slots__ = ("_held", "_name")

    def __init__(self, held: _siam.Report, name: str) -> None:
        self._held = held
        self._name = name

    @property
    def name(self) -> str:
        """Its name within its report."""
        return self._name

    def __iter__(self) -> Iterator[Table]:
        """Its batches, one by one; no batch is empty."""
        reading = self._held.stream(self._name)
        while (batch := reading.next_batch()) is not None:
            yield Table(batch)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The whole of it for any library that speaks Arrow's PyCapsule interface."""
        return self._held.stream(self._name).__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        return f"Stream {self._name} of {self._held.operation}"


class Review(Report):
    """The monthly service review; its tables ``history`` and ``ledger`` are what the next one takes.

    >>> import siam
    >>> eco = siam.load("{siam: 1}")
    >>> eco.review(eco.evidence(), "2026-10").tables[:3]
    ['rows', 'measures', 'scorecard']
    """

    __slots__ = ()

    def page(self, party: str | None = None, title: str | None = None, language: str = "en") -> str:
        """One page of HTML for the meeting: for all, or for one ``party`` with its own rows and nobody else's money.

        It loads nothing, reads on a phone, a desk and paper, and its lists unfold into reasons. ``title`` stands instead of the
        ecosystem's name.

        >>> import siam
        >>> eco = siam.load("{siam: 1, ecosystem: Acme}")
        >>> page = eco.review(eco.evidence(), "2026-10").page(title="October at Acme")
        >>> page.count("<h1>October at Acme</h1>")
        1
        """
        question = _given.question(
            party=None if party is None else _given.word("party", party),
            title=None if title is None else _given.word("title", title),
        )
        return self._held.page(question, _languages.catalogue(language))


class Evidence(Report):
    """What happened, bound once to an ecosystem; score, reconcile and observed ask it as often as they like.

    Nothing is dropped in silence: table ``used`` says what was made of each given table, ``rejected`` lists the rows and cells that are
    not used and why, ``unknown`` the names that nobody knows, ``columns`` what became of each column.
    """

    __slots__ = ("_bound",)

    def __init__(self, bound: _siam.Evidence) -> None:
        super().__init__(bound.report())
        self._bound = bound

    @property
    def rejected(self) -> Table:
        """The rows and cells that are not used, each with its reason."""
        return self.table("rejected")

    @property
    def unknown(self) -> Table:
        """Names that the ecosystem or the mapping does not have; their rows are scored all the same."""
        return self.table("unknown")

    @property
    def column_uses(self) -> Table:
        """What became of each column of the given tables: read or not, how many values are missing, how many rejected."""
        return self.table("columns")


class Scorecard(Report):
    """How everyone did: measures over periods, in all and by party, priority and service; table ``tickets`` has every verdict."""

    __slots__ = ("_listed", "_of")
    _first = ("period", "measure", "party", "priority", "service", "counted", "met", "missed", "percent", "target", "result")

    def __init__(self, held: _siam.Report, listed: bool, of: _siam.Ecosystem | None = None) -> None:
        super().__init__(held)
        self._listed = listed
        self._of = of

    def trend(self, measure: str | None = None) -> Report:
        """How one measure, or each, went over the periods of this scorecard; see :meth:`siam.Ecosystem.trend`."""
        question = _given.question(measures=None if measure is None else [_given.word("measure", measure)])
        return Report(_siam.trend(self._ecosystem(), question, _given.tables({"rows": self}, QueryError)))

    def _ecosystem(self) -> _siam.Ecosystem:
        return _siam.load([("siam.yaml", "siam: 1")], []) if self._of is None else self._of

    def misses(self) -> Table:
        """The tickets that took longer than agreed."""
        tickets = self._tickets()
        return Table(tickets.only("misses", tickets.columns.index("outcome"), "missed"))

    def explain_ticket(self, measure: str, ticket: str, language: str = "en") -> Explanation:
        """Why a ticket is met, missed, excluded or unscored under a measure: its time on the clock, stretch by stretch."""
        tickets = self._tickets()
        columns = tickets.columns
        row = tickets.find([(columns.index("measure"), measure), (columns.index("ticket"), ticket)])
        if row is None:
            # Which of the two is not there decides what is suggested.
            kind, name = ("measure", measure) if measure not in self["measure"] else ("ticket", ticket)
            among = set(self["measure"]) if kind == "measure" else {one["ticket"] for one in Table(tickets) if one["measure"] == measure}
            raise QueryError(_siam.unknown_name(kind, name, sorted(among)))
        return self.explain(row, "tickets", language)

    def _tickets(self) -> _siam.Table:
        if not self._listed:
            raise QueryError(_siam.argument_problem("tickets", "False", "what this needs: the scorecard lists no tickets", "tickets=True to score"))
        return self._held.table(self._place("tickets"))


def page(review: Review, party: str | None = None, title: str | None = None, language: str = "en") -> str:
    """A service review as one page of HTML, for all or for one party, in the words of a language.

    >>> import siam
    >>> eco = siam.load("{siam: 1, ecosystem: Acme}")
    >>> siam.page(eco.review(eco.evidence(), "2026-10")).count("<!DOCTYPE html>")
    1
    """
    return review.page(party, title, language)


def explain(report: Report, row: int, table: str | None = None, language: str = "en") -> Explanation:
    """Why a row of a table of a report, the first unless named, is what it is, in the words of a language.

    >>> import siam
    >>> eco = siam.load("siam: 1\\nservices: {wan-a: {}, wan-b: {}, net: {depends_on: [{at_least: 2, of: [wan-a, wan-b]}]}}")
    >>> print(siam.explain(eco.impact("wan-a"), 0))
    net is down: 2 of 2 needed, 1 left
      wan-a itself is down
        it was given as failed
    <BLANKLINE>
    """
    return report.explain(row, table, language)
