"""Sheets that hold one table, with one header row: their page, their heading, their rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from pipeline.books.cells import (
    Value,
    area_name,
    cell_text,
    line_count,
    link_cell,
    merge,
    put,
    row_height,
    to_sheet,
)
from pipeline.summary.book import LISTING_HEAD, OVERVIEW, Book, Column
from pipeline.summary.formats import STYLES

NOTHING = "（无）"
"""The one line of a table that has none."""


def set_page(book: Book, ws: Any, *, landscape: bool, pages: int | None = 0) -> None:
    """An A4 page with its name, its number, and that the figures are a draft if they are.

    As wide as the sheet and ``pages`` long (0: as many as needed); None leaves the scale alone.
    """
    ws.hide_gridlines(2)
    ws.set_paper(9)
    ws.set_landscape() if landscape else ws.set_portrait()
    ws.set_margins(left=0.6, right=0.6, top=0.8, bottom=0.7)
    if pages is not None:
        ws.fit_to_pages(1, pages)
    title = cell_text(f"{book.county.name} {book.county.year}年度").replace("&", "&&")[:80]
    draft = "草稿" if book.draft else ""
    ws.set_header(f"&L{title}&C{draft}&R&A")
    ws.set_footer("&C第 &P 页，共 &N 页")


def write_heading(
    book: Book, ws: Any, title: str, note: str, widths: Sequence[float], first: int = 0
) -> None:
    """The three rows above a table: what it is, what to know about it, the way back.

    The note goes across the columns of these ``widths``, beginning in column ``first``.
    """
    formats = book.formats
    ws.set_row(0, 30)
    ws.write_string(0, first, cell_text(title), formats("title"))
    wrapped = formats("note", valign="top")
    merge(ws, 1, first, 1, len(widths), wrapped)
    ws.set_row(1, row_height(line_count(note, sum(widths))))
    ws.write_string(1, first, cell_text(note), wrapped)
    overview = book.name(OVERVIEW)
    ws.write_url(2, 0, to_sheet(overview), formats("link"), f"← 返回{overview}")


def write_listing(
    book: Book,
    ws: Any,
    *,
    table: str,
    title: str,
    note: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Value]],
    styles: Mapping[tuple[int, int], Mapping[str, object]] = MappingProxyType({}),
    links: Mapping[tuple[int, int], tuple[str, str]] = MappingProxyType({}),
    frozen: int = 1,
) -> None:
    """A sheet of one table with filters, its header frozen and repeated on every page.

    ``styles`` has what is particular to a cell of ``rows``, by its place there, ``links`` where
    one leads and what its tip says.
    """
    formats = book.formats
    set_page(book, ws, landscape=True)
    write_heading(book, ws, title, note, [column.width for column in columns])
    for at, column in enumerate(columns):
        ws.set_column(at, at, column.width)
    head = LISTING_HEAD
    ws.set_row(head, row_height(max(line_count(c.header, c.width - 2) for c in columns)))
    ws.freeze_panes(head + 1, frozen)
    ws.repeat_rows(head)
    if not rows:
        for at, column in enumerate(columns):
            ws.write_string(head, at, column.header, formats("head"))
        ws.write_string(head + 1, 0, NOTHING, formats("note"))
        return
    headers = [{"header": c.header, "header_format": formats("head")} for c in columns]
    area = (head, 0, head + len(rows), len(columns) - 1)
    ws.add_table(*area, {"name": table, "columns": headers, "style": None})
    for down, row in enumerate(rows, start=1):
        lines = 1
        for at, (column, value) in enumerate(zip(columns, row, strict=True)):
            more = styles.get((down - 1, at), {})
            if (down - 1, at) in links:
                link_cell(ws, head + down, at, *links[down - 1, at])
                more = {**more, **STYLES["link"]}
            wanted = {"num_format": column.number_format, **more}
            words = isinstance(value, str)
            style = "word" if words and column.style == "figure" else column.style
            put(ws, head + down, at, value, formats(style, **wanted))
            if isinstance(value, str):
                lines = max(lines, line_count(value, column.width))
        ws.set_row(head + down, row_height(lines))
    cells = area_name(area)
    ws.ignore_errors({"number_stored_as_text": cells, "formula_differs": cells})
