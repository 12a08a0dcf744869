"""How the sheets of the standardized workbook are drawn: formats, page set-up, the room that text
takes, and the sentences that say how far things are."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format

from pipeline.books.fast_book import Sheet as FastSheet
from pipeline.books.theme import THEME


class Sheet(FastSheet):
    """A worksheet as xlsxwriter makes it, with two things that it has no switch for."""

    def __init__(self) -> None:
        super().__init__()
        self._growing: set[int] = set()

    def set_growing_row(self, row: int, height: float, hidden: bool = False) -> None:
        """Give a row a height (points) to begin with, that still grows with what is typed.

        Excel fits such a row itself; LibreOffice does so only once it is edited.
        """
        self.set_row(row, height, None, {"hidden": True} if hidden else None)
        self._growing.add(row)

    def _xml_start_tag_unencoded(self, tag: str, attributes: Any = None) -> None:
        if tag == "row" and attributes[0][1] - 1 in self._growing:
            attributes = [pair for pair in attributes if pair[0] != "customHeight"]
        super()._xml_start_tag_unencoded(tag, attributes)


def add_sheet(book: xlsxwriter.Workbook, name: str) -> Sheet:
    sheet = book.add_worksheet(name, Sheet)
    assert isinstance(sheet, Sheet)
    return sheet


class Styles:
    """The cell formats of a workbook, each made when first asked for."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple[str, ...], Format] = {}

    def __call__(self, *names: str) -> Format:
        """The format that joins the named traits, later ones winning."""
        made = self._made.get(names)
        if made is None:
            traits: dict[str, Any] = {"font_color": THEME.ink, "valign": "vcenter"}
            for name in names:
                traits |= _TRAITS[name]
            made = self._made[names] = self._book.add_format(traits)
        return made

    def over(self, name: str) -> Format:
        """A conditional format: the trait alone, laid over what the cell has."""
        made = self._made.get(("over", name))
        if made is None:
            made = self._made["over", name] = self._book.add_format(dict(_TRAITS[name]))
        return made


_TRAITS: Mapping[str, Mapping[str, Any]] = {
    "plain": {},
    "box": {"border": 1, "border_color": THEME.line},
    "wrap": {"text_wrap": True},
    "top": {"valign": "top"},
    "left": {"align": "left"},
    "indent": {"indent": 1},
    "centre": {"align": "center"},
    "right": {"align": "right"},
    "bold": {"bold": True},
    "small": {"font_size": THEME.size - 2},
    "muted": {"font_color": THEME.muted},
    "title": {
        "font_name": THEME.heading_font,
        "font_size": THEME.title_size,
        "font_color": THEME.brand,
    },
    "banner": {"bg_color": THEME.brand, "font_color": "#FFFFFF"},
    "band": {"bg_color": THEME.brand_light, "bold": True, "font_color": THEME.brand},
    "lines": {"top": 1, "bottom": 1, "top_color": THEME.line, "bottom_color": THEME.line},
    "apart": {"border": 1, "border_color": "#FFFFFF"},
    "label": {"bg_color": THEME.label_fill},
    "input": {"bg_color": THEME.input_fill, "locked": False},
    "given": {"font_color": THEME.brand, "italic": True},
    "total": {"bg_color": THEME.total_fill, "bold": True},
    "good": {"bg_color": THEME.good_fill, "font_color": THEME.good_ink},
    "bad": {"bg_color": THEME.error_fill, "font_color": THEME.error_ink},
    "warn": {"bg_color": THEME.warning_fill, "font_color": THEME.warning_ink},
    "error_mark": {"bg_color": THEME.error_mark},
    "warning_mark": {"bg_color": THEME.warning_mark},
    "notice_mark": {"bg_color": THEME.notice_mark},
    "good_ink": {"font_color": THEME.good_ink, "bold": True},
    "bad_ink": {"font_color": THEME.error_ink, "bold": True},
    "warn_ink": {"font_color": THEME.warning_ink, "bold": True},
    "quiet": {"bg_color": THEME.label_fill, "font_color": THEME.muted},
    "link": {"font_color": THEME.brand, "underline": 1},
    # The blank at the end keeps a figure off the line beside it.
    "count": {"num_format": "0_ ;-0_ "},
    "signed": {"num_format": "+0_ ;-0_ ;0_ "},
    "money": {"num_format": "General_ "},
    "yuan": {"num_format": "General_ "},
    "money_text": {"num_format": "General_ ;-General_ ;0_ ;@_ "},
    "date": {"num_format": "yyyy-mm-dd"},
    "text": {"num_format": "@"},
    "locked": {"locked": True},
}

PROTECTION = {"select_locked_cells": False, "format_columns": True, "format_rows": True}
"""Only inputs can be selected, so that Tab and the mouse go from one to the next."""

OPEN_PROTECTION = {**PROTECTION, "select_locked_cells": True, "autofilter": True}
"""For sheets to read: a link in a cell that can't be selected can't be followed."""


def apply_page_setup(sheet: Sheet, name: str) -> None:
    """What all sheets have alike: A4, one page wide, page numbers, no grid lines."""
    sheet.hide_gridlines(2)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.7)
    sheet.center_horizontally()
    sheet.set_header(f'&R&"{THEME.font},Regular"&9{name}')
    sheet.set_footer(f'&C&"{THEME.font},Regular"&9第 &P 页，共 &N 页')


@lru_cache(maxsize=4096)
def text_width(text: str) -> int:
    """The width of a line in half-width characters, as columns are measured."""
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def lines_of(text: str, width: float) -> int:
    """How many lines a text takes in a column of a width."""
    room = max(width - 1, 2)
    return sum(max(1, math.ceil(text_width(line) / room)) for line in text.split("\n"))


LINE = 15.0
"""The height of a line of text, in points."""

SMALL_LINE = 12.5
SMALLER = 4 / 3
"""How many more small characters than usual ones go into a width."""

HIGHEST = 409.0
"""Excel has no higher rows."""


def short(text: str, limit: int) -> str:
    """A text within the limits that Excel sets to titles (32) and messages (255)."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def refusal(message: str) -> dict[str, str]:
    return {"error_title": "请重新填写", "error_message": short(message, 255)}


def band(sheet: Sheet, row: int, caption: str, columns: int, styles: Styles) -> None:
    """A coloured line across a sheet that heads what is below it."""
    format_ = styles("band", "lines", "left", "indent")
    sheet.set_row(row, 22)
    sheet.write_string(row, 0, caption, format_)
    for column in range(1, columns):
        sheet.write_blank(row, column, None, format_)


def write_text(sheet: Sheet, row: int, column: int, text: str, format_: Format) -> None:
    if text:
        sheet.write_string(row, column, text, format_)
    else:
        sheet.write_blank(row, column, None, format_)
