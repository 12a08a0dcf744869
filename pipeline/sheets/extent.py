"""How far the cells of a workbook reach, looked at before a reader lays them out.

The native reader keeps a sheet as a full rectangle: one cell at XFD1048576 would have it ask for
more memory than there is, which ends the whole process.  Only what was written by a normal
program is let through on a quick look; anything odd is counted through.  A cell that stands twice
in a sheet is seen here, too: a reader would keep one of the two, and Excel calls it damaged.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from typing import Any

from pipeline.ooxml.untrusted import UnreadableXml, read_xml
from pipeline.sheets.plain_xml import MAX_ODD

MAX_ROWS, MAX_COLUMNS, MAX_CELLS = 20_000, 512, 500_000
"""A standardized workbook has about 60 rows a sheet; beyond these a file is not one."""

_UNUSUAL = re.compile(
    rb'<c(?! r="[A-Z]{1,2}+[1-9][0-9]{0,3}+"(?: s="[0-9]++")?+(?: t="[a-zA-Z]++")?+/?+>)'
)
"""What begins like a cell and isn't one in the usual way, in the first 9,999 rows."""

_CELL = re.compile(rb'<c r="([^"]*)')


def reaches_too_far(parts: Mapping[str, bytes]) -> bool:
    """Whether the cells of a package (.xlsx, .ods), by its parts, span more than any workbook of
    ours.

    Raises:
        zipfile.BadZipFile: a part is damaged, or a cell of an .xlsx stands twice in its sheet.
    """
    return any(
        _ods_too_far(part) if name == "content.xml" else _xlsx_too_far(part)
        for name, part in parts.items()
    )


def _xlsx_too_far(part: bytes) -> bool:
    start = part.find(b"sheetData")
    if start < 0:
        return False
    cells = part[start:]
    if b":c" in cells or _UNUSUAL.search(cells) is not None:
        return _counted_too_far(part)
    places = _CELL.findall(cells)
    if len(set(places)) < len(places):
        raise zipfile.BadZipFile("a cell stands twice")
    return len(cells) > MAX_ROWS and cells.count(b"<row") > MAX_ROWS


def _counted_too_far(sheet: bytes) -> bool:
    """The same for a sheet whose cells don't all say in the usual way where they are: its elements
    are looked at one by one."""
    if len(sheet) > MAX_ODD:
        return True
    try:
        root = read_xml(sheet)
    except UnreadableXml as error:
        raise zipfile.BadZipFile("a sheet is damaged") from error
    rows = unplaced = 0
    places: list[tuple[str, int, str]] = []
    for element in root.iter("{*}row", "{*}c"):
        row, letters, placed = _said_place(element)
        if row > MAX_ROWS or len(letters) > _LETTERS_MOST:
            return True
        if placed:
            places.append((str(element.tag), row, letters))
        if element.tag.endswith("row"):
            rows += 1
        else:
            unplaced += not placed
    # A cell that doesn't say where it is stands behind the others of its row.
    if rows > MAX_ROWS or unplaced * rows > MAX_CELLS:
        return True
    if len(set(places)) < len(places):
        raise zipfile.BadZipFile("a row or a cell stands twice")
    return False


_PLACE = re.compile(r"\s*([A-Za-z]*)0*([0-9]*)\s*")
_LETTERS_MOST = 2
"""Columns of three letters are beyond ZZ, the 702nd."""


def _said_place(element: Any) -> tuple[int, str, bool]:
    """The row that a row or a cell says it stands in, the letters of its column, and whether it
    says that at all."""
    place = _PLACE.match(element.get("r", ""))
    letters, digits = place.groups() if place is not None else ("", "")
    return int(digits[:9] or 0), letters.upper(), bool(digits)


_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"


def _ods_too_far(content: bytes) -> bool:
    """Rows and cells are said to be repeated: only up to the last with anything in it do they
    count."""
    try:
        root = read_xml(content)
    except UnreadableXml as error:
        raise zipfile.BadZipFile("content.xml is damaged") from error
    for table in root.iter(f"{_TABLE}table"):
        rows = columns = at = 0
        for row in table.iter(f"{_TABLE}table-row"):
            at += _times(row, "rows")
            width = _filled_width(row)
            if width:
                rows, columns = at, max(columns, width)
        if rows > MAX_ROWS or columns > MAX_COLUMNS or rows * columns > MAX_CELLS:
            return True
    return False


def _filled_width(row: Any) -> int:
    width = at = 0
    for cell in row:
        at += _times(cell, "columns")
        said = any(name.startswith(_OFFICE) for name in cell.attrib) or len(cell)
        width = at if said else width
    return width


def _times(element: Any, axis: str) -> int:
    text = element.get(f"{_TABLE}number-{axis}-repeated", "1")
    return int(text) if text.isdecimal() and len(text) < 9 else 1
