"""Reports and problems as files; the command line."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import siam

openpyxl = pytest.importorskip("openpyxl")

DOCUMENT = """
siam: 1
parties: {netco: {kind: supplier}}
services: {email: {provider: netco}}
agreements:
  support:
    kind: sla
    measures:
      in-4h: {statistic: percent_within, within: 4h, target: 50%}
"""
TICKETS: list[dict[str, Any]] = [
    {"ticket": "=1+1", "service": "email", "opened": "2026-10-03T09:00:00Z", "resolved": "2026-10-03T13:00:00Z"},
    {"ticket": "0017", "service": "email", "opened": "2026-10-03T09:00:00Z", "resolved": "2026-10-03T13:00:01Z"},
    {"ticket": "https://x.example", "service": "email", "opened": "2026-02-30T09:00:00Z", "resolved": None},
]


@pytest.fixture(scope="module")
def scorecard() -> siam.Scorecard:
    eco = siam.load(DOCUMENT)
    return eco.score(eco.evidence(tickets=TICKETS), "2026-10")


def test_json_has_every_table_with_what_its_columns_mean(scorecard: siam.Scorecard, tmp_path: Path) -> None:
    saved = json.loads(scorecard.save(tmp_path / "score.json").read_text(encoding="utf-8"))
    assert saved["operation"] == "score"
    stamp = {"fingerprint": scorecard.fingerprint, "edition": 1, "tzdb": scorecard.tzdb, "library": siam.__version__}
    assert saved["stamp"] == stamp
    assert list(saved["tables"]) == scorecard.tables
    for name in scorecard.tables:
        table, said = scorecard.table(name), saved["tables"][name]
        assert [column["name"] for column in said["columns"]] == table.columns
        assert all(column["doc"] and column["kind"] for column in said["columns"])
        assert len(said["rows"]) == len(table)
    assert [row["ticket"] for row in saved["tables"]["tickets"]["rows"]] == scorecard.table("tickets")["ticket"]
    one = json.loads(scorecard.save(tmp_path / "one.json", table="tickets").read_text())
    assert one == {"table": "tickets", **saved["tables"]["tickets"]}
    misses = json.loads(scorecard.misses().save(tmp_path / "misses.json").read_text())
    assert (misses["table"], [row["ticket"] for row in misses["rows"]]) == ("misses", ["0017"])
    assert misses["columns"] == one["columns"]


def test_csv_is_one_table_that_runs_nothing(scorecard: siam.Scorecard, tmp_path: Path) -> None:
    bytes_ = scorecard.save(tmp_path / "tickets.csv", table="tickets").read_bytes()
    rows = list(csv.DictReader(io.StringIO(bytes_.decode(), newline="")))
    assert [row["ticket"] for row in rows] == ["0017", "'=1+1"]
    assert bytes_ == scorecard.table("tickets").to_csv()
    assert scorecard.save(tmp_path / "rows.csv").read_bytes() == scorecard.to_csv()


def test_a_page_has_tables_and_reasons_and_loads_nothing(scorecard: siam.Scorecard, tmp_path: Path) -> None:
    page = scorecard.save(tmp_path / "score.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>\n<html lang=\"en\">")
    assert scorecard.fingerprint in page and "1 of 2 tickets within the time is 50 %" in page
    assert '<data value="14400">4 h</data>' in page
    for loads in ("<script", "<link", "<img", "src=", "url(", "@import"):
        assert loads not in page
    table = scorecard.save(tmp_path / "tickets.HTML", table="tickets").read_text(encoding="utf-8")
    assert "<h1>Tickets</h1>" in table and "<h1>Score</h1>" not in table
    siam.add_language({"locale": "x-page", "messages": {"export-why": "<Warum>"}})
    assert "<h3>&lt;Warum&gt;</h3>" in scorecard.save(tmp_path / "de.html", language="x-page").read_text(encoding="utf-8")
    with pytest.raises(siam.QueryError, match="language"):
        scorecard.save(tmp_path / "no.html", language="x-none")
    assert not (tmp_path / "no.html").exists()


def test_a_workbook_holds_values_as_what_they_are(scorecard: siam.Scorecard, tmp_path: Path) -> None:
    path = scorecard.save(tmp_path / "score.xlsx")
    assert path.read_bytes() == scorecard.save(tmp_path / "again.xlsx").read_bytes()
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == [*scorecard.tables, "How computed"]
    sheet = book["tickets"]
    head = {cell.value: at for at, cell in enumerate(sheet[1])}
    first = sheet[3]
    ticket, started, elapsed = first[head["ticket"]], first[head["started (UTC)"]], first[head["elapsed_seconds"]]
    assert (ticket.value, ticket.data_type) == ("=1+1", "s")
    assert (started.value, started.is_date) == (datetime(2026, 10, 3, 9), True)
    assert (elapsed.value, elapsed.data_type) == (14400, "n")
    assert (sheet[2][head["ticket"]].value, sheet[2][head["ticket"]].data_type) == ("0017", "s")
    assert sheet.max_row == 3 and sheet.freeze_panes == "A2"
    assert all(not cell.hyperlink for row in book["rejected"] for cell in row)
    rows = book["rows"]
    assert rows[2][[cell.value for cell in rows[1]].index("percent")].value == 50
    lines = [tuple(cell for cell in row if cell) for row in book["How computed"].iter_rows(values_only=True)]
    for line in (("Fingerprint", scorecard.fingerprint), ("Periods", "2026-10"), ("Instants", "UTC"), ("Operation", "score")):
        assert line in lines
    assert ("rows", "2", "  a ticket is met within 4 h") in lines
    assert ("tickets", "ticket", "text", "the ticket") in lines


def test_a_workbook_keeps_what_excel_would_change_as_text(tmp_path: Path) -> None:
    from siam import _export, _languages, _siam

    columns: list[tuple[str, str, list[Any]]] = [
        ("amount", "decimal:2", [1250, 10**20, None]),
        ("day", "date", [0, -40_000, 20_000]),
        ("n", "integer", [2**53 + 1, 999_999_999_999_999, -3]),
        ("share", "float", [0.25, float("inf"), float("nan")]),
        ("yes", "boolean", [True, False, None]),
        ("words", "text", ["=A1", "x" * 40_000, "@a"]),
    ]
    path = tmp_path / "t.xlsx"
    table = _siam.Table.of_columns("a/b", columns)
    path.write_bytes(_export.workbook([table, table], _languages.catalogue("en")))
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["a_b", "a_b.2", "How computed"]
    rows = list(book["a_b"].iter_rows(min_row=2, values_only=True))
    assert rows[0] == (12.5, datetime(1970, 1, 1), str(2**53 + 1), 0.25, True, "=A1")
    assert rows[1][:5] == ("1000000000000000000.00", "1860-06-26", 999_999_999_999_999, "inf", False)
    assert len(rows[1][5]) == 32_767
    assert rows[2] == (None, datetime(2024, 10, 4), -3, "nan", None, "@a")
    assert book["a_b"]["A2"].number_format == "0.00"


def test_other_kinds_of_files_and_a_missing_package_are_told_in_a_line(
    scorecard: siam.Scorecard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(siam.QueryError, match="ends in .csv, .json, .html or .xlsx"):
        scorecard.save(tmp_path / "score.pdf")
    with pytest.raises(siam.QueryError) as caught:
        scorecard.save(tmp_path / "score.csv", table="tikets")
    assert caught.value.suggestions == ["tickets"]
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(ImportError, match=r"save to .xlsx needs XlsxWriter: pip install 'siam\[excel\]'"):
        scorecard.save(tmp_path / "score.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_problems_are_saved_for_people_and_for_tools(tmp_path: Path) -> None:
    document = tmp_path / "acme.yaml"
    document.write_text("siam: 1\nservcies: {}\n")
    problems = siam.check(document)
    assert problems.save(tmp_path / "p.txt").read_text() == f"{problems}\n" == problems.to_text()
    told = json.loads(problems.save(str(tmp_path / "p.json")).read_text())
    assert (told["errors"], told["warnings"], told["advice"], told["beyond"]) == (1, 0, 0, 0)
    assert (told["problems"][0]["name"], told["problems"][0]["line"], told["problems"][0]["column"]) == ("unknown-key", 2, 1)
    log = json.loads(problems.save(tmp_path / "p.sarif").read_text())
    assert log["version"] == "2.1.0"
    (result,) = log["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == document.as_uri()
    assert (place["region"]["startLine"], place["region"]["startColumn"], place["region"]["endColumn"]) == (2, 1, 9)
    rule = log["runs"][0]["tool"]["driver"]["rules"][result["ruleIndex"]]
    assert (rule["id"], result["level"]) == ("unknown-key", "error") and rule["help"]["text"]
    with pytest.raises(siam.QueryError, match="ends in .txt, .json or .sarif"):
        problems.save(tmp_path / "p.csv")
    none = siam.check("siam: 1")
    assert (none.to_text(), json.loads(none.to_json())["problems"], json.loads(none.to_sarif())["runs"][0]["results"]) == ("", [], [])


def run(*arguments: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "siam", *map(str, arguments)], capture_output=True, timeout=120, check=False)


def test_the_command_line_checks_documents(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad"
    good.write_text("siam: 1\nservices: {email: {depends_on: [wan]}}\n")
    bad.write_text("siam: 1\nservices: {wan: {}}\nzone: Europe/Lodnon\n")
    done = run("check", bad)
    assert (done.returncode, done.stderr) == (1, b"")
    assert b"did you mean `Europe/London`?" in done.stdout and str(bad).encode() in done.stdout
    bad.write_text("services: {wan: {}}\n")
    # Two documents of one ecosystem: what one refers to, the other has.
    done = run("check", good, bad)
    assert (done.returncode, done.stdout) == (0, b"")
    assert run("check", good).returncode == 1
    told = json.loads(run("check", "--format", "json", good).stdout)
    assert told["errors"] == 1
    log = json.loads(run("check", good, "--format=sarif").stdout)
    assert log["runs"][0]["results"][0]["level"] == "error"


def test_the_command_line_says_what_is_wrong_with_it(tmp_path: Path) -> None:
    done = run("check", tmp_path / "none.yaml", tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert [line.startswith(b"siam: cannot read ") for line in done.stderr.splitlines()] == [True, True]
    for arguments in ([], ["check"], ["check", "x.yaml", "--format", "xml"], ["chek"]):
        done = run(*arguments)
        assert done.returncode == 2 and b"usage: python -m siam" in done.stderr
    assert run("--version").stdout.decode().strip() == f"siam {siam.__version__}"


def test_the_command_line_in_one_process(capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> None:
    from siam.__main__ import main

    document = tmp_path / "\u00fc.yaml"
    document.write_text("siam: 1\n")
    assert main(["check", str(document), "--format", "json"]) == 0
    assert json.loads(capfdbinary.readouterr().out)["errors"] == 0
