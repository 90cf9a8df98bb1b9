"""The programs in examples: what they print."""

from __future__ import annotations

import gzip
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"


def printed(name: str, *arguments: object) -> str:
    run = [sys.executable, str(EXAMPLES / name), *map(str, arguments)]
    return subprocess.run(run, check=True, capture_output=True, cwd=ROOT, timeout=300).stdout.decode()


def test_the_tour() -> None:
    assert printed("tour.py") == (EXAMPLES / "tour.out").read_text()


def test_the_demo_writes_its_picture(tmp_path: Path) -> None:
    text = printed("demo.py", tmp_path / "new")
    heads = [line for line in text.splitlines() if line.isupper()]
    assert heads == ["EVIDENCE", "SCORECARD OCTOBER 2026", "IF THE NETWORK FAILS", "A TICKET THAT MISSED ITS TIME"]
    assert (tmp_path / "new" / "impact.svg").read_text().startswith("<svg ")


def test_a_log_that_is_not_there_is_skipped(tmp_path: Path) -> None:
    assert printed("real_log.py", tmp_path / "none.csv").startswith("skipped: ")


def test_a_log_of_other_priorities(tmp_path: Path) -> None:
    head = "number,incident_state,sys_mod_count,made_sla,opened_at,sys_updated_at,category,priority,assignment_group,resolved_at,closed_at\n"
    times = "7/3/2016 14:00,7/3/2016 14:00"
    rows = [
        f"A,New,0,true,{times},x,1 - Critical,G,8/3/2016 15:00,8/3/2016 16:00",
        f"B,-100,0,true,{times},x,3 - Moderate,G,8/3/2016 15:00,8/3/2016 16:00",
        f"C,New,0,true,{times},x,5 - Planning,?,8/3/2016 15:00,30/2/2016 16:00",
    ]
    log = tmp_path / "log.csv.gz"
    log.write_bytes(gzip.compress((head + "\n".join(rows) + "\n").encode()))
    lines = printed("real_log.py", log).splitlines()
    assert "1 - Critical: 1 not compared, no time is agreed for it" in lines
    assert "3 - Moderate: 1 of 1 agree (100.00 %)" in lines
    assert "5 - Planning: 1 not compared, no time is agreed for it" in lines
    assert "  incident_state (for ticket_events.state): 1 of 3" in lines
    assert any(line.startswith("  closed_at, ") for line in lines)


def test_the_real_log() -> None:
    stated = os.environ.get("SIAM_SHARED")
    text = printed("real_log.py")
    if text.startswith("skipped: "):
        assert stated is None, text
        pytest.skip(text)

    def agree(line: str) -> float:
        found = re.search(rf"^{re.escape(line)}: (\d+) of (\d+) agree", text, re.MULTILINE)
        assert found is not None, line
        return int(found[1]) / int(found[2])

    assert agree("3 - Moderate") > 0.999
    assert agree("4 - Low") == 1
    for variant in ("in-time-around-the-clock", "in-time-with-pauses", "in-time-until-resolved"):
        for priority in ("3 - Moderate", "4 - Low"):
            assert agree(f"{variant}, {priority}") < 0.92
