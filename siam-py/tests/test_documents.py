"""Documents in: paths, text, mappings, tables; faults readable and all at once."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import siam


def test_a_path_a_text_and_a_mapping_are_one_ecosystem(tmp_path: Path) -> None:
    text = "siam: 1\nservices: {wan: {users: 4}}\n"
    file = tmp_path / "acme.yaml"
    file.write_text(text)
    mapping = {"siam": 1, "services": {"wan": {"users": 4}}}
    prints = {siam.load(source).fingerprint for source in (text, file, str(file), mapping)}
    assert len(prints) == 1
    assert siam.load(file) == siam.load(text)
    assert len({siam.load(file), siam.load(text)}) == 1


def test_several_documents_join_and_a_zone_only_agrees() -> None:
    eco = siam.load("siam: 1\nservices: {a: {}}", {"services": {"b": {"depends_on": ["a"]}}}, zone="Europe/Paris")
    assert eco.counts["services"] == 2
    assert eco.zone == "Europe/Paris"
    assert not siam.check("{siam: 1, zone: UTC}", zone="UTC").has_errors
    assert "argument zone" in str(siam.check("{siam: 1, zone: UTC}", zone="Europe/Paris"))


def test_check_never_raises_for_what_documents_hold(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_bytes(b"siam: 1\nservices: {\xff: {}}\n")
    deep: dict[str, object] = {}
    deep["again"] = deep
    hostile: list[siam.Source] = ["", "{", "siam: 9", "\0", "a: \ud800", "&a [*a]", "[" * 100_000, bad, deep, {"siam": float("nan")}, {"siam": 1, "x": object()}]
    for source in hostile:
        problems = siam.check(source)
        assert problems.has_errors, source
        assert str(problems).startswith("error["), source
        with pytest.raises(siam.CheckError):
            siam.load(source)
    assert siam.check(bad)[0].line == 2
    assert len(siam.check("siam: 1\nservices: {a: {}}")) == 0
    with pytest.raises(FileNotFoundError):
        siam.check(tmp_path / "none.yaml")
    with pytest.raises(TypeError, match="a document is a path"):
        siam.check(3)  # type: ignore[arg-type]


def test_numbers_of_a_mapping_keep_their_digits() -> None:
    def users(value: object) -> siam.Problems:
        return siam.check({"siam": 1, "services": {"wan": {"users": value}}})

    assert not users(4000).has_errors
    assert not users(Decimal("4000")).has_errors
    assert not users(4000.0).has_errors
    assert [problem.name for problem in users((0.1 + 0.2) * 1)] == ["float-damaged"]
    assert [problem.name for problem in users(1e300)] == ["float-damaged"]


def test_dates_and_lengths_of_a_mapping_are_written_as_documents_write_them() -> None:
    from siam import _given

    mapping: Any = {"a": date(2026, 1, 2), "b": timedelta(hours=1, microseconds=500), "c": Decimal("1E+3"), 5: (1, None)}
    text = _given.json_text(mapping)
    assert text == '{"a": "2026-01-02", "b": "3600.0005 s", "c": "1000", "5": [1, null]}'


def test_an_error_names_every_fault_with_its_line() -> None:
    with pytest.raises(siam.CheckError) as caught:
        siam.load("siam: 1\nservcies: {}\nzone: Europe/Lodnon\n")
    error = caught.value
    assert isinstance(error, siam.Error)
    assert [(problem.line, problem.suggestion) for problem in error.problems] == [(2, "services"), (3, "Europe/London")]
    assert error.suggestions == ["services", "Europe/London"]
    assert "zone: Europe/Lodnon" in str(error) and "^^^^" in str(error)
    first = error.problems[0]
    assert (first.name, first.severity, first.column, first.file, first.row) == ("unknown-key", "error", 1, "document", None)
    assert error.problems[-1] == error.problems[1]
    with pytest.raises(IndexError):
        error.problems[2]


def test_problems_print_bounded_and_escaped() -> None:
    lines = "\n".join(f"key-{n}: <script>" for n in range(500))
    problems = siam.check("siam: 1\n" + lines)
    assert len(problems) == 500
    assert repr(problems).count("error[") == 20
    assert "and 480 more" in repr(problems)
    assert str(problems).count("error[") == 500
    html = problems._repr_html_()
    assert "<script>" not in html and "&lt;script&gt;" in html
    assert repr(siam.check("siam: 1")) == "no problems"


def test_services_come_as_tables() -> None:
    pl = pytest.importorskip("polars")
    services = pl.DataFrame({"service": ["wan", "email"], "users": [None, 40]})
    dependencies = [{"from": "email", "to": "wan"}]
    eco = siam.load("siam: 1", services=services, dependencies=dependencies)
    assert eco.impact("wan")["service"] == ["email", "wan"]
    with pytest.raises(siam.CheckError) as caught:
        siam.load("siam: 1", services=[{"service": "a", "user": 1}])
    assert caught.value.problems[0].table == "services"
    assert siam.check("siam: 1", services=[{"service": "a"}, {"service": 2}])[0].row == 2


def test_languages_are_kept_in_python() -> None:
    assert siam.add_language({"locale": "xx-test", "messages": {"impact-own-level": "{service}: {level}!"}}) == "xx-test"
    assert {"en", "xx-test"} <= set(siam.languages())
    report = siam.load("{siam: 1, services: {wan: {}}}").impact("wan")
    assert siam.explain(report, 0, language="xx-test").text.startswith("wan: down!")
    with pytest.raises(siam.QueryError) as caught:
        report.explain(0, language="xx-tset")
    assert caught.value.suggestions == ["xx-test"]
    with pytest.raises(siam.CheckError) as failed:
        siam.add_language({"locale": "yy", "messages": {"impact-own-levl": "x"}})
    assert failed.value.suggestions == ["impact-own-level"]


def test_a_changed_ecosystem_is_as_if_loaded_and_the_old_one_stays() -> None:
    text = "siam: 1\nparties: {netco: {kind: supplier}}\nservices: {wan: {}, v1.email: {users: 10, depends_on: [wan]}}\n"
    before = siam.load(text)
    changes: dict[str | tuple[str, ...], Any] = {"services.wan.provider": "netco", ("services", "v1.email", "users"): 40}
    changes["services.'v1.email'.depends_on"] = None
    after = before.with_(changes)
    assert after == siam.load(text.replace("wan: {}", "wan: {provider: netco}").replace("users: 10, depends_on: [wan]", "users: 40"))
    assert before == siam.load(text)
    assert (before.impact("wan")["service"], after.impact("wan")["service"]) == (["v1.email", "wan"], ["wan"])
    with pytest.raises(siam.CheckError) as caught:
        before.with_({"services.wan.provider": "netko", "services.wna.users": 1})
    assert [problem.name for problem in caught.value.problems] == ["unresolved-name", "change-leads-nowhere"]
    wrong: Any = {("services", 1): 1}
    with pytest.raises(TypeError, match="a path is text or a tuple of names"):
        before.with_(wrong)


def test_what_if_costs_no_loading() -> None:
    text = """
siam: 1
parties: {netco: {kind: supplier}, deskco: {kind: supplier}}
services:
  wan-a: {provider: netco}
  wan-b: {provider: netco}
  desk: {provider: deskco}
  network: {depends_on: [{any_of: [wan-a, wan-b]}]}
"""
    eco = siam.load(text)
    assert eco.impact("wan-a", without=[("network", "wan-b")])["service"] == ["network", "wan-a"]
    assert eco.impact(["wan-a", "wan-b"], healed="netco")["service"] == []
    assert eco.impact("desk", added=[{"from": "network", "to": "desk", "impact": "degraded"}])["level"] == ["down", "degraded"]
    assert eco.impact(["wan-a", "wan-b"], added=[{"from": "network", "to": "desk", "beside": "wan-a"}])["service"] == ["wan-a", "wan-b"]
    planned = eco.impact([{"service": "wan-a", "planned": True}, "wan-b"], excuses="all")
    assert dict(zip(planned["service"], planned["planned"])) == {"network": True, "wan-a": True, "wan-b": False}
    assert set(planned.table("excuses")["party"]) == {"netco"}
    wrong: Any = ["network"]
    with pytest.raises(TypeError, match="without"):
        eco.impact("desk", without=wrong)
