"""What happened, how everyone did, and who owes what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal

from siam import _asked, _given, _siam
from siam._asked import Asked, Moment
from siam._errors import CheckError, EvidenceError, QueryError
from siam._given import Source, TableLike, WrittenMapping
from siam._report import Evidence, Report, Review, Scorecard


class Happened(Asked):
    """Questions about evidence."""

    __slots__ = ()

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
        mapping: Source | WrittenMapping | None = None,
        zone: str | None = None,
        max_rejected: str | float | Decimal | None = None,
        **tables: TableLike | None,
    ) -> Evidence:
        """Binds tables of what happened: says what was used, rejected and unknown before anything is scored.

        Tables come under their evidence names, or under the names that a mapping gives them: ``evidence(log=..., mapping="log.yaml")``.
        docs/tables.md lists the columns of each.
        ``mapping`` is a path, a document as text, a mapping, or what :func:`siam.mapping` made of a preset. ``zone`` is that of wall-clock times whose table states none.
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
            written = None if mapping is None else _given.mapping(mapping)
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
            periods=_asked.words("period", period),
            measures=None if measures is None else _asked.words("measures", measures),
            as_of=None if as_of is None else _given.instant("as_of", as_of),
            tickets=bool(tickets),
        )
        return Scorecard(_siam.score(self._held, _asked.bound(evidence), question, []), bool(tickets), self._held)

    def compare(
        self,
        before: Report | TableLike | str | None = None,
        after: Report | TableLike | str | None = None,
        *,
        measures: str | Iterable[str] | None = None,
        rows: Report | TableLike | None = None,
    ) -> Report:
        """What changed between two scorecards, split into performance and mix.

        ``before`` and ``after`` are scorecards of one period each, or saved tables of them; or the names of two periods of one scorecard
        ``rows``. A share or a mean changes because groups did better or worse (``because_performance``), and because there is more of one
        group and less of another (``because_mix``); the two add up to the change.

        >>> import siam
        >>> row = {"measure": "m", "by": None, "party": None, "counted": 10, "unit": "share"}
        >>> def month(period, total, a, b):
        ...     groups = [{**row, "by": "party", "party": party, "counted": n, "value_exact": value} for party, n, value in (a, b)]
        ...     return [{**one, "period": period} for one in ({**row, "value_exact": total}, *groups)]
        >>> september = month("2026-09", "0.5", ("a", 5, "0.6"), ("b", 5, "0.4"))
        >>> october = month("2026-10", "0.56", ("a", 8, "0.6"), ("b", 2, "0.4"))
        >>> report = siam.load("siam: 1").compare(september, october)
        >>> report["change_exact"][0], report["because_performance_exact"][0], report["because_mix_exact"][0]
        ('0.06', '0', '0.06')
        """
        return Report(_siam.compare(self._held, *_asked.comparison(before, after, measures, rows)))

    def trend(self, rows: Report | TableLike, *, measures: str | Iterable[str] | None = None) -> Report:
        """How measures went over the periods of a scorecard: table ``measures`` has the slope and the direction of each.

        The slope is that of Theil and Sen, the direction that of Mann and Kendall; ``tendency`` is better, worse or steady by the
        direction of the measure.

        >>> import siam
        >>> rows = [
        ...     {"period": f"2026-{month}", "measure": "m", "counted": 9, "value_exact": value, "unit": "share"}
        ...     for month, value in (("08", "0.91"), ("09", "0.93"), ("10", "0.94"))
        ... ]
        >>> report = siam.load("siam: 1").trend(rows)
        >>> report["change_exact"], report.table("measures")["slope_exact"], report.table("measures")["tendency"]
        ([None, '0.02', '0.01'], ['0.015'], ['better'])
        """
        question = _given.question(measures=None if measures is None else _asked.words("measures", measures))
        return Report(_siam.trend(self._held, question, _given.tables({"rows": rows}, QueryError)))

    def headroom(
        self,
        evidence: Evidence,
        period: str,
        as_of: Moment,
        *,
        measures: str | Iterable[str] | None = None,
    ) -> Report:
        """As at an instant, how much may still go wrong before a measure misses its target, and which open tickets are next.

        ``misses_left_new`` is how many further tickets may be missed, ``misses_left_open`` how many of those open; table ``open`` has the
        open tickets with the time they have left, by its end.

        >>> import siam
        >>> measure = {"statistic": "percent_within", "within": "4h", "target": "50%"}
        >>> eco = siam.load({"siam": 1, "agreements": {"support": {"kind": "sla", "measures": {"in-4h": measure}}}})
        >>> evidence = eco.evidence(tickets=[
        ...     {"ticket": "A", "opened": "2026-10-03T09:00:00Z", "resolved": "2026-10-03T12:00:00Z"},
        ...     {"ticket": "B", "opened": "2026-10-03T11:00:00Z", "resolved": None},
        ... ])
        >>> room = eco.headroom(evidence, "2026-10", "2026-10-03T14:00:00Z")
        >>> room["misses_left_new"], room["misses_left_open"], room.table("open")["left_seconds"]
        ([1], [1], [3600])
        """
        question = _given.question(
            period=_given.word("period", period),
            as_of=_given.instant("as_of", as_of),
            measures=None if measures is None else _asked.words("measures", measures),
        )
        return Report(_siam.headroom(self._held, _asked.bound(evidence), question, []))

    def reconcile(
        self,
        evidence: Evidence,
        *,
        measures: str | Iterable[str] | None = None,
        periods: str | Iterable[str] | None = None,
        as_of: Moment | None = None,
    ) -> Report:
        """Our verdicts and figures against those that the tables ``verdicts`` and ``reported`` of the evidence bring.

        All tickets are compared unless periods are given, which are taken together. Table ``disagreements`` names the cause of each:
        the single change of our reading (zone, start, pause, calendar, stop, priority) that gives theirs. Table ``causes`` counts them,
        and table ``figures`` has the reported values beside ours.

        >>> import siam
        >>> measure = {"statistic": "percent_within", "within": "4h"}
        >>> eco = siam.load({"siam": 1, "agreements": {"support": {"kind": "sla", "measures": {"in-4h": measure}}}})
        >>> ticket = {"ticket": "A", "opened": "2026-10-03T09:00:00Z", "resolved": "2026-10-03T13:00:00Z"}
        >>> report = eco.reconcile(eco.evidence(tickets=[ticket], verdicts=[{"ticket": "A", "met": False}]))
        >>> report.table("disagreements").to_dict()["ours"]
        ['met']
        """
        question = _given.question(
            measures=None if measures is None else _asked.words("measures", measures),
            periods=None if periods is None else _asked.words("periods", periods),
            as_of=None if as_of is None else _given.instant("as_of", as_of),
        )
        return Report(_siam.reconcile(self._held, _asked.bound(evidence), question, []))

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
            periods=_asked.words("period", period),
            services=None if services is None else _asked.words("services", services),
            agreement=None if agreement is None else _given.word("agreement", agreement),
            available=None if available is None else _asked.words("available", available),
            as_of=None if as_of is None else _given.instant("as_of", as_of),
        )
        return Report(_siam.observed(self._held, _asked.bound(evidence), question, []))

    def leakage(self, evidence: Evidence, periods: str | Iterable[str] | None = None) -> Report:
        """What is paid for and could not be used, or was not, from tables ``usage`` and ``charges`` of the evidence.

        A contract whose clauses name ``deduct_unusable`` or ``deduct_unused`` gives a right to deduct it; what it does not leaks away.

        >>> import siam
        >>> eco = siam.load("{siam: 1, currency: GBP, parties: {cloudco: {kind: supplier}}, services: {desks: {}}}")
        >>> usage = {"party": "cloudco", "service": "desks", "period": "2026-10"}
        >>> usage |= {"committed": 100, "usable": 100, "used": 60, "unit_price": "2.50"}
        >>> eco.leakage(eco.evidence(usage=[usage]))["leaked_exact"]
        ['100']
        """
        question = _given.question(periods=None if periods is None else _asked.words("periods", periods))
        return Report(_siam.leakage(self._held, _asked.bound(evidence), question, []))

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
            periods=None if periods is None else _asked.words("periods", periods),
            within=None if within is None else f"{_given.within(within)} s",
            at_least=at_least,
            confidence=None if confidence is None else _given.share(confidence, "confidence"),
            lift=None if lift is None else _given.share(lift, "lift"),
            crowd=crowd,
            services=None if services is None else _asked.words("services", services),
            limit=limit,
            as_of=None if as_of is None else _given.instant("as_of", as_of),
        )
        return Report(_siam.drift(self._held, _asked.bound(evidence), question, []))

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
            periods=_asked.words("period", period),
            as_of=None if as_of is None else _given.instant("as_of", as_of),
        )
        return Report(_siam.settle(self._held, _asked.bound(evidence), question, _asked.past(history, ledger)))

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
        return Review(_siam.review(self._held, _asked.bound(evidence), question, _asked.past(history, ledger)))
