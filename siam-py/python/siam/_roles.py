"""What an ecosystem says and lacks, and who does what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from siam import _asked, _given, _siam
from siam._asked import Asked, Day, Moment
from siam._report import Report


class Roles(Asked):
    """Questions about what is agreed, who does it, and what is missing."""

    __slots__ = ()

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
        return Report(_siam.findings(self._held, _asked.graded(at, severities), []))

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
            agreements=None if agreements is None else _asked.words("agreements", agreements),
            parties=None if parties is None else _asked.words("parties", parties),
        )
        return Report(_siam.terms(self._held, question, []))

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
            parties=None if parties is None else _asked.words("parties", parties),
            kinds=None if kinds is None else _asked.words("kinds", kinds),
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
