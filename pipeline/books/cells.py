"""Writing the cells of the summary workbook: text stays text, links, how much room words take."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from xlsxwriter.utility import quote_sheetname, xl_rowcol_to_cell

from pipeline.text.labels import address


@dataclass(frozen=True, slots=True)
class Formula:
    """A live formula and the figure that the program computed for it."""

    text: str
    value: float | str


Value = str | int | float | Formula


_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def cell_text(words: str) -> str:
    """Text that the file can hold: no control or half characters, not over a cell's length."""
    return _NOT_XML.sub("\ufffd", words)[:32_000]


def put(ws: Any, row: int, column: int, value: Value, style: Any) -> None:
    """Write a value as what it is: text stays text, whatever it begins with; none is no text."""
    if isinstance(value, Formula):
        ws.write_formula(row, column, value.text, style, value.value)
    elif value == "":
        ws.write_blank(row, column, None, style)
    elif isinstance(value, str):
        ws.write_string(row, column, cell_text(value), style)
    else:
        ws.write_number(row, column, value, style)


def merge(ws: Any, row: int, column: int, rows: int, columns: int, style: Any) -> None:
    """Make one cell of several; what it holds is put in its first."""
    if rows * columns > 1:
        ws.merge_range(row, column, row + rows - 1, column + columns - 1, "", style)


def link_cell(ws: Any, row: int, column: int, target: str, tip: str) -> None:
    """Make a cell a link; what it shows is put there afterwards."""
    ws.write_url(row, column, target, string="→", tip=cell_text(tip)[:255])


OPEN_COPY = "打开标出错处的文件"


def to_copy(copy: str, sheet: str = "", cell: str = "") -> str:
    """The target of a link to a marked copy beside the workbook, at a cell of it if there is one;
    empty where its name can't stand in a link."""
    if not copy or set(copy) & set("#%"):
        return ""
    plain = cell and sheet and "#" not in sheet
    return f"external:{copy}" + (f"#{quote_sheetname(sheet)}!{cell}" if plain else "")


def to_sheet(name: str) -> str:
    """The target of a link to a sheet."""
    return f"internal:{quote_sheetname(name)}!A1"


@lru_cache(maxsize=4096)
def text_width(words: str) -> int:
    """How wide a text is, in half-width characters."""
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in words)


def line_count(words: str, width: float) -> int:
    """How many lines a text takes in a cell so many characters wide."""
    room = max(2, int(width) - 1)
    return sum(max(1, -(-text_width(line) // room)) for line in words.split("\n"))


def row_height(lines: int) -> float:
    """A row's height in points; Excel allows 409."""
    return min(409.0, 7 + 15.0 * max(1, lines))


def area_name(area: tuple[int, int, int, int]) -> str:
    """``A5:F12`` for the first row and column and the last, counted from 0."""
    return f"{xl_rowcol_to_cell(*area[:2])}:{xl_rowcol_to_cell(*area[2:])}"


Spot = tuple[int, int]
"""A row and a column of a sheet, counted from 0."""


def rectangles(spots: Iterable[Spot]) -> list[tuple[int, int, int, int]]:
    """Cells as few rectangles (top, left, bottom, right): runs across, then equal runs joined."""
    runs: list[list[int]] = []
    for row, column in sorted(set(spots)):
        if runs and runs[-1][0] == row and runs[-1][2] == column - 1:
            runs[-1][2] = column
        else:
            runs.append([row, column, column])
    found: list[tuple[int, int, int, int]] = []
    for row, left, right in runs:
        above = next((a for a in found if (a[1], a[3]) == (left, right) and a[2] == row - 1), None)
        if above is None:
            found.append((row, left, row, right))
        else:
            found[found.index(above)] = (above[0], left, row, right)
    return found


def area_text(area: tuple[int, int, int, int]) -> str:
    """``D7:I29``, or ``D7`` for one cell."""
    top, left, bottom, right = area
    first, last = address(top, left), address(bottom, right)
    return first if first == last else f"{first}:{last}"


def reference(sheet: str, spot: Spot) -> str:
    """``'依申请公开'!D7``."""
    return f"'{sheet}'!{address(*spot)}"


# ------------------------------------------------------------------------ how a place is written


def fixed(spot: Spot) -> str:
    """``$D$7``: a place that stays when a formula is copied."""
    letters = address(0, spot[1])[:-1]
    return f"${letters}${spot[0] + 1}"
