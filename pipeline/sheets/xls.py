"""The sheets of an .xls (or WPS .et) file, and how their cells look."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import xlrd

from pipeline.sheets.appearance import Appearance, Formulas, Spot
from pipeline.sheets.limits import FAR, MAX_CELLS, MAX_COLUMNS, MAX_ROWS, TooLarge
from pipeline.sheets.number_formats import is_plain
from pipeline.text.figures import Raw


class Encrypted(Exception):
    """A workbook that needs a password."""


def read_xls(
    content: bytes,
) -> Iterator[tuple[str, list[list[Raw]], Callable[[], Appearance], Formulas]]:
    """Name, cells and appearance of each sheet.

    Raises:
        Encrypted: it needs a password.
        TooLarge: the sheets have more cells than any workbook of ours.
        Exception: whatever the library finds wrong with the file.
    """
    try:
        book = xlrd.open_workbook(
            file_contents=content, logfile=io.StringIO(), formatting_info=True, ragged_rows=True
        )
    except xlrd.XLRDError as error:
        if "encrypted" in str(error):
            raise Encrypted from error
        raise
    left = MAX_CELLS
    for sheet in book.sheets():
        if sheet.nrows > MAX_ROWS or sheet.ncols > MAX_COLUMNS:
            raise TooLarge(FAR)
        left -= sheet.nrows * sheet.ncols
        if left < 0:
            raise TooLarge(FAR)
        cells = [
            [_value(cell, book) for cell in sheet.row(number)] for number in range(sheet.nrows)
        ]
        yield sheet.name, cells, partial(_appearance, sheet, book), Formulas()


def _value(cell: Any, book: Any) -> Raw:
    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return None
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(cell.value, "#N/A"))
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            return xlrd.xldate_as_datetime(cell.value, book.datemode)  # type: ignore[no-any-return]
        except (OverflowError, ValueError):
            return str(cell.value)
    return cell.value  # type: ignore[no-any-return]


def _appearance(sheet: Any, book: Any) -> Appearance:
    codes: dict[Spot, str] = {}
    marked: dict[Spot, str] = {}
    for row in range(sheet.nrows):
        for column, cell in enumerate(sheet.row(row)):
            if cell.ctype not in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_TEXT):
                continue
            style = book.xf_list[cell.xf_index]
            code = book.format_map[style.format_key].format_str
            if cell.ctype == xlrd.XL_CELL_NUMBER and not is_plain(code):
                codes[row, column] = code
            runs = [font for _, font in sheet.rich_text_runlist_map.get((row, column), ())]
            if _is_odd([style.font_index], book, raised=False) or _is_odd(runs, book, raised=True):
                marked[row, column] = "删除线或上标、下标"
    hidden_rows = {row for row, info in sheet.rowinfo_map.items() if info.hidden or not info.height}
    hidden_columns = {at for at, info in sheet.colinfo_map.items() if info.hidden or not info.width}
    return Appearance(
        codes=codes,
        marked=marked,
        covered=frozenset(_covered(sheet)),
        hidden_rows=frozenset(hidden_rows),
        hidden_columns=frozenset(hidden_columns),
        hidden=bool(sheet.visibility),
    )


def _is_odd(fonts: list[int], book: Any, *, raised: bool) -> bool:
    """Whether one of some fonts is struck out, or (where that is asked) raised or lowered."""
    found = [book.font_list[font] for font in fonts if font < len(book.font_list)]
    return any(font.struck_out or (raised and font.escapement) for font in found)


def _covered(sheet: Any) -> Iterator[Spot]:
    for top, bottom, left, right in sheet.merged_cells:
        for row in range(top, min(bottom, sheet.nrows)):
            for column in range(left, min(right, sheet.ncols)):
                if (row, column) != (top, left):
                    yield row, column
