"""The main job: an ecosystem and a month of evidence in, the service review out.

Usage: review.py [FOLDER] writes the page review.html into FOLDER, build unless given.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import siam

# What is printed of the review: a heading, a table, its columns, the most rows.
PRINTED = [
    ("EVIDENCE", "used", "given table rows rejected gave", 20),
    ("HOW EVERYONE DID", "rows", "group party measures met missed no_verdict owes receives", 20),
    ("MEASURES", "measures", "group party measure counted value unit direction target result", 40),
    ("MAJOR INCIDENTS AND OTHER EVENTS", "events", "event kind declared duration_seconds outages tickets claims", 10),
    ("CLAIMS, AS RECORDED", "claims", "claim party event cause_party status decided_by", 10),
    ("CAUSES, AS RECORDED", "causes", "event party share", 10),
    ("WHAT IS OWED", "ledger", "payer payee kind amount unit status clause", 40),
    ("OPEN FINDINGS", "findings", "severity name kind object other", 20),
    ("DUE NEXT MONTH", "due", "date kind object item owes owed_to", 12),
]


def main() -> None:
    here = Path(os.path.relpath(Path(__file__).parent / "review"))
    eco = siam.load(*sorted(here.glob("*.yaml")))
    tables: dict[str, Any] = {path.stem: path for path in sorted((here / "evidence").glob("*.csv"))}
    evidence = eco.evidence(mapping=here / "evidence" / "mapping.yaml", **tables)
    review = eco.review(evidence, "2026-10")

    for heading, table, columns, rows in PRINTED:
        print(heading)
        print(review.text(table, columns=columns.split(), rows=rows))
    print("HOW THE FIRST AMOUNT COMES ABOUT")
    print(siam.explain(review, 0, table="ledger"), end="")
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "build")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "review.html").write_text(review.page(), encoding="utf-8", newline="")
    print("\nThe page is review.html")


if __name__ == "__main__":
    main()
