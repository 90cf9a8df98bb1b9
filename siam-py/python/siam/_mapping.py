"""Mappings: how the export of a tool becomes evidence, begun from a preset."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from collections.abc import Mapping as Given
from pathlib import Path
from typing import Any

from siam import _given
from siam._ecosystem import check, load
from siam._errors import EvidenceError
from siam._given import TableLike
from siam._siam import Problems

__all__ = ["Mapping", "mapping"]


class Mapping:
    """A mapping document, and what is wrong with the tables it was made for."""

    __slots__ = ("_problems", "_text")

    def __init__(self, text: str, problems: Problems) -> None:
        self._text = text
        self._problems = problems

    @property
    def problems(self) -> Problems:
        """What the given tables lack, what in them is unknown or rejected; nothing where no table was given."""
        return self._problems

    def to_yaml(self) -> str:
        """The document; more can be written below, and stands instead of what the preset says."""
        return self._text

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Writes the document to a file and gives its path."""
        file = Path(path)
        file.write_text(self._text, encoding="utf-8")
        return file

    def __repr__(self) -> str:
        found = f"{len(self._problems)} problems" if len(self._problems) != 1 else "1 problem"
        return f"{self._text.rstrip()}\n# {found}"


def mapping(
    preset: str,
    *,
    zone: str | None = None,
    dates: str | Iterable[str] | None = None,
    gives: Given[str, Any] | None = None,
    **tables: TableLike | None,
) -> Mapping:
    """A mapping from a preset: ``servicenow``.

    ``zone`` is that of dates without an offset: in a list that somebody exported, the zone of that person. ``dates`` is their format,
    such as ``%d-%m-%Y %H:%M:%S``, or several, of which the one counts that reads every date of a table; the usual ones unless given.
    ``gives`` is written over what the preset gives. With tables, under the names the tool has for them, ``problems`` says what of them
    is lacking, unknown or rejected; the tables themselves go to :meth:`siam.Ecosystem.evidence`.

    >>> import siam
    >>> export = [{"number": "INC1", "opened_at": "23-10-2026 11:00:00", "priority": "2 - High"}]
    >>> made = siam.mapping("servicenow", zone="Europe/Zurich", incident=export)
    >>> print(made.to_yaml(), end="")
    preset: servicenow
    dates: {"zone": "Europe/Zurich"}
    >>> len(siam.mapping("servicenow", incident=export).problems)
    1
    >>> eco = siam.load("siam: 1")
    >>> eco.evidence(incident=export, mapping=made)["gave"]
    [1]
    """
    said: dict[str, Any] = {}
    if zone is not None:
        said["zone"] = _given.word("zone", zone)
    if dates is not None:
        said["format"] = dates if isinstance(dates, str) else [_given.word("dates", one) for one in dates]
    text = f"preset: {json.dumps(preset) if not preset.isidentifier() else preset}\n" if isinstance(preset, str) else _given.word("preset", preset)
    if said:
        text += f"dates: {json.dumps(said, ensure_ascii=False)}\n"
    if gives is not None:
        text += f"gives: {_given.json_text(gives)}\n"
    given: dict[str, Any] = {name: table for name, table in tables.items() if table is not None}
    if not given:
        return Mapping(text, check("siam: 1\n"))
    try:
        return Mapping(text, load("siam: 1\n").evidence(mapping=text, **given).problems)
    except EvidenceError as error:
        return Mapping(text, error.problems)
