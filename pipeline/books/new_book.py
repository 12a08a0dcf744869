"""Every workbook that we write begins here: no text in it ever becomes a formula, a link or a
number, and the same contents are the same bytes."""

from __future__ import annotations

from typing import IO

from pipeline.books.fast_book import Workbook
from pipeline.books.theme import THEME
from pipeline.ooxml.created import CREATED


def new_book(buffer: IO[bytes], title: str, author: str = "", **measures: float) -> Workbook:
    """An empty workbook in the theme's font.

    ``measures`` are xlsxwriter's ``default_column_width`` and ``default_row_height`` (pixels).
    """
    book = Workbook(
        buffer,
        {
            "in_memory": True,
            "strings_to_numbers": False,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "default_format_properties": {
                "font_name": THEME.font,
                "font_size": THEME.size,
                # Else the reader's own theme would choose another font.
                "font_scheme": "none",
            },
            **measures,
        },
    )
    named = {"title": title, "author": author, "created": CREATED}
    book.set_properties({key: value for key, value in named.items() if value})
    return book
