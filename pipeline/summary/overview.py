"""The summary workbook's first sheet, 总览: how complete it is, the key figures, the charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from pipeline.aggregate.comparison import measure_change
from pipeline.aggregate.completeness import OVERDUE
from pipeline.books.cells import (
    Formula,
    Value,
    cell_text,
    line_count,
    link_cell,
    merge,
    put,
    row_height,
    to_sheet,
)
from pipeline.summary.book import DASH, OVERVIEW, ROW_PIXELS, Book, Sheet, covered
from pipeline.summary.charts import Drawn, drawn_charts, native_chart
from pipeline.summary.formats import decimals_needed
from pipeline.summary.formulas import listed_cells, measure_formula
from pipeline.summary.listing import set_page
from pipeline.summary.standing import STATUS_COLUMN, publication_counts, status_counts
from pipeline.summary.years import change_formats, compared
from pipeline.text.wording import quoted

_GRID = 14
"""总览 is laid out on so many narrow columns."""

_GRID_WIDTH = 6.5
_GRID_PIXELS = 57
_OVERVIEW_SCALE = 72
"""Per cent: at it, those columns are within an A4 page in whatever font stands in for 宋体."""
_PAGE_PIXELS = 1330
"""The height of a page at that scale, with a margin for other fonts."""
_PIXELS_PER_POINT = 4 / 3
_HIGHER, _HIGHER_CARDS, _HIGHER_FIGURE = 105, 31, 11
"""By so many pixels the title, the headings and the ways to other sheets are higher than usual
rows; a row of counts; and one of a key figure."""


def write_overview(book: Book, plan: Sequence[Sheet], heading: str) -> None:
    """Write 总览 under a heading; ``plan`` has all the sheets, this one first."""
    ws = book.sheets[book.name(OVERVIEW)]
    formats = book.formats
    set_page(book, ws, landscape=False, pages=None)
    ws.set_print_scale(_OVERVIEW_SCALE)
    ws.center_horizontally()
    ws.set_column(0, _GRID - 1, _GRID_WIDTH)
    ws.set_row(0, 34)
    title = formats("title", align="center")
    _wide(ws, 0, heading, title)
    row = _overview_state(book, ws, 1)
    tabs = _overview_tabs(book, ws, row + 1, plan)
    standing = _overview_standing(book, ws, tabs + 1)
    row = _overview_figures(book, ws, standing + 1)
    higher = _HIGHER + _HIGHER_CARDS * max(0, (standing - tabs - 2) // 2)
    higher += _HIGHER_FIGURE * len(book.edition.measures)
    higher += round(_state_height(_state_words(book)) * _PIXELS_PER_POINT) - ROW_PIXELS
    last = _overview_charts(book, ws, row + 1, higher)
    ws.print_area(0, 0, last, _GRID - 1)
    ws.freeze_panes(1, 0)
    ws.activate()
    ws.set_first_sheet()


def _wide(ws: Any, row: int, words: str, style: Any) -> None:
    """A line across the page, as high as its words need."""
    merge(ws, row, 0, 1, _GRID, style)
    ws.write_string(row, 0, cell_text(words), style)


def _overview_state(book: Book, ws: Any, row: int) -> int:
    """Whether the figures are all there, in words and in a frame."""
    words = _state_words(book)
    style = "complete" if book.content.standing and not book.draft else "draft"
    ws.set_row(row, _state_height(words))
    _wide(ws, row, words, book.formats(style, align="center"))
    return row + 1


def _state_height(words: str) -> float:
    return row_height(line_count(words, _GRID * _GRID_WIDTH))


def _state_words(book: Book) -> str:
    coverage, standing = book.content.coverage, book.content.standing
    sums = f"以下各数{covered(book)}"
    if coverage:
        return f"{coverage}。{sums}，不是全部。"
    if book.waiting:
        return f"草稿：还有 {len(book.waiting)} 个单位没有通过。{sums}，不是全部。"
    if standing:
        return f"已齐：应报 {len(standing)} 个单位全部通过。"
    unsure = book.content.unsure
    return f"{sums}（{unsure}）。" if unsure else f"{sums}。"


def _overview_tabs(book: Book, ws: Any, row: int, plan: Sequence[Sheet]) -> int:
    """The way to every other sheet."""
    style = book.formats("tab")
    others = plan[1:]
    for at, sheet in enumerate(others):
        line, column = row + at // 7, at % 7 * 2
        merge(ws, line, column, 1, 2, style)
        tip = cell_text(sheet.about)[:255]
        ws.write_url(line, column, to_sheet(sheet.name), style, sheet.name, tip)
        ws.set_row(line, 22)
    return row + -(-len(others) // 7)


def _overview_standing(book: Book, ws: Any, row: int) -> int:
    """How many units stand where, counted in 报送情况, and how many reports are published."""
    standing, county = book.content.standing, book.county
    if not standing:
        return row - 1
    _section(ws, row, "报送情况（个单位）", book.formats("heading"))
    row += 1
    sheet = book.name("报送情况")
    cards: dict[str, tuple[str | None, int]] = {}
    cards["应报"] = f"=ROWS({listed_cells(sheet, 0, len(standing))})", len(standing)
    statuses = listed_cells(sheet, STATUS_COLUMN, len(standing))
    cards |= {status: (statuses, count) for status, count in status_counts(standing).items()}
    rows = f"=ROWS({book.details.reference(0)})" if county.members else "=0"
    cards["计入汇总"] = (
        (rows if county.reporting == len(county.members) else None),
        county.reporting,
    )
    row = _cards(book, ws, row, cards)
    published = book.content.published
    if any(line.on or line.status == OVERDUE for line in published):
        cells = listed_cells(book.name("公布情况"), STATUS_COLUMN, len(published))
        counts = publication_counts(published)
        row = _cards(book, ws, row, {word: (cells, count) for word, count in counts.items()})
    return row


def _cards(book: Book, ws: Any, row: int, cards: Mapping[str, tuple[str | None, int]]) -> int:
    """Counts, each under its word: by a formula, by how often the word stands in some cells,
    or as a plain number (None)."""
    formats = book.formats
    for at, (label, (source, count)) in enumerate(cards.items()):
        line, column = row + at // 7 * 2, at % 7 * 2
        cell = xl_rowcol_to_cell(line, column, row_abs=True, col_abs=True)
        told: Value = count
        if source is not None:
            formula = source if source[0] == "=" else f"=SUMPRODUCT(--EXACT({source},{cell}))"
            told = Formula(formula, count)
        ws.set_row(line, 20)
        ws.set_row(line + 1, 30)
        _spanned(ws, line, [label], (2,), [formats("column_label")], column)
        _spanned(ws, line + 1, [told], (2,), [formats("card")], column)
    return row + -(-len(cards) // 7) * 2


def _section(ws: Any, row: int, words: str, style: Any) -> None:
    """A heading, underlined across the page."""
    ws.set_row(row, 24)
    for at in range(_GRID):
        ws.write_blank(row, at, None, style)
    ws.write_string(row, 0, words, style)


def _overview_figures(book: Book, ws: Any, row: int) -> int:
    """The key figures that the edition names, with last year's when there is one."""
    measures, formats, prior = book.edition.measures, book.formats, book.content.prior
    if not measures:
        return row - 1
    _section(ws, row, "主要数字", formats("heading"))
    row += 1
    spans = (6, 2, 6) if prior is None else (4, 2, 2, 2, 2, 2)
    heads = ["项目", "计量单位", f"{book.county.year}年"]
    heads += [f"{prior.year}年", "增减", "增减%"] if prior is not None else []
    _spanned(ws, row, heads, spans, [formats("head")] * len(spans))
    ws.set_row(row, 22)
    for measure in measures:
        row += 1
        ws.set_row(row, 22)
        kept = measure.value(book.total)
        values: tuple[Value, ...] = (measure_formula(book, measure),)
        places = decimals_needed([kept], measure.scale)
        if prior is not None:
            change = measure_change(measure, book.edition, prior.edition, book.prior_total)
            cells = [xl_rowcol_to_cell(row, at) for at in (6, 8, 10)]
            values = compared(measure_formula(book, measure), kept, change, measure.scale, cells)
            if change.why and change.before is not None:
                values = (*values[:2], "口径不同", DASH)
            places = decimals_needed([kept, change.before or 0], measure.scale)
        styles = [formats("label"), formats("word")]
        for value, shown in zip(values, change_formats(places), strict=False):
            style = "word" if isinstance(value, str) else "figure"
            styles.append(formats(style, num_format=shown, text_wrap=False, shrink=True))
        if len(measure.terms) == 1:
            at = book.details.columns[measure.terms[0].field]
            tip = f"各单位的{quoted(measure.label)}：{book.details.sheet}"
            link_cell(ws, row, sum(spans[:2]), book.details.link(at), tip)
        _spanned(ws, row, [measure.label, measure.unit, *values], spans, styles)
    return row + 1


def _spanned(
    ws: Any,
    row: int,
    values: Sequence[Value],
    spans: Sequence[int],
    styles: Sequence[Any],
    column: int = 0,
) -> None:
    """Write values side by side, each over so many columns."""
    for value, span, style in zip(values, spans, styles, strict=True):
        merge(ws, row, column, 1, span, style)
        put(ws, row, column, value, style)
        column += span


def _overview_charts(book: Book, ws: Any, row: int, higher: int) -> int:
    """The charts: those of parts two abreast, then the others across the page; one that doesn't
    fit begins a page.  ``higher`` is by how many pixels the rows above are higher than the usual."""
    _, drawn = drawn_charts(book)
    parts = [one for one in drawn if one.chart.kind == "parts"]
    across = [one for one in drawn if one.chart.kind != "parts" and one.points]
    if not parts and not across:
        return row - 1
    _section(ws, row, "图", book.formats("heading"))
    row += 2
    for at in range(0, len(parts), 2):
        row = _chart_row(book, ws, row, parts[at : at + 2])
    room = _PAGE_PIXELS - higher - row * ROW_PIXELS
    breaks = []
    for one in across:
        height = (_chart_rows([one]) + 1) * ROW_PIXELS
        if height > room:
            breaks.append(row - 1)
            room = _PAGE_PIXELS
        room -= height
        row = _chart_row(book, ws, row, [one])
    ws.set_h_pagebreaks(breaks)
    return row


def _chart_rows(charts: Sequence[Drawn]) -> int:
    """How many rows charts side by side are high: a bar needs its room."""
    bars = max(one.points for one in charts)
    pixels = 300 if charts[0].chart.kind == "years" else 70 + 26 * max(3, bars)
    return -(-pixels // ROW_PIXELS) if bars else 1


def _chart_row(book: Book, ws: Any, row: int, charts: Sequence[Drawn]) -> int:
    """Charts side by side; gives the row below them."""
    rows = _chart_rows(charts)
    half = charts[0].chart.kind == "parts"
    pixels = _GRID * _GRID_PIXELS // (2 if half else 1)
    for at, one in enumerate(charts):
        column = at * _GRID // 2
        if not one.points:
            words = f"{one.title}：全部为 0，没有图。"
            ws.write_string(row, column, words, book.formats("note", text_wrap=False))
            continue
        width, height = pixels - 8, rows * ROW_PIXELS
        made = native_chart(book, one, width, height)
        made.set_size({"width": width, "height": height})
        ws.insert_chart(row, column, made, {"x_offset": 4, "description": one.about})
    return row + rows + 1
