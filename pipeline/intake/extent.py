"""How far the cells of a workbook reach, looked at before a reader lays them out.

The native reader keeps a sheet as a full rectangle: one cell at XFD1048576 would have it ask for
more memory than there is, which ends the whole process.  Only what was written by a normal
program is let through on a quick look; anything odd is counted through.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from typing import Any

from pipeline.untrusted_xml import UnreadableXml, read_xml

MAX_ROWS, MAX_COLUMNS, MAX_CELLS = 20_000, 512, 500_000
"""A standardized workbook has about 60 rows a sheet; beyond these a file is not one."""

_UNUSUAL = re.compile(rb'<c(?! r="[A-Za-z]{1,2}[0-9]{1,4}")')
"""What begins like a cell and isn't one in the usual way, in the first 9,999 rows."""

_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
_CELL = re.compile(rb"<(?:\w+:)?c(?=[\s/>])[^>]*>")
_PLACE = re.compile(rb"""\sr\s*=\s*["']\s*([A-Za-z]*)0*([0-9]*)["']""")
_FAR_ROW = re.compile(rb"""<(?:\w+:)?row\s[^>]*?\br\s*=\s*["']\s*0*([0-9]{5,})""")


def reaches_too_far(parts: Mapping[str, bytes]) -> bool:
    """Whether the cells of a package (.xlsx, .ods), by its parts, span more than any workbook of
    ours.

    Raises:
        zipfile.BadZipFile: a part is damaged.
    """
    return any(
        _ods_too_far(part) if name == "content.xml" else _xlsx_too_far(part)
        for name, part in parts.items()
    )


def _xlsx_too_far(part: bytes) -> bool:
    start, end = part.find(b"sheetData"), part.rfind(b"sheetData>")
    if start < 0:
        return False
    cells = part[start:end] if end > start else part
    if b":c" in cells or _UNUSUAL.search(cells) is not None:
        return _counted_too_far(part)
    return len(cells) > MAX_ROWS and cells.count(b"<row") > MAX_ROWS


def _counted_too_far(sheet: bytes) -> bool:
    """The same for a sheet whose cells don't all say in the usual way where they are."""
    rows = len(_ROW.findall(sheet))
    if rows > MAX_ROWS or any(int(row) >= MAX_ROWS for row in _FAR_ROW.findall(sheet)):
        return True
    unplaced = 0
    for cell in _CELL.findall(sheet):
        place = _PLACE.search(cell)
        if place is None:
            unplaced += 1
        elif len(place.group(1)) > 2 or len(place.group(2)) > 5 or int(place[2] or 0) >= MAX_ROWS:
            return True
    return unplaced * rows > MAX_CELLS


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
