"""Files: which kinds there are, how they are written, and the one kind the core does not make, workbooks for spreadsheets."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

from siam import _siam
from siam._errors import QueryError

__all__ = ["Writers", "png", "save", "save_problems", "values", "workbook"]

Writers = Mapping[str, Callable[[], bytes]]

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_WALL_EPOCH = datetime(1970, 1, 1)


def save(path: str | os.PathLike[str], writers: Writers) -> Path:
    """Writes the kind of file that the end of the path says."""
    path = Path(path)
    write = writers.get(path.suffix.lower())
    if write is None:
        *kinds, last = writers
        example = f"a path that ends in {', '.join(kinds)} or {last}"
        raise QueryError(_siam.argument_problem("path", str(path), "a kind of file that is written here", example))
    # As bytes, so that the lines end alike on every system; made before the file is opened, so that a failure leaves none.
    data = write()
    path.write_bytes(data)
    return path


def save_problems(problems: _siam.Problems, path: str | os.PathLike[str]) -> Path:
    """Writes problems as ``.txt``, ``.json`` or ``.sarif``."""
    writers: Writers = {
        ".txt": lambda: problems.to_text().encode(),
        ".json": lambda: problems.to_json().encode(),
        ".sarif": lambda: problems.to_sarif().encode(),
    }
    return save(path, writers)


# What pictures are written in; the first that is installed is used, and no other: widths of boxes are those of their letters.
_FACES = ("DejaVu Sans", "Verdana")
_MOST_PIXELS = 20_000


def png(svg: str, width: int | None, fonts: str | os.PathLike[str] | None) -> bytes:
    """An SVG of this library as PNG."""
    if width is not None and not 1 <= width <= _MOST_PIXELS:
        raise QueryError(_siam.argument_problem("width", str(width), f"a number of pixels from 1 to {_MOST_PIXELS}", "1600"))
    try:
        import resvg_py
    except ImportError:
        raise ImportError("a picture as .png needs resvg-py: pip install 'siam[png]'") from None
    folders = None if fonts is None else [os.fspath(fonts)]

    def draw(text: str, wide: int | None = None) -> bytes:
        return bytes(resvg_py.svg_to_bytes(svg_string=text, width=wide, font_dirs=folders))

    # A renderer that finds no font leaves letters out without a word.
    def letter(face: str, word: str) -> bytes:
        return draw(f'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><text y="15" font-family="{face}">{word}</text></svg>')

    blank = letter(_FACES[0], "")
    if all(letter(face, "M") == blank for face in _FACES):
        given = "no folder" if fonts is None else os.fspath(fonts)
        raise QueryError(_siam.argument_problem("fonts", given, "a folder with DejaVu Sans or Verdana, as none is installed", "/usr/share/fonts"))
    return draw(svg, width)


def values(table: _siam.Table, at: int, first: int, count: int) -> list[Any]:
    """The values of a column as Python has them: instants as datetime in UTC, decimals as Decimal."""
    kind = table.kinds[at]
    raw = table.values(at, first, count)
    if kind == "instant":
        return [None if value is None else _moment(_EPOCH, value) for value in raw]
    if kind == "wall":
        return [None if value is None else _moment(_WALL_EPOCH, value) for value in raw]
    if kind == "date":
        return [None if value is None else date.fromordinal(value + 719_163) for value in raw]
    if kind == "decimal":
        return [None if value is None else Decimal(value) for value in raw]
    return raw


def _moment(epoch: datetime, micros: int) -> datetime:
    try:
        return epoch + timedelta(microseconds=micros)
    except OverflowError:
        # Beyond the years 1 to 9999: an open end; Python's own ends of time are the nearest there are.
        return (datetime.max if micros > 0 else datetime.min).replace(tzinfo=epoch.tzinfo)


# A sheet of Excel holds no more, nor does a cell; its numbers are binary floats of 15 digits; its days begin in 1900.
_ROWS = 1_048_576
_LETTERS = 32_767
_DIGITS = 15
_FIRST_DAY = date(1900, 3, 1)
_WIDEST = 60
_REASONS = 200


def workbook(tables: list[_siam.Table], words: _siam.Catalogue, report: _siam.Report | None = None) -> bytes:
    """A workbook: one sheet a table, then one that says how it was computed."""
    try:
        import xlsxwriter  # type: ignore[import-untyped, import-not-found, unused-ignore]
    except ImportError:
        raise ImportError("save to .xlsx needs XlsxWriter: pip install 'siam[excel]'") from None
    for table in tables:
        if len(table) >= _ROWS:
            example = "a path that ends in .csv"
            raise QueryError(_siam.argument_problem("table", table.name, f"one of fewer than {_ROWS:,} rows, which a sheet holds", example))
    held = io.BytesIO()
    # Text stays text: nothing is taken for a formula, a link or a number.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book: Any = xlsxwriter.Workbook(held, options)
    # Else the time of writing, which would make two workbooks of one report differ.
    book.set_properties({"created": datetime(2000, 1, 1)})
    formats = _Formats(book)
    how = words.word("export-how")[:31]
    names = {how.lower()}
    for table in tables:
        _sheet(book.add_worksheet(_sheet_name(table.name, names)), table, formats)
    _how(book.add_worksheet(how), tables, words, report, formats)
    book.close()
    return held.getvalue()


class _Formats:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._decimals: dict[int, Any] = {}
        self.head = book.add_format({"bold": True, "bottom": 1, "valign": "top"})
        self.text = book.add_format({"valign": "top"})
        self.wrapped = book.add_format({"valign": "top", "text_wrap": True})
        self.whole = book.add_format({"valign": "top", "num_format": "0"})
        self.moment = book.add_format({"valign": "top", "num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"})
        self.day = book.add_format({"valign": "top", "num_format": "yyyy-mm-dd", "align": "left"})

    def decimal(self, places: int) -> Any:
        if places not in self._decimals:
            self._decimals[places] = self._book.add_format({"valign": "top", "num_format": "0." + "0" * places if places > 0 else "0"})
        return self._decimals[places]


def _sheet_name(name: str, taken: set[str]) -> str:
    clean = "".join("_" if letter in "[]:*?/\\'" else letter for letter in name)[:31] or "table"
    unique, repeat = clean, 2
    while unique.lower() in taken:
        unique = f"{clean[: 31 - len(str(repeat)) - 1]}.{repeat}"
        repeat += 1
    taken.add(unique.lower())
    return unique


def _sheet(sheet: Any, table: _siam.Table, formats: _Formats) -> None:
    rows = len(table)
    sheet.freeze_panes(1, 0)
    if table.columns:
        sheet.autofilter(0, 0, rows, len(table.columns) - 1)
        sheet.ignore_errors({"number_stored_as_text": f"A1:{_letters(len(table.columns))}{rows + 1}"})
    for at, (name, kind, doc) in enumerate(zip(table.columns, table.kinds, table.docs)):
        # A spreadsheet knows no zones: the heading says which one the readings are in.
        head = f"{name} (UTC)" if kind == "instant" else name
        sheet.write_string(0, at, head, formats.head)
        if doc:
            sheet.write_comment(0, at, doc, {"x_scale": 2, "author": "siam"})
        widest = len(head) + 3
        for row, value in enumerate(values(table, at, 0, rows), start=1):
            if value is not None:
                widest = max(widest, _cell(sheet, row, at, value, formats))
        sheet.set_column(at, at, min(widest, _WIDEST) + 1)


def _cell(sheet: Any, row: int, at: int, value: Any, formats: _Formats) -> int:
    """Writes a value as what it is; what a spreadsheet would change is written as text. Gives its width."""
    if isinstance(value, bool):
        sheet.write_boolean(row, at, value, formats.text)
        return 5
    if isinstance(value, datetime) and value.date() >= _FIRST_DAY:
        sheet.write_datetime(row, at, value.replace(tzinfo=None), formats.moment)
        return 19
    if isinstance(value, date) and not isinstance(value, datetime) and value >= _FIRST_DAY:
        sheet.write_datetime(row, at, value, formats.day)
        return 10
    if isinstance(value, int) and len(str(abs(value))) <= _DIGITS:
        sheet.write_number(row, at, value, formats.whole)
        return len(str(value))
    if isinstance(value, float) and value - value == 0:
        sheet.write_number(row, at, value, formats.text)
        return 10
    if isinstance(value, Decimal) and len(value.as_tuple().digits) <= _DIGITS:
        written = format(value, "f")
        sheet.write_number(row, at, float(value), formats.decimal(len(written.partition(".")[2])))
        return len(written)
    words = value.isoformat() if isinstance(value, date) else format(value, "f") if isinstance(value, Decimal) else str(value)
    wrapped = len(words) > _WIDEST or "\n" in words
    sheet.write_string(row, at, words[:_LETTERS], formats.wrapped if wrapped else formats.text)
    return len(words)


def _how(sheet: Any, tables: list[_siam.Table], words: _siam.Catalogue, report: _siam.Report | None, formats: _Formats) -> None:
    """What was computed, on what, over which periods, by which rules."""
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 28)
    sheet.set_column(2, 2, 22)
    sheet.set_column(3, 3, 90)
    lines: list[tuple[Any, list[str]]] = []
    if report is not None:
        stamp = {
            "export-operation": report.operation,
            "export-fingerprint": report.fingerprint,
            "export-library": report.library,
            "export-edition": str(report.edition),
            "export-tzdb": report.tzdb,
            "export-periods": ", ".join(_periods(tables[0])),
        }
        lines += [(formats.text, [words.word(key), value]) for key, value in stamp.items() if value]
    lines += [(formats.text, [words.word("export-instants"), "UTC"]), (formats.text, [])]
    head = ["export-table", "export-column", "export-type", "export-meaning"]
    lines.append((formats.head, [words.word(key) for key in head]))
    for table in tables:
        for column in zip(table.columns, table.kinds, table.docs):
            lines.append((formats.wrapped, [table.name, *column]))
    reasons = [] if report is None else _reasons(report, tables[0], words)
    if reasons:
        lines += [(formats.text, []), (formats.head, [words.word("export-table"), words.word("export-row"), "", words.word("export-why")])]
        lines += [(formats.wrapped, line) for line in reasons]
    for row, (style, cells) in enumerate(lines):
        for at, text in enumerate(cells):
            sheet.write_string(row, at, text[:_LETTERS], style)


def _periods(table: _siam.Table) -> list[str]:
    if "period" not in table.columns:
        return []
    return list(dict.fromkeys(str(period) for period in values(table, table.columns.index("period"), 0, len(table)) if period is not None))


def _reasons(report: _siam.Report, table: _siam.Table, words: _siam.Catalogue) -> list[list[str]]:
    """The rules row by row: one line a step; rows as the sheet numbers them, below its heading."""
    lines = []
    for row in range(min(len(table), _REASONS)):
        try:
            text = report.explain("", row, words).text
        except QueryError:
            # A row of this operation has no reason of its own.
            continue
        lines += [[table.name, str(row + 2), "", step] for step in text.splitlines()]
    return lines


def _letters(columns: int) -> str:
    letters = ""
    while columns:
        columns, digit = divmod(columns - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters
