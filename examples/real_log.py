"""The log of a real ITSM platform: which agreed clock reproduces the platform's own verdicts, which do not, and how everyone did.

Usage: real_log.py [FILE] reads an event log in the format of UCI dataset 498 (.csv, .csv.gz or .csv.xz). Without FILE it is
uci498_events_first_half.csv.xz in the folder data of $SIAM_SHARED, or of ../shared beside the repository; nothing of it is kept here.
"""

from __future__ import annotations

import gzip
import lzma
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import siam

HERE = Path(__file__).resolve().parent
REPRODUCES = "in-time"
VARIANTS = ("in-time-around-the-clock", "in-time-with-pauses", "in-time-until-resolved")
# The mapping's priorities in the log's own words; others come through as they are.
WORDS = {"P1": "1 - Critical", "P2": "2 - High", "P3": "3 - Moderate", "P4": "4 - Low"}
# Any log lies within, so that everything is scored that was opened and closed.
EVER = "1971-01-01/2100-01-01"
NO_GROUP = "no group"


def chosen() -> Path:
    """The file to read."""
    if len(sys.argv) > 1:
        return Path(sys.argv[1])
    stated = os.environ.get("SIAM_SHARED")
    shared = Path(stated) if stated else HERE.parent.parent / "shared"
    return shared / "data" / "uci498_events_first_half.csv.xz"


def content(path: Path) -> bytes:
    """The bytes of a log, decompressed."""
    data = path.read_bytes()
    return lzma.decompress(data) if path.suffix == ".xz" else gzip.decompress(data) if path.suffix == ".gz" else data


def priority(name: str | None) -> str:
    """A priority as the log writes it."""
    return "no priority" if name is None else WORDS.get(name, name)


def show_evidence(evidence: siam.Evidence) -> None:
    """What was read, and what is dirty."""
    used = {row["table"]: row for row in evidence}
    print("EVIDENCE")
    print(f"rows read: {used['ticket_events']['rows']}")
    print(f"tickets: {used['tickets']['gave']}")
    print(f"rejected: {len(evidence.rejected)}")
    for (column, reason), count in sorted(Counter((row["column"], row["reason"]) for row in evidence.rejected).items()):
        print(f"  {column}, {reason}: {count}")
    lacking = [use for use in evidence.column_uses if use["missing"]]
    print(f"missing: {sum(use['missing'] for use in lacking)}")
    for use in lacking:
        print(f"  {use['column']} (for {use['gives']}): {use['missing']} of {use['rows']}")


def show_agreement(report: siam.Report, measure: str, tickets: Counter[str], lead: str = "") -> None:
    """How often our verdict is the platform's, one line per priority."""
    found = {priority(row["priority"]): row for row in report if row["measure"] == measure and row["by"] is not None}
    for name in sorted(tickets):
        row = found.get(name, {"agree": 0, "compared": 0, "not_compared": tickets[name]})
        agree, compared, other = row["agree"], row["compared"], row["not_compared"]
        if compared == 0:
            why = "no time is agreed for it" if name not in found else "one of both has no verdict"
            print(f"{lead}{name}: {other} not compared, {why}")
            continue
        rest = f", {other} not compared" if other else ""
        print(f"{lead}{name}: {agree} of {compared} agree ({100 * agree / compared:.2f} %){rest}")


def show_row(name: str, tickets: int, row: dict[str, Any] | None) -> None:
    """A row of a scorecard, and the tickets it does not speak of."""
    if row is None or row["counted"] == 0:
        print(f"{name}: not scored, {tickets} tickets")
        return
    other = tickets - row["counted"]
    rest = f", {other} not scored" if other else ""
    print(f"{name}: {row['met']} of {row['counted']} in time ({row['percent']:.2f} %), {row['result']}{rest}")


def main() -> None:
    path = chosen()
    if not path.is_file():
        print(f"skipped: there is no {path}")
        return
    eco = siam.load(HERE / "real_log" / "ecosystem.yaml")
    evidence = eco.evidence(log=content(path), mapping=HERE / "real_log" / "mapping.yaml")
    show_evidence(evidence)

    scorecard = eco.score(evidence, EVER, measures=[REPRODUCES, "in-time-by-group", "incidents"], tickets=False)
    rows = list(scorecard)
    priorities, groups = Counter[str](), Counter[str]()
    for row in rows:
        if row["measure"] == "incidents" and row["by"] is not None:
            priorities[priority(row["priority"])] += row["counted"]
            groups[row["party"] or NO_GROUP] += row["counted"]

    report = eco.reconcile(evidence, measures=[REPRODUCES, *VARIANTS])
    print(f"\nTHE PLATFORM'S OWN VERDICTS: {REPRODUCES}")
    show_agreement(report, REPRODUCES, priorities)
    print("\nOTHER CLOCKS")
    for variant in VARIANTS:
        show_agreement(report, variant, priorities, f"{variant}, ")

    print(f"\nSCORECARD: {REPRODUCES}")
    scored = {priority(row["priority"]): row for row in rows if row["measure"] == REPRODUCES and row["by"] is not None}
    for name in sorted(priorities):
        show_row(name, priorities[name], scored.get(name))
    print("\nTHE TEN GROUPS WITH MOST TICKETS")
    scored = {row["party"] or NO_GROUP: row for row in rows if row["measure"] == "in-time-by-group" and row["by"] is not None}
    for name, count in sorted(groups.items(), key=lambda group: (-group[1], group[0]))[:10]:
        show_row(name, count, scored.get(name))


if __name__ == "__main__":
    main()
