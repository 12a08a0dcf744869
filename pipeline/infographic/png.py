"""The 图解 as a PNG picture, where the library that draws it is installed.

It is optional: its wheels are not there for every machine, and the SVG says the same.
"""

from __future__ import annotations

from importlib.util import find_spec

INSTALL = ".venv/bin/python -m pip install --require-hashes -r requirements/png.txt"

_ZOOM = 2
"""Pixels of the picture for each of the SVG's, so that it is sharp on a telephone."""


def available() -> bool:
    return find_spec("resvg_py") is not None


def png(svg: str) -> bytes:
    """The picture of an SVG, with the fonts of this machine.

    Raises:
        ModuleNotFoundError: the library isn't there; see :func:`available`.
    """
    import resvg_py

    return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=_ZOOM))
