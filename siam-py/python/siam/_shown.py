"""What is looked at or read: pictures and reasons."""

from __future__ import annotations

import os
from pathlib import Path

from siam import _export, _siam
from siam._table import Table


class Picture:
    """A picture of a report, as SVG, Graphviz or Mermaid; all three show the same boxes."""

    __slots__ = ("_held",)

    def __init__(self, held: _siam.Picture) -> None:
        self._held = held

    @property
    def title(self) -> str:
        """What it shows, in a few words."""
        return self._held.title

    @property
    def description(self) -> str:
        """What a reader who cannot see it needs to know."""
        return self._held.description

    @property
    def svg(self) -> str:
        """SVG that stands alone or inside an HTML page, light or dark as the reader prefers."""
        return self._held.svg()

    @property
    def dot(self) -> str:
        """A Graphviz digraph."""
        return self._held.dot()

    @property
    def mermaid(self) -> str:
        """A Mermaid flowchart."""
        return self._held.mermaid()

    def png(self, *, width: int | None = None, fonts: str | os.PathLike[str] | None = None) -> bytes:
        """PNG for slides and documents, so many pixels wide, as wide as the SVG unless given; needs ``siam[png]``.

        It is drawn in DejaVu Sans, or Verdana where that is not installed; ``fonts`` names a folder that has one of them besides.
        Where neither is found it is an error, rather than a picture without words.
        """
        return _export.png(self.svg, width, fonts)

    def save(
        self, path: str | os.PathLike[str], *, width: int | None = None, fonts: str | os.PathLike[str] | None = None
    ) -> Path:
        """Writes ``.svg``, ``.dot``, ``.mmd`` or ``.png``; ``width`` and ``fonts`` are those of ``png``. Gives the path."""
        writers: _export.Writers = {
            ".svg": self.svg.encode,
            ".dot": self.dot.encode,
            ".mmd": self.mermaid.encode,
            ".png": lambda: self.png(width=width, fonts=fonts),
        }
        return _export.save(path, writers)

    def __repr__(self) -> str:
        return f"Picture: {self.title}"

    def _repr_svg_(self) -> str:
        return self.svg


class Explanation:
    """Why a row is what it is: the result, then what it rests on."""

    __slots__ = ("_held",)

    def __init__(self, held: _siam.Explanation) -> None:
        self._held = held

    @property
    def language(self) -> str:
        """The language of the words."""
        return self._held.language

    @property
    def text(self) -> str:
        """One line per step, deeper ones indented."""
        return self._held.text

    @property
    def html(self) -> str:
        """Nested lists that unfold, without script or style."""
        return self._held.html

    @property
    def steps(self) -> Table:
        """One row per step, each before those it rests on."""
        return Table(self._held.steps)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        lines = self.text.splitlines()
        return "\n".join([*lines[:11], f"... and {len(lines) - 11} more"] if len(lines) > 12 else lines)

    def _repr_html_(self) -> str:
        return self.html
