"""The county's summary workbook: what an officer keeps, sends on and is asked about.

Everything is derived from the edition.  The units' figures stand once, in 单位明细; every other
figure is a live formula over them, so that each county figure leads back to the units behind
it.  A formula carries the figure that the program computed, for readers that don't calculate.

Sheets for people (总览, the national tables) are laid out for paper; the others hold one table
each, with one header row, so that filters and other programs can use them.
"""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from io import BytesIO
from types import MappingProxyType
from typing import Any

import xlsxwriter
from xlsxwriter.utility import quote_sheetname, xl_rowcol_to_cell

from pipeline.aggregate import County
from pipeline.edition import Chart, Edition, Field, Kind, LabelPath, Measure, Table
from pipeline.labels import aliases, normalise
from pipeline.problems import CATALOGUE, Problem
from pipeline.tables import Cell, grid
from pipeline.theme import THEME

ACCEPTED = "通过"
STATUSES = (ACCEPTED, "退回", "未报", "逾期", "重复")
"""The words for where a unit stands, in the order they are counted."""

LONG_LIMIT = 20_000
"""长表 is left out beyond so many rows: 单位明细 has the same figures."""

CHARTED_UNITS = 20
"""A chart of the units shows so many of them, the greatest first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """Where an expected unit stands: ``status`` in words; empty strings where not known."""

    unit: str
    kind: str
    status: str
    source: str
    contact: str
    phone: str
    due: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SummaryContent:
    """What the workbook tells.

    ``standing`` has a line for each unit that should report (none: there is no list of them),
    ``problems`` the unit, its file and what is wrong.  ``prior`` is the same county a year
    before, maybe in another edition.  ``coverage`` says what the figures lack, e.g.
    ``草稿（未齐：示例镇）``; empty when nothing.
    """

    county: County
    standing: tuple[Standing, ...]
    problems: tuple[tuple[str, str, Problem], ...]
    prior: County | None
    coverage: str


def write_summary(content: SummaryContent) -> bytes:
    """The summary workbook (.xlsx) of a county; the same bytes for the same content."""
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, _options()) as workbook:
        title = _title(content)
        workbook.set_properties(
            {"title": _text(title), "author": _text(content.county.name), "created": _CREATED}
        )
        workbook.set_size(2400, 1500)
        book = _Book(workbook=workbook, content=content, formats=_Formats(workbook))
        plan = list(_plan(book))
        for sheet in plan:
            book.sheets[sheet.name] = workbook.add_worksheet(sheet.name)
        for sheet in plan:
            sheet.write(book.sheets[sheet.name])
        _overview(book, plan)
    return buffer.getvalue()


# A fixed date keeps the bytes the same from run to run.
_CREATED = datetime.datetime(2020, 1, 1)


def _options() -> dict[str, object]:
    """How the workbook is written, made anew each time: xlsxwriter changes what it is given."""
    return {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
        "default_format_properties": {"font_name": THEME.font, "font_size": THEME.size},
        # What a column and a row measure in this font, in pixels: charts are placed by it.
        "default_column_width": 72,
        "default_row_height": _ROW_PIXELS,
    }


_OVERVIEW = "总览"
_SEVERITY = {"error": "错误", "warning": "警告", "notice": "提示"}
_NONE = "无对应项"
_DASH = "—"


# ----------------------------------------------------------------------------- the workbook


@dataclass(frozen=True, slots=True)
class _Formula:
    """A live formula and the figure that the program computed for it."""

    text: str
    value: float | str


_Value = str | int | float | _Formula


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sheet:
    """A sheet to be written: its name, what it holds (told on 总览), and how it is written."""

    name: str
    about: str
    write: Callable[[Any], None]


class _Formats:
    """The workbook's cell formats, each made once."""

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._made: dict[tuple[tuple[str, object], ...], Any] = {}

    def __call__(self, style: str, **more: object) -> Any:
        properties = {**_BASE, **_STYLES[style], **more}
        key = tuple(sorted(properties.items(), key=lambda item: item[0]))
        if key not in self._made:
            self._made[key] = self._workbook.add_format(properties)
        return self._made[key]


_BASE: Mapping[str, object] = MappingProxyType(
    {"font_name": THEME.font, "font_size": THEME.size, "font_color": THEME.ink, "valign": "vcenter"}
)
_BOXED: Mapping[str, object] = {"border": 1, "border_color": THEME.line, "text_wrap": True}
_BOLD: Mapping[str, object] = {"bold": True, "font_name": THEME.heading_font}
_STYLES: Mapping[str, Mapping[str, object]] = MappingProxyType(
    {
        "title": {**_BOLD, "font_size": THEME.title_size, "font_color": THEME.brand},
        "heading": {
            **_BOLD,
            "font_size": THEME.size + 1,
            "font_color": THEME.brand,
            "bottom": 2,
            "bottom_color": THEME.brand,
        },
        "note": {"font_color": THEME.muted, "text_wrap": True},
        "draft": {**_BOXED, "bold": True, "bg_color": THEME.warning_fill},
        "complete": {**_BOXED, "bg_color": THEME.good_fill},
        "link": {"font_color": THEME.brand, "underline": 1},
        "tab": {
            **_BOXED,
            "font_color": THEME.brand,
            "underline": 1,
            "align": "center",
            "bg_color": THEME.label_fill,
        },
        "head": {**_BOXED, **_BOLD, "align": "center", "bg_color": THEME.brand_light},
        "label": {**_BOXED, "indent": 1, "bg_color": THEME.label_fill},
        "column_label": {**_BOXED, "align": "center", "bg_color": THEME.label_fill},
        "text": {**_BOXED, "align": "left", "indent": 1},
        "word": {**_BOXED, "align": "center"},
        "figure": {**_BOXED, "align": "right", "indent": 1, "text_wrap": False},
        "county_figure": {**_BOXED, "align": "center", "text_wrap": False},
        "sum": {
            **_BOXED,
            "bold": True,
            "align": "right",
            "indent": 1,
            "text_wrap": False,
            "bg_color": THEME.total_fill,
        },
        "card": {
            **_BOXED,
            "bold": True,
            "align": "center",
            "font_size": THEME.title_size,
            "text_wrap": False,
        },
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Details:
    """Where the units' figures stand in 单位明细."""

    sheet: str
    first: int
    last: int
    columns: Mapping[str, int]
    written: Mapping[str, int]

    def reference(self, column: int) -> str:
        """The cells of a column, for a formula on any sheet."""
        top = xl_rowcol_to_cell(self.first, column, row_abs=True, col_abs=True)
        bottom = xl_rowcol_to_cell(self.last, column, row_abs=True, col_abs=True)
        return f"{quote_sheetname(self.sheet)}!{top}:{bottom}"

    def link(self, column: int) -> str:
        """The same cells, for a hyperlink."""
        return "internal:" + self.reference(column).replace("$", "")


@dataclass(frozen=True, kw_only=True)
class _Book:
    """What the writers of the sheets share."""

    workbook: Any
    content: SummaryContent
    formats: _Formats
    sheets: dict[str, Any] = field(default_factory=dict)

    @property
    def county(self) -> County:
        return self.content.county

    @property
    def edition(self) -> Edition:
        return self.content.county.edition

    @cached_property
    def total(self) -> Mapping[str, int]:
        """The county's figures by field key, as whole numbers of Python."""
        return _whole(self.county)

    @cached_property
    def prior_total(self) -> Mapping[str, int]:
        prior = self.content.prior
        return _whole(prior) if prior is not None else {}

    @cached_property
    def details(self) -> _Details:
        """The columns of 单位明细: who, then the figures, an amount's original words beside it."""
        columns, written = {}, {}
        at = len(_WHO)
        for figure in self.edition.fields:
            columns[figure.key] = at
            at += 1
            if figure.kind == "money_text":
                written[figure.key] = at
                at += 1
        first = _LISTING_HEAD + 2
        return _Details(
            sheet=self.name("单位明细"),
            first=first,
            last=first + max(1, len(self.county.members)) - 1,
            columns=columns,
            written=written,
        )

    @cached_property
    def decimals(self) -> Mapping[str, int]:
        """How many decimals an amount of a column is shown with, so that none is cut off."""
        return {
            figure.key: _decimals(
                [*map(int, self.county.figures[figure.key]), self.total[figure.key]], figure.scale
            )
            for figure in self.edition.fields
        }

    def name(self, wanted: str) -> str:
        """A sheet name that no national table has already taken."""
        taken = {table.sheet.casefold() for table in self.edition.tables}
        return f"{wanted}（汇总）" if wanted.casefold() in taken else wanted

    def number_format(self, figure: Field) -> str:
        return _number_format(figure.kind, self.decimals[figure.key])


def _whole(county: County) -> Mapping[str, int]:
    return {str(key): int(value) for key, value in county.total.items()}


def _plan(book: _Book) -> Iterator[_Sheet]:
    """The sheets, in order; 总览 is written last, when all the others are known."""

    def sheet(name: str, about: str, write: Callable[[_Book, Any], None]) -> _Sheet:
        return _Sheet(name=book.name(name), about=about, write=lambda ws: write(book, ws))

    def national(table: Table) -> _Sheet:
        return _Sheet(
            name=table.sheet,
            about=f"{table.caption}：全区汇总",
            write=lambda ws: _national(book, table, ws),
        )

    yield sheet(_OVERVIEW, "", lambda _book, _ws: None)
    yield from map(national, book.edition.tables)
    yield sheet("单位明细", "每个单位一行、每个数字一列，可以筛选", _unit_details)
    if book.content.prior is not None:
        yield sheet("同比", "全区各项数字与上年比较", _years)
        if book.edition.measures:
            yield sheet("单位同比", "各单位主要数字与上年比较", _unit_years)
    if book.content.standing:
        yield sheet("报送情况", "应报单位一览", _standing)
        yield sheet("催报单", "还没有通过的单位、联系人和催报用语", _reminders)
    yield sheet("校验问题", "每个文件的每个问题", _problems)
    if len(book.county.members) * len(book.edition.fields) <= LONG_LIMIT:
        yield sheet("长表", "一行一个数字，便于数据透视", _long)
    if book.edition.charts:
        yield sheet("图表数据", "总览中各图的数字", _chart_data)
    yield sheet("说明", "数据范围、计量单位和编制依据", _notes)


def _title(content: SummaryContent) -> str:
    county = content.county
    return county.edition.title.format(unit=county.name, year=county.year) + "·汇总"


# ------------------------------------------------------------------------- writing of cells


def _text(words: str) -> str:
    """Text that a cell can hold: no half characters, not over the format's length."""
    return words.encode("utf-8", "replace").decode("utf-8")[:32_000]


def _put(ws: Any, row: int, column: int, value: _Value, style: Any) -> None:
    if isinstance(value, _Formula):
        ws.write_formula(row, column, value.text, style, value.value)
    elif isinstance(value, str):
        ws.write_string(row, column, _text(value), style)
    else:
        ws.write_number(row, column, value, style)


def _merged(ws: Any, row: int, column: int, rows: int, columns: int, style: Any) -> None:
    """Make one cell of several; what it holds is put in its first."""
    if rows * columns > 1:
        ws.merge_range(row, column, row + rows - 1, column + columns - 1, "", style)


def _linked(ws: Any, row: int, column: int, target: str, tip: str) -> None:
    """Make a cell a link; what it shows is put there afterwards."""
    ws.write_url(row, column, target, string="→", tip=_text(tip)[:255])


def _to_sheet(name: str) -> str:
    return f"internal:{quote_sheetname(name)}!A1"


def _width(words: str) -> int:
    """How wide a text is, in half-width characters."""
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in words)


def _lines(words: str, width: float) -> int:
    """How many lines a text takes in a cell so many characters wide."""
    room = max(2, int(width) - 1)
    return sum(max(1, -(-_width(line) // room)) for line in words.split("\n"))


def _height(lines: int) -> float:
    """A row's height in points; Excel allows 409."""
    return min(409.0, 7 + 15.0 * max(1, lines))


def _amount(value: int, scale: int) -> float:
    """A kept whole number in printed units; what Excel's 15 digits hold is exact."""
    return value / scale if scale != 1 else value


def _decimals(values: Iterable[int], scale: int) -> int:
    if scale == 1:
        return 0
    places = len(str(scale)) - 1
    return max((len(f"{abs(v) % scale:0{places}d}".rstrip("0")) for v in values), default=0)


def _number_format(kind: Kind, decimals: int = 0) -> str:
    plain = "#,##0" + ("." + "0" * decimals if decimals else "")
    if kind == "signed":
        return f"+{plain};-{plain};0"
    return f"{plain};-{plain};0" if decimals else plain


def _rounded(expression: str, scale: int) -> str:
    """An amount's formula, rid of what binary fractions leave behind the 分."""
    return f"ROUND({expression},6)" if scale != 1 else expression


def _total_formula(book: _Book, measure: Measure) -> _Formula:
    """A measure of the whole county, over the units' columns."""
    sums = [
        f"{'-' if term.coefficient < 0 else '+'}"
        f"{f'{abs(term.coefficient)}*' if abs(term.coefficient) != 1 else ''}"
        f"SUM({book.details.reference(book.details.columns[term.field])})"
        for term in measure.terms
    ]
    expression = _rounded("".join(sums).removeprefix("+"), measure.scale)
    return _Formula(f"={expression}", _amount(measure.value(book.total), measure.scale))


def _field_formula(book: _Book, figure: Field) -> _Formula:
    expression = f"SUM({book.details.reference(book.details.columns[figure.key])})"
    value = _amount(book.total[figure.key], figure.scale)
    return _Formula(f"={_rounded(expression, figure.scale)}", value)


def _unit_formula(book: _Book, measure: Measure, name_cell: str, value: int) -> _Formula:
    """A measure of the unit named in a cell: found by its name, so that 单位明细 may be sorted.

    Not SUMIFS or MATCH: they read ``*``, ``?`` and ``>`` in a name as patterns.
    """
    names = book.details.reference(0)
    columns = [
        f"{'' if term.coefficient == 1 else f'{term.coefficient}*'}"
        f"{book.details.reference(book.details.columns[term.field])}"
        for term in measure.terms
    ]
    expression = f"SUMPRODUCT(--EXACT({names},{name_cell}),{'+'.join(columns)})"
    return _Formula(f"={_rounded(expression, measure.scale)}", _amount(value, measure.scale))


def _count_formula(sheet: str, column: int, rows: int, cell: str, value: int) -> _Formula:
    """How many lines of a listing have, in a column, the word that stands in a cell."""
    top = xl_rowcol_to_cell(_LISTING_HEAD + 1, column, row_abs=True, col_abs=True)
    bottom = xl_rowcol_to_cell(_LISTING_HEAD + rows, column, row_abs=True, col_abs=True)
    where = f"{quote_sheetname(sheet)}!{top}:{bottom}"
    return _Formula(f"=SUMPRODUCT(--EXACT({where},{cell}))", value)


# ----------------------------------------------------------- sheets of one table each (listings)

_LISTING_HEAD = 3
"""The row of a listing's header, from 0: above it the title, a note, and the way back."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Column:
    header: str
    width: float
    style: str = "text"
    number_format: str = "General"


def _set_page(book: _Book, ws: Any, *, landscape: bool, pages: int | None = 0) -> None:
    """An A4 page with its name, its number, and that the figures are a draft if they are.

    As wide as the sheet and ``pages`` long (0: as many as needed); None leaves the scale alone.
    """
    ws.hide_gridlines(2)
    ws.set_paper(9)
    ws.set_landscape() if landscape else ws.set_portrait()
    ws.set_margins(left=0.6, right=0.6, top=0.8, bottom=0.7)
    if pages is not None:
        ws.fit_to_pages(1, pages)
    title = _text(f"{book.county.name} {book.county.year}年度").replace("&", "&&")[:80]
    draft = "　草稿" if book.content.coverage else ""
    ws.set_header(f"&L{title}&C{draft}&R&A")
    ws.set_footer("&C第 &P 页，共 &N 页")


def _heading(
    book: _Book, ws: Any, title: str, note: str, widths: Sequence[float], first: int = 0
) -> None:
    """The three rows above a table: what it is, what to know about it, the way back.

    The note goes across the columns of these ``widths``, beginning in column ``first``.
    """
    formats = book.formats
    ws.set_row(0, 30)
    ws.write_string(0, first, _text(title), formats("title"))
    wrapped = formats("note", valign="top")
    _merged(ws, 1, first, 1, len(widths), wrapped)
    ws.set_row(1, _height(_lines(note, sum(widths))))
    ws.write_string(1, first, _text(note), wrapped)
    overview = book.name(_OVERVIEW)
    ws.write_url(2, 0, _to_sheet(overview), formats("link"), f"← 返回{overview}")


def _listing(
    book: _Book,
    ws: Any,
    *,
    table: str,
    title: str,
    note: str,
    columns: Sequence[_Column],
    rows: Sequence[Sequence[_Value]],
    styles: Mapping[tuple[int, int], Mapping[str, object]] = MappingProxyType({}),
    frozen: int = 1,
) -> None:
    """A sheet of one table with filters, its header frozen and repeated on every page.

    ``styles`` has what is particular to a cell of ``rows``, by its place there.
    """
    formats = book.formats
    _set_page(book, ws, landscape=True)
    _heading(book, ws, title, note, [column.width for column in columns])
    for at, column in enumerate(columns):
        ws.set_column(at, at, column.width)
    head = _LISTING_HEAD
    ws.set_row(head, _height(max(_lines(c.header, c.width - 2) for c in columns)))
    ws.freeze_panes(head + 1, frozen)
    ws.repeat_rows(head)
    if not rows:
        for at, column in enumerate(columns):
            ws.write_string(head, at, column.header, formats("head"))
        ws.write_string(head + 1, 0, "（无）", formats("note"))
        return
    headers = [
        {"header": column.header, "header_format": formats("head")} for column in columns
    ]
    area = (head, 0, head + len(rows), len(columns) - 1)
    ws.add_table(*area, {"name": table, "columns": headers, "style": None})
    for down, row in enumerate(rows, start=1):
        lines = 1
        for at, (column, value) in enumerate(zip(columns, row, strict=True)):
            more = styles.get((down - 1, at), {})
            wanted = {"num_format": column.number_format, **more}
            style = column.style
            if style == "figure" and isinstance(value, str):
                style = "word"
            _put(ws, head + down, at, value, formats(style, **wanted))
            if isinstance(value, str):
                lines = max(lines, _lines(value, column.width))
        ws.set_row(head + down, _height(lines))
    ws.ignore_errors({"number_stored_as_text": _area(area), "formula_differs": _area(area)})


def _area(area: tuple[int, int, int, int]) -> str:
    return f"{xl_rowcol_to_cell(*area[:2])}:{xl_rowcol_to_cell(*area[2:])}"


# ------------------------------------------------------------------------ the national tables


def _national(book: _Book, table: Table, ws: Any) -> None:
    """A national table as it is printed, every figure a sum over its column of 单位明细."""
    formats, drawn = book.formats, grid(table)
    _set_page(book, ws, landscape=table.landscape, pages=1)
    for at, width in enumerate(drawn.widths):
        ws.set_column(at, at, width)
    last = drawn.columns - 1
    ws.set_row(0, 32)
    title = formats("title", align="center", font_size=THEME.title_size - 1)
    _merged(ws, 0, 0, 1, drawn.columns, title)
    ws.write_string(0, 0, _text(table.caption), title)
    scope = f"{book.county.name} {book.county.year}年度　{_scope(book)}"
    note = formats("note", align="center")
    _merged(ws, 1, 0, 1, drawn.columns, note)
    ws.set_row(1, _height(_lines(scope, sum(drawn.widths))))
    ws.write_string(1, 0, _text(scope), note)
    overview = book.name(_OVERVIEW)
    ws.write_url(2, 0, _to_sheet(overview), formats("link"), f"← 返回{overview}")
    units = "、".join(dict.fromkeys(figure.unit for figure in table.fields))
    ws.write_string(2, last, f"单位：{units}", formats("note", align="right", text_wrap=False))
    top = 3
    for cell in drawn.cells:
        _national_cell(book, ws, cell, top)
    for at, height in _grid_heights(table).items():
        ws.set_row(top + at, height)
    foot = top + drawn.rows
    how = f"点击任一数字，可跳到“{book.details.sheet}”中各单位的这一列；数字是该列的合计公式。"
    below = formats("note")
    _merged(ws, foot, 0, 1, drawn.columns, below)
    ws.set_row(foot, _height(_lines(how, sum(drawn.widths))))
    ws.write_string(foot, 0, how, below)
    area = (top, 0, foot - 1, last)
    ws.ignore_errors({"formula_differs": _area(area), "formula_range": _area(area)})
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


def _national_cell(book: _Book, ws: Any, cell: Cell, top: int) -> None:
    row, column = top + cell.row, cell.column
    figure = cell.field
    if figure is None:
        centred = {"align": "center", "indent": 0} if cell.rowspan > 1 else {}
        style = book.formats(_ROLE_STYLES[cell.role], **centred)
        _merged(ws, row, column, cell.rowspan, cell.colspan, style)
        ws.write_string(row, column, _text(cell.text), style)
        return
    shown = book.number_format(figure)
    # The national format prints no unit for these amounts: the figure says it itself.
    if figure.kind == "money_text":
        shown = ";".join(f'{section}"万元"' for section in shown.split(";"))
    style = book.formats("county_figure", num_format=shown, bold=figure.derived)
    _merged(ws, row, column, cell.rowspan, cell.colspan, style)
    at = book.details.columns[figure.key]
    letters = xl_rowcol_to_cell(0, at).rstrip("0123456789")
    tip = f"各单位的“{figure.name}”：{book.details.sheet} {letters}列"
    _linked(ws, row, column, book.details.link(at), tip)
    _put(ws, row, column, _field_formula(book, figure), style)


def _grid_heights(table: Table) -> dict[int, float]:
    """Row heights, in points, at which every label of one row shows in full."""
    drawn = grid(table)
    lines: dict[int, int] = {row: 1 for row in range(drawn.rows)}
    for cell in drawn.cells:
        if cell.rowspan == 1 and cell.field is None:
            room = sum(drawn.widths[cell.column : cell.column + cell.colspan])
            lines[cell.row] = max(lines[cell.row], _lines(cell.text, room))
    for cell in drawn.cells:
        if cell.rowspan > 1 and cell.field is None:
            room = sum(drawn.widths[cell.column : cell.column + cell.colspan])
            last = cell.row + cell.rowspan - 1
            lacking = _lines(cell.text, room) - sum(lines[r] for r in range(cell.row, last + 1))
            lines[last] += max(0, lacking)
    return {row: 4 + 15.0 * count for row, count in lines.items()}


# ------------------------------------------------------------------------------- 单位明细

_WHO = (
    _Column(header="单位", width=22),
    _Column(header="类型", width=8, style="word"),
    _Column(header="来源文件", width=34),
)


def _unit_details(book: _Book, ws: Any) -> None:
    """A row for each unit, a column for each figure; the whole sum above, the filtered below.

    The title is right of the column of names, which is repeated on every page.
    """
    formats, details = book.formats, book.details
    members, figures = book.county.members, book.county.figures
    width = len(_WHO) + len(details.columns) + len(details.written)
    _set_page(book, ws, landscape=True, pages=None)
    ws.set_print_scale(60)
    note = (
        f"{_scope(book)}；标题中注明“（万元）”的是金额。"
        "上方“合计”是全部单位之和，各汇总表用的就是它；末行“筛选后合计”只加筛选出来的单位。"
    )
    _heading(book, ws, f"{book.county.name}{book.county.year}年度单位明细", note, [8, 34, *[10] * 6], 1)
    names = _headers(book.edition)
    columns: list[dict[str, Any]] = [
        {"header": column.header, "header_format": formats("head")} for column in _WHO
    ]
    sum_row, head, last = _LISTING_HEAD, details.first - 1, details.last
    deepest = 1
    for at, column in enumerate(_WHO):
        ws.set_column(at, at, column.width)
        ws.write_string(sum_row, at, "合计" if at == 0 else "", formats("sum", align="left"))
    for figure in book.edition.fields:
        at = details.columns[figure.key]
        shown = book.number_format(figure)
        header = names[figure.key]
        needed = len(f"{abs(book.total[figure.key]) // figure.scale:,}") + book.decimals[figure.key]
        room = max(10.0, needed + 4)
        ws.set_column(at, at, room)
        deepest = max(deepest, _lines(header, room - 2))
        columns.append(
            {"header": header, "header_format": formats("head"), "total_function": "sum"}
        )
        _put(ws, sum_row, at, _own_sum(book, figure), formats("sum", num_format=shown))
        if figure.key in details.written:
            ws.set_column(at + 1, at + 1, 18)
            columns.append(
                {"header": f"{header}（原填写）", "header_format": formats("head")}
            )
            ws.write_string(sum_row, at + 1, "", formats("sum"))
    ws.set_row(head, _height(deepest))
    area = (head, 0, last + 1, width - 1)
    table = {"name": "单位明细表", "columns": columns, "style": None, "total_row": True}
    ws.add_table(*area, table)
    kinds = {line.unit: line.kind for line in book.content.standing}
    for position, member in enumerate(members):
        row = details.first + position
        who = (member.unit, kinds.get(member.unit, ""), member.source)
        for at, (column, value) in enumerate(zip(_WHO, who, strict=True)):
            ws.write_string(row, at, _text(value), formats(column.style))
        ws.set_row(row, _height(max(_lines(who[0], 22), _lines(who[2], 34))))
    for figure in book.edition.fields:
        at = details.columns[figure.key]
        style = formats("figure", num_format=book.number_format(figure))
        for position, value in enumerate(figures[figure.key].tolist()):
            ws.write_number(details.first + position, at, _amount(value, figure.scale), style)
        if figure.key in details.written:
            for position, member in enumerate(members):
                words = _text(member.written.get(figure.key, ""))
                shrunk = formats("word", text_wrap=False, shrink=True)
                ws.write_string(details.first + position, at + 1, words, shrunk)
    _filtered_sums(book, ws, columns, last + 1)
    ws.ignore_errors({"formula_differs": _area((sum_row, 0, last + 1, width - 1))})
    ws.freeze_panes(head + 1, 1)
    ws.set_row(sum_row, 22)
    ws.set_row(last + 1, 22)
    ws.repeat_rows(sum_row, head)
    ws.repeat_columns(0)
    starts = [details.columns[table.fields[0].key] for table in book.edition.tables]
    ws.set_v_pagebreaks([start for start in starts if start > len(_WHO)])


def _own_sum(book: _Book, figure: Field) -> _Formula:
    """The county's sum of a column, written on the sheet that holds it."""
    formula = _field_formula(book, figure)
    local = formula.text.replace(f"{quote_sheetname(book.details.sheet)}!", "")
    return _Formula(local, formula.value)


def _filtered_sums(book: _Book, ws: Any, columns: Sequence[Mapping[str, Any]], row: int) -> None:
    """The table's total row: what the filter leaves, as Excel writes it itself."""
    details = book.details
    for at in range(len(columns)):
        ws.write_string(row, at, "筛选后合计" if at == 0 else "", book.formats("sum", align="left"))
    for figure in book.edition.fields:
        at = details.columns[figure.key]
        escaped = "".join(f"'{c}" if c in "'#[]@" else c for c in columns[at]["header"])
        value = _amount(book.total[figure.key], figure.scale)
        style = book.formats("sum", num_format=book.number_format(figure))
        ws.write_formula(row, at, f"=SUBTOTAL(109,单位明细表[{escaped}])", style, value)


def _headers(edition: Edition) -> Mapping[str, str]:
    """A header for each field: its table, its name, its unit where it is an amount; none twice."""
    sheets = {table.key: table.sheet for table in edition.tables}
    headers: dict[str, str] = {}
    taken: set[str] = {column.header for column in _WHO}
    for figure in edition.fields:
        unit = "（万元）" if figure.scale != 1 and "万元" not in figure.name else ""
        header = f"{sheets[figure.table]}·{figure.name}{unit}"
        if header.casefold() in taken:
            full = "·".join(node.label for node in (*figure.row, *figure.column))
            header = f"{sheets[figure.table]}·{full}{unit}"
        header = _text(header)[:240]
        number = 2
        while header.casefold() in taken:
            header = f"{header[:240]}（{number}）"
            number += 1
        taken.add(header.casefold())
        headers[figure.key] = header
    return headers


# ----------------------------------------------------------------------------- year over year


@dataclass(frozen=True, slots=True)
class _Change:
    """A figure this year and last. ``why`` is set when the two can't be set against each other."""

    before: int | None
    why: str = ""


def _same_words(one: Field, other: Field) -> bool:
    """Whether two editions mean the same by a field: its row and its column are called alike."""
    pairs = zip((one.row, one.column), (other.row, other.column), strict=True)
    return all(
        (not a and not b) or (a and b and bool(aliases(a[-1]) & aliases(b[-1]))) for a, b in pairs
    )


def _field_change(book: _Book, figure: Field) -> _Change:
    prior = book.content.prior
    assert prior is not None
    before = prior.edition.by_key.get(figure.key)
    if before is None:
        return _Change(None, _NONE)
    if not _same_words(figure, before) or figure.scale != before.scale:
        return _Change(book.prior_total[figure.key], f"口径不同：上年为“{before.name}”")
    return _Change(book.prior_total[figure.key])


def _measure_change(book: _Book, measure: Measure, before: Mapping[str, int]) -> _Change:
    """Last year's side of a measure, by the edition of last year."""
    prior = book.content.prior
    assert prior is not None
    known = [*prior.edition.measures, *(m for c in prior.edition.charts for m in c.measures)]
    then = next((m for m in known if m.key == measure.key), None)
    if then is None:
        return _Change(None, _NONE)
    fields, old = book.edition.by_key, prior.edition.by_key
    now_keys = {t.field for t in measure.terms}
    same = now_keys == {t.field for t in then.terms} and all(
        _same_words(fields[key], old[key]) for key in now_keys
    )
    why = "" if same and then.scale == measure.scale else f"口径不同：上年为“{then.label}”"
    return _Change(then.value(before), why)


def _compared(
    now: _Formula, kept: int, change: _Change, scale: int, kind: Kind, row: int, column: int
) -> tuple[_Value, _Value, _Value, _Value]:
    """This year, last year, the difference and its share; the last two as live formulas."""
    if change.before is None:
        return now, change.why, _DASH, _DASH
    before = _amount(change.before, scale)
    if change.why:
        return now, before, _DASH, _DASH
    this, last = (xl_rowcol_to_cell(row, at) for at in (column, column + 1))
    gap = xl_rowcol_to_cell(row, column + 2)
    difference = _amount(kept - change.before, scale)
    share: _Value = _DASH
    if kind != "signed" and change.before:
        share = _Formula(f"={gap}/{last}", difference / before)
    return now, before, _Formula(f"={_rounded(f'{this}-{last}', scale)}", difference), share


def _change_styles(decimals: int) -> tuple[dict[str, object], ...]:
    plain, signed = _number_format("count", decimals), _number_format("signed", decimals)
    return (
        {"num_format": plain},
        {"num_format": plain},
        {"num_format": signed},
        {"num_format": "+0.0%;-0.0%;0.0%"},
    )


def _year_columns(book: _Book) -> list[_Column]:
    prior = book.content.prior
    assert prior is not None
    return [
        _Column(header="计量单位", width=10, style="word"),
        _Column(header=f"{book.county.year}年（本年）", width=17, style="figure"),
        _Column(header=f"{prior.year}年（上年）", width=17, style="figure"),
        _Column(header="增减", width=18, style="figure"),
        _Column(header="增减%", width=12, style="figure"),
        _Column(header="备注", width=34),
    ]


def _year_note(book: _Book) -> str:
    prior = book.content.prior
    assert prior is not None
    now = {normalise(m.unit) for m in book.county.members}
    before = {normalise(m.unit) for m in prior.members}
    words = f"本年 {len(now)} 个单位，上年 {len(before)} 个单位，两年都有的 {len(now & before)} 个。"
    if now != before:
        words += "单位范围不同，增减含范围变化的影响。"
    return words


def _years(book: _Book, ws: Any) -> None:
    """Every figure of the county beside last year's; what only one of the years has, too."""
    prior = book.content.prior
    assert prior is not None
    columns = [
        _Column(header="表", width=12, style="word"),
        _Column(header="项目", width=34),
        _Column(header="栏目", width=26),
        *_year_columns(book),
    ]
    rows: list[list[_Value]] = []
    styles: dict[tuple[int, int], Mapping[str, object]] = {}
    sheets = {table.key: table.sheet for table in book.edition.tables}
    for figure in book.edition.fields:
        change = _field_change(book, figure)
        kept = book.total[figure.key]
        at = _LISTING_HEAD + 1 + len(rows)
        figures = _compared(
            _field_formula(book, figure), kept, change, figure.scale, figure.kind, at, 4
        )
        who = (sheets[figure.table], _leaf(figure.row), _leaf(figure.column))
        places = _decimals([kept, change.before or 0], figure.scale)
        for offset, style in enumerate(_change_styles(places)):
            styles[len(rows), 4 + offset] = style
        if figure.kind == "signed":
            for offset in (0, 1):
                styles[len(rows), 4 + offset] = {"num_format": _number_format("signed")}
        rows.append([*who, figure.unit, *figures, change.why if change.before is not None else ""])
    sheets = {table.key: table.sheet for table in prior.edition.tables}
    for figure in prior.edition.fields:
        if figure.key in book.edition.by_key:
            continue
        value = book.prior_total[figure.key]
        shown = _number_format(figure.kind, _decimals([value], figure.scale))
        styles[len(rows), 5] = {"num_format": shown}
        who = (sheets[figure.table], _leaf(figure.row), _leaf(figure.column))
        before = _amount(value, figure.scale)
        rows.append(
            [*who, figure.unit, _NONE, before, _DASH, _DASH, "只有上年的格式有这一项"]
        )
    _listing(
        book,
        ws,
        table="同比表",
        title=f"{book.county.name}{book.county.year}年度与{prior.year}年度比较",
        note=_year_note(book),
        columns=columns,
        rows=rows,
        styles=styles,
        frozen=3,
    )


def _leaf(path: LabelPath) -> str:
    return path[-1].name if path else _DASH


def _unit_years(book: _Book, ws: Any) -> None:
    """The key figures of every unit beside last year's; one line a unit and figure."""
    prior = book.content.prior
    assert prior is not None
    columns = [
        _Column(header="单位名称", width=24),
        _Column(header="项目", width=28),
        *_year_columns(book),
    ]
    now = {normalise(m.unit): at for at, m in enumerate(book.county.members)}
    then = {normalise(m.unit): at for at, m in enumerate(prior.members)}
    this_year, last_year = _by_unit(book.county), _by_unit(prior)
    rows: list[list[_Value]] = []
    styles: dict[tuple[int, int], Mapping[str, object]] = {}
    for name in dict.fromkeys([*now, *then]):
        unit = (book.county if name in now else prior).members[
            now[name] if name in now else then[name]
        ].unit
        for measure in book.edition.measures:
            at = _LISTING_HEAD + 1 + len(rows)
            if name in then:
                change = _measure_change(book, measure, last_year[then[name]])
            else:
                change = _Change(None, "上年无该单位")
            places = _decimals([change.before or 0], measure.scale)
            figures: tuple[_Value, ...] = ("本年无该单位", _DASH, _DASH, _DASH)
            if name in now:
                kept = measure.value(this_year[now[name]])
                live = _unit_formula(book, measure, f"$A{at + 1}", kept)
                figures = _compared(live, kept, change, measure.scale, "count", at, 3)
                places = _decimals([kept, change.before or 0], measure.scale)
            elif change.before is not None:
                before = _amount(change.before, measure.scale)
                figures = ("本年无该单位", before, _DASH, _DASH)
            for offset, style in enumerate(_change_styles(places)):
                styles[len(rows), 3 + offset] = style
            why = change.why if change.before is not None else ""
            rows.append([unit, measure.label, measure.unit, *figures, why])
    _listing(
        book,
        ws,
        table="单位同比表",
        title=f"各单位主要数字与{prior.year}年度比较",
        note="在“项目”一列筛选出一项，就是各单位这一项的比较。" + _year_note(book),
        columns=columns,
        rows=rows,
        styles=styles,
        frozen=2,
    )


def _by_unit(county: County) -> list[dict[str, int]]:
    """The figures of each member, in order, by field key."""
    columns = [str(key) for key in county.figures.columns]
    return [dict(zip(columns, row, strict=True)) for row in county.figures.to_numpy().tolist()]


# ------------------------------------------------------------ who has reported, what is wrong

_STANDING = (
    _Column(header="单位", width=26),
    _Column(header="类型", width=10, style="word"),
    _Column(header="状态", width=9, style="word"),
    _Column(header="截止日期", width=13, style="word"),
    _Column(header="联系人", width=12, style="word"),
    _Column(header="电话", width=16, style="word"),
    _Column(header="来源文件", width=40),
)
_STATUS_COLUMN = [column.header for column in _STANDING].index("状态")


def _standing(book: _Book, ws: Any) -> None:
    lines = book.content.standing
    rows = [[s.unit, s.kind, s.status, s.due, s.contact, s.phone, s.source] for s in lines]
    _listing(
        book,
        ws,
        table="报送情况表",
        title=f"{book.county.name}{book.county.year}年度报送情况",
        note=f"应报 {len(lines)} 个单位。{_status_words(lines)}",
        columns=_STANDING,
        rows=rows,
    )


def _status_words(lines: Sequence[Standing]) -> str:
    counts = _status_counts(lines)
    return "，".join(f"{status} {count} 个" for status, count in counts.items() if count) + "。"


def _status_counts(lines: Sequence[Standing]) -> dict[str, int]:
    """The usual words first, then any other that occurs."""
    counts = dict.fromkeys(STATUSES, 0)
    for line in lines:
        counts[line.status] = counts.get(line.status, 0) + 1
    return counts


_ASK = {
    "退回": "已退回，请按列明的问题改正后重新报送",
    "未报": "尚未收到，请尽快报送",
    "逾期": "已过截止日期，请立即报送",
    "重复": "收到不止一个文件，请确认以哪一个为准",
}


def _reminders(book: _Book, ws: Any) -> None:
    """Who is still to report, whom to call, and a sentence to send."""
    waiting = [line for line in book.content.standing if line.status != ACCEPTED]
    errors: dict[str, int] = {}
    for unit, _, found in book.content.problems:
        errors[unit] = errors.get(unit, 0) + (found.severity == "error")
    rows: list[list[_Value]] = []
    for line in waiting:
        report = book.edition.title.format(unit=line.unit, year=book.county.year)
        asked = _ASK.get(line.status, f"目前为“{line.status}”，请与我们联系")
        due = f"（截止日期：{line.due}）" if line.due else ""
        count = errors.get(line.unit, 0)
        rows.append(
            [
                line.unit,
                line.kind,
                line.status,
                line.due,
                line.contact,
                line.phone,
                line.source,
                count if count else _DASH,
                f"《{report}》{asked}{due}。",
            ]
        )
    told = f"还有 {len(waiting)} 个单位没有通过。" if waiting else "应报单位全部通过，不需要催报。"
    _listing(
        book,
        ws,
        table="催报单表",
        title=f"{book.county.name}{book.county.year}年度催报单",
        note=told + "“催报用语”可复制发给联系人。",
        columns=[
            *_STANDING[:-1],
            _Column(header="已收文件", width=22),
            _Column(header="错误数", width=9, style="figure", number_format="0"),
            _Column(header="催报用语", width=46),
        ],
        rows=rows,
    )


def _problems(book: _Book, ws: Any) -> None:
    rules = {rule.id: rule.name for rule in book.edition.rules}
    rows: list[list[_Value]] = []
    for unit, source, found in book.content.problems:
        told = CATALOGUE[found.rule].told if found.rule in CATALOGUE else found.rule
        words = found.message.removeprefix(f"{found.place}：")
        if found.fix:
            words = words.removesuffix(found.fix)
        rows.append(
            [
                unit,
                _SEVERITY[found.severity],
                rules.get(found.rule, told),
                found.place,
                words,
                found.fix,
                found.found,
                found.expected,
                source,
            ]
        )
    counts = {
        word: sum(found.severity == key for *_, found in book.content.problems)
        for key, word in _SEVERITY.items()
    }
    said = "，".join(f"{word} {count} 个" for word, count in counts.items())
    _listing(
        book,
        ws,
        table="校验问题表",
        title=f"{book.county.name}{book.county.year}年度校验问题",
        note=f"共 {len(rows)} 个：{said}。有错误的文件退回；警告和提示供核对，不影响汇总。",
        columns=[
            _Column(header="单位", width=20),
            _Column(header="程度", width=8, style="word"),
            _Column(header="核对内容", width=16),
            _Column(header="位置", width=17),
            _Column(header="问题", width=40),
            _Column(header="怎么办", width=28),
            _Column(header="现为", width=11, style="word"),
            _Column(header="应为", width=11, style="word"),
            _Column(header="来源文件", width=24),
        ],
        rows=rows,
    )


# ------------------------------------------------------------------------------------- 长表


def _long(book: _Book, ws: Any) -> None:
    columns = [
        _Column(header="单位", width=24),
        _Column(header="表", width=12, style="word"),
        _Column(header="项目", width=36),
        _Column(header="栏目", width=26),
        _Column(header="数值", width=16, style="figure"),
        _Column(header="计量单位", width=10, style="word"),
    ]
    formats = book.formats
    _set_page(book, ws, landscape=False)
    note = f"与“{book.details.sheet}”相同的数字，一行一个，供数据透视用；更正请改单位的工作簿后重新汇总。"
    _heading(book, ws, f"{book.county.name}{book.county.year}年度长表", note, [column.width for column in columns])
    for at, column in enumerate(columns):
        ws.set_column(at, at, column.width)
    sheets = {table.key: table.sheet for table in book.edition.tables}
    told = [
        (
            sheets[figure.table],
            _leaf(figure.row),
            _leaf(figure.column),
            figure.unit,
            figure.scale,
            formats("figure", num_format=book.number_format(figure)),
        )
        for figure in book.edition.fields
    ]
    text, word = formats("text", text_wrap=False), formats("word", text_wrap=False)
    row = _LISTING_HEAD
    for member, values in zip(
        book.county.members, book.county.figures.to_numpy().tolist(), strict=True
    ):
        unit = _text(member.unit)
        for (sheet, item, column_name, counted, scale, style), value in zip(
            told, values, strict=True
        ):
            row += 1
            ws.write_string(row, 0, unit, text)
            ws.write_string(row, 1, sheet, word)
            ws.write_string(row, 2, item, text)
            ws.write_string(row, 3, column_name, text)
            ws.write_number(row, 4, _amount(value, scale), style)
            ws.write_string(row, 5, counted, word)
    headers = [{"header": c.header, "header_format": formats("head")} for c in columns]
    area = (_LISTING_HEAD, 0, max(row, _LISTING_HEAD + 1), len(columns) - 1)
    ws.add_table(*area, {"name": "长表表", "columns": headers, "style": None})
    ws.freeze_panes(_LISTING_HEAD + 1, 1)
    ws.repeat_rows(_LISTING_HEAD)


# --------------------------------------------------------------------------------- charts


@dataclass(frozen=True, kw_only=True, slots=True)
class _Point:
    """A line of 图表数据: a bar and its figure."""

    chart: str
    item: str
    unit: str
    now: _Formula
    label: _Formula | str = ""
    before: _Value = _DASH
    share: _Value = _DASH
    places: int = 0

    @property
    def shown_label(self) -> str:
        return str(self.label.value) if isinstance(self.label, _Formula) else self.label


@dataclass(frozen=True, kw_only=True, slots=True)
class _Drawn:
    """A chart and where its points stand in 图表数据. ``points`` 0: there is nothing to draw.

    The widths are of its widest label and figure, in half-width characters.
    """

    chart: Chart
    title: str
    first: int
    points: int
    about: str
    label_width: int
    figure_width: int


def _charts(book: _Book) -> tuple[list[_Point], list[_Drawn]]:
    """Every declared chart that has something to show, and the figures they are drawn from."""
    points: list[_Point] = []
    drawn: list[_Drawn] = []
    for chart in book.edition.charts:
        first = _LISTING_HEAD + 1 + len(points)
        if chart.kind == "units":
            found, title = _unit_points(book, chart, first)
        elif chart.kind == "parts":
            found, title = _part_points(book, chart, first)
        else:
            found, title = _year_points(book, chart, first)
        charted = [p for p in found if not p.item.startswith("其余")]
        about = "；".join(f"{p.item} {p.now.value:,}{p.unit}" for p in charted)
        any_shown = any(p.now.value or p.before not in (0, _DASH) for p in charted)
        points += found
        drawn.append(
            _Drawn(
                chart=chart,
                title=title,
                first=first,
                points=len(charted) if any_shown else 0,
                about=_text(f"{title}。{about}"),
                label_width=max((_width(p.shown_label) for p in charted), default=0),
                figure_width=max((len(f"{p.now.value:,.{p.places}f}") for p in charted), default=0),
            )
        )
    return points, drawn


def _unit_points(book: _Book, chart: Chart, first: int) -> tuple[list[_Point], str]:
    """The units by a measure, the greatest first; beyond what a chart can show, the rest."""
    measure = chart.measures[0]
    values = [measure.value(figures) for figures in _by_unit(book.county)]
    order = sorted(range(len(values)), key=lambda at: -values[at])
    title = f"{chart.title}（{measure.unit}）"
    if len(order) < 2:
        return [], title
    places = _decimals(values, measure.scale)
    points = [
        _Point(
            chart=chart.title,
            item=book.county.members[at].unit,
            unit=measure.unit,
            now=_unit_formula(book, measure, f"$B{first + 1 + place}", values[at]),
            label=book.county.members[at].unit,
            places=places,
        )
        for place, at in enumerate(order[:CHARTED_UNITS])
    ]
    rest = order[CHARTED_UNITS:]
    if rest:
        title = f"{chart.title}（{measure.unit}，前{CHARTED_UNITS}位，共{len(order)}个单位）"
        whole = _total_formula(book, measure).text.removeprefix("=")
        span = f"$D${first + 1}:$D${first + CHARTED_UNITS}"
        left = _amount(sum(values[at] for at in rest), measure.scale)
        points.append(
            _Point(
                chart=chart.title,
                item=f"其余{len(rest)}个单位",
                unit=measure.unit,
                now=_Formula(f"={_rounded(f'{whole}-SUM({span})', measure.scale)}", left),
                places=places,
            )
        )
    return points, title


def _part_points(book: _Book, chart: Chart, first: int) -> tuple[list[_Point], str]:
    """The parts of a whole with their shares, which stand in the bars' labels too."""
    values = [measure.value(book.total) for measure in chart.measures]
    unit = chart.measures[0].unit
    scale = chart.measures[0].scale
    places = _decimals(values, scale)
    whole = sum(values)
    span = f"$D${first + 1}:$D${first + len(values)}"
    points = []
    for at, (measure, value) in enumerate(zip(chart.measures, values, strict=True), start=first):
        share: _Value = _DASH
        label: _Formula | str = measure.label
        if whole:
            share = _Formula(f'=IF(SUM({span})=0,"{_DASH}",D{at + 1}/SUM({span}))', value / whole)
            shown = _percent(Fraction(value, whole))
            label = _Formula(
                f'=B{at + 1}&" "&TEXT(F{at + 1},"0.0%")', _text(f"{measure.label} {shown}")
            )
        points.append(
            _Point(
                chart=chart.title,
                item=measure.label,
                unit=unit,
                now=_total_formula(book, measure),
                share=share,
                label=label,
                places=places,
            )
        )
    return points, f"{chart.title}（{unit}，占比）"


def _percent(share: Fraction) -> str:
    """A share with one decimal, halves up, as a spreadsheet rounds."""
    tenths = int(abs(share) * 1000 + Fraction(1, 2))
    return f"{'-' if share < 0 and tenths else ''}{tenths // 10}.{tenths % 10}%"


def _year_points(book: _Book, chart: Chart, first: int) -> tuple[list[_Point], str]:
    """The measures that both years have, side by side."""
    del first
    prior = book.content.prior
    title = f"{chart.title}（{chart.measures[0].unit}）"
    if prior is None:
        return [], title
    points = []
    for measure in chart.measures:
        change = _measure_change(book, measure, book.prior_total)
        if change.before is None or change.why:
            continue
        value = measure.value(book.total)
        points.append(
            _Point(
                chart=chart.title,
                item=measure.label,
                unit=measure.unit,
                now=_total_formula(book, measure),
                before=_amount(change.before, measure.scale),
                label=measure.label,
                places=_decimals([value, change.before], measure.scale),
            )
        )
    return points, title


def _chart_data(book: _Book, ws: Any) -> None:
    """The figures that the charts on 总览 are drawn from. Not to be sorted, so without filters."""
    points, _ = _charts(book)
    formats = book.formats
    _set_page(book, ws, landscape=False)
    headers = ("图", "项目", "计量单位", "本年", "上年", "占比", "图中标注")
    widths = (30, 26, 10, 14, 14, 9, 34)
    note = "总览中各图的数字，随单位明细变动。请不要排序，以免各图取错行。"
    _heading(book, ws, f"{book.county.name}{book.county.year}年度图表数据", note, widths)
    for at, (header, width) in enumerate(zip(headers, widths, strict=True)):
        ws.set_column(at, at, width)
        ws.write_string(_LISTING_HEAD, at, header, formats("head"))
    ws.set_row(_LISTING_HEAD, 22)
    for row, point in enumerate(points, start=_LISTING_HEAD + 1):
        figure: dict[str, object] = {"num_format": _number_format("count", point.places)}
        cells: list[tuple[_Value, str, dict[str, object]]] = [
            (point.chart, "text", {}),
            (point.item, "text", {}),
            (point.unit, "word", {}),
            (point.now, "figure", figure),
            (point.before, "figure", figure),
            (point.share, "figure", {"num_format": "0.0%"}),
            (point.label, "text", {}),
        ]
        for at, (value, style, more) in enumerate(cells):
            _put(ws, row, at, value, formats(style, **more))
        ws.set_row(row, _height(max(_lines(point.item, 26), _lines(point.chart, 30))))
    ws.freeze_panes(_LISTING_HEAD + 1, 2)
    ws.repeat_rows(_LISTING_HEAD)


def _chart_object(book: _Book, drawn: _Drawn, width: int, height: int) -> Any:
    """The native chart: bars with their figures on them, so that no axis has to be read.

    ``width`` and ``height`` are the chart's, in pixels.
    """
    years = drawn.chart.kind == "years"
    made = book.workbook.add_chart({"type": "column" if years else "bar"})
    sheet = book.name("图表数据")
    first, last = drawn.first, drawn.first + drawn.points - 1
    prior = book.content.prior
    series = [(3, f"{book.county.year}年", THEME.series[0])]
    if years and prior is not None:
        # Two shades far apart, so that they differ in print and for the colour-blind.
        series = [(4, f"{prior.year}年", THEME.line), *series]
    font = {"name": THEME.font, "size": 9, "color": THEME.ink}
    for column, name, color in series:
        made.add_series(
            {
                "name": name,
                "categories": [sheet, first, 6, last, 6],
                "values": [sheet, first, column, last, column],
                "fill": {"color": color},
                "gap": 60,
                "data_labels": {"value": True, "font": font},
            }
        )
    made.set_title(
        {
            "name": drawn.title,
            "overlay": False,
            "name_font": {
                "name": THEME.heading_font,
                "size": 11,
                "bold": True,
                "color": THEME.ink,
            },
        }
    )
    labels = {"num_font": font, "line": {"color": THEME.line}, "major_tick_mark": "none"}
    hidden = {"visible": False, "major_gridlines": {"visible": False}, "min": 0}
    if years:
        made.set_x_axis(labels)
        made.set_y_axis(hidden)
        made.set_legend({"position": "bottom", "font": font})
    else:
        made.set_x_axis(hidden)
        made.set_y_axis({**labels, "reverse": True})
        # Excel leaves no room of its own for the figures right of the bars.
        left = min(0.45, (drawn.label_width * 6.5 + 18) / width)
        right = min(0.3, (drawn.figure_width * 6.5 + 14) / width)
        top, bottom = 44 / height, 10 / height
        made.set_plotarea(
            {"layout": {"x": left, "y": top, "width": 1 - left - right, "height": 1 - top - bottom}}
        )
        made.set_legend({"none": True})
    made.set_chartarea({"border": {"color": THEME.line}})
    return made


# ---------------------------------------------------------------------------------- 总览

_GRID = 14
"""总览 is laid out on so many narrow columns."""
_OVERVIEW_SCALE = 72
"""Per cent: at it, those columns are within an A4 page in whatever font stands in for 宋体."""
_GRID_WIDTH = 6.5
_GRID_PIXELS = 57
_ROW_PIXELS = 18
_PAGE_PIXELS = 1330
"""The height of a page at that scale, with a margin for other fonts."""


def _scope(book: _Book) -> str:
    """What the figures cover, in one sentence."""
    words = f"{len(book.county.members)} 个单位的数字之和"
    return f"{book.content.coverage}，{words}" if book.content.coverage else words


def _overview(book: _Book, plan: Sequence[_Sheet]) -> None:
    ws = book.sheets[book.name(_OVERVIEW)]
    formats = book.formats
    _set_page(book, ws, landscape=False, pages=None)
    ws.set_print_scale(_OVERVIEW_SCALE)
    ws.center_horizontally()
    ws.set_column(0, _GRID - 1, _GRID_WIDTH)
    ws.set_row(0, 34)
    title = formats("title", align="center")
    _wide(ws, 0, _title(book.content), title)
    row = _overview_state(book, ws, 1)
    row = _overview_tabs(book, ws, row + 1, plan)
    row = _overview_standing(book, ws, row + 1)
    row = _overview_figures(book, ws, row + 1)
    last = _overview_charts(book, ws, row + 1)
    ws.print_area(0, 0, last, _GRID - 1)
    ws.freeze_panes(1, 0)
    ws.activate()
    ws.set_first_sheet()


def _wide(ws: Any, row: int, words: str, style: Any) -> None:
    """A line across the page, as high as its words need."""
    _merged(ws, row, 0, 1, _GRID, style)
    ws.write_string(row, 0, _text(words), style)


def _overview_state(book: _Book, ws: Any, row: int) -> int:
    """Whether the figures are all there, in words and in a frame."""
    coverage, standing = book.content.coverage, book.content.standing
    units = len(book.county.members)
    if coverage:
        words, style = f"{coverage}。以下是 {units} 个单位的数字之和，不是全部。", "draft"
    elif standing:
        words, style = f"已齐：应报 {len(standing)} 个单位全部通过。", "complete"
    else:
        words, style = f"以下是 {units} 个单位的数字之和（没有名册，不能判断是否报齐）。", "draft"
    ws.set_row(row, _height(_lines(words, _GRID * _GRID_WIDTH)))
    _wide(ws, row, words, book.formats(style, align="center"))
    return row + 1


def _overview_tabs(book: _Book, ws: Any, row: int, plan: Sequence[_Sheet]) -> int:
    """The way to every other sheet."""
    style = book.formats("tab")
    others = plan[1:]
    for at, sheet in enumerate(others):
        line, column = row + at // 7, at % 7 * 2
        _merged(ws, line, column, 1, 2, style)
        tip = _text(sheet.about)[:255]
        ws.write_url(line, column, _to_sheet(sheet.name), style, sheet.name, tip)
        ws.set_row(line, 22)
    return row + -(-len(others) // 7)


def _overview_standing(book: _Book, ws: Any, row: int) -> int:
    standing = book.content.standing
    formats = book.formats
    if not standing:
        return row - 1
    _section(ws, row, "报送情况（个单位）", formats("heading"))
    row += 1
    sheet = book.name("报送情况")
    counts = _status_counts(standing)
    units = book.details.reference(0)
    cards: list[tuple[str, _Value | None]] = [
        ("应报", _Formula(f"=COUNTA({_standing_units(sheet, len(standing))})", len(standing))),
        *((status, None) for status in counts),
        ("计入汇总", _Formula(f"=COUNTA({units})", len(book.county.members))),
    ]
    for at, (label, value) in enumerate(cards):
        line, column = row + at // 7 * 2, at % 7 * 2
        head, number = formats("column_label"), formats("card", num_format="0")
        _merged(ws, line, column, 1, 2, head)
        ws.set_row(line, 20)
        ws.write_string(line, column, _text(label), head)
        _merged(ws, line + 1, column, 1, 2, number)
        ws.set_row(line + 1, 30)
        cell = xl_rowcol_to_cell(line, column, row_abs=True, col_abs=True)
        shown = value or _count_formula(sheet, _STATUS_COLUMN, len(standing), cell, counts[label])
        _put(ws, line + 1, column, shown, number)
    return row + -(-len(cards) // 7) * 2


def _standing_units(sheet: str, rows: int) -> str:
    top = xl_rowcol_to_cell(_LISTING_HEAD + 1, 0, row_abs=True, col_abs=True)
    bottom = xl_rowcol_to_cell(_LISTING_HEAD + rows, 0, row_abs=True, col_abs=True)
    return f"{quote_sheetname(sheet)}!{top}:{bottom}"


def _section(ws: Any, row: int, words: str, style: Any) -> None:
    ws.set_row(row, 24)
    for at in range(_GRID):
        ws.write_blank(row, at, None, style)
    ws.write_string(row, 0, words, style)


def _overview_figures(book: _Book, ws: Any, row: int) -> int:
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
        kept = measure.value(book.total)
        live = _total_formula(book, measure)
        cells: tuple[_Value, ...] = (live,)
        places = _decimals([kept], measure.scale)
        if prior is not None:
            change = _measure_change(book, measure, book.prior_total)
            places = _decimals([kept, change.before or 0], measure.scale)
            cells = _paired(live, kept, change, measure.scale, row)
        styles = [formats("label"), formats("word")]
        for value, more in zip(cells, _change_styles(places), strict=False):
            words = isinstance(value, str)
            styles.append(formats("word" if words else "figure", **more, shrink=not words))
        ws.set_row(row, 22)
        _spanned(ws, row, [measure.label, measure.unit, *cells], spans, styles)
    return row + 1


def _paired(
    live: _Formula, kept: int, change: _Change, scale: int, row: int
) -> tuple[_Value, ...]:
    """As 同比 compares, in the columns of 总览: each figure is two of its columns wide."""
    this, last, gap = (xl_rowcol_to_cell(row, at) for at in (6, 8, 10))
    if change.before is None:
        return live, change.why, _DASH, _DASH
    before = _amount(change.before, scale)
    if change.why:
        return live, before, "口径不同", _DASH
    difference = _amount(kept - change.before, scale)
    share: _Value = _Formula(f"={gap}/{last}", difference / before) if change.before else _DASH
    return live, before, _Formula(f"={_rounded(f'{this}-{last}', scale)}", difference), share


def _spanned(
    ws: Any, row: int, values: Sequence[_Value], spans: Sequence[int], styles: Sequence[Any]
) -> None:
    column = 0
    for value, span, style in zip(values, spans, styles, strict=True):
        _merged(ws, row, column, 1, span, style)
        _put(ws, row, column, value, style)
        column += span


def _overview_charts(book: _Book, ws: Any, row: int) -> int:
    """The charts: those of parts two abreast, then the others across the page."""
    _, drawn = _charts(book)
    parts = [one for one in drawn if one.chart.kind == "parts"]
    across = [one for one in drawn if one.chart.kind != "parts" and one.points]
    if not parts and not across:
        return row - 1
    _section(ws, row, "图", book.formats("heading"))
    row += 2
    for at in range(0, len(parts), 2):
        row = _chart_row(book, ws, row, parts[at : at + 2])
    # Rows with frames are higher than the usual; a chart that doesn't fit begins a page.
    higher = 120 + 11 * len(book.edition.measures)
    room = _PAGE_PIXELS - higher - row * _ROW_PIXELS
    breaks = []
    for one in across:
        height = (_chart_rows([one]) + 1) * _ROW_PIXELS
        if height > room:
            breaks.append(row - 1)
            room = _PAGE_PIXELS
        room -= height
        row = _chart_row(book, ws, row, [one])
    ws.set_h_pagebreaks(breaks)
    return row


def _chart_rows(charts: Sequence[_Drawn]) -> int:
    """How many rows charts side by side are high: a bar needs its room."""
    bars = max(one.points for one in charts)
    pixels = 300 if charts[0].chart.kind == "years" else 70 + 26 * max(3, bars)
    return -(-pixels // _ROW_PIXELS) if bars else 1


def _chart_row(book: _Book, ws: Any, row: int, charts: Sequence[_Drawn]) -> int:
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
        width, height = pixels - 8, rows * _ROW_PIXELS
        made = _chart_object(book, one, width, height)
        made.set_size({"width": width, "height": height})
        ws.insert_chart(row, column, made, {"x_offset": 4, "description": one.about})
    return row + rows + 1


# ---------------------------------------------------------------------------------- 说明


def _notes(book: _Book, ws: Any) -> None:
    formats = book.formats
    _set_page(book, ws, landscape=False)
    widths = (18, 78)
    for at, width in enumerate(widths):
        ws.set_column(at, at, width)
    _heading(book, ws, "说明", "本工作簿的数据范围、计量单位和编制依据。", widths)
    ws.write_string(_LISTING_HEAD, 0, "事项", formats("head"))
    ws.write_string(_LISTING_HEAD, 1, "内容", formats("head"))
    ws.set_row(_LISTING_HEAD, 22)
    for row, (item, words) in enumerate(_told(book), start=_LISTING_HEAD + 1):
        ws.set_row(row, _height(_lines(words, widths[1])))
        ws.write_string(row, 0, item, formats("label"))
        ws.write_string(row, 1, _text(words), formats("text"))
    ws.freeze_panes(_LISTING_HEAD + 1, 0)


def _told(book: _Book) -> Iterator[tuple[str, str]]:
    edition, content, details = book.edition, book.content, book.details
    yield "数据范围", (
        f"{book.county.name}{book.county.year}年度，{len(book.county.members)} 个单位报送并通过校验"
        f"的工作簿。" + (content.coverage and f"{content.coverage}。")
    )
    yield "编制依据", edition.source
    yield "格式", f"{edition.name}"
    units = "、".join(dict.fromkeys(figure.unit for figure in edition.fields))
    yield "计量单位", f"{units}。金额一律以万元为单位，精确到分（万元后 6 位小数），没有四舍五入。"
    written = [figure.name for figure in edition.fields if figure.kind == "money_text"]
    if written:
        yield "金额换算", (
            f"“{'”、“'.join(written)}”在单位的表中连同单位填写（如 108万元、251000元），"
            f"本工作簿换算成万元；原来的写法在“{details.sheet}”紧接的一列。"
        )
    tables = "、".join(f"“{table.sheet}”" for table in edition.tables)
    yield "汇总方法", (
        f"{tables}各数是“{details.sheet}”中相应一列的合计公式；点击数字可跳到这一列。"
        f"改动“{details.sheet}”，各表、总览和图随之变动；但正式更正应改单位的工作簿，重新汇总。"
    )
    if content.prior is not None:
        prior = content.prior
        yield "与上年比较", (
            f"上年数字来自 {prior.year} 年度 {len(prior.members)} 个单位的工作簿（{prior.edition.name}）。"
            f"两年格式不同的，同名项目才比较；没有的写“{_NONE}”，名称不同的注明“口径不同”，不算增减。"
            "上年为 0 的不算百分比。"
        )
    yield "程度", "错误：文件退回改正；警告：请核对，属实可不改；提示：供参考。"
    if content.standing:
        yield "状态", (
            "通过：已收到且没有错误；退回：已收到但有错误；未报：没有收到；"
            "逾期：过了截止日期；重复：同一单位有不止一个文件。"
        )
    yield "颜色", "颜色只为醒目，含义都另有文字。"
