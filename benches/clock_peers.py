"""Service time of many tickets beside pandas with numpy, polars, businesstimedelta and business-duration: the peers' own case.

    pip install pandas numpy polars businesstimedelta business-duration
    python benches/clock_peers.py build/hours

The case is the one that all of them know: open from nine to five, Monday to Friday, in UTC, no pauses, no holidays. Each peer's answers
are asserted equal before its time counts; a peer that takes one ticket at a time is asked for a part of them. Processor time of one thread.
The columns are left in the folder as little-endian 64-bit integers: `from.bin`, `until.bin` in microseconds and `open.bin` in seconds.
With siam installed, its own door is asked with the same columns.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import datetime, timezone
from datetime import time as clock_time
from pathlib import Path
from typing import Any

import numpy as np

TICKETS = 2_000_000
HOUR = 3_600_000_000
DAY = 24 * HOUR


def columns() -> tuple[Any, Any]:
    """Tickets opened through 2026, open for up to thirty days, to the second."""
    draw = np.random.Generator(np.random.PCG64(7))
    start = int(datetime(2026, 1, 1, tzinfo=timezone.utc).timestamp())
    opened = start + draw.integers(0, 365 * 86_400, TICKETS)
    return opened * 1_000_000, (opened + draw.integers(0, 30 * 86_400, TICKETS)) * 1_000_000


def by_hand(opened: Any, closed: Any) -> Any:
    """Open seconds, from first principles: whole weeks, whole days, the rest of a day."""

    def before(at: Any) -> Any:
        day, within = np.divmod(at, DAY)
        week, weekday = np.divmod(day + 3, 7)  # 1970-01-01 was a Thursday
        of_day = np.clip(within - 9 * HOUR, 0, 8 * HOUR) * (weekday < 5)
        return (week * 5 + np.minimum(weekday, 5)) * 8 * HOUR + of_day

    return (before(closed) - before(opened)) // 1_000_000


def pandas_numpy(opened: Any, closed: Any) -> Any:
    """Days by numpy's busday_count, hours of the first and last day by pandas."""
    import pandas as pd

    a, b = pd.Series(opened.astype("datetime64[us]")), pd.Series(closed.astype("datetime64[us]"))
    first, last = a.dt.normalize(), b.dt.normalize()
    days = np.busday_count(first.to_numpy().astype("datetime64[D]"), last.to_numpy().astype("datetime64[D]"))
    begun = (a - first).dt.total_seconds().clip(32_400, 61_200) - 32_400
    ended = (b - last).dt.total_seconds().clip(32_400, 61_200) - 32_400
    open_first, open_last = np.is_busday(first.to_numpy().astype("datetime64[D]")), np.is_busday(last.to_numpy().astype("datetime64[D]"))
    return (days * 28_800 - begun * open_first + ended * open_last).to_numpy().astype("int64")


def polars(opened: Any, closed: Any) -> Any:
    """The same in expressions of polars."""
    import polars as pl

    frame = pl.DataFrame({"a": opened.astype("datetime64[us]"), "b": closed.astype("datetime64[us]")})

    def within(name: str) -> Any:
        date = pl.col(name).dt.date()
        second = (pl.col(name) - date.cast(pl.Datetime("us"))).dt.total_seconds().clip(32_400, 61_200) - 32_400
        return second * (pl.col(name).dt.weekday() <= 5)

    days = pl.business_day_count(pl.col("a").dt.date(), pl.col("b").dt.date())
    return frame.select((days.cast(pl.Int64) * 28_800 - within("a") + within("b")).alias("open"))["open"].to_numpy()


def naive(micros: int) -> datetime:
    return datetime.fromtimestamp(micros // 1_000_000, timezone.utc).replace(tzinfo=None)


def businesstimedelta(opened: Any, closed: Any) -> Any:
    import businesstimedelta as peer

    rule = peer.Rules([peer.WorkDayRule(start_time=clock_time(9), end_time=clock_time(17), working_days=[0, 1, 2, 3, 4])])
    found = [rule.difference(naive(a), naive(b)) for a, b in zip(opened.tolist(), closed.tolist())]
    return np.array([round(each.timedelta.total_seconds()) for each in found])


def business_duration(opened: Any, closed: Any) -> Any:
    from business_duration import businessDuration

    keys = {"starttime": clock_time(9), "endtime": clock_time(17), "unit": "sec"}
    found = [businessDuration(startdate=naive(a), enddate=naive(b), **keys) for a, b in zip(opened.tolist(), closed.tolist())]
    return np.array([0 if each != each else round(float(each)) for each in found])


def siam_door(opened: Any, closed: Any) -> Any:
    """The whole way through Arrow and back, as a program in Python goes it."""
    import pyarrow as pa
    import siam

    office = siam.load("{siam: 1, calendars: {office: {zone: UTC, hours: {mon-fri: 09:00-17:00}}}}")
    kind = pa.timestamp("us", "UTC")
    spans = pa.table({"from": pa.array(opened, pa.int64()).cast(kind), "until": pa.array(closed, pa.int64()).cast(kind)})
    return pa.table(office.elapsed("office", spans))["elapsed_seconds"].to_numpy()


# Name, what it answers, how many tickets it is asked for.
PEERS: list[tuple[str, Callable[[Any, Any], Any], int]] = [
    ("pandas + numpy busday", pandas_numpy, TICKETS),
    ("polars", polars, TICKETS),
    ("businesstimedelta", businesstimedelta, 1_000),
    ("business-duration", business_duration, 1_000),
    ("siam, through Python and Arrow", siam_door, TICKETS),
]


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    opened, closed = columns()
    wanted = by_hand(opened, closed)
    for name, column in (("from", opened), ("until", closed), ("open", wanted)):
        (folder / f"{name}.bin").write_bytes(column.astype("<i8").tobytes())
    for name, ask, count in PEERS:
        a, b = opened[:count], closed[:count]
        try:
            found = ask(a, b)
        except ImportError as missing:
            print(f"{name}: {missing}")
            continue
        wrong = int((found != wanted[:count]).sum())
        if wrong:
            print(f"{name}: {wrong} of {count} answers differ, no time taken")
            continue
        least = float("inf")
        for _ in range(3):
            begun = time.process_time()
            ask(a, b)
            least = min(least, time.process_time() - begun)
        print(f"{name}: {count / least:,.0f} tickets per CPU second")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "build/hours"))
