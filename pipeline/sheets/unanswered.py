"""Whether nobody wrote anything below a heading, seen without laying out the sheet.

The sheet of the checks is two thirds of a workbook, formulas nearly all of it, and holds something
that only the clerk can say in a single column, which most leave empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_STRING = (b"<si>", b"<si/>", b"<si ")


def unanswered(sheet: bytes, strings: bytes, heading: str) -> bool:
    """Whether the column below a heading is empty.  False also where it can't be told: the heading
    stands nowhere or twice, or is written in an unusual way."""
    sheet = sheet.partition(b"</sheetData>")[0]
    texts = strings.split(f">{heading}</t>".encode())
    if len(texts) != 2:
        return False
    at = sum(texts[0].count(begin) for begin in _STRING) - 1
    columns = [_HEADING.match(cell) for cell in _cells_of_text(sheet, at)]
    if len(columns) != 1 or columns[0] is None:
        return False
    filled = re.findall(rb'<c r="%s[0-9]+"(?:[^>]*[^/>])?>' % columns[0].group(1), sheet)
    return len(filled) == 1


_HEADING = re.compile(rb'<c r="([A-Z]+)[0-9]+"[^>]* t="s"[^>]*>$')


def _cells_of_text(sheet: bytes, text: int) -> Iterator[bytes]:
    """The beginnings of the cells that may hold a text, by its number."""
    value = b"<v>%d</v>" % text
    end = sheet.find(value)
    while end >= 0:
        cell = sheet[sheet.rfind(b"<c ", 0, end) : end]
        if b't="s"' in cell:
            yield cell
        end = sheet.find(value, end + 1)
