"""Service hours: single instants give values, columns give columns of the same library."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pyarrow as pa
import pytest

import siam

LONDON = ZoneInfo("Europe/London")
FRIDAY = datetime(2026, 10, 23, 16, tzinfo=LONDON)
MONDAY = datetime(2026, 10, 26, 10, tzinfo=LONDON)


@pytest.fixture
def office(eco: siam.Ecosystem) -> siam.Calendar:
    return eco.calendar("office")


def test_single_instants_give_plain_values(office: siam.Calendar) -> None:
    assert office.elapsed(FRIDAY, MONDAY) == 7200
    assert office.elapsed(FRIDAY.astimezone(timezone.utc), "2026-10-26T10:00:00Z") == 7200
    assert office.elapsed(MONDAY, FRIDAY) == -7200
    due = office.deadline(FRIDAY, "4h")
    assert due == datetime(2026, 10, 26, 12, tzinfo=LONDON) and due.tzinfo is LONDON
    assert office.deadline("2026-10-23T15:00:00Z", timedelta(hours=1)) == datetime(2026, 10, 23, 16, tzinfo=timezone.utc)
    assert office.deadline(FRIDAY, 3600, boundary="next") == datetime(2026, 10, 26, 9, tzinfo=LONDON)
    assert office.deadline(MONDAY, 7200, backwards=True) == FRIDAY
    assert office.is_open(FRIDAY) is True
    assert office.next_open("2026-10-24T00:00:00Z") == datetime(2026, 10, 26, 9, tzinfo=timezone.utc)
    assert office.next_close(FRIDAY) == FRIDAY.replace(hour=17)
    assert office.previous_open("2026-10-24T00:00:00Z") == datetime(2026, 10, 23, 16, tzinfo=timezone.utc)
    assert office.intervals(FRIDAY, MONDAY)["open_seconds"] == [3600, 3600]
    assert len(office.intervals(FRIDAY, count=3)) == 3
    assert repr(office) == "Calendar office"


def test_a_calendar_that_never_closes_has_no_next_close(eco: siam.Ecosystem) -> None:
    assert eco.calendar("always").next_close(FRIDAY) is None
    assert eco.calendar("always").next_close([FRIDAY]) == [None]


def column(library: str, values: list[Any]) -> Any:
    if library == "polars":
        return pl.Series("opened", values)
    if library == "pyarrow":
        return pa.chunked_array([values])
    if library == "pandas":
        return pytest.importorskip("pandas").Series(values, index=[f"r{n}" for n in range(len(values))], name="opened")
    return values


def listed(values: Any) -> list[Any]:
    if hasattr(values, "to_pylist"):
        return list(values.to_pylist())
    plain = values.astype(object).where(values.notna(), None) if hasattr(values, "notna") else values
    return list(plain)


@pytest.mark.parametrize("library", ["list", "polars", "pyarrow", "pandas"])
def test_columns_give_columns_of_the_same_library(office: siam.Calendar, library: str) -> None:
    a = column(library, [FRIDAY, MONDAY])
    b = column(library, [MONDAY, FRIDAY])
    for found in (office.elapsed(a, b), office.elapsed(a, [MONDAY, FRIDAY]), office.elapsed([FRIDAY, MONDAY], b)):
        assert listed(found) == [7200, -7200]
    assert type(office.elapsed(a, b)) is type(a)
    assert listed(office.elapsed(a, MONDAY)) == [7200, 0]
    assert listed(office.elapsed(FRIDAY, b)) == [7200, 0]
    assert listed(office.is_open(a)) == [True, True]
    assert listed(office.deadline(a, "1h")) == [FRIDAY.replace(hour=17), MONDAY.replace(hour=11)]
    assert listed(office.deadline(a, column(library, [3600, 7200]))) == [FRIDAY.replace(hour=17), MONDAY.replace(hour=12)]
    assert type(office.next_open(a)) is type(a)
    gaps = column(library, [FRIDAY, None])
    assert listed(office.elapsed(gaps, b)) == [7200, None]
    assert listed(office.next_close(gaps)) == [FRIDAY.replace(hour=17), None]
    if library == "pandas":
        assert list(office.elapsed(a, b).index) == ["r0", "r1"]
        assert list(office.elapsed(gaps, b).index) == ["r0", "r1"]


def test_columns_of_text_are_instants_too(office: siam.Calendar) -> None:
    assert office.elapsed(["2026-10-23T15:00:00Z"], "2026-10-26T10:00:00Z") == [7200]
    assert office.elapsed([], []) == []


def test_instants_without_a_zone_are_refused(eco: siam.Ecosystem, office: siam.Calendar) -> None:
    naive = datetime(2026, 10, 23, 16)
    with pytest.raises(siam.QueryError, match="it has no zone"):
        office.elapsed(naive, MONDAY)
    with pytest.raises(siam.QueryError, match="an instant with its zone"):
        office.is_open(pl.Series([naive]))
    with pytest.raises(siam.QueryError, match="an instant with its zone"):
        eco.is_open("office", [{"at": naive}])
    with pytest.raises(TypeError, match="at: an instant is a datetime"):
        office.is_open(1_700_000_000)
    with pytest.raises(siam.QueryError, match="2 and 1 rows|1 and 2 rows"):
        office.elapsed([FRIDAY, MONDAY], [FRIDAY])


def test_an_instant_beyond_the_clock_is_a_problem_of_its_row(eco: siam.Ecosystem, office: siam.Calendar) -> None:
    far = "0001-01-01T00:00:00Z"
    with pytest.raises(siam.QueryError, match="beyond-horizon"):
        office.is_open(far)
    assert office.is_open([far, FRIDAY]) == [None, True]
    asked: list[str | datetime] = [far, FRIDAY]
    report = eco.is_open("office", asked)
    assert report["problem"] == ["beyond-horizon", None]
    assert len(report.problems) == 1


def test_unknown_calendars_and_words_are_named(eco: siam.Ecosystem, office: siam.Calendar) -> None:
    with pytest.raises(siam.QueryError) as caught:
        eco.calendar("ofice")
    assert caught.value.suggestions == ["office"]
    with pytest.raises(siam.QueryError):
        office.deadline(FRIDAY, 1, boundary="nxt")
    with pytest.raises(siam.QueryError):
        office.intervals(FRIDAY)


def test_reports_of_hours_take_pairs_and_tables(eco: siam.Ecosystem) -> None:
    pairs = eco.elapsed("office", [(FRIDAY, MONDAY)])
    frame = pl.DataFrame({"from": [FRIDAY], "until": [MONDAY]})
    assert pairs.to_dict() == eco.elapsed("office", frame).to_dict() == eco.elapsed("office", [{"from": FRIDAY, "until": MONDAY}]).to_dict()
    assert "2 h open" in pairs.explain(0).text
    starts: dict[str, list[Any]] = {"from": [FRIDAY], "within_seconds": [60]}
    assert eco.deadline("office", [(FRIDAY, 60)]).to_dict() == eco.deadline("office", starts).to_dict()


def test_other_threads_run_while_a_question_is_answered(eco: siam.Ecosystem) -> None:
    rows = 300_000
    frame = pl.DataFrame({"from": pl.Series([FRIDAY] * rows), "until": pl.Series([MONDAY] * rows)})
    ticks: list[float] = []
    done = threading.Event()

    def tick() -> None:
        while not done.is_set():
            ticks.append(time.perf_counter())
            time.sleep(0.001)

    watcher = threading.Thread(target=tick)
    watcher.start()
    began = time.perf_counter()
    report = eco.elapsed("office", frame)
    ended = time.perf_counter()
    done.set()
    watcher.join()
    assert len(report) == rows
    # Held fast, the interpreter would let the watcher tick at the ends only.
    assert sum(began < at < ended for at in ticks) >= min(5, (ended - began) / 0.02)


def test_one_ecosystem_serves_many_threads(eco: siam.Ecosystem) -> None:
    found: list[Any] = []
    ask = lambda: found.append(eco.impact("wan-a").to_dict())  # noqa: E731
    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8 and all(one == found[0] for one in found)
