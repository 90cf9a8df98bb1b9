"""No operation is missing in Python, and none is there that the core does not list."""

from __future__ import annotations

import inspect

import siam
from siam import _siam


def test_every_operation_has_its_method_under_its_own_name() -> None:
    missing = []
    for operation in siam.operations():
        name = operation["name"]
        holders: dict[str, list[object]] = {
            "documents": [siam, _siam],
            "ecosystem": [siam.Ecosystem, _siam],
            "ecosystems": [siam, _siam],
            # Asked of both: a method of the ecosystem that takes the evidence first.
            "evidence": [siam.Ecosystem, _siam],
            "report": [siam, siam.Review if name == "page" else siam.Report],
        }
        asked = holders[operation["receiver"]]
        missing += [f"{holder}.{name}" for holder in asked if not callable(getattr(holder, name, None))]
    assert missing == []


def test_every_key_and_table_of_a_question_has_an_argument() -> None:
    # What a key is called in Python where it cannot be called the same.
    other = {"from": "start", "at": "instants", "periods": "period", "working_days": "days_from"}
    for operation in siam.operations():
        if operation["receiver"] not in ("ecosystem", "evidence"):
            continue
        arguments = inspect.signature(getattr(siam.Ecosystem, operation["name"])).parameters
        for key in [*operation["question"], *operation["takes"]]:
            assert key in arguments or other.get(key) in arguments, (operation["name"], key)


def test_no_door_asks_what_the_core_does_not_list() -> None:
    listed = {operation["name"] for operation in siam.operations()}
    own = {"operations", "document_problem", "table_problem", "argument_problem", "unknown_name", "seconds"}
    doors = {name for name in dir(_siam) if not name.startswith("_") and inspect.isbuiltin(getattr(_siam, name))}
    assert doors - own <= listed


def test_every_public_name_is_documented() -> None:
    for name in siam.__all__:
        thing = getattr(siam, name)
        if inspect.isclass(thing) or inspect.isroutine(thing):
            assert thing.__doc__, name
        if inspect.isclass(thing):
            for member, value in vars(thing).items():
                if not member.startswith("_") and (callable(value) or inspect.isdatadescriptor(value)):
                    assert inspect.getdoc(value), f"{name}.{member}"


def test_the_version_is_that_of_the_library(eco: siam.Ecosystem) -> None:
    assert siam.version_info.edition == eco.edition
    assert siam.version_info.tzdb == eco.tzdb
    assert siam.__version__ == siam.version_info.version


def test_the_tables_of_a_report_are_those_that_the_core_lists(eco: siam.Ecosystem) -> None:
    evidence = eco.evidence(tickets=[{"ticket": "A", "opened": "2026-10-03T09:00:00Z"}], verdicts=[{"ticket": "A", "met": True}])
    reports = {
        "impact": eco.impact("wan-a"),
        "impacts": eco.impacts(),
        "single_points_of_failure": eco.single_points_of_failure(critical_only=False),
        "concentration": eco.concentration(),
        "evidence": evidence,
        "score": eco.score(evidence, "2026-10"),
        "tally": eco.tally(evidence, "2026-10").score(),
        "reconcile": eco.reconcile(evidence),
        "due": eco.due("2026-10-01", "2026-11-01"),
        "coverage": eco.coverage("2026-10-01T00:00:00Z"),
        "readiness": eco.readiness("wan-a", "2026-10-01T00:00:00Z"),
    }
    for operation in siam.operations():
        report = reports.get(operation["name"])
        if report is not None:
            assert report.tables == [*(table["table"] for table in operation["gives"]), "problems"]
            for table in operation["gives"]:
                assert report.table(table["table"]).columns == [column["name"] for column in table["columns"]]
            assert report.streams == [table["table"] for table in operation["streams"]]
            for table in operation["streams"]:
                for batch in report.stream(table["table"]):
                    assert batch.columns == [column["name"] for column in table["columns"]] and len(batch) > 0
