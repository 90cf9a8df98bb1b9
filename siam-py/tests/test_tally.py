"""Tallies: chunks of evidence in any cut, pickled and merged."""

from __future__ import annotations

import pickle

import pytest
import siam

MEASURE = {"statistic": "percent_within", "within": "4h", "target": "50%"}


def acme() -> siam.Ecosystem:
    return siam.load({"siam": 1, "agreements": {"support": {"kind": "sla", "measures": {"in-4h": MEASURE}}}})


def ticket(day: int, hours: int) -> dict[str, str]:
    opened = f"2026-10-{day:02}T00:00:00Z"
    return {"ticket": f"T{day}", "opened": opened, "resolved": f"2026-10-{day:02}T{hours:02}:00:00Z"}


def test_chunks_in_any_order_give_the_bytes_of_the_whole() -> None:
    eco = acme()
    rows = [ticket(day, day) for day in range(1, 9)]
    whole = eco.tally(eco.evidence(tickets=rows), "2026-10")
    chunked = eco.tally(([row] for row in reversed(rows)), "2026-10")
    assert chunked == whole
    assert chunked.score()["met"] == eco.score(eco.evidence(tickets=rows), "2026-10", tickets=False)["met"] == [4]


def test_a_tally_from_a_pickle_waits_for_its_ecosystem() -> None:
    eco = acme()
    first, second = (eco.tally(eco.evidence(tickets=[ticket(day, 1)]), "2026-10") for day in (1, 2))
    asleep = pickle.loads(pickle.dumps(second))
    with pytest.raises(ValueError, match="ecosystem"):
        asleep.score()
    assert siam.merge(first, asleep).score()["met"] == [2]
    assert eco.tally_of(asleep.to_bytes()) == second
    assert first.score()["met"] == [1]


def test_evidence_is_taken_out_again() -> None:
    eco = acme()
    one, two = (eco.evidence(tickets=[ticket(day, 1)]) for day in (1, 2))
    tally = eco.tally([one, two], "2026-10")
    assert tally.remove(two) == eco.tally(one, "2026-10")
    # Sums do not tell tickets apart, but no more is taken out than there is.
    tally.remove(one)
    with pytest.raises(siam.QueryError, match="not hold"):
        tally.remove(two)
