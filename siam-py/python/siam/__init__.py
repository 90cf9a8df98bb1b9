"""Service integration and management: one checked description of an ecosystem answers every question about it.

>>> import siam
>>> eco = siam.load('''
... siam: 1
... services:
...   wan-a: {}
...   wan-b: {}
...   network: {depends_on: [{at_least: 2, of: [wan-a, wan-b]}]}
...   email: {depends_on: [network], users: 4000}
... ''')
>>> report = eco.impact("wan-a")
>>> report["service"]
['email', 'network', 'wan-a']
>>> print(report.explain(1).text.splitlines()[0])
network is down: 2 of 2 needed, 1 left

Tables go in from polars, pandas, pyarrow, duckdb or anything else with ``__arrow_c_stream__``, from CSV, or typed by hand; every answer
goes out the same way. None of these packages is needed.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from siam import _siam
from siam._calendar import Calendar
from siam._ecosystem import Day, Ecosystem, Moment, check, compare, diff, load, periods
from siam._errors import CheckError, Error, EvidenceError, QueryError
from siam._given import ArrowStream, Source, TableLike
from siam._languages import add_language, languages
from siam._mapping import Mapping, mapping
from siam._report import Evidence, Explanation, Picture, Report, Review, Scorecard, Stream, Table, explain, page
from siam._siam import Problem, Problems, Zones
from siam._zones import zones

__all__ = [
    "ArrowStream",
    "Calendar",
    "CheckError",
    "Day",
    "Ecosystem",
    "Error",
    "Evidence",
    "EvidenceError",
    "Explanation",
    "Mapping",
    "Moment",
    "Picture",
    "Problem",
    "Problems",
    "QueryError",
    "Report",
    "Review",
    "Scorecard",
    "Source",
    "Stream",
    "Table",
    "TableLike",
    "VersionInfo",
    "Zones",
    "add_language",
    "check",
    "compare",
    "diff",
    "explain",
    "languages",
    "load",
    "mapping",
    "operations",
    "page",
    "periods",
    "version_info",
    "zones",
]


class VersionInfo(NamedTuple):
    """What answers are computed with."""

    version: str
    """The version of siam."""
    edition: int
    """The edition of the meanings that it knows."""
    tzdb: str
    """The version of the time zone database in it."""


version_info: VersionInfo = VersionInfo(_siam.VERSION, _siam.EDITION, _siam.TZDB)
__version__: str = _siam.VERSION


def operations() -> list[dict[str, Any]]:
    """Every operation as data: ``name``, ``doc``, ``receiver``, keys of its ``question``, tables it ``takes`` and ``gives``, and its ``streams``.

    >>> import siam
    >>> [operation["doc"] for operation in siam.operations() if operation["name"] == "impact"]
    ['Who is hit when services fail, how badly, and by which route.']
    """
    return _siam.operations()
