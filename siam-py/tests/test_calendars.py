"""Calendars from other packages, time zones of one's own, Working Days."""

from __future__ import annotations

from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any

import holidays
import pytest

import siam


def office(**more: Any) -> siam.Ecosystem:
    return siam.load({"siam": 1, "zone": "Europe/London", "calendars": {"office": {"hours": {"mon-fri": "09:00-17:00"}, **more}}})


def test_what_the_package_holidays_gives_stands_for_itself() -> None:
    days = holidays.country_holidays("GB", subdiv="ENG", years=range(2026, 2028))
    assert date(2026, 12, 25) in days
    closed = office(holidays=days)
    # Christmas Day, the substitute of Boxing Day on Monday, Thursday's and Tuesday's hours.
    span = ("2026-12-24T09:00:00Z", "2026-12-29T17:00:00Z")
    assert closed.calendar("office").elapsed(*span) == 16 * 3600
    assert office().calendar("office").elapsed(*span) == 32 * 3600
    assert "Christmas Day" in closed.elapsed("office", [span]).explain(0).text


def test_holidays_of_no_year_are_refused() -> None:
    with pytest.raises(siam.CheckError, match="of no year"):
        office(holidays=holidays.country_holidays("GB"))


def test_icalendar_text_is_passed_not_fetched() -> None:
    lines = ["BEGIN:VCALENDAR", "BEGIN:VEVENT", "DTSTART;VALUE=DATE:20261225", "SUMMARY:Christmas", "END:VEVENT", "END:VCALENDAR"]
    closed = office(holidays={"icalendar": "\r\n".join(lines)})
    assert closed.calendar("office").elapsed("2026-12-24T09:00:00Z", "2026-12-26T09:00:00Z") == 8 * 3600
    with pytest.raises(siam.CheckError, match="line 3 of the iCalendar text"):
        office(holidays={"icalendar": "\r\n".join(lines).replace("20261225", "20261325")})


def test_working_days_in_both_doors() -> None:
    eco = office(holidays=["2026-12-25"])
    due = datetime(2026, 12, 28, 17, tzinfo=timezone.utc)
    assert eco.calendar("office").deadline("2026-12-23T10:00:00Z", "2 working days") == due
    report = eco.deadline("office", [("2026-12-23T18:00:00Z", "2 working days")], days_from="next_opening", days_end="midnight")
    assert report["deadline"] == [datetime(2026, 12, 30, tzinfo=timezone.utc)]
    assert report["working_days"] == [2]


def test_a_row_may_name_its_zone() -> None:
    rows = [{"from": "2026-10-05T00:00:00Z", "until": "2026-10-05T12:00:00Z", "zone": zone} for zone in (None, "Asia/Tokyo")]
    assert office().elapsed("office", rows)["elapsed_seconds"] == [4 * 3600, 8 * 3600]


def test_time_zones_of_ones_own(tmp_path: Path) -> None:
    # Eight hours ahead without any change: the smallest file that is a zone.
    head = b"TZif" + b"\0" * 16 + b"".join(count.to_bytes(4, "big") for count in (0, 0, 0, 0, 1, 4))
    zone = head + (8 * 3600).to_bytes(4, "big") + b"\0\0" + b"XXX\0"
    folder = tmp_path / "zoneinfo"
    (folder / "Europe").mkdir(parents=True)
    (folder / "Europe" / "London").write_bytes(zone)
    (folder / "tzdata.zi").write_text("# version 2031a\n")
    own = siam.zones(folder)
    assert own.version == "2031a"
    text = "{siam: 1, zone: Europe/London, calendars: {office: {hours: {mon-fri: 09:00-17:00}}}}"
    eco, bundled = siam.load(text, zones=own), siam.load(text)
    assert (eco.tzdb, eco.fingerprint != bundled.fingerprint) == ("2031a", True)
    assert eco.calendar("office").is_open("2026-10-05T01:00:00Z")
    assert not bundled.calendar("office").is_open("2026-10-05T01:00:00Z")
