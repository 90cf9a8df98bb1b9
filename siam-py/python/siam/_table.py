"""Tables that go to any library."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from siam import _export, _languages, _show, _siam
from siam._errors import QueryError

if TYPE_CHECKING:
    # None of these is needed, and not all of them bring types.
    import pandas as _pandas  # type: ignore[import-untyped, import-not-found, unused-ignore]
    import polars as _polars  # type: ignore[import-untyped, import-not-found, unused-ignore]
    import pyarrow as _pyarrow  # type: ignore[import-untyped, import-not-found, unused-ignore]


def _need(package: str, method: str) -> Any:
    try:
        return importlib.import_module(package)
    except ImportError:
        raise ImportError(f"{method} needs {package}: pip install {package}") from None


class Tabular:
    """What a table and a report have in common; a report speaks for its first table."""

    __slots__ = ()

    def _table(self) -> _siam.Table:
        raise NotImplementedError

    def __len__(self) -> int:
        return len(self._table())

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""
        return self._table().columns

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The table for any library that speaks Arrow's PyCapsule interface; no value is copied."""
        return self._table().__arrow_c_stream__(requested_schema)

    def column(self, name: str) -> list[Any]:
        """The values of a column: text, int, float, bool, datetime in UTC, date, Decimal, or None."""
        table = self._table()
        if name not in table.columns:
            raise QueryError(_siam.unknown_name("column", name, table.columns))
        return _export.values(table, table.columns.index(name), 0, len(table))

    def __getitem__(self, name: str) -> list[Any]:
        return self.column(name)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Rows as dicts, one by one."""
        table = self._table()
        step = 1_000
        for first in range(0, len(table), step):
            columns = [_export.values(table, at, first, step) for at in range(len(table.columns))]
            for cells in zip(*columns):
                yield dict(zip(table.columns, cells))

    def to_dict(self) -> dict[str, list[Any]]:
        """Columns by name, as lists of Python values."""
        table = self._table()
        return {name: _export.values(table, at, 0, len(table)) for at, name in enumerate(table.columns)}

    def to_polars(self) -> _polars.DataFrame:
        """The table as a polars DataFrame."""
        frame: _polars.DataFrame = _need("polars", "to_polars").DataFrame(self._table())
        return frame

    def to_arrow(self) -> _pyarrow.Table:
        """The table as a pyarrow Table."""
        return _need("pyarrow", "to_arrow").table(self._table())

    def to_pandas(self) -> _pandas.DataFrame:
        """The table as a pandas DataFrame; money stays exact and so becomes Python objects there: see ``plain``."""
        pandas = _need("pandas", "to_pandas")
        if hasattr(pandas.DataFrame, "from_arrow"):
            return pandas.DataFrame.from_arrow(self._table())
        return _need("pyarrow", "to_pandas").table(self._table()).to_pandas()

    def plain(self, zone: str | None = None) -> Table:
        """What altair, Excel and CSV take unaltered: decimals as floats, instants as the readings of a clock in ``zone``, else UTC.

        >>> import siam
        >>> eco = siam.load("{siam: 1, calendars: {office: {zone: Europe/London, hours: {mon-fri: 09:00-17:00}}}}")
        >>> report = eco.next_open("office", "2026-07-04T12:00:00Z")
        >>> report["found"], report.plain("Europe/London")["found"]
        ([datetime.datetime(2026, 7, 6, 8, 0, tzinfo=datetime.timezone.utc)], [datetime.datetime(2026, 7, 6, 9, 0)])
        """
        return Table(self._table().plain(zone or "UTC"))

    def _text(self, columns: Sequence[str] | None, rows: int, language: str) -> str:
        table = self._table()
        names = [] if columns is None else [columns] if isinstance(columns, str) else list(columns)
        for name in names:
            if name not in table.columns:
                raise QueryError(_siam.unknown_name("column", name, table.columns))
        if rows < 0:
            raise QueryError(_siam.argument_problem("rows", str(rows), "a number of rows", "0 or more"))
        return table.text(names, rows, _languages.catalogue(language))

    def to_csv(self) -> bytes:
        """CSV with a header; no cell of it runs as a formula in a spreadsheet."""
        return self._table().to_csv()


class Table(Tabular):
    """A flat table that never changes. It goes to polars, pandas, pyarrow and duckdb as it is.

    >>> import siam
    >>> eco = siam.load("siam: 1\\nservices: {wan: {}, email: {depends_on: [wan], users: 40}}")
    >>> eco.impact("wan").table("summary").to_dict()
    {'services': [2], 'critical': [0], 'users': [40], 'suppliers': [0], 'agreements': [0], 'planned': [0], 'recompiled': [0]}
    """

    __slots__ = ("_held",)

    def __init__(self, held: _siam.Table) -> None:
        self._held = held

    def _table(self) -> _siam.Table:
        return self._held

    @property
    def name(self) -> str:
        """Its name within its report."""
        return self._held.name

    def text(self, columns: Sequence[str] | None = None, rows: int = 10, *, language: str = "en") -> str:
        """The table as aligned lines, the same in every language: these columns (all unless named), at most so many rows."""
        return self._text(columns, rows, language)

    def save(self, path: str | os.PathLike[str], *, language: str = "en") -> Path:
        """Writes ``.csv``, ``.json``, ``.html`` or ``.xlsx`` (with ``pip install siam[excel]``); no cell runs as a formula. Gives the path."""
        words = _languages.catalogue(language)
        writers: _export.Writers = {
            ".csv": self.to_csv,
            ".json": lambda: self._held.json().encode(),
            ".html": lambda: self._held.html(words).encode(),
            ".xlsx": lambda: _export.workbook([self._held], words),
        }
        return _export.save(path, writers)

    def __repr__(self) -> str:
        return _show.text(self._held, f"Table {self.name}: {_show.rows(len(self))}", [])

    def _repr_html_(self) -> str:
        return _show.html(self._held, f"{self.name}: {_show.rows(len(self))}")
