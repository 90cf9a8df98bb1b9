"""Loading, checking and comparing, and what an ecosystem is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from siam import _asked, _given, _siam
from siam._asked import Day, Moment
from siam._errors import CheckError, Error, QueryError
from siam._follows import Follows
from siam._given import Source, TableLike
from siam._happened import Happened
from siam._hours import Hours
from siam._report import Report, Scorecard
from siam._roles import Roles

__all__ = ["Day", "Ecosystem", "Moment", "check", "compare", "diff", "load", "periods"]


def load(
    *sources: Source,
    zone: str | None = None,
    services: TableLike | None = None,
    dependencies: TableLike | None = None,
    parties: TableLike | None = None,
    classes: TableLike | None = None,
    zones: _siam.Zones | None = None,
) -> Ecosystem:
    """Reads and checks documents; raises :class:`siam.CheckError` with every fault at once.

    A source is a path (also text that ends in ``.yaml``, ``.yml`` or ``.json``), a document as text, or a mapping. Several sources make
    one ecosystem. ``zone`` is the zone in which dates are meant, for documents that name none. ``services(service, title, provider,
    owner, class, stage, users, hours, user_hours, rule, from, until)``, ``dependencies(from, to, impact, weight, group, rule)``,
    ``parties(party, kind, ...)`` and ``classes(class, title, critical, ...)`` are tables, such as an export of a CMDB; with tables no
    document is needed.

    In a mapping decimals keep all their digits; a float is taken by the digits that ``repr`` shows, and one that arithmetic has damaged,
    such as ``0.1 + 0.2``, is refused. A mapping from dates to names stands for itself, so that ``holidays`` of a calendar may be what the
    package ``holidays`` gives for some years.

    ``zones`` is a time zone database of one's own, from :func:`siam.zones`.

    >>> import siam
    >>> eco = siam.load({"siam": 1, "ecosystem": "acme", "services": {"wan": {}, "email": {"depends_on": ["wan"]}}})
    >>> eco.counts["services"]
    2
    >>> lines = [{"from": "email", "to": "wan-a"}, {"from": "email", "to": "wan-b"}]
    >>> names = [{"service": "wan-a", "rule": None}, {"service": "wan-b", "rule": None}, {"service": "email", "rule": "any_of"}]
    >>> siam.load(services=names, dependencies=lines).counts["services"]
    3
    """
    given = {"services": services, "dependencies": dependencies, "parties": parties, "classes": classes}
    tables = _given.tables(given, CheckError)
    return Ecosystem(_siam.load(_given.documents(sources, zone), tables, zones))


def check(
    *sources: Source,
    zone: str | None = None,
    services: TableLike | None = None,
    dependencies: TableLike | None = None,
    parties: TableLike | None = None,
    classes: TableLike | None = None,
    at: Moment | None = None,
    severities: Mapping[str, str] | None = None,
    zones: _siam.Zones | None = None,
) -> _siam.Problems:
    """Everything that is wrong with documents, or worth knowing; never raises for what they hold.

    Where nothing is wrong, these are the findings of :meth:`Ecosystem.findings`, as at an instant. ``severities`` raises or silences
    them by name: ``{"ola-missing": "error", "class-unused": "off"}``. A finding raised to an error keeps nothing from loading.

    >>> import siam
    >>> problems = siam.check("siam: 1\\nzone: Europe/Lodnon\\n")
    >>> [(problem.line, problem.help) for problem in problems]
    [(2, 'did you mean `Europe/London`?')]
    >>> spare = "{siam: 1, services: {wan: {}}, calendars: {day: {hours: always}}}"
    >>> [problem.name for problem in siam.check(spare)]
    ['calendar-unused']
    >>> len(siam.check(spare, severities={"calendar-unused": "off"}))
    0
    """
    try:
        given = {"services": services, "dependencies": dependencies, "parties": parties, "classes": classes}
        tables = _given.tables(given, CheckError)
        return _siam.check(_given.documents(sources, zone), tables, _asked.graded(at, severities), zones)
    except Error as error:
        return error.problems


def diff(before: Ecosystem, after: Ecosystem, *, kinds: str | Iterable[str] | None = None) -> Report:
    """What changed between two ecosystems: one row per attribute that differs.

    >>> import siam
    >>> before = siam.load("{siam: 1, services: {email: {users: 100}}}")
    >>> after = siam.load("{siam: 1, services: {email: {users: 120}}}")
    >>> changes = siam.diff(before, after)
    >>> changes["attribute"], changes["before"], changes["after"]
    (['users'], ['100'], ['120'])
    """
    for name, given in (("before", before), ("after", after)):
        if not isinstance(given, Ecosystem):
            raise TypeError(f"{name}: this is what load() gave, not {type(given).__name__}")
    question = _given.question(kinds=None if kinds is None else _asked.words("kinds", kinds))
    return Report(_siam.diff(before._held, after._held, question, []))


_PERIOD = re.compile(r"(\d{4})(?:-Q([1-4])|-(0[1-9]|1[0-2])(?:-(\d{2}))?)?")


def compare(
    before: Report | TableLike | str | None = None,
    after: Report | TableLike | str | None = None,
    *,
    measures: str | Iterable[str] | None = None,
    rows: Report | TableLike | None = None,
) -> Report:
    """What changed between two scorecards, ours or saved ones, split into performance and mix; see :meth:`Ecosystem.compare`.

    >>> import siam
    >>> row = {"measure": "m", "counted": 10, "unit": "share"}
    >>> report = siam.compare([{**row, "period": "2026-09", "value_exact": "0.5"}], [{**row, "period": "2026-10", "value_exact": "0.75"}])
    >>> report["change"], report["because_performance"], report["because_mix"]
    ([25.0], [25.0], [0.0])
    """
    card = next((one for one in (after, before, rows) if isinstance(one, Scorecard)), None)
    held = _siam.load([("siam.yaml", "siam: 1")], []) if card is None else card._ecosystem()
    return Report(_siam.compare(held, *_asked.comparison(before, after, measures, rows)))


def periods(first: str, count: int = 1, *, starts_on: int = 1) -> list[str]:
    """So many periods from one on: years, quarters or months as they are written, or days ``2026-10-05``.

    ``starts_on`` is the day of the month on which months begin, where it is not the first: those periods are given by their first day and
    the first after them.

    >>> import siam
    >>> siam.periods("2026-11", 3)
    ['2026-11', '2026-12', '2027-01']
    >>> siam.periods("2026-Q4", 2), siam.periods("2026", 2)
    (['2026-Q4', '2027-Q1'], ['2026', '2027'])
    >>> siam.periods("2026-12", 2, starts_on=26)
    ['2026-12-26/2027-01-26', '2027-01-26/2027-02-26']
    """
    if count < 0:
        raise QueryError(_siam.argument_problem("count", str(count), "a number of periods", "12"))
    if not 1 <= starts_on <= 28:
        raise QueryError(_siam.argument_problem("starts_on", str(starts_on), "a day that every month has", "26"))
    parts = _PERIOD.fullmatch(first)
    if parts is None:
        raise QueryError(_siam.argument_problem("first", first, "a period", "2026, 2026-Q4, 2026-10 or 2026-10-05"))
    year, quarter, month, day = (None if part is None else int(part) for part in parts.groups())
    if starts_on != 1 and (month is None or day is not None):
        raise QueryError(_siam.argument_problem("first", first, "a month, as starts_on is given", "2026-10"))
    if day is not None:
        try:
            start = date(year or 0, month or 0, day)
        except ValueError:
            raise QueryError(_siam.argument_problem("first", first, "a day that there is", "2026-10-05")) from None
        return [(start + timedelta(days=at)).isoformat() for at in range(count)]
    if quarter is not None:
        return [f"{(year or 0) + (quarter - 1 + at) // 4:04}-Q{(quarter - 1 + at) % 4 + 1}" for at in range(count)]
    if month is None:
        return [f"{(year or 0) + at:04}" for at in range(count)]
    months = [f"{(year or 0) + (month - 1 + at) // 12:04}-{(month - 1 + at) % 12 + 1:02}" for at in range(count + 1)]
    if starts_on == 1:
        return months[:count]
    return [f"{one}-{starts_on:02}/{then}-{starts_on:02}" for one, then in zip(months, months[1:])]


_FIELDS = {"name", "failures", "unknown", "healed", "without", "weakened", "added"}


class Ecosystem(Follows, Roles, Happened, Hours):
    """A checked ecosystem: one description that every question is asked of. It never changes, and threads may share it.

    >>> import siam
    >>> siam.load("{siam: 1, ecosystem: acme, services: {wan: {}}}")
    Ecosystem acme: 1 service, 0 parties, 0 agreements, 0 measures, 0 calendars; 0 problems
    """

    __slots__ = ()

    @property
    def name(self) -> str:
        """Its name; empty where none is written."""
        return self._held.name

    @property
    def fingerprint(self) -> str:
        """What its documents say, their edition, the time zone database and the version of siam, as one SHA-256 in hex."""
        return self._held.fingerprint

    @property
    def edition(self) -> int:
        """The edition of the meanings."""
        return self._held.edition

    @property
    def tzdb(self) -> str:
        """The version of the time zone database."""
        return self._held.tzdb

    @property
    def zone(self) -> str:
        """The IANA zone in which its dates are meant."""
        return self._held.zone

    @property
    def problems(self) -> _siam.Problems:
        """What is worth knowing about its documents; never an error."""
        return self._held.problems

    @property
    def counts(self) -> dict[str, int]:
        """How many services, parties, agreements, measures and calendars there are."""
        return self._held.counts

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ecosystem) and self.fingerprint == other.fingerprint

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def __repr__(self) -> str:
        singular = {"services": "service", "parties": "party", "agreements": "agreement", "measures": "measure", "calendars": "calendar"}
        counts = self.counts
        things = [f"{counts[many]:,} {one if counts[many] == 1 else many}" for many, one in singular.items()]
        problems = len(self.problems)
        name = "".join(letter if letter.isprintable() else "\ufffd" for letter in self.name[:60])
        known = f"{problems:,} problem{'' if problems == 1 else 's'}"
        return f"Ecosystem {name}: {', '.join(things)}; {known}" if name else f"Ecosystem: {', '.join(things)}; {known}"

    def with_(self, changes: Mapping[str, Any] | Mapping[str | tuple[str, ...], Any]) -> Ecosystem:
        """A new ecosystem in which some of what the documents say is otherwise; this one stays as it is.

        ``changes`` is a mapping from path to value, made in its order. A path names keys with dots between them, quoted where a name has
        dots, or is a tuple of names; ``measures.<name>`` finds its agreement. None takes away what stands there. All is checked as by
        :func:`load`, every fault at once. The fingerprint is that of loading the changed documents.

        >>> import siam
        >>> eco = siam.load("{siam: 1, services: {wan: {}, email: {depends_on: [wan]}}}")
        >>> weaker = eco.with_({"services.email.depends_on": [{"service": "wan", "impact": "degraded"}]})
        >>> eco.impact("wan")["level"], weaker.impact("wan")["level"]
        (['down', 'down'], ['down', 'degraded'])
        """
        if not isinstance(changes, Mapping):
            raise TypeError(f"changes: a mapping from path to value, not {type(changes).__name__}")
        return Ecosystem(self._held.with_(_given.changes(changes)))
