"""Answers made of scorecards, and what is still open: compare, trend, headroom, reconcile."""

from __future__ import annotations

from typing import Any

import pytest

import siam

DOCUMENT = """
siam: 1
parties: {netco: {kind: supplier}, deskco: {kind: supplier}}
agreements:
  support:
    kind: sla
    measures:
      in-4h: {statistic: percent_within, within: 4h, target: 50%, by: [party]}
"""


def ticket(name: str, party: str, day: str, hours: int | None) -> dict[str, Any]:
    resolved = None if hours is None else f"{day}T{9 + hours:02}:00:00Z"
    return {"ticket": name, "party": party, "opened": f"{day}T09:00:00Z", "resolved": resolved}


# September: netco met 1 of 2, deskco 1 of 2. October: netco met 1 of 1, deskco 1 of 3, and one of deskco is open.
TICKETS = [
    ticket("A", "netco", "2026-09-03", 1),
    ticket("B", "netco", "2026-09-03", 5),
    ticket("C", "deskco", "2026-09-03", 1),
    ticket("D", "deskco", "2026-09-03", 5),
    ticket("E", "netco", "2026-10-05", 1),
    ticket("F", "deskco", "2026-10-05", 1),
    ticket("G", "deskco", "2026-10-05", 5),
    ticket("H", "deskco", "2026-10-05", 5),
    ticket("I", "deskco", "2026-10-06", None),
]


@pytest.fixture(scope="module")
def eco() -> siam.Ecosystem:
    return siam.load(DOCUMENT)


@pytest.fixture(scope="module")
def evidence(eco: siam.Ecosystem) -> siam.Evidence:
    return eco.evidence(tickets=TICKETS)


def test_a_comparison_is_the_same_of_two_scorecards_and_of_one(eco: siam.Ecosystem, evidence: siam.Evidence) -> None:
    both = eco.score(evidence, ["2026-09", "2026-10"])
    one = siam.compare("2026-09", "2026-10", rows=both)
    two = siam.compare(eco.score(evidence, "2026-09"), eco.score(evidence, "2026-10"))
    assert list(one) == list(two) == list(eco.compare("2026-09", "2026-10", rows=both))
    assert one.fingerprint == eco.fingerprint
    # Both groups were at 1/2; the middle of the totals is 1/2. netco: 3/8 x 1/2, and -1/4 x (3/4 - 1/2). deskco: 5/8 x -1/6, and
    # 1/4 x (5/12 - 1/2). Together 3/16 - 5/48 = 1/12 of performance, and -1/16 - 1/48 = -1/12 of mix.
    assert one["change_exact"][0] == "0"
    assert one["because_performance_exact"][0] == "1/12" and one["because_mix_exact"][0] == "-1/12"
    assert one["party"] == [None, "deskco", "netco"]
    with pytest.raises(siam.QueryError, match="several-periods|periods"):
        siam.compare(rows=both)


def test_a_scorecard_tells_its_trend(eco: siam.Ecosystem, evidence: siam.Evidence) -> None:
    trend = eco.score(evidence, ["2026-10", "2026-09"]).trend("in-4h")
    assert trend["period"] == ["2026-09", "2026-10"] * 3
    assert trend.table("measures")["tendency"] == ["steady", "worse", "better"]
    assert trend.table("measures")["slope_exact"] == ["0", "-1/6", "0.5"]
    assert trend.explain(0, "measures").text.startswith("in-4h stays as it is")
    assert list(trend) == list(eco.trend(eco.score(evidence, ["2026-09", "2026-10"]), measures="in-4h"))


def test_headroom_is_told_in_both_meanings_and_by_group(eco: siam.Ecosystem, evidence: siam.Evidence) -> None:
    room = eco.headroom(evidence, "2026-10", "2026-10-06T10:00:00Z")
    assert room["party"] == [None, "deskco", "netco"]
    assert room["met"] == [2, 1, 1] and room["counted"] == [4, 3, 1] and room["open_now"] == [1, 1, 0]
    assert room["misses_left_new"] == [0, 0, 1] and room["misses_left_open"] == [0, 0, 0]
    assert room.table("open")["left_seconds"] == [3 * 3600]
    assert "3 h left" in room.explain(0, "open").text


def test_a_disagreement_has_its_cause(eco: siam.Ecosystem) -> None:
    tickets = [{**TICKETS[1], "responded": "2026-09-03T13:00:00Z"}]
    verdicts = [{"ticket": "B", "met": True, "seconds": 3600}]
    reported = [{"measure": "in-4h", "period": "2026-09", "party": "netco", "value": "100%"}]
    report = eco.reconcile(eco.evidence(tickets=tickets, verdicts=verdicts, reported=reported))
    assert report.table("disagreements")["cause"] == ["start"]
    assert report.table("causes")["cause_detail"] == ["responded"]
    assert report.table("figures")["agree"] == [False] and report.table("figures")["ours_exact"] == ["0"]


def test_periods_are_counted_on() -> None:
    assert siam.periods("2026-12", 2, starts_on=26) == ["2026-12-26/2027-01-26", "2027-01-26/2027-02-26"]
    assert siam.periods("2026-02-28", 2) == ["2026-02-28", "2026-03-01"]
    for first in ("2026-13", "October", "2026-02-30"):
        with pytest.raises(siam.QueryError):
            siam.periods(first)
    with pytest.raises(siam.QueryError):
        siam.periods("2026", starts_on=26)
