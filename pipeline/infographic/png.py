"""The 图解 as a PNG picture, where the library that draws it is installed.

It is optional: its wheels are not there for every machine, and the SVG says the same.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec

from pipeline.charts.svg import FONTS

INSTALL = ".venv/bin/python -m pip install --require-hashes -r requirements/png.txt"

_IN_NO_FONT = "\ue000"
"""A character for private use: what stands for it is what stands for any that a font lacks."""

_ZOOM = 2
"""Pixels of the picture for each of the SVG's, so that it is sharp on a telephone."""


def available() -> bool:
    """Whether a picture can be drawn: the library is there, and a font for Chinese text."""
    return installed() and has_chinese_font()


def installed() -> bool:
    """Whether the library that draws pictures is there."""
    return find_spec("resvg_py") is not None


@lru_cache(maxsize=1)
def has_chinese_font() -> bool:
    """Whether this machine has a font for Chinese text: without one it would be left out of a
    picture, without a word.

    Raises:
        ModuleNotFoundError: the library isn't there.
    """
    written, unknown, blank = (
        png(
            '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">'
            f'<text y="30" font-size="30" font-family="{FONTS}">{character}</text></svg>'
        )
        for character in ("年", _IN_NO_FONT, "")
    )
    return written not in (unknown, blank)


def png(svg: str) -> bytes:
    """The picture of an SVG, with the fonts of this machine.

    Raises:
        ModuleNotFoundError: the library isn't there; see :func:`available`.
    """
    import resvg_py

    return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=_ZOOM))
