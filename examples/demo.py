"""The main job, first form: a month scored, a failure followed, a ticket explained.

Usage: demo.py [FOLDER] writes the picture into FOLDER, build unless given.
"""

from __future__ import annotations

import sys
from pathlib import Path

import siam


def main() -> None:
    here = Path(__file__).parent / "demo"
    eco = siam.load(here / "ecosystem.yaml")
    evidence = eco.evidence(
        incidents=here / "incidents.csv",
        history=here / "history.csv",
        exclusions=here / "exclusions.csv",
        mapping=here / "mapping.yaml",
    )
    print("EVIDENCE")
    print(evidence.text(), end="")
    print("\nNot used, and why")
    print(evidence.rejected.text(["table", "row", "column", "reason", "value"]), end="")

    scorecard = eco.score(evidence, "2026-10")
    print("\nSCORECARD OCTOBER 2026")
    columns = ["measure", "provider", "party", "priority", "counted", "met", "missed", "excluded", "percent", "target", "result"]
    print(scorecard.text(columns=columns, rows=20), end="")
    print(f"\n{scorecard.explain(0)}", end="")

    report = eco.impact("network")
    print("\nIF THE NETWORK FAILS")
    print(report.text("summary", rows=1), end="")
    print(report.text(columns=["service", "level", "users", "agreements", "route"]), end="")
    print(f"\n{report.explain(0)}", end="")
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "build")
    folder.mkdir(parents=True, exist_ok=True)
    report.picture().save(folder / "impact.svg")
    print("The picture is impact.svg")

    # The first that missed its time although its clock stood still for a while.
    missed = next(t for t in scorecard.misses() if (t["stopped"] - t["started"]).total_seconds() > t["elapsed_seconds"])
    print("\nA TICKET THAT MISSED ITS TIME")
    print(scorecard.explain_ticket(missed["measure"], missed["ticket"]), end="")


if __name__ == "__main__":
    main()
