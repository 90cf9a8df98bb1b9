"""Tables in every form, in and out."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pyarrow as pa
import pytest

import siam
from siam import _siam

ROWS: list[dict[str, Any]] = [{"service": "wan-a", "level": "degraded"}, {"service": "wan-b", "level": None}]
COLUMNS = {"service": ["wan-a", "wan-b"], "level": ["degraded", None]}


def pandas_frame(columns: dict[str, Any]) -> Any:
    return pytest.importorskip("pandas").DataFrame(columns)


FORMS: dict[str, Callable[[Path], Any]] = {
    "rows": lambda _: ROWS,
    "columns": lambda _: COLUMNS,
    "csv": lambda _: b"\xef\xbb\xbfservice,level\r\nwan-a,degraded\r\nwan-b,\r\n",
    "path": lambda folder: write(folder / "failures.csv", "service,level\nwan-a,degraded\nwan-b,\n"),
    "polars": lambda _: pl.DataFrame(COLUMNS),
    "polars chunks": lambda _: pl.concat([pl.DataFrame(ROWS[:1]), pl.DataFrame(ROWS[1:], schema={"service": pl.String, "level": pl.String})], rechunk=False),
    "polars categories": lambda _: pl.DataFrame(COLUMNS).with_columns(pl.all().cast(pl.Categorical)),
    "pyarrow": lambda _: pa.table(COLUMNS),
    "pyarrow batch": lambda _: pa.RecordBatch.from_pydict(COLUMNS),
    "pyarrow reader": lambda _: pa.table(COLUMNS).to_reader(),
    "pandas": lambda _: pandas_frame(COLUMNS),
    "siam": lambda _: siam.Table(_siam.Table.of_csv("x", b"service,level\nwan-a,degraded\nwan-b,\n")),
}


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_table_asks_the_same(eco: siam.Ecosystem, form: str, tmp_path: Path) -> None:
    expected = eco.impact(ROWS).to_dict()
    assert eco.impact(FORMS[form](tmp_path)).to_dict() == expected
    assert eco.impact({"wan-a": "degraded", "wan-b": None}).to_dict() == expected


def test_what_is_no_table_is_named(eco: siam.Ecosystem, tmp_path: Path) -> None:
    wrong: list[tuple[Any, str]] = [
        (pl.LazyFrame(COLUMNS), r"call \.collect\(\)"),
        (7, "failures: a table is anything with __arrow_c_stream__"),
        (tmp_path / "x.parquet", r"only \.csv files"),
        ({"service": "a", "level": 3}, ""),
    ]
    for value, words in wrong[:3]:
        with pytest.raises(TypeError, match=words):
            eco.impact(value)
    with pytest.raises(siam.QueryError):
        eco.impact(wrong[3][0])
    with pytest.raises(TypeError, match="spans: item 1 is not a pair"):
        eco.elapsed("office", [1])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "row", "words"),
    [
        (["a", 1], 2, "whole number stands below text"),
        ([1, None, True], 3, "truth value stands below whole number"),
        ([Decimal(1), 0.5], 2, "float stands below decimal"),
        ([datetime(2026, 1, 1), datetime(2026, 1, 1, tzinfo=timezone.utc)], 2, "datetime with a zone stands below datetime without"),
        ([date(2026, 1, 1), datetime(2026, 1, 1)], 2, "stands below date"),
        ([set()], 1, "type set"),
        ([2**63], 1, "more than 64 bits"),
        ([Decimal(10) ** 40], 1, "more than 38 digits"),
        ([Decimal(1), Decimal("1E-50")], 1, "more than 38 digits"),
        ([Decimal("NaN")], 1, "is no number"),
        (["\ud800"], 1, "surrogate"),
    ],
)
def test_a_column_typed_by_hand_holds_one_type(eco: siam.Ecosystem, values: list[Any], row: int, words: str) -> None:
    with pytest.raises(siam.QueryError) as caught:
        eco.impact([{"service": value} for value in values])
    problem = caught.value.problems[0]
    assert (problem.table, problem.column, problem.row) == ("failures", "service", row)
    assert words in problem.message


def test_values_typed_by_hand_arrive_as_they_are() -> None:
    from siam import _given

    nat = getattr(pytest.importorskip("pandas"), "NaT")
    rows = [
        {"i": 1, "f": 1, "b": True, "t": "x", "d": Decimal("1.50"), "day": date(1969, 12, 31), "w": datetime(2026, 1, 1), "z": nat},
        {"i": -(2**63), "f": 0.5, "b": None, "t": float("nan"), "d": -2, "day": None},
        {"z": datetime(2026, 7, 1, 12, tzinfo=ZoneInfo("Europe/London")), "only": None},
    ]
    held = _given.tables({"x": rows}, siam.QueryError)[0][1]
    assert isinstance(held, _siam.Table)
    table = siam.Table(held)
    assert held.kinds == ["integer", "float", "boolean", "text", "decimal", "date", "wall", "instant", "text"]
    assert table.to_dict() == {
        "i": [1, -(2**63), None],
        "f": [1.0, 0.5, None],
        "b": [True, None, None],
        "t": ["x", None, None],
        "d": [Decimal("1.50"), Decimal("-2.00"), None],
        "day": [date(1969, 12, 31), None, None],
        "w": [datetime(2026, 1, 1), None, None],
        "z": [None, None, datetime(2026, 7, 1, 11, tzinfo=timezone.utc)],
        "only": [None, None, None],
    }
    arrow = pa.table(table)
    assert [str(kind) for kind in arrow.schema.types][4:8] == ["decimal128(38, 2)", "date32[day]", "timestamp[us]", "timestamp[us, tz=UTC]"]
    assert pl.DataFrame(table).to_dicts()[0]["d"] == Decimal("1.50")
    plain = table.plain("Europe/London")
    assert plain["d"] == [1.5, -2.0, None]
    assert plain["z"][2] == datetime(2026, 7, 1, 12)
    assert plain["w"] == table["w"]
    assert str(pa.table(plain).schema.field("z").type) == "timestamp[us]"
    assert plain.to_csv().decode().splitlines()[3].endswith("2026-07-01T12:00:00,")
    assert plain.to_polars().write_csv().count("\n") == 4


def test_scalars_of_numpy_and_pandas_are_read_by_what_they_are() -> None:
    from siam import _given

    pandas = pytest.importorskip("pandas")
    first = pandas.DataFrame({"i": [1], "f": [0.5], "b": [True], "z": pandas.to_datetime(["2026-07-01T12:00:00Z"])}).iloc[0]
    row = {"i": pandas.Series([7])[0], "f": first["f"], "b": pandas.Series([True])[0], "z": first["z"]}
    held = _given.tables({"x": [row]}, siam.QueryError)[0][1]
    assert isinstance(held, _siam.Table)
    assert held.kinds == ["integer", "float", "boolean", "instant"]
    assert siam.Table(held)["z"] == [datetime(2026, 7, 1, 12, tzinfo=timezone.utc)]


def test_a_table_that_its_library_cannot_hand_over_is_named_with_its_column(eco: siam.Ecosystem) -> None:
    frame = pandas_frame({"service": [1, "wan-a"], "level": ["down", "down"]}).astype(object)
    with pytest.raises(siam.QueryError) as caught:
        eco.impact(frame)
    problem = caught.value.problems[0]
    assert problem.name == "table-unreadable"
    assert (problem.table, problem.column) == ("failures", "service")
    assert "Could not convert" in problem.message
    assert caught.value.__cause__ is not None


def test_hostile_streams_fail_readably(eco: siam.Ecosystem) -> None:
    class Wrong:
        def __init__(self, value: object) -> None:
            self.value = value

        def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
            if isinstance(self.value, Exception):
                raise self.value
            return self.value

    with pytest.raises(TypeError):
        eco.impact(Wrong("no capsule"))
    with pytest.raises(siam.QueryError, match="boom"):
        eco.impact(Wrong(AttributeError("boom")))
    spent = pa.table(COLUMNS).__arrow_c_stream__()
    assert len(eco.impact(Wrong(spent))) > 0
    with pytest.raises(siam.QueryError, match="table-unreadable"):
        eco.impact(Wrong(spent))
    with pytest.raises(ValueError):
        eco.impact(Wrong(pa.array([1]).__arrow_c_array__()[0]))
    with pytest.raises(siam.QueryError, match="lists"):
        eco.impact(pa.table({"service": [["a"]]}))
    with pytest.raises(siam.QueryError, match="holds no table"):
        eco.impact(pl.Series("service", ["wan-a"]))

    def failing() -> Any:
        yield pa.RecordBatch.from_pydict({"service": ["wan-a"]})
        raise RuntimeError("the producer stopped")

    with pytest.raises(siam.QueryError, match="the producer stopped"):
        eco.impact(pa.RecordBatchReader.from_batches(pa.schema({"service": pa.string()}), failing()))


def test_columns_and_rows_that_are_wrong_are_named(eco: siam.Ecosystem) -> None:
    with pytest.raises(siam.QueryError, match="its columns have 1 and 2 rows"):
        eco.impact({"service": ["a", "b"], "level": ["down"]})
    with pytest.raises(siam.QueryError, match="row 2"):
        eco.impact(b"service,level\na,down\nb\n")
    with pytest.raises(siam.QueryError, match="unknown key `srv`"):
        eco.impact(pl.DataFrame({"service": ["wan-a"], "srv": ["x"]}))
    with pytest.raises(siam.QueryError, match="did you mean `wan-a`"):
        eco.impact([{"service": "wan-aa"}])
    nothing: Any
    for nothing in ([], {}, ()):
        with pytest.raises(siam.QueryError, match="at least one service"):
            eco.impact(nothing)
    with pytest.raises(TypeError, match="failures: this is text, not int"):
        eco.impact(["wan-a", 3])  # type: ignore[list-item]
    with pytest.raises(siam.QueryError):
        eco.impact("wan-a\ud800")
    with pytest.raises(TypeError, match="calendar: this is text"):
        eco.is_open(Decimal(1), [])  # type: ignore[arg-type]
    mixed: list[str | dict[str, str]] = ["wan-a", {"service": "wan-b"}]
    assert eco.impact(mixed).to_dict() == eco.impact(["wan-a", "wan-b"]).to_dict()


def test_reports_go_to_every_library(eco: siam.Ecosystem) -> None:
    report = eco.impact("wan-a")
    expected = report.to_dict()
    assert pl.DataFrame(report).to_dict(as_series=False) == report.to_polars().to_dict(as_series=False) == expected
    assert pa.table(report).to_pydict() == report.to_arrow().to_pydict() == expected
    if importlib.util.find_spec("pandas") is not None:
        assert list(report.table("routes").to_pandas().columns) == report.table("routes").columns
    assert list(report) == report.to_polars().to_dicts()
    frame = report.to_polars()
    del report
    assert frame["service"][0] == "email"


def test_reports_are_saved(eco: siam.Ecosystem, tmp_path: Path) -> None:
    import json

    report = siam.load("{siam: 1, services: {'=cmd()': {}}}").impact("=cmd()")
    text = report.save(tmp_path / "impact.csv").read_text()
    assert text.splitlines()[1].startswith("'=cmd(),'=cmd()")
    saved = json.loads(report.save(str(tmp_path / "impact.json")).read_text())
    assert saved["stamp"]["fingerprint"] == report.fingerprint
    assert list(saved["tables"]) == report.tables
    assert saved["tables"]["rows"]["rows"][0]["service"] == "=cmd()"
    hours = eco.is_open("office", "2026-07-01T08:00:00Z").save(tmp_path / "hours.json")
    assert json.loads(hours.read_text())["tables"]["rows"]["rows"] == [{"at": "2026-07-01T08:00:00Z", "open": True, "problem": None}]
    with pytest.raises(siam.QueryError, match="ends in .csv, .json, .html or .xlsx"):
        report.save(tmp_path / "impact.pdf")


def test_unknown_columns_tables_and_rows_are_questions_gone_wrong(eco: siam.Ecosystem) -> None:
    report = eco.impact("wan-a")
    for ask, nearest in ((lambda: report["servce"], ["service"]), (lambda: report.table("route"), ["routes"])):
        with pytest.raises(siam.QueryError) as caught:
            ask()
        assert caught.value.suggestions == nearest
    assert report.explain(-1).text == report.explain(len(report) - 1).text
    for row in (len(report), -len(report) - 1, 10**30):
        with pytest.raises(siam.QueryError, match="which has 3 rows"):
            report.explain(row)
    with pytest.raises(siam.QueryError):
        report.plain("Mars/Olympus")


def test_reprs_are_bounded_and_escaped() -> None:
    services = {f"s{n:04}": {"depends_on": ["wan"], "title": "<b>\x1b[31m\u202e" + "x" * 500} for n in range(300)}
    report = siam.load({"siam": 1, "services": {"wan": {}, **services}}).impact("wan")
    lines = repr(report).splitlines()
    assert len(lines) <= 12
    assert all(len(line) <= 200 for line in lines)
    assert "... and 293 more" in repr(report)
    assert "\x1b" not in repr(report) and "\u202e" not in repr(report)
    html = report._repr_html_()
    assert html.count("<tr>") == 21 and len(html) < 60_000
    assert "<b>" not in html and "&lt;b&gt;" in html
    assert "\x1b" not in html
    for lines in (repr(report.table("routes")).splitlines(), repr(report.explain(0)).splitlines()):
        assert len(lines) <= 12
    for html in (html, report.table("summary")._repr_html_(), report.explain(0)._repr_html_()):
        assert not any(word in html.lower() for word in ("http:", "https:", "src=", "<script", "<link", "@import", "url("))
    empty = siam.load("{siam: 1, calendars: {c: {hours: always}}}").is_open("c", [])
    assert len(repr(empty).splitlines()) <= 12


def test_timedelta_and_seconds_are_one_length() -> None:
    from siam import _given

    assert _given.within("4h 30min") == _given.within(16200) == _given.within(timedelta(hours=4, minutes=30)) == 16200
    for wrong in ("2 days", timedelta(microseconds=5), 2**70):
        with pytest.raises(siam.QueryError):
            _given.within(wrong)
    for odd in (1.5, True, None):
        with pytest.raises(TypeError):
            _given.within(odd)
