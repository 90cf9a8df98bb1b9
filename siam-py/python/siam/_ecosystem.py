"""Loading, checking, and everything that can be asked of an ecosystem."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeAlias, Union

from siam import _given, _siam
from siam._calendar import Calendar
from siam._errors import CheckError, Error, EvidenceError, QueryError
from siam._given import Source, TableLike
from siam._report import Evidence, Report, Review, Scorecard

__all__ = ["Day", "Ecosystem", "Moment", "check", "diff", "load"]

Moment: TypeAlias = Union[str, datetime]
"""An instant: a datetime with its zone, or text such as ``2026-10-03T09:00:00Z``."""

Day: TypeAlias = Union[str, date, datetime]
"""A day: a date, text such as ``2026-10-03``, or an instant that lies in it."""

Failures: TypeAlias = Union[str, Sequence[Union[str, Mapping[str, Any]]], Mapping[str, Union[str, None]], TableLike]
"""Services that failed: one, several, a mapping of service to level (None for the worst), or a table (service, level)."""


def load(
    *sources: Source,
    zone: str | None = None,
    services: TableLike | None = None,
    dependencies: TableLike | None = None,
    parties: TableLike | None = None,
    classes: TableLike | None = None,
) -> Ecosystem:
    """Reads and checks documents; raises :class:`siam.CheckError` with every fault at once.

    A source is a path (also text that ends in ``.yaml``, ``.yml`` or ``.json``), a document as text, or a mapping. Several sources make
    one ecosystem. ``zone`` is the zone in which dates are meant, for documents that name none. ``services(service, title, provider,
    owner, class, stage, users, hours, user_hours, rule, from, until)``, ``dependencies(from, to, impact, weight, group, rule)``,
    ``parties(party, kind, ...)`` and ``classes(class, title, critical, ...)`` are tables, such as an export of a CMDB; with tables no
    document is needed.

    In a mapping decimals keep all their digits; a float is taken by the digits that ``repr`` shows, and one that arithmetic has damaged,
    such as ``0.1 + 0.2``, is refused.

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
    return Ecosystem(_siam.load(_given.documents(sources, zone), tables))


def check(
    *sources: Source,
    zone: str | None = None,
    services: TableLike | None = None,
    dependencies: TableLike | None = None,
    parties: TableLike | None = None,
    classes: TableLike | None = None,
    at: Moment | None = None,
    severities: Mapping[str, str] | None = None,
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
        return _siam.check(_given.documents(sources, zone), tables, _graded(at, severities))
    except Error as error:
        return error.problems


def _graded(at: Moment | None, severities: Mapping[str, str] | None) -> str:
    """The options of findings: as at an instant, raised or silenced by name."""
    return _given.question(
        at=None if at is None else _given.instant("at", at),
        severities=None if severities is None else dict(severities),
    )


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
    question = _given.question(kinds=None if kinds is None else _words("kinds", kinds))
    return Report(_siam.diff(before._held, after._held, question, []))


_FIELDS = {"name", "failures", "unknown", "healed", "without", "weakened", "added"}


def _scenario(given: Any) -> dict[str, Any]:
    """A scenario as ``impact`` takes it, or what fails in it."""
    if isinstance(given, Mapping) and ("failures" in given or "unknown" in given) and _FIELDS.issuperset(given):
        fields = dict(given)
        if "failures" in fields:
            fields["failures"] = _failures(fields["failures"])
        return fields
    return {"failures": _failures(given)}


def _failures(given: Any) -> list[Any]:
    """What fails in a scenario: a service, several, or a mapping of service to level (None for the worst)."""
    if isinstance(given, str):
        return [given]
    if isinstance(given, Mapping):
        levels = [(_given.word("failures", service), level) for service, level in given.items()]
        return [{"service": service, **({} if level is None else {"level": level})} for service, level in levels]
    return list(given)


class Ecosystem:
    """A checked ecosystem: one description that every question is asked of. It never changes, and threads may share it.

    >>> import siam
    >>> siam.load("{siam: 1, ecosystem: acme, services: {wan: {}}}")
    Ecosystem acme: 1 service, 0 parties, 0 agreements, 0 measures, 0 calendars; 0 problems
    """

    __slots__ = ("_held",)

    def __init__(self, held: _siam.Ecosystem) -> None:
        self._held = held

    # --- what it is --------------------------------------------------------------------------------------------------------------

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

    # --- what it says, and what it lacks ---------------------------------------------------------------------------------------------

    def findings(self, *, at: Moment | None = None, severities: Mapping[str, str] | None = None) -> Report:
        """What is missing, contradictory or too much in it, relative to what its service classes ask for; it never blocks anything.

        As at an instant, or the latest ``from`` of the documents. ``severities`` raises or silences by name. The report's ``problems``
        are the same findings in words, with their places.

        >>> import siam
        >>> eco = siam.load("{siam: 1, services: {wan: {}}, calendars: {day: {hours: always}}}")
        >>> eco.findings()["name"]
        ['calendar-unused']
        >>> print(eco.findings().explain(0).text.splitlines()[0])
        nothing uses calendar `day`
        """
        return Report(_siam.findings(self._held, _graded(at, severities), []))

    def terms(
        self,
        *,
        at: Moment | None = None,
        agreements: str | Iterable[str] | None = None,
        parties: str | Iterable[str] | None = None,
    ) -> Report:
        """What was agreed, as plain prose: each agreement, measure, contract and regime with its clause and every default in force.

        One row per sentence. ``explain(0)`` is the whole page that both sides initial, ``explain(row)`` a sentence with what stands
        beneath it. All is told unless some agreements or parties are named.

        >>> import siam
        >>> measure = {"statistic": "percent_within", "within": "4h", "target": "50%"}
        >>> eco = siam.load({"siam": 1, "agreements": {"support": {"kind": "sla", "measures": {"in-4h": measure}}}})
        >>> page = eco.terms().explain(0).text
        >>> [line.strip() for line in page.splitlines() if "4 h" in line]
        ['A ticket is met when it is resolved within 4 h on the clock.']
        """
        question = _given.question(
            at=None if at is None else _given.instant("at", at),
            agreements=None if agreements is None else _words("agreements", agreements),
            parties=None if parties is None else _words("parties", parties),
        )
        return Report(_siam.terms(self._held, question, []))

    # --- what follows ------------------------------------------------------------------------------------------------------------

    def impact(
        self,
        failures: str | Sequence[str | Mapping[str, Any]] | Mapping[str, str | None] | TableLike,
        *,
        unknown: str | Iterable[str] | None = None,
        healed: str | Iterable[str] | None = None,
        without: Iterable[tuple[str, str] | Mapping[str, Any]] | None = None,
        weakened: Iterable[Mapping[str, Any]] | None = None,
        added: Iterable[tuple[str, str] | Mapping[str, Any]] | None = None,
        excuses: str | Iterable[str] | None = None,
        to: str | None = None,
        at: Moment | None = None,
    ) -> Report:
        """Who is hit when services fail, how badly, and by which route.

        ``failures`` is a service, several, a mapping of service to level (None for the worst), or a table ``failures(service, level,
        planned, origin)``, also as mappings: planned work is kept apart, and a failure of origin ``unknown`` is explained by the others
        where they can. Of services in ``unknown`` it is not known whether they work. ``to`` asks of one service only, ``at`` as at an
        instant.

        What if: the services of the parties in ``healed`` work by themselves; the dependencies in ``without`` do not hold, those in
        ``weakened`` are felt at most at their ``impact``, and those in ``added`` are there. A dependency is (from, to) or a mapping with
        ``from``, ``to`` and, where it is added, ``impact``, ``weight`` and ``beside``. ``excuses`` is ``"all"`` or parties: the table
        ``excuses`` says what would not have been felt without the failures of each.

        >>> import siam
        >>> eco = siam.load("siam: 1\\nservices: {wan: {}, email: {depends_on: [wan], users: 4000}}")
        >>> print(eco.impact({"wan": "degraded"}, to="email"))
        impact: 1 row, ...
        service  level     tight  before       users  cause  steps  route        planned
        email    degraded  true   operational   4000  wan        1  email > wan  false
        tables: routes (2), agreements (0), summary (1), excuses (0), interfaces (0); not shown: title, ...
        >>> spare = eco.impact("wan", without=[("email", "wan")])
        >>> spare["service"]
        ['wan']
        """
        tables: dict[str, Any] = {}
        listed: list[Any] = []
        if isinstance(failures, str):
            listed = [failures]
        elif isinstance(failures, Mapping) and not _given.is_table(failures):
            tables["failures"] = [{"service": service, "level": level} for service, level in failures.items()] or None
        elif _given.is_table(failures) or not isinstance(failures, Iterable):
            tables["failures"] = failures
        else:
            listed = list(failures)
            if any(isinstance(failure, Mapping) for failure in listed):
                rows = [failure if isinstance(failure, Mapping) else {"service": failure} for failure in listed]
                listed, tables = [], {"failures": rows}
        names = None if unknown is None else _words("unknown", unknown)
        question = _given.question(
            failures=[_given.word("failures", failure) for failure in listed],
            unknown=names,
            healed=None if healed is None else _words("healed", healed),
            without=None if without is None else _dependencies("without", without),
            weakened=None if weakened is None else _dependencies("weakened", weakened),
            added=None if added is None else _dependencies("added", added),
            excuses=excuses if excuses is None or isinstance(excuses, str) else _words("excuses", excuses),
            to=None if to is None else _given.word("to", to),
            at=None if at is None else _given.instant("at", at),
        )
        return Report(_siam.impact(self._held, question, _given.tables(tables, QueryError)))

    def root_causes(
        self,
        bad: str | Iterable[str] | None = None,
        failures: Failures | None = None,
        *,
        states: Failures | None = None,
        mode: str | None = None,
        to: str | None = None,
        normal: str | None = None,
        at: Moment | None = None,
        limit: int | None = None,
    ) -> Report:
        """Which failures are behind bad services: all critical ones that are hit, unless ``bad`` names some.

        ``mode`` says what counts as a cause. ``min_heal`` lists the smallest sets of failed services that heal to the level ``to`` when
        they work again, and of parties likewise; ``same_state`` follows dependencies at the very same level, ``contributing`` those
        that contribute to it while a service is worse than ``normal``, ``threshold`` those bad enough for what is demanded of them.
        ``failures`` are given as to :meth:`impact`; ``states`` are levels that are taken as given, as another tool computed them.
        ``limit`` bounds the sets that are listed; all are counted.

        >>> import siam
        >>> eco = siam.load("siam: 1\\nservices: {a: {}, b: {}, dns: {}, web: {depends_on: [{any_of: [a, b]}, dns]}}")
        >>> causes = eco.root_causes("web", ["a", "b", "dns"])
        >>> list(zip(causes["set"], causes["service"]))
        [(1, 'a'), (1, 'dns'), (2, 'b'), (2, 'dns')]
        >>> causes.table("summary")["sets"]
        ['2']
        """
        question = _given.question(
            bad=None if bad is None else _words("bad", bad),
            mode=None if mode is None else _given.word("mode", mode),
            to=None if to is None else _given.word("to", to),
            normal=None if normal is None else _given.word("normal", normal),
            at=None if at is None else _given.instant("at", at),
            limit=limit,
        )
        tables = {"failures": _levels("failures", failures), "states": _levels("states", states)}
        return Report(_siam.root_causes(self._held, question, _given.tables(tables, QueryError)))

    def redundancy(
        self,
        failures: Failures | None = None,
        *,
        services: str | Iterable[str] | None = None,
        level: str | None = None,
        critical_only: bool | None = None,
        beyond_one: bool | None = None,
        at: Moment | None = None,
        limit: int | None = None,
    ) -> Report:
        """How many further failures of others each service still stands before it reaches ``level``, the worst unless given.

        ``failures`` have happened already and are given as to :meth:`impact`. ``beyond_one=False`` tries single failures only, which is
        quick on large maps; ``limit`` keeps the rows with the least redundancy.

        >>> import siam
        >>> eco = siam.load("siam: 1\\nservices: {a: {}, b: {}, web: {depends_on: [{any_of: [a, b]}]}}")
        >>> left = eco.redundancy(services="web")
        >>> left["further"], left["example"]
        ([2], ['a + b'])
        >>> eco.redundancy("a", services="web")["further"]
        [1]
        """
        question = _given.question(
            services=None if services is None else _words("services", services),
            level=None if level is None else _given.word("level", level),
            critical_only=critical_only,
            beyond_one=beyond_one,
            at=None if at is None else _given.instant("at", at),
            limit=limit,
        )
        tables = {"failures": _levels("failures", failures)}
        return Report(_siam.redundancy(self._held, question, _given.tables(tables, QueryError)))
    def impacts(
        self,
        scenarios: str | Mapping[str, Any] | Sequence[Any] | TableLike = "each",
        *,
        limit: int | None = None,
        level: str | None = None,
        among: str | None = None,
        classes: str | Iterable[str] | None = None,
        providers: str | Iterable[str] | None = None,
        critical_only: bool = False,
        order: str | None = None,
        at: Moment | None = None,
        threads: int | None = None,
    ) -> Report:
        """Who is hit in each of many scenarios, the worst first; ``stream("services")`` tells the services reached.

        ``scenarios`` is ``"each"`` service alone, ``"pairs"`` that only matter together, ``"suppliers"`` one at a time, a mapping of
        names to what fails (with the keys scenario and service it is a table), a list of it, or a table ``scenarios(scenario, service, level)``.
        A scenario may also be a mapping of the fields that ``impact`` takes: ``failures``, ``unknown``, ``healed``, ``without``,
        ``weakened``, ``added``. ``limit`` keeps so many rows. ``among``
        is ``"all"`` or ``"components"``, which depend on nothing; ``classes`` and ``providers`` narrow it further.

        >>> import siam
        >>> eco = siam.load("siam: 1\\nservices: {a: {}, b: {}, net: {depends_on: [{any_of: [a, b]}]}, email: {depends_on: [net], users: 40}}")
        >>> list(zip(eco.impacts()["scenario"], eco.impacts()["services"]))
        [('net', 1), ('email', 0), ('a', 0), ('b', 0)]
        >>> eco.impacts("pairs").table("pairs")["together"]
        ['email']
        >>> eco.impacts({"both lines": ["a", "b"], "slow": {"net": "degraded"}})["level"]
        ['down', 'degraded']
        >>> eco.impacts({"one line": {"failures": ["a"], "without": [{"from": "net", "to": "b"}]}})["services"]
        [2]
        """
        asked: Any = None
        tables: dict[str, Any] = {}
        if isinstance(scenarios, str):
            asked = scenarios
        elif isinstance(scenarios, Mapping) and not ("scenario" in scenarios and "service" in scenarios):
            asked = [{"name": name, **_scenario(given)} for name, given in scenarios.items()]
        elif _given.is_table(scenarios) or not isinstance(scenarios, Sequence):
            tables["scenarios"] = scenarios
        elif scenarios and all(isinstance(one, Mapping) and "scenario" in one for one in scenarios):
            tables["scenarios"] = list(scenarios)
        else:
            asked = [_scenario(one) for one in scenarios]
        question = _given.question(
            scenarios=asked,
            limit=limit,
            level=None if level is None else _given.word("level", level),
            among=None if among is None else _given.word("among", among),
            classes=None if classes is None else _words("classes", classes),
            providers=None if providers is None else _words("providers", providers),
            critical_only=True if critical_only else None,
            order=None if order is None else _given.word("order", order),
            at=None if at is None else _given.instant("at", at),
            threads=threads,
        )
        return Report(_siam.impacts(self._held, question, _given.tables(tables, QueryError)))

    def single_points_of_failure(
        self,
        *,
        critical_only: bool = True,
        level: str | None = None,
        limit: int | None = None,
        at: Moment | None = None,
        threads: int | None = None,
    ) -> Report:
        """Which services alone bring down a critical one, or with ``critical_only=False`` any other, the worst first.

        ``level`` is what counts as down: that level or a worse one, the worst unless given. ``stream("services")`` tells all that each
        brings down.

        >>> import siam
        >>> eco = siam.load("siam: 1\\nclasses: {vital: {critical: true}}\\nservices: {wan: {}, email: {depends_on: [wan], class: vital}}")
        >>> eco.single_points_of_failure()["route"]
        ['email > wan']
        """
        question = _given.question(
            critical_only=bool(critical_only),
            level=None if level is None else _given.word("level", level),
            limit=limit,
            at=None if at is None else _given.instant("at", at),
            threads=threads,
        )
        return Report(_siam.single_points_of_failure(self._held, question, []))

    def concentration(self, *, at: Moment | None = None, threads: int | None = None) -> Report:
        """How much hangs on each supplier, its subcontractors counted with it; table ``summary`` has the Herfindahl-Hirschman indexes.

        >>> import siam
        >>> eco = siam.load("siam: 1\\nparties: {netco: {kind: supplier}}\\nservices: {wan: {provider: netco}, email: {depends_on: [wan]}}")
        >>> eco.concentration()["others"], eco.concentration().table("summary")["index_services"]
        ([1], ['1'])
        """
        question = _given.question(at=None if at is None else _given.instant("at", at), threads=threads)
        return Report(_siam.concentration(self._held, question, []))

    def exit(self, party: str, on: str | date) -> Report:
        """What lapses, what dangles and what starts to fail when a party leaves; ``on`` is the first day without it.

        >>> import siam
        >>> eco = siam.load("siam: 1\\nparties: {netco: {kind: supplier}}\\nservices: {wan: {provider: netco}, email: {depends_on: [wan]}}")
        >>> leaving = eco.exit("netco", "2027-04-01")
        >>> list(zip(leaving["effect"], leaving["id"]))
        [('dangles', 'wan'), ('fails', 'email')]
        """
        day = on.date() if isinstance(on, datetime) else on
        question = _given.question(party=_given.word("party", party), on=day.isoformat() if isinstance(day, date) else _given.word("on", day))
        return Report(_siam.exit(self._held, question, []))
    # --- who does what, and when -------------------------------------------------------------------------------------------------

    def who(
        self,
        process: str,
        activity: str | None = None,
        *,
        at: Moment,
        service: str | None = None,
        letters: str | None = None,
    ) -> Report:
        """Whom to call about an activity of a process, or about all of them: Responsible, Accountable, Consulted, Informed.

        Who provides ``service`` at that instant stands where the grid says ``provider``. ``letters`` such as ``"RA"`` leaves out those
        who have none of them. The table ``escalation`` holds who is next, and from when.

        >>> import siam
        >>> eco = siam.load({
        ...     "siam": 1,
        ...     "parties": {"hub": {"kind": "integrator", "contact": "+44 20 0000"}},
        ...     "processes": {"incident": {"function": "operation_and_support", "activities": ["restore"]}},
        ...     "responsibilities": {"incident": {"restore": {"hub": "AR"}}},
        ... })
        >>> eco.who("incident", "restore", at="2026-10-24T12:00:00Z")["contact"]
        ['+44 20 0000']
        """
        question = _given.question(
            process=_given.word("process", process),
            activity=None if activity is None else _given.word("activity", activity),
            at=_given.instant("at", at),
            service=None if service is None else _given.word("service", service),
            letters=None if letters is None else _given.word("letters", letters),
        )
        return Report(_siam.who(self._held, question, []))

    def due(
        self,
        start: Day,
        to: Day,
        *,
        parties: str | Iterable[str] | None = None,
        kinds: str | Iterable[str] | None = None,
    ) -> Report:
        """What falls due from a day until another, which is not included: exchanges, meetings, obligations, notices, expiries, reviews.

        Days are those of the ecosystem's zone; an instant stands for the day it lies in. ``parties`` leaves out what none of them owes, is
        owed or sits in; ``kinds`` all others than these, such as ``"notice"``.

        >>> import siam
        >>> from datetime import date
        >>> eco = siam.load({
        ...     "siam": 1,
        ...     "parties": {"acme": {"kind": "customer"}, "netco": {"kind": "supplier"}},
        ...     "contracts": {"network": {"provider": "netco", "until": "2026-09-01", "notice_months": 6}},
        ... })
        >>> report = eco.due(date(2026, 1, 1), "2027-01-01")
        >>> report["kind"], report["date"]
        (['notice', 'expiry'], [datetime.date(2026, 2, 28), datetime.date(2026, 8, 31)])
        """
        keys: dict[str, Any] = {"from": _given.day("start", start)}
        question = _given.question(
            to=_given.day("to", to),
            parties=None if parties is None else _words("parties", parties),
            kinds=None if kinds is None else _words("kinds", kinds),
            **keys,
        )
        return Report(_siam.due(self._held, question, []))

    def coverage(self, at: Moment) -> Report:
        """Which layer covers which process in which lifecycle phase, where nobody does, and where two answer for one thing.

        >>> import siam
        >>> eco = siam.load({
        ...     "siam": 1,
        ...     "parties": {"hub": {"kind": "integrator"}},
        ...     "processes": {"incident": {"function": "operation_and_support", "activities": ["restore"]}},
        ...     "responsibilities": {"incident": {"restore": {"hub": "AR"}}},
        ... })
        >>> report = eco.coverage("2026-10-01T00:00:00Z")
        >>> report["layer"][:3], report["state"][:3]
        (['customer', 'integrator', 'supplier'], ['no_part', 'covered', 'no_part'])
        """
        return Report(_siam.coverage(self._held, _given.question(at=_given.instant("at", at)), []))

    def readiness(self, service: str, at: Moment) -> Report:
        """Whether a service can go live at an instant: what its class and the model ask for, and what is missing.

        >>> import siam
        >>> eco = siam.load("{siam: 1, services: {email: {stage: transition}}}")
        >>> report = eco.readiness("email", "2026-10-01T00:00:00Z")
        >>> report.table("summary").to_dict()["ready"]
        [False]
        >>> [item for item, state in zip(report["item"], report["state"]) if state == "missing"]
        ['owner', 'provider', 'class', 'contract']
        """
        question = _given.question(service=_given.word("service", service), at=_given.instant("at", at))
        return Report(_siam.readiness(self._held, question, []))

    # --- what happened -----------------------------------------------------------------------------------------------------------

    def evidence(
        self,
        *,
        tickets: TableLike | None = None,
        ticket_events: TableLike | None = None,
        outages: TableLike | None = None,
        exclusions: TableLike | None = None,
        verdicts: TableLike | None = None,
        events: TableLike | None = None,
        changes: TableLike | None = None,
        claims: TableLike | None = None,
        obligations: TableLike | None = None,
        exchanges: TableLike | None = None,
        improvements: TableLike | None = None,
        observations: TableLike | None = None,
        attribution: TableLike | None = None,
        usage: TableLike | None = None,
        charges: TableLike | None = None,
        reported: TableLike | None = None,
        figures: TableLike | None = None,
        mapping: Source | None = None,
        zone: str | None = None,
        max_rejected: str | float | Decimal | None = None,
        **tables: TableLike | None,
    ) -> Evidence:
        """Binds tables of what happened: says what was used, rejected and unknown before anything is scored.

        Tables come under their evidence names, or under the names that a mapping gives them: ``evidence(log=..., mapping="log.yaml")``.
        docs/tables.md lists the columns of each.
        ``mapping`` is a path, a document as text, or a mapping. ``zone`` is that of wall-clock times whose table states none.
        ``max_rejected`` is the share of rejected rows of a table, such as 0.01 or ``1%``, above which this raises
        :class:`siam.EvidenceError`; unless given, rejected rows are only listed.

        >>> import siam
        >>> eco = siam.load("{siam: 1, services: {email: {}}}")
        >>> evidence = eco.evidence(tickets=[
        ...     {"ticket": "INC1", "service": "email", "opened": "2026-10-03T09:00:00Z"},
        ...     {"ticket": "INC2", "service": "emial", "opened": "2026-02-30T09:00:00Z"},
        ... ])
        >>> evidence["gave"], evidence.rejected["value"]
        ([1], ['2026-02-30T09:00:00Z'])
        """
        named = {
            "tickets": tickets,
            "ticket_events": ticket_events,
            "outages": outages,
            "exclusions": exclusions,
            "verdicts": verdicts,
            "events": events,
            "changes": changes,
            "claims": claims,
            "obligations": obligations,
            "exchanges": exchanges,
            "improvements": improvements,
            "observations": observations,
            "attribution": attribution,
            "usage": usage,
            "charges": charges,
            "reported": reported,
            "figures": figures,
        }
        try:
            written = None if mapping is None else _given.document(mapping)[1]
        except CheckError as error:
            raise EvidenceError(error.problems) from None
        question = _given.question(
            mapping=written,
            zone=None if zone is None else _given.word("zone", zone),
            max_rejected=None if max_rejected is None else _given.share(max_rejected),
        )
        return Evidence(_siam.evidence(self._held, question, _given.tables({**named, **tables}, EvidenceError)))

    def score(
        self,
        evidence: Evidence,
        period: str | Iterable[str],
        *,
        measures: str | Iterable[str] | None = None,
        as_of: Moment | None = None,
        tickets: bool = True,
    ) -> Scorecard:
        """How everyone did in a period or several: measures in all and by party, priority and service.

        A period is ``2026-10``, ``2026-Q4``, ``2026`` or ``2026-10-01/2026-10-15``, in the ecosystem's zone. All measures are scored
        unless some are named. ``as_of`` scores as if it were that instant. Without ``tickets`` the table of tickets stays empty.

        >>> import siam
        >>> measure = {"statistic": "percent_within", "within": "4h", "target": "50%"}
        >>> eco = siam.load({"siam": 1, "agreements": {"support": {"kind": "sla", "measures": {"in-4h": measure}}}})
        >>> evidence = eco.evidence(tickets=[
        ...     {"ticket": "A", "opened": "2026-10-03T09:00:00Z", "resolved": "2026-10-03T13:00:00Z"},
        ...     {"ticket": "B", "opened": "2026-10-03T09:00:00Z", "resolved": "2026-10-03T13:00:01Z"},
        ... ])
        >>> scorecard = eco.score(evidence, "2026-10")
        >>> scorecard["met"], scorecard["counted"], scorecard["result"]
        ([1], [2], ['met'])
        >>> scorecard.misses()["ticket"]
        ['B']
        >>> print(scorecard.explain_ticket("in-4h", "B").text.splitlines()[0])
        B missed in-4h: 4 h 1 s on the clock, 4 h allowed
        """
        question = _given.question(
            periods=_words("period", period),
            measures=None if measures is None else _words("measures", measures),
            as_of=None if as_of is None else _given.instant("as_of", as_of),
            tickets=bool(tickets),
        )
        return Scorecard(_siam.score(self._held, _bound(evidence), question, []), bool(tickets))

    def reconcile(
        self,
        evidence: Evidence,
        *,
        measures: str | Iterable[str] | None = None,
        periods: str | Iterable[str] | None = None,
        as_of: Moment | None = None,
    ) -> Report:
        """Our verdicts against those that table ``verdicts`` of the evidence brings, ticket by ticket.

        All tickets are compared unless periods are given, which are taken together.

        >>> import siam
        >>> measure = {"statistic": "percent_within", "within": "4h"}
        >>> eco = siam.load({"siam": 1, "agreements": {"support": {"kind": "sla", "measures": {"in-4h": measure}}}})
        >>> ticket = {"ticket": "A", "opened": "2026-10-03T09:00:00Z", "resolved": "2026-10-03T13:00:00Z"}
        >>> report = eco.reconcile(eco.evidence(tickets=[ticket], verdicts=[{"ticket": "A", "met": False}]))
        >>> report.table("disagreements").to_dict()["ours"]
        ['met']
        """
        question = _given.question(
            measures=None if measures is None else _words("measures", measures),
            periods=None if periods is None else _words("periods", periods),
            as_of=None if as_of is None else _given.instant("as_of", as_of),
        )
        return Report(_siam.reconcile(self._held, _bound(evidence), question, []))

    def observed(
        self,
        evidence: Evidence,
        period: str | Iterable[str],
        *,
        services: str | Iterable[str] | None = None,
        agreement: str | None = None,
        available: str | Iterable[str] | None = None,
        as_of: Moment | None = None,
    ) -> Report:
        """How available services were in a period or several, from table ``outages`` of the evidence.

        Outages of one service pass on to what rests on it, as its rules say; overlapping ones count once. Under an ``agreement`` the hours
        of each service and the maintenance rule of the agreement count, and its services are asked unless some are named; without one
        every outage counts, around the clock. ``available`` names the levels that count as available: all but the worst unless given.

        >>> import siam
        >>> eco = siam.load("{siam: 1, services: {dns: {}, email: {depends_on: [dns]}}}")
        >>> outage = {"service": "dns", "from": "2026-10-05T08:00:00Z", "to": "2026-10-05T09:00:00Z", "origin": "own"}
        >>> report = eco.observed(eco.evidence(outages=[outage]), "2026-10", services="email")
        >>> report["downtime_seconds"], report["availability_exact"], report.table("outages")["causes"]
        ([3600], ['743/744'], ['dns'])
        """
        question = _given.question(
            periods=_words("period", period),
            services=None if services is None else _words("services", services),
            agreement=None if agreement is None else _given.word("agreement", agreement),
            available=None if available is None else _words("available", available),
            as_of=None if as_of is None else _given.instant("as_of", as_of),
        )
        return Report(_siam.observed(self._held, _bound(evidence), question, []))

    def drift(
        self,
        evidence: Evidence,
        periods: str | Iterable[str] | None = None,
        *,
        within: int | str | timedelta | None = None,
        at_least: int | None = None,
        confidence: str | float | Decimal | None = None,
        lift: str | float | Decimal | None = None,
        crowd: int | None = None,
        services: str | Iterable[str] | None = None,
        limit: int | None = None,
        as_of: Moment | None = None,
    ) -> Report:
        """What evidence says that the dependency map lacks, and which of its edges were never seen to carry a failure.

        A missing edge is a service that failed ``within`` 15 minutes after another, ``at_least`` 3 times, in 80 % of its failures
        (``confidence``) and 10 times as often as by chance (``lift``), unless these are given, though no route of the map leads between
        them. What the map explains is not listed, and a failure that began with more than ``crowd`` (50) others says nothing of any.
        Services that only evidence names, and those that no edge touches, are listed too; ``limit`` (100) rows of each kind.

        >>> import siam
        >>> eco = siam.load("{siam: 1, services: {dns: {}, email: {}}}")
        >>> outages = [
        ...     {"service": service, "from": f"2026-10-0{day}T08:0{minute}:00Z", "to": f"2026-10-0{day}T09:00:00Z"}
        ...     for day in (5, 6, 7) for service, minute in (("dns", 0), ("email", 5))
        ... ]
        >>> report = eco.drift(eco.evidence(outages=outages), "2026-10")
        >>> report["kind"][0], report["service"][0], report["dependency"][0], report["lift_exact"][0]
        ('missing_edge', 'email', 'dns', '992')
        """
        question = _given.question(
            periods=None if periods is None else _words("periods", periods),
            within=None if within is None else f"{_given.within(within)} s",
            at_least=at_least,
            confidence=None if confidence is None else _given.share(confidence, "confidence"),
            lift=None if lift is None else _given.share(lift, "lift"),
            crowd=crowd,
            services=None if services is None else _words("services", services),
            limit=limit,
            as_of=None if as_of is None else _given.instant("as_of", as_of),
        )
        return Report(_siam.drift(self._held, _bound(evidence), question, []))

    def settle(
        self,
        evidence: Evidence,
        period: str | Iterable[str],
        *,
        history: Report | TableLike | None = None,
        ledger: Report | TableLike | None = None,
        as_of: Moment | None = None,
    ) -> Report:
        """Who owes whom how much for a month or several, line by line, by the regimes as written.

        ``history`` and ``ledger`` are the past: what an earlier settlement gave, or its tables ``history`` and ``rows`` from wherever they
        were kept. Without the history of the months before, a line that reads them has no value, and nothing is posted from it. With a
        ledger a month that was settled before is posted again only by its difference.

        >>> import siam
        >>> eco = siam.load('''
        ... siam: 1
        ... currency: GBP
        ... parties: {acme: {kind: customer}, netco: {kind: supplier, regimes: {credits: {}}}}
        ... contracts: {wan: {provider: netco, from: 2026-04-01, charges: {line: {amount: 10000}}}}
        ... regimes:
        ...   credits:
        ...     per: party
        ...     inputs: {late: number}
        ...     lines: {credit: 'round(min(late * 1%, 10%) * charges, floor)'}
        ...     post: {credit: credit}
        ... ''')
        >>> late = {"scope": "party", "owner": "netco", "figure": "late", "period": "2026-10", "value": "3"}
        >>> ledger = eco.settle(eco.evidence(figures=[late]), "2026-10")
        >>> ledger["payer"], ledger["payee"], ledger["amount"]
        (['netco'], ['acme'], [Decimal('300.0000')])
        >>> len(eco.settle(eco.evidence(figures=[late]), "2026-10", history=ledger, ledger=ledger))
        0
        """
        question = _given.question(
            periods=_words("period", period),
            as_of=None if as_of is None else _given.instant("as_of", as_of),
        )
        return Report(_siam.settle(self._held, _bound(evidence), question, _past(history, ledger)))

    def review(
        self,
        evidence: Evidence,
        period: str,
        *,
        history: Report | TableLike | None = None,
        ledger: Report | TableLike | None = None,
        as_of: Moment | None = None,
        severities: Mapping[str, str] | None = None,
    ) -> Review:
        """The monthly service review: everyone's scorecard, the major incidents, what is owed and why, what is open and what is due next.

        ``history`` and ``ledger`` are the past: the review before, or its tables of these names. ``severities`` raises or silences findings
        by name, such as ``{"class-unused": "off"}``. ``review.page()`` is the page for the meeting.

        >>> import siam
        >>> measure = {"statistic": "percent_within", "within": "4h", "target": "90%"}
        >>> parties = {"acme": {"kind": "customer"}, "hub": {"kind": "integrator"}}
        >>> sla = {"kind": "sla", "provider": "hub", "customer": "acme", "services": ["email"], "measures": {"restored": measure}}
        >>> eco = siam.load({"siam": 1, "parties": parties, "services": {"email": {}}, "agreements": {"sla": sla}})
        >>> ticket = {"ticket": "A", "service": "email", "opened": "2026-10-03T09:00:00Z", "resolved": "2026-10-03T10:00:00Z"}
        >>> review = eco.review(eco.evidence(tickets=[ticket]), "2026-10")
        >>> review["group"], review["met"], review["missed"]
        (['end_to_end'], [1], [0])
        """
        question = _given.question(
            period=_given.word("period", period),
            as_of=None if as_of is None else _given.instant("as_of", as_of),
            severities=None if severities is None else dict(severities),
        )
        return Review(_siam.review(self._held, _bound(evidence), question, _past(history, ledger)))

    # --- service hours -----------------------------------------------------------------------------------------------------------

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
        """How long a calendar was open within spans: pairs of instants, or a table ``spans(from, until)``.

        >>> import siam
        >>> eco = siam.load("{siam: 1, calendars: {day: {hours: {mon-sun: 08:00-20:00}}}}")
        >>> eco.elapsed("day", [("2026-07-01T10:00:00Z", "2026-07-02T10:00:00Z")])["elapsed_seconds"]
        [43200]
        """
        listed, tables = _pairs("spans", spans)
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
    ) -> Report:
        """When lengths of service time are used up: pairs of an instant and a length, or a table ``starts(from, within_seconds)``.

        ``backwards`` counts back from the start. ``boundary`` is ``same`` (the closing) or ``next`` (the next opening), for a deadline
        that falls on the edge of a closed stretch.

        >>> import siam
        >>> eco = siam.load("{siam: 1, calendars: {office: {hours: {mon-fri: 09:00-17:00}}}}")
        >>> eco.deadline("office", [("2026-10-23T15:00:00Z", "4h")])["deadline"]
        [datetime.datetime(2026, 10, 26, 11, 0, tzinfo=datetime.timezone.utc)]
        """
        listed, tables = _pairs("starts", starts)
        pairs = [{"from": _given.instant("from", a), "within": f"{_given.within(length)} s"} for a, length in listed]
        question = _given.question(calendar=_given.word("calendar", calendar), starts=pairs, **_edges(backwards, boundary))
        return Report(_siam.deadline(self._held, question, _given.tables(tables, QueryError)))

    def is_open(self, calendar: str, instants: Moment | Iterable[Moment] | TableLike) -> Report:
        """Whether a calendar is open at instants: one, several, or a table ``instants(at)``; an interval holds its opening, not its closing.

        >>> import siam
        >>> eco = siam.load("{siam: 1, calendars: {day: {hours: {mon-sun: 08:00-20:00}}}}")
        >>> eco.is_open("day", ["2026-07-01T08:00:00Z", "2026-07-01T20:00:00Z"])["open"]
        [True, False]
        """
        return Report(_siam.is_open(self._held, *_instants(calendar, instants)))

    def next_open(self, calendar: str, instants: Moment | Iterable[Moment] | TableLike) -> Report:
        """The next instant at which a calendar is open: each instant itself where it is open."""
        return Report(_siam.next_open(self._held, *_instants(calendar, instants)))

    def next_close(self, calendar: str, instants: Moment | Iterable[Moment] | TableLike) -> Report:
        """The first closing after each instant; null where the calendar never closes again."""
        return Report(_siam.next_close(self._held, *_instants(calendar, instants)))

    def previous_open(self, calendar: str, instants: Moment | Iterable[Moment] | TableLike) -> Report:
        """The latest instant up to each such that the time just before it is open."""
        return Report(_siam.previous_open(self._held, *_instants(calendar, instants)))

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


def _levels(name: str, given: Failures | None) -> Any:
    """Services with levels as a table; none where none were given."""
    if given is None or _given.is_table(given):
        return given
    if isinstance(given, str):
        return [{"service": given}]
    if isinstance(given, Mapping):
        return [{"service": service, "level": level} for service, level in given.items()] or None
    if not isinstance(given, Iterable):
        return given
    rows = [one if isinstance(one, Mapping) else {"service": _given.word(name, one)} for one in given]
    return rows or None


def _dependencies(name: str, given: Iterable[tuple[str, str] | Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Dependencies as mappings; a pair is from and to."""
    listed: list[dict[str, Any]] = []
    for one in given:
        if isinstance(one, Mapping):
            listed.append(dict(one))
        elif isinstance(one, tuple) and len(one) == 2:
            listed.append({"from": _given.word(name, one[0]), "to": _given.word(name, one[1])})
        else:
            raise TypeError(f"{name}: a dependency is (from, to) or a mapping, not {one!r}")
    return listed


def _words(name: str, given: str | Iterable[str]) -> list[str]:
    """One name or several."""
    if not isinstance(given, str) and not isinstance(given, Iterable):
        raise TypeError(f"{name}: this is text or a list of texts, not {type(given).__name__}")
    return [_given.word(name, one) for one in ([given] if isinstance(given, str) else given)]


def _past(history: Report | TableLike | None, ledger: Report | TableLike | None) -> Any:
    """The tables of earlier settlements: those of a report, or tables as they come."""
    own = "ledger" if isinstance(ledger, Report) and "ledger" in ledger.tables else "rows"
    past = {
        "history": history.table("history") if isinstance(history, Report) else history,
        "ledger": ledger.table(own) if isinstance(ledger, Report) else ledger,
    }
    return _given.tables(past, QueryError)


def _bound(evidence: Evidence) -> _siam.Evidence:
    if not isinstance(evidence, Evidence):
        raise TypeError(f"evidence: this is what evidence() gave, not {type(evidence).__name__}")
    return evidence._bound


def _edges(backwards: bool | None, boundary: str | None) -> dict[str, Any]:
    return {
        "backwards": None if backwards is None else bool(backwards),
        "boundary": None if boundary is None else _given.word("boundary", boundary),
    }


def _pairs(name: str, given: Any) -> tuple[list[tuple[Any, Any]], dict[str, Any]]:
    """Pairs typed by hand, or a table."""
    if _given.is_table(given) or isinstance(given, (str, Mapping)) or not isinstance(given, Iterable):
        return [], {name: given}
    listed = list(given)
    if listed and all(isinstance(pair, Mapping) for pair in listed):
        return [], {name: listed}
    for at, pair in enumerate(listed):
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise TypeError(f"{name}: item {at + 1} is not a pair")
    return [(a, b) for a, b in listed], {}


def _instants(calendar: str, given: Any) -> tuple[str, list[tuple[str, object]]]:
    """The question and the tables for instants."""
    listed: list[Any] = []
    tables: dict[str, Any] = {}
    if isinstance(given, (str, datetime)):
        listed = [given]
    elif _given.is_table(given) or isinstance(given, (Mapping, os.PathLike)) or not isinstance(given, Iterable):
        tables["instants"] = given
    else:
        listed = list(given)
        if listed and all(isinstance(row, Mapping) for row in listed):
            listed, tables = [], {"instants": listed}
    question = _given.question(calendar=_given.word("calendar", calendar), at=[_given.instant("at", at) for at in listed])
    return question, _given.tables(tables, QueryError)
