"""Cells that look blank to a fast reader but are not: formulas never computed, and errors.

A figure must not be taken for 0 because its formula has no value.  Only workbooks with blank
input cells are looked through again, by the libraries that keep what a cell was written with.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from pipeline.ooxml.untrusted import read_xml
from pipeline.sheets.unpacking import unpacked

Cells = Mapping[str, Collection[tuple[int, int]]]
"""(row, column), counted from 0, by the name of the sheet."""

UNKNOWN: Final = "（无法确认）"
"""What is said of a cell when the workbook can't be looked through: it is not taken for blank."""

MAX_CONTENT = 8 * 1024 * 1024
"""A spreadsheet's XML (bytes) beyond this is not looked through: it would take over 5 seconds."""


def valueless(content: bytes, blank: Cells) -> dict[tuple[str, int, int], str]:
    """Which of the blank cells hold a formula without a value, or an error, with what stands
    there."""
    try:
        return {(sheet, *place): text for sheet, place, text in _found(content, blank)}
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  whatever a library makes of a damaged file: nothing is known then
        return {(sheet, *place): UNKNOWN for sheet, places in blank.items() for place in places}


def _found(content: bytes, blank: Cells) -> Iterator[tuple[str, tuple[int, int], str]]:
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return _in_xls(content, blank)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        if "content.xml" in package.namelist():
            return iter(list(_in_ods(package, blank)))
    return _in_xlsx(content, blank)


def _in_xlsx(content: bytes, blank: Cells) -> Iterator[tuple[str, tuple[int, int], str]]:
    import openpyxl

    unpacked(content, MAX_CONTENT)
    # Read only: else a merge of the whole sheet would be laid out cell by cell.
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    for sheet, places in blank.items():
        wanted = {(row + 1, column + 1) for row, column in places}
        last = max(row for row, _ in wanted)
        for line in book[sheet].iter_rows(max_row=last):
            for cell in line:
                if cell.value is None or (cell.row, cell.column) not in wanted:
                    continue
                if str(cell.value).strip():
                    yield sheet, (cell.row - 1, cell.column - 1), str(cell.value)


def _in_xls(content: bytes, blank: Cells) -> Iterator[tuple[str, tuple[int, int], str]]:
    import xlrd

    book = xlrd.open_workbook(file_contents=content, logfile=io.StringIO())
    for name, places in blank.items():
        sheet = book.sheet_by_name(name)
        for row, column in places:
            if row < sheet.nrows and column < sheet.row_len(row):
                cell = sheet.cell(row, column)
                if cell.ctype == xlrd.XL_CELL_ERROR:
                    told = xlrd.error_text_from_code.get(cell.value, UNKNOWN)
                    yield name, (row, column), told


_TABLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


def _in_ods(package: zipfile.ZipFile, blank: Cells) -> Iterator[tuple[str, tuple[int, int], str]]:
    if package.getinfo("content.xml").file_size > MAX_CONTENT:
        raise ValueError("content.xml is too large")
    root = read_xml(package.read("content.xml"))
    for table in root.iter(f"{_TABLE}table"):
        name = table.get(f"{_TABLE}name", "")
        wanted = set(blank.get(name, ()))
        top = 0
        for line in table.iter(f"{_TABLE}table-row"):
            height = int(line.get(f"{_TABLE}number-rows-repeated", "1"))
            left = 0
            for cell in line:
                width = int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
                said = "".join(map(str, cell.itertext()))
                text = said if said.strip() else cell.get(f"{_TABLE}formula", "")
                if text.strip():
                    for row, column in wanted:
                        if top <= row < top + height and left <= column < left + width:
                            yield name, (row, column), text.removeprefix("of:")
                left += width
            top += height
