"""What every question to an ecosystem shares: the handle it is asked of, and what callers may write.

Nothing here computes; it puts what was typed by hand into the words and tables that the library takes.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeAlias, Union

from siam import _given, _siam
from siam._errors import QueryError
from siam._given import TableLike
from siam._report import Evidence, Report

Moment: TypeAlias = Union[str, datetime]
"""An instant: a datetime with its zone, or text such as ``2026-10-03T09:00:00Z``."""

Day: TypeAlias = Union[str, date, datetime]
"""A day: a date, text such as ``2026-10-03``, or an instant that lies in it."""

Failures: TypeAlias = Union[str, Sequence[Union[str, Mapping[str, Any]]], Mapping[str, Union[str, None]], TableLike]
"""Services that failed: one, several, a mapping of service to level (None for the worst), or a table (service, level)."""


class Asked:
    """Whom questions are asked of."""

    __slots__ = ("_held",)

    def __init__(self, held: _siam.Ecosystem) -> None:
        self._held = held


_FIELDS = {"name", "failures", "unknown", "healed", "without", "weakened", "added"}


def graded(at: Moment | None, severities: Mapping[str, str] | None) -> str:
    """The options of findings: as at an instant, raised or silenced by name."""
    return _given.question(
        at=None if at is None else _given.instant("at", at),
        severities=None if severities is None else dict(severities),
    )


def scenario(given: Any) -> dict[str, Any]:
    """A scenario as ``impact`` takes it, or what fails in it."""
    if isinstance(given, Mapping) and ("failures" in given or "unknown" in given) and _FIELDS.issuperset(given):
        fields = dict(given)
        if "failures" in fields:
            fields["failures"] = failures(fields["failures"])
        return fields
    return {"failures": failures(given)}


def failures(given: Any) -> list[Any]:
    """What fails in a scenario: a service, several, or a mapping of service to level (None for the worst)."""
    if isinstance(given, str):
        return [given]
    if isinstance(given, Mapping):
        levels = [(_given.word("failures", service), level) for service, level in given.items()]
        return [{"service": service, **({} if level is None else {"level": level})} for service, level in levels]
    return list(given)


def levels(name: str, given: Failures | None) -> Any:
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


def dependencies(name: str, given: Iterable[tuple[str, str] | Mapping[str, Any]]) -> list[dict[str, Any]]:
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


def words(name: str, given: str | Iterable[str]) -> list[str]:
    """One name or several."""
    if not isinstance(given, str) and not isinstance(given, Iterable):
        raise TypeError(f"{name}: this is text or a list of texts, not {type(given).__name__}")
    return [_given.word(name, one) for one in ([given] if isinstance(given, str) else given)]


def past(history: Report | TableLike | None, ledger: Report | TableLike | None) -> Any:
    """The tables of earlier settlements: those of a report, or tables as they come."""
    own = "ledger" if isinstance(ledger, Report) and "ledger" in ledger.tables else "rows"
    past = {
        "history": history.table("history") if isinstance(history, Report) else history,
        "ledger": ledger.table(own) if isinstance(ledger, Report) else ledger,
    }
    return _given.tables(past, QueryError)


def comparison(
    before: Report | TableLike | str | None,
    after: Report | TableLike | str | None,
    measures: str | Iterable[str] | None,
    rows: Report | TableLike | None,
) -> tuple[str, list[tuple[str, object]]]:
    """The question and the tables of a comparison; a text is the name of a period."""
    sides = {"before": before, "after": after}
    periods = {name: side for name, side in sides.items() if isinstance(side, str)}
    tables = {name: side for name, side in sides.items() if not isinstance(side, str)}
    question = _given.question(**periods, measures=None if measures is None else words("measures", measures))
    return question, _given.tables({**tables, "rows": rows}, QueryError)


def bound(evidence: Evidence) -> _siam.Evidence:
    if not isinstance(evidence, Evidence):
        raise TypeError(f"evidence: this is what evidence() gave, not {type(evidence).__name__}")
    return evidence._bound


def edges(backwards: bool | None, boundary: str | None) -> dict[str, Any]:
    return {
        "backwards": None if backwards is None else bool(backwards),
        "boundary": None if boundary is None else _given.word("boundary", boundary),
    }


def pairs(name: str, given: Any) -> tuple[list[tuple[Any, Any]], dict[str, Any]]:
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


def instants(calendar: str, given: Any) -> tuple[str, list[tuple[str, object]]]:
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
