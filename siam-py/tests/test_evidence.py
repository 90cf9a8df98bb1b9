"""Evidence in, scorecards and reconciliations out; pictures and text of reports."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import siam

DOCUMENT = """
siam: 1
parties: {netco: {kind: supplier}}
services: {email: {provider: netco}}
agreements:
  support:
    kind: sla
    measures:
      in-4h: {statistic: percent_within, within: 4h, target: 50%, by: [party]}
      opened: {statistic: count, counted_when: opened}
"""
TICKETS: list[dict[str, Any]] = [
    {"ticket": "A", "service": "email", "opened": "2026-10-03T09:00:00Z", "resolved": "2026-10-03T13:00:00Z"},
    {"ticket": "B", "service": "email", "opened": "2026-10-03T09:00:00Z", "resolved": "2026-10-03T13:00:01Z"},
    {"ticket": "C", "service": "emial", "opened": "2026-02-30T09:00:00Z", "resolved": None},
]


@pytest.fixture(scope="module")
def acme() -> siam.Ecosystem:
    return siam.load(DOCUMENT)


@pytest.fixture(scope="module")
def evidence(acme: siam.Ecosystem) -> siam.Evidence:
    return acme.evidence(tickets=TICKETS, verdicts=[{"ticket": "A", "met": True}, {"ticket": "B", "met": True}])


def test_evidence_says_what_it_used(evidence: siam.Evidence) -> None:
    assert evidence.tables == ["used", "rejected", "unknown", "columns", "exclusions", "problems"]
    assert evidence["given"] == ["tickets", "verdicts"]
    assert evidence.rejected["row"] == [3]
    assert evidence.table("unknown").to_dict() == evidence.unknown.to_dict()
    assert evidence.column_uses["use"].count("used") == len(evidence.column_uses)
    assert "rejected (1)" in repr(evidence)
    assert len(evidence.problems) == len(evidence.table("problems")) > 0


def test_a_mapping_is_a_path_a_text_or_a_mapping(acme: siam.Ecosystem, tmp_path: Path) -> None:
    columns = {"ticket": "number", "opened": "start"}
    mapping = {"tables": {"log": {}}, "gives": {"tickets": {"from": "log", "columns": columns}}}
    text = "tables: {log: {}}\ngives: {tickets: {from: log, columns: {ticket: number, opened: start}}}\n"
    file = tmp_path / "log.yaml"
    file.write_text(text)
    log = b"number,start\nA,2026-10-03T09:00:00Z\n"
    sources: list[siam.Source] = [mapping, text, file, str(file)]
    for source in sources:
        assert acme.evidence(log=log, mapping=source)["gave"] == [1]
    with pytest.raises(siam.EvidenceError) as caught:
        acme.evidence(log=log, mapping=text.replace("number", "nubmer").replace("start", "strat"))
    assert len(caught.value.problems) == 2
    with pytest.raises(siam.EvidenceError, match="log"):
        acme.evidence(mapping=mapping)
    with pytest.raises(siam.EvidenceError):
        acme.evidence(mapping={"tables": float("nan")})
    with pytest.raises(siam.EvidenceError) as unknown:
        acme.evidence(tickts=TICKETS)
    assert unknown.value.suggestions == ["tickets"]


def test_a_share_of_rejected_rows_may_be_too_much(acme: siam.Ecosystem) -> None:
    shares: list[str | float | Decimal] = [0.01, "1%", Decimal("0.01"), 1e-05, 0]
    for share in shares:
        with pytest.raises(siam.EvidenceError) as caught:
            acme.evidence(tickets=TICKETS, max_rejected=share)
        assert caught.value.problems[0].name == "too-many-rejected"
    assert len(acme.evidence(tickets=TICKETS, max_rejected=0.5).rejected) == 1
    with pytest.raises(TypeError, match="max_rejected"):
        acme.evidence(tickets=TICKETS, max_rejected=True)
    with pytest.raises(siam.EvidenceError):
        acme.evidence(tickets=TICKETS, max_rejected="much")


def test_a_scorecard_explains_rows_and_tickets(acme: siam.Ecosystem, evidence: siam.Evidence) -> None:
    scorecard = acme.score(evidence, ["2026-10"], measures="in-4h")
    assert scorecard["result"] == ["met", "met"]
    assert (scorecard.misses().name, scorecard.misses()["ticket"]) == ("misses", ["B"])
    assert "result" in repr(scorecard)
    row = scorecard.table("tickets")["ticket"].index("B")
    assert scorecard.explain(row, "tickets").text == scorecard.explain_ticket("in-4h", "B").text == siam.explain(scorecard, row, "tickets").text
    assert scorecard.explain(-1, "rows").text == scorecard.explain(1).text
    for measure, ticket, known in (("in-4h", "b", "B"), ("in-4", "B", "in-4h")):
        with pytest.raises(siam.QueryError) as caught:
            scorecard.explain_ticket(measure, ticket)
        assert caught.value.suggestions in ([known], ["A"])
    with pytest.raises(siam.QueryError):
        scorecard.explain(0, "rejected")
    with pytest.raises(siam.QueryError) as misnamed:
        scorecard.explain(0, "ticket")
    assert misnamed.value.suggestions == ["tickets"]
    bare = acme.score(evidence, "2026-10", tickets=False)
    for ask in (bare.misses, lambda: bare.explain_ticket("in-4h", "B")):
        with pytest.raises(siam.QueryError, match="lists no tickets"):
            ask()
    assert acme.score(evidence, "2026-10", as_of="2026-10-03T10:00:00Z", measures=["in-4h"])["counted"][0] == 0


def test_questions_that_cannot_be_answered(acme: siam.Ecosystem, evidence: siam.Evidence) -> None:
    with pytest.raises(siam.QueryError) as caught:
        acme.score(evidence, "2026-10", measures=["in-4"])
    assert caught.value.suggestions == ["in-4h"]
    with pytest.raises(siam.QueryError):
        acme.score(evidence, "2026-13")
    with pytest.raises(siam.QueryError, match="period"):
        acme.score(evidence, [])
    with pytest.raises(siam.QueryError, match="another ecosystem"):
        siam.load("siam: 1").score(evidence, "2026-10")
    with pytest.raises(siam.QueryError, match="verdicts"):
        acme.reconcile(acme.evidence(tickets=TICKETS))
    wrong: Any = acme.evidence(tickets=TICKETS).table()
    with pytest.raises(TypeError, match="what evidence"):
        acme.score(wrong, "2026-10")
    with pytest.raises(TypeError, match="period"):
        acme.score(evidence, 2026)  # type: ignore[arg-type]


def test_verdicts_are_reconciled(acme: siam.Ecosystem, evidence: siam.Evidence) -> None:
    report = acme.reconcile(evidence)
    assert (report["compared"][0], report["agree"][0]) == (2, 1)
    assert report.table("disagreements")["ticket"] == ["B"]
    assert report.explain(0).text
    assert acme.reconcile(evidence, measures="in-4h", periods="2026-11")["compared"][0] == 0


def test_a_picture_is_saved_in_three_notations(eco: siam.Ecosystem, tmp_path: Path) -> None:
    report = eco.impact("wan-a")
    picture = report.picture()
    for name, text in (("a.svg", picture.svg), ("a.dot", picture.dot), ("a.mmd", picture.mermaid)):
        assert picture.save(tmp_path / name).read_bytes().decode() == text
    assert report._repr_svg_() == picture._repr_svg_() == picture.svg
    assert picture.title in repr(picture) and picture.description
    with pytest.raises(siam.QueryError, match=r"\.svg"):
        picture.save(tmp_path / "a.gif")
    hours = eco.is_open("office", "2026-07-01T08:00:00Z")
    assert hours._repr_svg_() is None
    with pytest.raises(siam.QueryError, match="impact"):
        hours.picture()


def test_text_is_aligned_and_bounded(eco: siam.Ecosystem) -> None:
    report = eco.impact("wan-a")
    assert report.text(columns=["service", "users"], rows=1) == "service  users\nemail     4000\nand 2 more rows\n"
    assert report.text("summary") == report.table("summary").text()
    assert report.plain().text(["service"]) == report.text(columns=["service"])
    hours = eco.next_open("office", "2026-07-04T12:00:00Z").plain("Europe/London")
    assert "2026-07-06T09:00:00\n" in hours.text(["found"])
    with pytest.raises(siam.QueryError) as caught:
        report.text(columns=["servcie"])
    assert caught.value.suggestions == ["service"]
    with pytest.raises(siam.QueryError):
        report.text(rows=-1)


def test_every_other_table_has_its_own_argument(acme: siam.Ecosystem) -> None:
    charge = {"contract": "C1", "period": "2026-10", "amount": Decimal("1200.10"), "currency": "GBP"}
    evidence = acme.evidence(
        events=[{"event": "E1", "declared": "2026-10-05T08:00:00Z", "restored": None}],
        changes=[{"change": "R1", "service": "email"}],
        claims=[{"claim": "K1", "mitigated": True, "cause_party": "force_majeure"}],
        obligations=[{"obligation": "O1", "due": "2026-10-05T08:00:00Z"}],
        exchanges=[{"interface": "I1", "item": "forecast"}],
        improvements=[{"improvement": "M1", "party": "netco"}],
        observations=[{"measure": "in-4h", "at": "2026-10-05T08:00:00Z", "value": 0.5}],
        attribution=[{"event": "E1", "party": "netco", "share": "2/3"}],
        usage=[{"party": "netco", "service": "email", "period": "2026-10", "unit_price": "0.12 GBP"}],
        charges=[charge, {**charge, "amount": None}],
        reported=[{"measure": "in-4h", "period": "2026-10", "value": 0.1 + 0.2}],
        figures=[{"scope": "party", "owner": "netco", "figure": "invoice", "period": "2026-10", "value": "1200 GBP"}],
    )
    assert evidence["table"] == [
        "events",
        "changes",
        "claims",
        "obligations",
        "exchanges",
        "improvements",
        "observations",
        "attribution",
        "usage",
        "charges",
        "reported",
        "figures",
    ]
    assert evidence["gave"] == [1] * 10 + [0, 1]
    assert list(zip(evidence.rejected["table"], evidence.rejected["row"], evidence.rejected["reason"])) == [
        ("charges", 2, "missing-value"),
        ("reported", 1, "float-damaged"),
    ]
    # The document knows neither; their rows are taken all the same.
    assert list(zip(evidence.unknown["kind"], evidence.unknown["name"])) == [("contract", "C1"), ("interface", "I1"), ("obligation", "O1")]


def test_a_settlement_takes_the_past_as_a_report_or_as_tables() -> None:
    case = Path(__file__).resolve().parents[2] / "tests" / "cases" / "settle" / "a-repeat-counts-double"
    eco = siam.load(case / "ecosystem.yaml")
    evidence = eco.evidence(tickets=case / "evidence" / "tables" / "tickets.csv")
    october = eco.settle(evidence, "2026-10")
    assert october["amount"] == [Decimal(202)]
    history = october.table("history")
    for past in (october, history, history.to_csv(), case / "tables" / "history.csv"):
        november = eco.settle(evidence, "2026-11", history=past)
        assert november["amount"] == [Decimal(404)]
        assert november.table("triggers")["trigger"] == ["rectification"]
    assert len(eco.settle(evidence, "2026-10", ledger=october)) == len(eco.settle(evidence, "2026-10", ledger=october.to_csv())) == 0
    # Without the past nothing is posted, and the line where that begins is named.
    alone = eco.settle(evidence, "2026-11")
    assert (len(alone), [problem.name for problem in alone.problems]) == (0, ["line-not-computed"])
    with pytest.raises(siam.QueryError, match="history"):
        eco.settle(evidence, "2026-11", history=evidence)
    with pytest.raises(siam.QueryError, match="2026-10"):
        eco.settle(evidence, "2026-Q4")


SERVICENOW: list[dict[str, Any]] = [
    {
        "number": {"display_value": "INC1", "value": "INC1"},
        "opened_at": {"display_value": "03-10-2026 11:00:00", "value": "2026-10-03 09:00:00"},
        "resolved_at": {"display_value": "", "value": ""},
        "state": {"display_value": "On Hold", "value": "3"},
        "hold_reason": {"display_value": "Awaiting Vendor", "value": "4"},
        "assignment_group": {"display_value": "Network", "value": "g1", "link": "https://example.com/g1"},
    },
    {
        "number": {"display_value": "INC2", "value": "INC2"},
        "opened_at": {"display_value": "03-10-2026 12:00:00", "value": "2026-10-03 10:00:00"},
        "resolved_at": {"display_value": "03-10-2026 13:00:00", "value": "2026-10-03 11:00:00"},
        "state": {"display_value": "Resolved", "value": "6"},
        "hold_reason": "",
        "assignment_group": "",
    },
]


def test_json_of_servicenow_goes_in_as_it_comes(acme: siam.Ecosystem, tmp_path: Path) -> None:
    # The instants are those of the values, in UTC, so that nobody needs to state a zone.
    made = siam.mapping("servicenow", incident=SERVICENOW)
    assert not made.problems.has_errors
    evidence = acme.evidence(incident=SERVICENOW, mapping=made)
    assert evidence["gave"] == [2]
    assert len(evidence.rejected) == 0
    scorecard = acme.score(evidence, "2026-10", measures="in-4h")
    assert (scorecard["met"][0], scorecard["counted"][0]) == (1, 1)
    again = acme.evidence(incident=SERVICENOW, mapping=made.save(tmp_path / "snow.yaml"))
    assert again.to_dict() == evidence.to_dict()
    assert "preset: servicenow" in repr(made)


def test_a_preset_says_what_a_list_does_not_state() -> None:
    export = [{"Number": "INC1", "Opened": "03-02-2026 11:00:00"}, {"Number": "INC2", "Opened": "13-02-2026 11:00:00"}]
    unstated = siam.mapping("servicenow", incident=export)
    assert [problem.name for problem in unstated.problems] == ["zone-not-stated"]
    assert not siam.mapping("servicenow", zone="Europe/Zurich", incident=export).problems.has_errors
    # Without the second ticket nobody can tell February from March.
    told = siam.mapping("servicenow", zone="Europe/Zurich", incident=export[:1]).problems
    assert [problem.name for problem in told] == ["two-formats"]
    assert not siam.mapping("servicenow", zone="Europe/Zurich", dates="%d-%m-%Y %H:%M:%S", incident=export[:1]).problems.has_errors
    assert len(siam.mapping("servicenow").problems) == 0
    with pytest.raises(TypeError, match="row 2, column a: str stands beside a dict"):
        siam.mapping("servicenow", incident=[{"a": {"value": "x"}}, {"a": "y"}])
