"""What follows from failures, and what stands behind them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from siam import _asked, _given, _siam
from siam._asked import Asked, Failures, Moment
from siam._errors import QueryError
from siam._given import TableLike
from siam._report import Report


class Follows(Asked):
    """Questions about the dependency map."""

    __slots__ = ()

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
        names = None if unknown is None else _asked.words("unknown", unknown)
        question = _given.question(
            failures=[_given.word("failures", failure) for failure in listed],
            unknown=names,
            healed=None if healed is None else _asked.words("healed", healed),
            without=None if without is None else _asked.dependencies("without", without),
            weakened=None if weakened is None else _asked.dependencies("weakened", weakened),
            added=None if added is None else _asked.dependencies("added", added),
            excuses=excuses if excuses is None or isinstance(excuses, str) else _asked.words("excuses", excuses),
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
            bad=None if bad is None else _asked.words("bad", bad),
            mode=None if mode is None else _given.word("mode", mode),
            to=None if to is None else _given.word("to", to),
            normal=None if normal is None else _given.word("normal", normal),
            at=None if at is None else _given.instant("at", at),
            limit=limit,
        )
        tables = {"failures": _asked.levels("failures", failures), "states": _asked.levels("states", states)}
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
            services=None if services is None else _asked.words("services", services),
            level=None if level is None else _given.word("level", level),
            critical_only=critical_only,
            beyond_one=beyond_one,
            at=None if at is None else _given.instant("at", at),
            limit=limit,
        )
        tables = {"failures": _asked.levels("failures", failures)}
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
            asked = [{"name": name, **_asked.scenario(given)} for name, given in scenarios.items()]
        elif _given.is_table(scenarios) or not isinstance(scenarios, Sequence):
            tables["scenarios"] = scenarios
        elif scenarios and all(isinstance(one, Mapping) and "scenario" in one for one in scenarios):
            tables["scenarios"] = list(scenarios)
        else:
            asked = [_asked.scenario(one) for one in scenarios]
        question = _given.question(
            scenarios=asked,
            limit=limit,
            level=None if level is None else _given.word("level", level),
            among=None if among is None else _given.word("among", among),
            classes=None if classes is None else _asked.words("classes", classes),
            providers=None if providers is None else _asked.words("providers", providers),
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
