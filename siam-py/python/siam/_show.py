"""How tables look at a prompt and in a notebook: bounded, aligned, escaped, offline. Nothing here computes a figure."""

from __future__ import annotations

import unicodedata
from html import escape

from siam import _siam

__all__ = ["html", "rows", "text"]

_LINES = 12
_WIDTH = 110
_CELL = 36
_HTML_ROWS = 20
_HTML_CELL = 200


def rows(count: int) -> str:
    """A count of rows in words."""
    return "1 row" if count == 1 else f"{count:,} rows"


def text(table: _siam.Table, head: str, others: list[str], first: tuple[str, ...] = ()) -> str:
    """At most twelve lines: what it is, the first rows, what is not shown; columns in `first` have the room before others."""
    room = _LINES - 3
    count = len(table)
    shown = count if count <= room else room - 1
    names = table.columns
    floats = [kind == "float" for kind in table.kinds]
    cells = [[_clean(_short(cell) if short else cell, _CELL) for cell, short in zip(row, floats)] for row in table.texts(shown)]
    grid = [[_clean(name, _CELL) for name in names], *cells]
    right = [kind in ("integer", "float", "decimal") for kind in table.kinds]
    widths = [max(_width(row[at]) for row in grid) for at in range(len(names))]
    # What is empty, or repeats another column, says nothing in the first rows; what says something has the room.
    columns = [[row[at] for row in cells] for at in range(len(names))]
    says = [at for at, column in enumerate(columns) if not cells or (any(column) and column not in columns[:at])]
    if first:
        says.sort(key=lambda at: first.index(names[at]) if names[at] in first else len(first))
    kept: list[int] = []
    left = _WIDTH
    for at in says:
        if widths[at] + 2 > left and kept:
            break
        kept.append(at)
        left -= widths[at] + 2
    lines = [_clean(head, _WIDTH)]
    lines += ["  ".join(_pad(row[at], widths[at], right[at]) for at in kept).rstrip() for row in grid]
    if count > shown:
        lines.append(f"... and {count - shown:,} more")
    hidden = [name for at, name in enumerate(names) if at not in kept]
    notes = []
    if others:
        notes.append("tables: " + ", ".join(others))
    if hidden:
        notes.append("not shown: " + ", ".join(hidden))
    if notes:
        lines.append(_clean("; ".join(notes), _WIDTH + 40))
    return "\n".join(lines)


def html(table: _siam.Table, caption: str) -> str:
    """A table of the first rows; no script, no style sheet, nothing from elsewhere."""
    count = len(table)
    right = [' style="text-align: right"' if kind in ("integer", "float", "decimal") else "" for kind in table.kinds]
    head = "".join(f"<th>{escape(_clean(name, _HTML_CELL))}</th>" for name in table.columns)
    body = "".join(
        "<tr>" + "".join(f"<td{style}>{escape(_clean(cell, _HTML_CELL))}</td>" for cell, style in zip(row, right)) + "</tr>"
        for row in table.texts(_HTML_ROWS)
    )
    more = f"; the first {_HTML_ROWS} are shown" if count > _HTML_ROWS else ""
    return f"<table><caption>{escape(caption)}{more}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _clean(words: str, most: int) -> str:
    # Line ends, escapes of terminals and marks that turn the direction of writing would let a cell look like something else.
    words = "".join(letter if letter.isprintable() else "\ufffd" for letter in words[: most + 1])
    return words if len(words) <= most else words[: most - 3] + "..."


def _short(number: str) -> str:
    # Display only: the exact counts stand beside every float.
    return f"{float(number):.6g}" if number else number


def _width(words: str) -> int:
    return sum(0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in words)


def _pad(words: str, width: int, right: bool) -> str:
    space = " " * (width - _width(words))
    return space + words if right else words + space
