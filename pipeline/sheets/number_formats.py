"""Number formats by which a spreadsheet shows another number than a cell holds.

A clerk who pastes from a finance sheet brings its formats along: 12000 shown as 1.2万, 3 as 300%.
What a cell holds is read; who sees another number must be told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from pipeline.ooxml.untrusted import UnreadableXml, read_xml

STYLES = "xl/styles.xml"

Places = frozenset[tuple[int, int]]
"""(row, column), counted from 0."""

_PERCENT = {9, 10}
"""The formats without a code of their own that multiply by 100 (ECMA-376, 18.8.30)."""

_LITERAL = re.compile(r'"([^"]*)"|[\\!_*](.)')
_ASIDE = re.compile(r"\[[^\]]*\]")
_FALSE_POINT = re.compile(r'[0#?](?:[\\!]\.|"\.")[0#?]')
_THOUSANDTHS = re.compile(r"[0#?],+(?![0#?,])")


def disguises(code: str) -> bool:
    """Whether a format code shows a positive number as another, or hides it.

    >>> [disguises(code) for code in ("0.00", "0%", '0!.0,"万"', '0"件"', ";;;")]
    [False, True, True, False, True]
    """
    positive = _ASIDE.sub("", code).split(";")[0]
    if _FALSE_POINT.search(positive):
        return True
    bare = _LITERAL.sub("", positive)
    if "%" in bare or _THOUSANDTHS.search(bare):
        return True
    return not bare.strip()


@lru_cache(maxsize=64)
def _disguising(styles: bytes) -> frozenset[int]:
    """The cell formats by number that show another number than is held.

    Cached: workbooks that were issued alike have the same.
    """
    try:
        root = read_xml(styles)
    except UnreadableXml:
        return frozenset()
    codes = {one.get("numFmtId"): one.get("formatCode", "") for one in root.iter("{*}numFmt")}
    odd = {number for number, code in codes.items() if disguises(code)}
    odd |= {str(number) for number in _PERCENT} - codes.keys()
    formats = root.find("{*}cellXfs")
    listed = list(formats) if formats is not None else []
    return frozenset(at for at, one in enumerate(listed) if one.get("numFmtId") in odd)


_CELL = re.compile(rb'<c r="([A-Z]{1,2})([0-9]{1,5})" s="([0-9]+)"')


def disguised_cells(parts: Mapping[str, bytes], sheet: str) -> Places:
    """The cells of a sheet of an .xlsx package, by its part, that show another number than they
    hold."""
    odd = _disguising(parts[STYLES]) if STYLES in parts else frozenset()
    if not odd:
        return frozenset()
    return frozenset(
        (int(row) - 1, _column(letters))
        for letters, row, style in _CELL.findall(parts.get(sheet, b""))
        if int(style) in odd
    )


def _column(letters: bytes) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + letter - ord("A") + 1
    return column - 1
