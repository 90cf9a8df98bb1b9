"""Time zone databases of one's own."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from siam import _siam

__all__ = ["zones"]


def zones(source: bytes | Mapping[str, bytes] | os.PathLike[str] | str, version: str | None = None) -> _siam.Zones:
    """A time zone database in place of the one that comes with siam, for ``zones=`` of :func:`siam.load`.

    ``source`` is a folder of compiled zone files such as ``/usr/share/zoneinfo`` or that of the package ``tzdata``, the bytes or path of a
    ``tzdata`` file that holds all zones in one piece, or a mapping from names to the bytes of zone files. ``version`` is told in every
    report; a folder that names its own (in ``+VERSION`` or ``tzdata.zi``) needs none.

    >>> import siam
    >>> try:
    ...     siam.zones({"Europe/London": b"no zone"}, "2031a")
    ... except siam.CheckError as error:
    ...     print(error.problems[0].message)
    `Europe/London` cannot be read as a time zone or a database of them
    """
    if isinstance(source, bytes):
        return _siam.Zones.concatenated(source)
    if isinstance(source, Mapping):
        return _siam.Zones.of_files(version or "", [(name, bytes(data)) for name, data in source.items()])
    path = Path(source)
    if not path.is_dir():
        return _siam.Zones.concatenated(path.read_bytes())
    found: list[tuple[str, bytes]] = []
    for folder, inner, names in os.walk(path):
        # These hold the same zones by another count of seconds.
        inner[:] = sorted(name for name in inner if name not in ("posix", "right"))
        for name in sorted(names):
            file = Path(folder) / name
            data = file.read_bytes()
            if data.startswith(b"TZif"):
                found.append((file.relative_to(path).as_posix(), data))
    return _siam.Zones.of_files(version or _version(path), found)


def _version(folder: Path) -> str:
    """The version that a folder names: the first word of ``+VERSION``, or the last of the first line of ``tzdata.zi``."""
    for name, place in (("+VERSION", 0), ("tzdata.zi", -1)):
        file = folder / name
        if file.is_file():
            first = file.read_text("utf-8").split("\n", 1)[0].split()
            if first:
                return first[place]
    return ""
