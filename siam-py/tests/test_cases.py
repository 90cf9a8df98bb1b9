"""The shared cases, run through the doors that Python calls, byte for byte; tests/cases/README.md says what a case is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import siam
from siam import _siam

ROOT = Path(__file__).resolve().parents[2] / "tests" / "cases"
CASES = sorted(path.parent for path in ROOT.glob("*/*/operation"))
ENGLISH = _siam.Catalogue.english()


def tables(folder: Path) -> list[tuple[str, object]]:
    """The tables of a question in the byte order of their names."""
    files = sorted((folder / "tables").glob("*.csv"), key=lambda path: path.name.encode())
    return [(path.stem, _siam.Table.of_csv(path.stem, path.read_bytes())) for path in files]


def question(folder: Path) -> str:
    """The question, with the mapping beside it."""
    text = (folder / "query.json").read_text(encoding="utf-8") if (folder / "query.json").is_file() else "{}"
    mapping = folder / "mapping.yaml"
    return json.dumps({**json.loads(text), "mapping": mapping.read_text(encoding="utf-8")}) if mapping.is_file() else text


def named(case: Path, first: str) -> list[tuple[str, str]]:
    paths = sorted(case.glob(f"{first}*.yaml"), key=lambda path: path.name.encode())
    return [(path.name, path.read_bytes().decode()) for path in paths]


def run(case: Path) -> tuple[dict[str, bytes], _siam.Report | None]:
    """What an operation gives: tables as CSV by name, and the report where rows can be explained."""
    operation = (case / "operation").read_text().strip()
    documents = named(case, "ecosystem")
    if operation == "check":
        return {"problems": _siam.check(documents, tables(case), question(case))._table().to_csv()}, None
    if operation == "load":
        _siam.load(documents, tables(case))
        return {}, None
    ecosystem = _siam.load(documents, [])
    if operation == "diff":
        report = _siam.diff(ecosystem, _siam.load(named(case, "after"), []), question(case), [])
        return {name: report.table(at).to_csv() for at, name in enumerate(report.tables)}, report
    door: Callable[..., Any] = getattr(_siam, operation)
    if operation == "evidence":
        report = _siam.evidence(ecosystem, question(case), tables(case)).report()
    elif (case / "evidence").is_dir():
        evidence = _siam.evidence(ecosystem, question(case / "evidence"), tables(case / "evidence"))
        report = door(ecosystem, evidence, question(case), tables(case))
    else:
        report = door(ecosystem, question(case), tables(case))
    return {name: report.table(at).to_csv() for at, name in enumerate(report.tables)}, report


def given(case: Path, file: str) -> bytes:
    """The bytes that stand for an expected file."""
    if file == "error.txt":
        with pytest.raises(siam.Error) as caught:
            run(case)
        return f"{caught.value}\n".encode()
    made, report = run(case)
    if file.startswith("stream."):
        assert report is not None
        (batch,) = siam.Report(report).stream(file.removeprefix("stream.").removesuffix(".csv"))
        return batch.to_csv()
    if file.endswith(".csv"):
        return made[file.removesuffix(".csv")]
    # explain.<row>.txt, or explain.<table>.<row>.txt for another table than the first.
    *table, row = file.removeprefix("explain.").removesuffix(".txt").split(".")
    assert report is not None
    return report.explain(table[0] if table else "", int(row), ENGLISH).text.encode()


def test_there_are_cases() -> None:
    assert CASES


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_a_case_gives_the_bytes_it_expects(case: Path) -> None:
    assert (case / "operation").read_text().strip() == case.parent.name
    assert (case / "why.md").is_file()
    expected = sorted((case / "expect").iterdir())
    assert expected
    for file in expected:
        assert given(case, file.name).decode() == file.read_bytes().decode(), file.name
