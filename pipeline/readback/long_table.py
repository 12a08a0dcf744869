"""Proof of 长表, which has a row for every figure of every unit, from the bytes of its sheet.

It is the largest sheet by far: what must stand in it is written down anew, row by row, and
compared with what does, without laying the sheet out as cells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from xml.sax.saxutils import escape

from pipeline.aggregate.totals import County
from pipeline.books.cells import cell_text
from pipeline.sheets.package import contents_of
from pipeline.summary.book import LISTING_HEAD
from pipeline.summary.lists import LONG

HEADS = tuple(column.header for column in LONG)

_HEAD = LISTING_HEAD + 1
"""The row that has the header, from 1."""

_WORD = re.compile(rb't="s"><v>([0-9]+)</v></c>')
_TEXT = re.compile(rb"<si><t[^>]*>([^<]*)</t></si>")
_UNIT = re.compile(rb'<c r="A([0-9]+)" s="[0-9]+" t="s"><v>([0-9]+)</v></c>')
_FIGURE = re.compile(rb'<c r="E([0-9]+)" s="[0-9]+"><v>([^<]+)</v></c>')


def proved_long(parts: Mapping[str, bytes], county: County) -> frozenset[str]:
    """The names of the sheets, of a package by its parts, that are 长表 as it must be."""
    contents = contents_of(parts)
    texts = _TEXT.findall(parts.get(contents.strings, b""))
    return frozenset(
        one.name for one in contents.sheets if _is_long(parts[one.part], texts, county)
    )


def _is_long(sheet: bytes, texts: Sequence[bytes], county: County) -> bool:
    top = sheet.find(b'<row r="%d"' % (_HEAD + 1))
    if _words(sheet[:top], texts)[-len(HEADS) :] != list(HEADS):
        return False
    numbers = {text: b"%d" % at for at, text in enumerate(texts)}
    rows = [b"%d" % (_HEAD + down) for down in range(1, 1 + _length(county))]
    units = [numbers.get(name, b"") for name in _names(county) for _ in county.edition.fields]
    return _UNIT.findall(sheet, top) == list(zip(rows, units, strict=True)) and _FIGURE.findall(
        sheet, top
    ) == list(zip(rows, _figures(county), strict=True))


def _words(rows: bytes, texts: Sequence[bytes]) -> list[str]:
    """The texts of some rows' cells, in order."""
    return [texts[int(at)].decode("utf-8") for at in _WORD.findall(rows)]


def _length(county: County) -> int:
    return len(county.members) * len(county.edition.fields)


def _names(county: County) -> Iterator[bytes]:
    for member in county.members:
        yield escape(cell_text(member.unit)).encode("utf-8")


def _figures(county: County) -> Iterator[bytes]:
    for member in county.members:
        for figure, value in zip(county.edition.fields, member.values, strict=True):
            if figure.scale == 1:
                yield b"%d" % (value or 0)
            else:
                yield f"{(value or 0) / figure.scale:.16G}".encode()
