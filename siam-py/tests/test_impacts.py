"""Many scenarios, single points of failure, concentration; tables that are computed while they are read."""

from __future__ import annotations

from typing import Any

import pytest

import siam

DOCUMENT = """
siam: 1
classes: {vital: {critical: true}}
parties: {netco: {kind: supplier}, hostco: {kind: supplier}}
services:
  wan-a: {provider: netco}
  wan-b: {provider: netco}
  net: {provider: netco, depends_on: [{any_of: [wan-a, wan-b]}]}
  email: {provider: hostco, class: vital, users: 4000, depends_on: [net]}
"""


@pytest.fixture(scope="module")
def eco() -> siam.Ecosystem:
    return siam.load(DOCUMENT)


@pytest.mark.parametrize(
    "scenarios",
    [
        {"both": ["wan-a", "wan-b"], "net": "net"},
        {"both": {"wan-a": None, "wan-b": "down"}, "net": "net"},
        [{"name": "both", "failures": ["wan-a", "wan-b"]}, "net"],
        [{"scenario": "both", "service": "wan-a"}, {"scenario": "both", "service": "wan-b"}, {"scenario": "net", "service": "net"}],
        {"scenario": ["both", "both", "net"], "service": ["wan-a", "wan-b", "net"]},
    ],
)
def test_scenarios_may_be_written_in_several_ways(eco: siam.Ecosystem, scenarios: Any) -> None:
    report = eco.impacts(scenarios)
    assert list(zip(report["scenario"], report["services"], report["users"])) == [("both", 2, 4000), ("net", 1, 4000)]


def test_kinds_of_scenarios_and_what_narrows_them(eco: siam.Ecosystem) -> None:
    assert eco.impacts("pairs")["scenario"] == ["wan-a + wan-b"]
    assert eco.impacts("suppliers", threads=2)["scenario"] == ["netco", "hostco"]
    assert eco.impacts(among="components", providers="netco", limit=1)["scenario"] == ["wan-a"]
    assert eco.impacts(critical_only=True)["scenario"] == ["net", "email"]
    with pytest.raises(siam.QueryError, match="did you mean `pairs`"):
        eco.impacts("pair")
    with pytest.raises(siam.QueryError, match="two scenarios are named `x`"):
        eco.impacts([{"name": "x", "failures": ["net"]}, {"name": "x", "failures": ["net"]}])


def test_a_stream_is_read_as_often_as_one_likes(eco: siam.Ecosystem) -> None:
    report = eco.impacts()
    stream = report.stream("services")
    assert report.streams == ["services"]
    rows = [row for batch in stream for row in batch]
    assert len(rows) == 1 + 1 + 2 + 1
    assert [row for batch in stream for row in batch] == rows
    with pytest.raises(siam.QueryError, match="no stream named `rows`"):
        report.stream("rows")


def test_a_stream_goes_to_other_libraries(eco: siam.Ecosystem) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    reader = pyarrow.RecordBatchReader.from_stream(eco.impacts().stream("services"))
    table = reader.read_all()
    assert table.column_names[:2] == ["scenario", "service"]
    assert table.num_rows == 5


def test_single_points_of_failure_and_concentration(eco: siam.Ecosystem) -> None:
    assert eco.single_points_of_failure()["route"] == ["email > net"]
    assert eco.single_points_of_failure(critical_only=False, limit=5, level="degraded")["component"] == ["net"]
    report = eco.concentration()
    assert list(zip(report["supplier"], report["share"], report["critical_fallen"])) == [("netco", "0.75", 1), ("hostco", "0.25", 1)]
    assert report.table("summary")["index_services"] == ["0.625"]
