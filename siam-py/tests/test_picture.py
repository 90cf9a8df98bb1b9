"""Pictures as PNG: letters are drawn, or it is said that they cannot be."""

from __future__ import annotations

import struct
import sys
import zlib
from pathlib import Path

import pytest

import siam


@pytest.fixture(scope="module")
def picture() -> siam.Picture:
    return siam.load("{siam: 1, services: {wan: {}, email: {depends_on: [wan]}}}").impact("wan").picture()


def size(png: bytes) -> tuple[int, int]:
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def pixels(png: bytes) -> bytes:
    """The inflated lines of a PNG, filters and all: enough to tell two pictures apart."""
    at, data = 8, b""
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        data += png[at + 8 : at + 8 + length] if kind == b"IDAT" else b""
        at += 12 + length
    return zlib.decompress(data)


def test_a_png_is_as_wide_as_asked_and_its_letters_are_drawn(picture: siam.Picture, tmp_path: Path) -> None:
    pytest.importorskip("resvg_py", reason="the extra siam[png] is not installed")
    assert size(picture.png())[0] == int(picture.svg.split('width="')[1].split('"')[0])
    path = picture.save(tmp_path / "wan.png", width=1600)
    assert size(path.read_bytes())[0] == 1600
    # The same picture with other words is another one: the letters themselves are drawn, not the boxes alone.
    from siam import _export

    assert ">email</text>" in picture.svg
    other = picture.svg.replace(">email</text>", ">xxxxx</text>")
    assert pixels(_export.png(other, None, None)) != pixels(picture.png())


def test_a_picture_without_words_is_an_error(picture: siam.Picture, monkeypatch: pytest.MonkeyPatch) -> None:
    resvg = pytest.importorskip("resvg_py", reason="the extra siam[png] is not installed")
    draw = resvg.svg_to_bytes
    monkeypatch.setattr(resvg, "svg_to_bytes", lambda **asked: draw(**{**asked, "skip_system_fonts": True}))
    with pytest.raises(siam.QueryError, match="a folder with DejaVu Sans or Verdana"):
        picture.png()


def test_a_width_that_is_none_and_a_missing_package_are_told_in_a_line(
    picture: siam.Picture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(siam.QueryError, match="a number of pixels"):
        picture.png(width=0)
    with pytest.raises(siam.QueryError, match="ends in .svg, .dot, .mmd or .png"):
        picture.save(tmp_path / "wan.gif")
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(ImportError, match=r"pip install 'siam\[png\]'"):
        picture.save(tmp_path / "wan.png")
    assert list(tmp_path.iterdir()) == []
