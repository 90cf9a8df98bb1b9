"""Scores of generated tickets by polars and DuckDB, beside ours; answers are asserted equal first.

    cargo run --release -p siam-bench --bin tickets -- 10000000 10000000 /tmp/tickets
    python benches/score_peers.py /tmp/tickets

Per supplier, service and priority, for one month and for a year by month: how many tickets, how many in time, the exact 95th percentile
by nearest rank. Columns are in memory, words coded; processor seconds of one thread, the least of three.
"""

import csv
import os
import sys
import time

os.environ["POLARS_MAX_THREADS"] = sys.argv[2] if len(sys.argv) > 2 else "1"

import duckdb
import numpy as np
import polars as pl

folder = sys.argv[1]
read = lambda name, kind: np.fromfile(f"{folder}/{name}", dtype=kind)
frame = pl.DataFrame(
    {
        "opened": pl.Series(read("opened.i64", "<i8")).cast(pl.Datetime("us")),
        "resolved": pl.Series(read("resolved.i64", "<i8")).cast(pl.Datetime("us")),
        "party": read("party.i32", "<i4"),
        "service": read("service.i32", "<i4"),
        "priority": read("priority.i32", "<i4"),
    }
)
KEYS = ["party", "priority", "service"]
HOURS = [4, 8, 24, 48, 96]


def in_polars(of_year):
    taken = frame.lazy()
    if not of_year:
        june = pl.col("resolved").is_between(pl.datetime(2026, 6, 1, time_unit="us"), pl.datetime(2026, 7, 1, time_unit="us"), closed="left")
        taken = taken.filter(june)
    micros = (pl.col("resolved") - pl.col("opened")).dt.total_microseconds()
    within = pl.col("priority").replace_strict(list(range(5)), [hours * 3_600_000_000 for hours in HOURS], return_dtype=pl.Int64)
    taken = taken.with_columns(micros=micros, within=within, month=pl.col("resolved").dt.month())
    # Nearest rank: the value at place ceil(0.95 n), from 1.
    rank = ((pl.len() * 95 + 99) // 100 - 1).cast(pl.UInt32)
    figures = [pl.len().alias("n"), (pl.col("micros") <= pl.col("within")).sum().alias("met"), pl.col("micros").sort().gather(rank).first().alias("p95")]
    return taken.group_by(["month", *KEYS]).agg(figures).sort(["month", *KEYS]).collect()


def in_duckdb(connection, of_year):
    where = "" if of_year else "WHERE resolved >= TIMESTAMP '2026-06-01' AND resolved < TIMESTAMP '2026-07-01'"
    bound = "CASE priority " + " ".join(f"WHEN {at} THEN {hours * 3_600_000_000}" for at, hours in enumerate(HOURS)) + " END"
    return connection.execute(
        f"""SELECT month(resolved) AS month, party, priority, service, count(*) AS n,
        count(*) FILTER (epoch_us(resolved) - epoch_us(opened) <= {bound}) AS met,
        quantile_disc(epoch_us(resolved) - epoch_us(opened), 0.95) AS p95
        FROM tickets {where} GROUP BY ALL ORDER BY ALL"""
    ).pl()


def ours(name):
    shares, times = {}, {}
    with open(f"{folder}/{name}.csv", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["by"]:
                key = (int(row["period"][5:]), int(row["party"][1:]), int(row["priority"][1:]), int(row["service"][1:]))
                if row["measure"] == "share":
                    shares[key] = (int(row["counted"]), int(row["met"]))
                else:
                    times[key] = int(row["value_exact"]) * 1_000_000
    return {key: (*shares[key], times[key]) for key in shares}


def least(run):
    best, answer = None, None
    for _ in range(3):
        before = time.process_time()
        answer = run()
        took = time.process_time() - before
        best = took if best is None else min(best, took)
    return best, answer


connection = duckdb.connect()
connection.execute(f"SET threads TO {os.environ['POLARS_MAX_THREADS']}")
connection.register("given", frame.to_arrow())
connection.execute("CREATE TABLE tickets AS SELECT * FROM given")
for name, of_year in (("month", False), ("year", True)):
    expected = ours(name)
    for peer, run in (("polars", lambda: in_polars(of_year)), ("duckdb", lambda: in_duckdb(connection, of_year))):
        took, answer = least(run)
        rows = {(month, *key): tuple(figures) for month, *rest in answer.iter_rows() for key, figures in [(rest[:3], rest[3:])]}
        assert rows == expected, f"{peer} {name}: {len(rows)} rows against {len(expected)}"
        print(f"{peer} {name}: {took:.3f} s of processor time, {len(rows)} rows, equal")
