"""Where a long title or the name of a unit is broken into lines."""

from __future__ import annotations

import re

TITLE_LINE = 20
"""So many characters of 二号 fit in a line of the text area of GB/T 9704-2012."""


def title_lines(title: str, unit: str) -> str:
    """A title too long for one line, broken after the unit's name: no word is torn apart."""
    width = sum(0.5 if character.isascii() else 1 for character in title)
    rest = title.removeprefix(unit)
    if width < TITLE_LINE or rest in (title, ""):
        return title
    return f"{name_lines(unit)}\n{rest}"


_DIVISION = re.compile("(?<=[省市州盟县区旗镇乡）])(?![场域政村）])")
"""After what a name may be broken: a place, and not 市场 or 区域."""


def name_lines(name: str) -> str:
    """A unit's name too long for one line, in two lines as even as whole words allow.

    >>> print(name_lines("示例自治州示例自治县经济技术开发区管理委员会"))
    示例自治州示例自治县
    经济技术开发区管理委员会
    """
    if len(name) <= TITLE_LINE:
        return name
    half = len(name) / 2
    breaks = [found.start() for found in _DIVISION.finditer(name, 1, len(name) - 1)]
    at = min(breaks, key=lambda place: abs(place - half), default=0)
    if not 0 < max(at, len(name) - at) <= TITLE_LINE:
        at = round(half)
    return f"{name[:at]}\n{name[at:]}"
