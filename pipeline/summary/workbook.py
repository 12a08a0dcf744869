"""The county's summary workbook: what an officer keeps, sends on and is asked about.

Everything is derived from the edition.  The units' figures stand once, in 单位明细; every other
figure is a live formula over them, so that each county figure leads back to the units behind
it.  A formula carries the figure that the program computed, for readers that don't calculate.

Sheets for people (总览, the national tables) are laid out for paper; the others hold one table
each, with one header row, so that filters and other programs can use them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from io import BytesIO
from itertools import groupby
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from pipeline.books.cells import (
    Formula,
    area_name,
    cell_text,
    line_count,
    link_cell,
    merge,
    put,
    row_height,
    to_sheet,
)
from pipeline.books.fast_book import Varies
from pipeline.books.new_book import new_book
from pipeline.books.theme import THEME
from pipeline.model.edition import Edition, Field, Table
from pipeline.model.table_grid import Cell, grid
from pipeline.summary.book import (
    LISTING_HEAD,
    OVERVIEW,
    ROW_PIXELS,
    TABLE_TOP,
    WHO,
    Book,
    Sheet,
    scope,
)
from pipeline.summary.charts import write_chart_data
from pipeline.summary.content import SummaryContent
from pipeline.summary.fees import states_fees, write_fees
from pipeline.summary.formats import Formats
from pipeline.summary.formulas import field_formula, in_units, rounded
from pipeline.summary.listing import set_page, write_heading
from pipeline.summary.lists import LONG_LIMIT, write_long, write_notes, write_problems
from pipeline.summary.overview import write_overview
from pipeline.summary.standing import write_published, write_reminders, write_standing
from pipeline.summary.trends import write_trends
from pipeline.summary.years import write_unit_years, write_years
from pipeline.text.wording import quoted

__all__ = ["SummaryContent", "write_summary"]


def write_summary(content: SummaryContent) -> bytes:
    """The summary workbook (.xlsx) of a county; the same bytes for the same content."""
    buffer = BytesIO()
    county = content.county
    title = county.edition.title.format(unit=county.name, year=county.year) + "·汇总"
    # What a column and a row measure in this font, in pixels: charts are placed by it.
    measures = {"default_column_width": 72, "default_row_height": ROW_PIXELS}
    with new_book(buffer, cell_text(title), cell_text(county.name), **measures) as workbook:
        workbook.set_size(1366, 768)
        book = Book(workbook=workbook, content=content, formats=Formats(workbook))
        plan = list(_plan(book))
        for sheet in plan:
            book.sheets[sheet.name] = workbook.add_worksheet(sheet.name)
        for sheet in plan:
            sheet.write(book.sheets[sheet.name])
        write_overview(book, plan, title)
    return buffer.getvalue()


def _plan(book: Book) -> Iterator[Sheet]:
    """The sheets, in order; 总览 is written last, when all the others are known."""

    def sheet(name: str, about: str, write: Callable[[Book, Any], None]) -> Sheet:
        return Sheet(name=book.name(name), about=about, write=lambda ws: write(book, ws))

    def national(table: Table) -> Sheet:
        return Sheet(
            name=table.sheet,
            about=f"{table.caption}：全区汇总",
            write=lambda ws: _write_national(book, table, ws),
        )

    yield sheet(OVERVIEW, "", lambda _book, _ws: None)
    yield from map(national, book.edition.tables)
    yield sheet("单位明细", "每个单位一行、每个数字一列，可以筛选", _write_details)
    if states_fees(book):
        yield sheet("信息处理费", "各单位收取信息处理费的件数和金额", write_fees)
    if book.content.prior is not None:
        yield sheet("同比", "全区各项数字与上年比较", write_years)
        if book.edition.measures:
            yield sheet("单位同比", "各单位主要数字与上年比较", write_unit_years)
    if book.content.earlier and book.edition.measures:
        yield sheet("趋势", "主要数字的历年变化，附图", write_trends)
    if book.content.standing:
        yield sheet("报送情况", "应报单位一览", write_standing)
        yield sheet("催报单", "还没有通过的单位、联系人和催报用语", write_reminders)
    if book.content.published:
        yield sheet("公布情况", "各单位的年报有没有按期公布", write_published)
    yield sheet("校验问题", "每个文件的每个问题", write_problems)
    if len(book.county.members) * len(book.edition.fields) <= LONG_LIMIT:
        yield sheet("长表", "一行一个数字，便于数据透视", write_long)
    if book.edition.charts:
        yield sheet("图表数据", "总览中各图的数字", write_chart_data)
    yield sheet("说明", "数据范围、计量单位和编制依据", write_notes)


# --------------------------------------------------------------------------- the national tables


def _write_national(book: Book, table: Table, ws: Any) -> None:
    """A national table as it is printed, every figure a sum over its column of 单位明细."""
    formats, drawn = book.formats, grid(table)
    set_page(book, ws, landscape=table.landscape, pages=1)
    for at, width in enumerate(drawn.widths):
        ws.set_column(at, at, width)
    last = drawn.columns - 1
    ws.set_row(0, 32)
    title = formats("title", align="center", font_size=THEME.title_size - 1)
    merge(ws, 0, 0, 1, drawn.columns, title)
    ws.write_string(0, 0, cell_text(table.caption), title)
    covers = f"{book.county.name} {book.county.year}年度　{scope(book)}"
    note = formats("note", align="center")
    merge(ws, 1, 0, 1, drawn.columns, note)
    ws.set_row(1, row_height(line_count(covers, sum(drawn.widths))))
    ws.write_string(1, 0, cell_text(covers), note)
    overview = book.name(OVERVIEW)
    ws.write_url(2, 0, to_sheet(overview), formats("link"), f"← 返回{overview}")
    units = "、".join(dict.fromkeys(figure.unit for figure in table.fields))
    ws.write_string(2, last, f"单位：{units}", formats("note", align="right", text_wrap=False))
    top = TABLE_TOP
    for cell in drawn.cells:
        _national_cell(book, ws, cell, top)
    for at, height in _grid_heights(table).items():
        ws.set_row(top + at, height)
    foot = top + drawn.rows
    how = f"点击任一数字，可跳到“{book.details.sheet}”中各单位的这一列；数字是该列的合计公式。"
    below = formats("note")
    merge(ws, foot, 0, 1, drawn.columns, below)
    ws.set_row(foot, row_height(line_count(how, sum(drawn.widths))))
    ws.write_string(foot, 0, how, below)
    area = (top, 0, foot - 1, last)
    ws.ignore_errors({"formula_differs": area_name(area), "formula_range": area_name(area)})
    ws.freeze_panes(top + drawn.head, drawn.stub if drawn.head else 0)
    ws.repeat_rows(0, top + drawn.head - 1)
    ws.print_area(0, 0, foot, last)


_ROLE_STYLES = {
    "heading": "head",
    "stub_heading": "column_label",
    "banner": "column_label",
    "column": "column_label",
    "row": "label",
}


def _national_cell(book: Book, ws: Any, cell: Cell, top: int) -> None:
    row, column = top + cell.row, cell.column
    figure = cell.field
    if figure is None:
        centred = {"align": "center", "indent": 0} if cell.rowspan > 1 else {}
        style = book.formats(_ROLE_STYLES[cell.role], **centred)
        merge(ws, row, column, cell.rowspan, cell.colspan, style)
        ws.write_string(row, column, cell_text(cell.text), style)
        return
    shown = book.number_format(figure)
    # The national format prints no unit for these amounts: the figure says it itself.
    if figure.kind == "money_text":
        shown = ";".join(f'{section}"万元"' for section in shown.split(";"))
    style = book.formats("county_figure", num_format=shown, bold=figure.derived)
    merge(ws, row, column, cell.rowspan, cell.colspan, style)
    at = book.details.columns[figure.key]
    letters = xl_rowcol_to_cell(0, at).rstrip("0123456789")
    tip = f"各单位的{quoted(figure.name)}：{book.details.sheet} {letters}列"
    link_cell(ws, row, column, book.details.link(at), tip)
    put(ws, row, column, field_formula(book, figure), style)


@lru_cache(maxsize=64)
def _grid_heights(table: Table) -> dict[int, float]:
    """Row heights, in points, at which every label of one row shows in full."""
    drawn = grid(table)
    lines: dict[int, int] = {row: 1 for row in range(drawn.rows)}
    for cell in drawn.cells:
        if cell.rowspan == 1 and cell.field is None:
            room = sum(drawn.widths[cell.column : cell.column + cell.colspan])
            lines[cell.row] = max(lines[cell.row], line_count(cell.text, room))
    for cell in drawn.cells:
        if cell.rowspan > 1 and cell.field is None:
            room = sum(drawn.widths[cell.column : cell.column + cell.colspan])
            last = cell.row + cell.rowspan - 1
            lacking = line_count(cell.text, room) - sum(lines[r] for r in range(cell.row, last + 1))
            lines[last] += max(0, lacking)
    return {row: 4 + 15.0 * count for row, count in lines.items()}


# ------------------------------------------------------------------------------------------ 单位明细


def _write_details(book: Book, ws: Any) -> None:
    """A row for each unit, a column for each figure; the whole sum above, the filtered below.

    The title is right of the column of names, which is repeated on every page.
    """
    details = book.details
    set_page(book, ws, landscape=True, pages=None)
    ws.set_print_scale(60)
    note = (
        f"{scope(book)}；标题中注明“（万元）”的是金额。"
        "上方“合计”是全部单位之和，各汇总表用的就是它；末行“筛选后合计”只加筛选出来的单位。"
    )
    write_heading(book, ws, book.title + "单位明细", note, [8, 34, *[10] * 6], first=1)
    _details_table(book, ws)
    _details_rows(book, ws)
    ws.freeze_panes(details.first, 1)
    ws.repeat_rows(LISTING_HEAD, details.first - 1)
    ws.repeat_columns(0)
    starts = [details.columns[table.fields[0].key] for table in book.edition.tables]
    ws.set_v_pagebreaks([start for start in starts if start > len(WHO)])


def _details_table(book: Book, ws: Any) -> None:
    """The table's header and its filters, and the two rows of sums."""
    formats, details = book.formats, book.details
    head, total = details.first - 1, details.last + 1
    names = _headers(book.edition)
    headers = [column.header for column in WHO]
    widths = [column.width for column in WHO]
    sums: dict[int, tuple[Formula, Formula, Any]] = {}
    for figure in book.edition.fields:
        digits = len(f"{abs(book.total[figure.key]) // figure.scale:,}")
        headers.append(names[figure.key])
        widths.append(max(10.0, digits + book.decimals[figure.key] + 4))
        style = formats("sum", num_format=book.number_format(figure))
        whole, filtered = _own_sum(book, figure), _filtered_sum(book, figure)
        sums[details.columns[figure.key]] = whole, filtered, style
        if figure.key in details.written:
            headers.append(f"{names[figure.key]}（原填写）")
            widths.append(18)
    columns: list[dict[str, object]] = [
        {"header": header, "header_format": formats("head")} for header in headers
    ]
    for at, (_, filtered, _) in sums.items():
        columns[at] |= {"total_function": filtered.text, "total_value": filtered.value}
    area = (head, 0, total, len(headers) - 1)
    table = {"name": "单位明细表", "columns": columns, "style": None, "total_row": True}
    ws.add_table(*area, table)
    ws.ignore_errors({"formula_differs": area_name((LISTING_HEAD, *area[1:]))})
    for width, alike in groupby(range(len(widths)), key=widths.__getitem__):
        columns_alike = list(alike)
        ws.set_column(columns_alike[0], columns_alike[-1], width)
    left = formats("sum", align="left")
    for row, words in ((LISTING_HEAD, "合计"), (total, "筛选后合计")):
        ws.write_string(row, 0, words, left)
        for at in range(1, len(widths)):
            if at not in sums:
                ws.write_blank(row, at, None, left)
    for at, (whole, filtered, style) in sums.items():
        put(ws, LISTING_HEAD, at, whole, style)
        put(ws, total, at, filtered, style)
    ws.set_row(LISTING_HEAD, 22)
    ws.set_row(total, 22)
    lines = [line_count(words, room - 2) for words, room in zip(headers, widths, strict=True)]
    ws.set_row(head, row_height(max(lines)))


def _details_rows(book: Book, ws: Any) -> None:
    """The units and their figures."""
    formats, fields = book.formats, book.edition.fields
    kinds = {line.unit: line.kind for line in book.content.standing}
    shrunk = formats("word", text_wrap=False, shrink=True)
    cells = [(Varies.TEXT, formats(column.style)) for column in WHO]
    for figure in fields:
        cells.append((Varies.NUMBER, formats("figure", num_format=book.number_format(figure))))
        if figure.key in book.details.written:
            cells.append((Varies.TEXT, shrunk))
    line = ws.line(cells)
    rows = []
    figures = book.county.figures.to_numpy().tolist()
    members = zip(book.county.members, figures, strict=True)
    for row, (member, values) in enumerate(members, start=book.details.first):
        who = (member.unit, kinds.get(member.unit, ""), member.source)
        lines = [line_count(words, c.width) for c, words in zip(WHO, who, strict=True)]
        ws.set_row(row, row_height(max(lines)))
        told: list[float] = [ws.text(cell_text(words)) for words in who]
        for figure, value in zip(fields, values, strict=True):
            told.append(in_units(value, figure.scale))
            if figure.key in book.details.written:
                told.append(ws.text(cell_text(member.written.get(figure.key, ""))))
        rows.append((line, tuple(told)))
    ws.write_lines(book.details.first, rows)


def _own_sum(book: Book, figure: Field) -> Formula:
    """The county's sum of a column, written on the sheet that holds it."""
    formula = field_formula(book, figure)
    return Formula(formula.text.replace(book.details.elsewhere, ""), formula.value)


def _filtered_sum(book: Book, figure: Field) -> Formula:
    """The sum of what a filter leaves of a column, as a table's own total row has it."""
    at, details = book.details.columns[figure.key], book.details
    value = in_units(book.total[figure.key], figure.scale)
    cells = details.reference(at).replace(details.elsewhere, "").replace("$", "")
    return Formula(f"={rounded(f'SUBTOTAL(109,{cells})', figure.scale)}", value)


@lru_cache(maxsize=16)
def _headers(edition: Edition) -> Mapping[str, str]:
    """A header for each field: its table, its name, its unit where it is an amount; none twice."""
    sheets = {table.key: table.sheet for table in edition.tables}
    headers: dict[str, str] = {}
    taken: set[str] = {column.header for column in WHO}
    for figure in edition.fields:
        unit = "（万元）" if figure.scale != 1 and "万元" not in figure.name else ""
        header = f"{sheets[figure.table]}·{figure.name}{unit}"
        if header.casefold() in taken:
            full = "·".join(node.label for node in (*figure.row, *figure.column))
            header = f"{sheets[figure.table]}·{full}{unit}"
        header = cell_text(header)[:240]
        number = 2
        while header.casefold() in taken:
            header = f"{header[:240]}（{number}）"
            number += 1
        taken.add(header.casefold())
        headers[figure.key] = header
    return headers
