"""How the types read in a program: `mypy --strict` passes on this file, and so does running it."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import siam


def test_a_typed_program(tmp_path: Path) -> None:
    eco: siam.Ecosystem = siam.load("{siam: 1, calendars: {office: {hours: {mon-fri: 09:00-17:00}}}, services: {wan: {}}}")
    report: siam.Report = eco.impact("wan")
    rows: list[dict[str, object]] = list(report)
    assert rows[0]["service"] == "wan"
    explanation: siam.Explanation = siam.explain(report, 0)
    assert explanation.text and explanation.steps.columns == ["step", "depth", "id", "text"]
    office: siam.Calendar = eco.calendar("office")
    moment: datetime = office.next_open(datetime(2026, 7, 4, tzinfo=timezone.utc))
    seconds: int = office.elapsed(moment, "2026-07-06T10:00:00Z")
    many: list[int | None] = office.elapsed([moment], ["2026-07-06T10:00:00Z"])
    assert [seconds] == many == [3600]
    saved: Path = report.save(tmp_path / "impact.csv")
    assert saved.exists()
    problems: siam.Problems = siam.check("siam: 2")
    words: list[str] = [problem.message for problem in problems]
    assert words
    try:
        eco.impact("wam")
    except siam.QueryError as error:
        suggestions: list[str] = error.suggestions
        assert suggestions == ["wan"]
