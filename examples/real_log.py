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

import siam

HERE = Path(__file__).resolve().parent
REPRODUCES = "in-time"
VARIANTS = ("in-time-around-the-clock", "in-time-with-pauses", "in-time-until-resolved")
# The mapping's priorities in the log's own words; others come through as they are.
WORDS = {"P1": "1 - Critical", "P2": "2 - High", "P3": "3 - Moderate", "P4": "4 - Low"}
# Any log lies within; what is scored is then everything that was closed.
EVER = "1971-01-01/2100-01-01"


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


def show_agreement(report: siam.Report, measure: str, lead: str = "") -> None:
    """How often our verdict is the platform's, one line per priority."""
    for row in report:
        if row["measure"] != measure or row["by"] is None:
            continue
        name, agree, compared, other = priority(row["priority"]), row["agree"], row["compared"], row["not_compared"]
        if compared == 0:
            print(f"{lead}{name}: not compared ({other})")
            continue
        rest = f", {other} not compared" if other else ""
        print(f"{lead}{name}: {agree} of {compared} agree ({100 * agree / compared:.2f} %){rest}")


def show_rows(rows: list[dict[str, object]], column: str) -> None:
    """Rows of a scorecard, one line each."""
    for row in rows:
        name = priority(None if row[column] is None else str(row[column])) if column == "priority" else row[column] or "no group"
        percent = row["percent"]
        share = f"{percent:.2f} %" if isinstance(percent, float) else "no verdict"
        print(f"{name}: {row['met']} of {row['counted']} in time ({share}), {row['unscored']} unscored, {row['result']}")


def main() -> None:
    path = chosen()
    if not path.is_file():
        print(f"skipped: there is no {path}")
        return
    eco = siam.load(HERE / "real_log" / "ecosystem.yaml")
    evidence = eco.evidence(log=content(path), mapping=HERE / "real_log" / "mapping.yaml")
    show_evidence(evidence)

    report = eco.reconcile(evidence, measures=[REPRODUCES, *VARIANTS])
    print(f"\nTHE PLATFORM'S OWN VERDICTS: {REPRODUCES}")
    show_agreement(report, REPRODUCES)
    print("\nOTHER CLOCKS")
    for variant in VARIANTS:
        show_agreement(report, variant, f"{variant}, ")

    scorecard = eco.score(evidence, EVER, measures=[REPRODUCES, "in-time-by-group"], tickets=False)
    rows = list(scorecard)
    print(f"\nSCORECARD: {REPRODUCES}")
    show_rows([row for row in rows if row["by"] == "priority"], "priority")
    print("\nTHE TEN GROUPS WITH MOST TICKETS")
    groups = [row for row in rows if row["by"] == "party"]
    groups.sort(key=lambda row: (-(row["counted"] + row["unscored"]), str(row["party"])))
    show_rows(groups[:10], "party")


if __name__ == "__main__":
    main()
