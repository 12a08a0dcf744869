"""What the sheets of the summary workbook share: its content, formats, cells and formulas."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any

from xlsxwriter.utility import quote_sheetname, xl_rowcol_to_cell

from pipeline.aggregate import County
from pipeline.edition import Edition, Field, Kind, LabelPath, Measure
from pipeline.problems import Problem
from pipeline.roster.completeness import ACCEPTED, Publication, Standing
from pipeline.theme import THEME


@dataclass(frozen=True, kw_only=True, slots=True)
class SummaryContent:
    """What the workbook tells.

    ``standing`` has a line for each unit that should report (none: there is no list of them),
    ``problems`` the unit, its file and what is wrong.  ``earlier`` is the same county in the
    years before, the oldest first, maybe in another edition.  ``coverage`` says what the figures
    lack, e.g. ``草稿（未齐：示例镇）``; empty when nothing.  ``published`` has a line for each
    report that is to be published, where there is a list of them.  ``copies`` has, by a unit's
    file, the marked copy of it that went back, relative to where the summary stands.
    """

    county: County
    standing: tuple[Standing, ...]
    problems: tuple[tuple[str, str, Problem], ...]
    earlier: tuple[County, ...]
    coverage: str
    published: tuple[Publication, ...] = ()
    copies: Mapping[str, str] = field(default_factory=dict)

    @property
    def prior(self) -> County | None:
        """The county in the year just before."""
        found = [one for one in self.earlier if one.year == self.county.year - 1]
        return found[0] if found else None


OVERVIEW = "总览"
DASH = "—"
ROW_PIXELS = 18
"""The height of a row that nothing has set."""
_COVERAGE_SHOWN = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """A sheet to be written: its name, what it holds (told on 总览), and how it is written."""

    name: str
    about: str
    write: Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class Formula:
    """A live formula and the figure that the program computed for it."""

    text: str
    value: float | str


Value = str | int | float | Formula


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """A column of a listing: its header, its width in characters, the style of its cells."""

    header: str
    width: float
    style: str = "text"
    number_format: str = "General"


class Formats:
    """The workbook's cell formats, each made once."""

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._made: dict[tuple[tuple[str, object], ...], Any] = {}
        self._asked: dict[tuple[object, ...], Any] = {}

    def __call__(self, style: str, **more: object) -> Any:
        asked = (style, *more.items())
        if asked not in self._asked:
            self._asked[asked] = self._format(style, more)
        return self._asked[asked]

    def _format(self, style: str, more: Mapping[str, object]) -> Any:
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


# ------------------------------------------------------------------- the content, as all need it

LISTING_HEAD = 3
"""The row of a listing's header, from 0: above it the title, a note, and the way back."""

WHO = (
    Column(header="单位", width=22),
    Column(header="类型", width=8, style="word"),
    Column(header="来源文件", width=34),
)
"""The columns of 单位明细 left of the figures."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Details:
    """Where the units' figures stand in 单位明细."""

    sheet: str
    first: int
    last: int
    columns: Mapping[str, int]
    written: Mapping[str, int]

    def reference(self, column: int) -> str:
        """The cells of a column, for a formula on any sheet."""
        return _column_cells(self.sheet, self.first, self.last, column)

    def link(self, column: int) -> str:
        """The same cells, for a hyperlink."""
        return "internal:" + self.reference(column).replace("$", "")


@lru_cache(maxsize=4096)
def _column_cells(sheet: str, first: int, last: int, column: int) -> str:
    top = xl_rowcol_to_cell(first, column, row_abs=True, col_abs=True)
    bottom = xl_rowcol_to_cell(last, column, row_abs=True, col_abs=True)
    return f"{quote_sheetname(sheet)}!{top}:{bottom}"


@dataclass(frozen=True, kw_only=True)
class Book:
    """What the writers of the sheets share."""

    workbook: Any
    content: SummaryContent
    formats: Formats
    sheets: dict[str, Any] = field(default_factory=dict)

    @property
    def county(self) -> County:
        return self.content.county

    @property
    def edition(self) -> Edition:
        return self.content.county.edition

    @property
    def title(self) -> str:
        """Whose figures of which year, for the head of a sheet."""
        return f"{self.county.name}{self.county.year}年度"

    @cached_property
    def waiting(self) -> tuple[Standing, ...]:
        """The units that have yet to come in."""
        return tuple(line for line in self.content.standing if line.status != ACCEPTED)

    @property
    def draft(self) -> bool:
        return bool(self.content.coverage or self.waiting)

    @cached_property
    def total(self) -> Mapping[str, int]:
        """The county's figures by field key, as whole numbers of Python."""
        return self.county.sums

    @property
    def prior(self) -> County:
        """Last year's, for what is only written when there is one."""
        assert self.content.prior is not None
        return self.content.prior

    @cached_property
    def prior_total(self) -> Mapping[str, int]:
        return self.prior.sums

    @cached_property
    def details(self) -> Details:
        """The columns of 单位明细: who, then the figures, an amount's original words beside it."""
        columns, written = {}, {}
        at = len(WHO)
        for figure in self.edition.fields:
            columns[figure.key] = at
            at += 1
            if figure.kind == "money_text":
                written[figure.key] = at
                at += 1
        first = LISTING_HEAD + 2
        return Details(
            sheet=self.name("单位明细"),
            first=first,
            last=first + max(1, len(self.county.members)) - 1,
            columns=columns,
            written=written,
        )

    @cached_property
    def by_field(self) -> Mapping[str, Sequence[int]]:
        """The units' figures by field key, in the order of the units."""
        figures = self.county.figures
        columns = figures.to_numpy().T.tolist()
        return dict(zip(map(str, figures.columns), columns, strict=True))

    @cached_property
    def decimals(self) -> Mapping[str, int]:
        """How many decimals an amount of a column is shown with, so that none is cut off."""
        return {
            figure.key: decimals_needed(
                [*self.by_field[figure.key], self.total[figure.key]], figure.scale
            )
            for figure in self.edition.fields
        }

    def name(self, wanted: str) -> str:
        """A sheet name that no national table has already taken."""
        taken = {table.sheet.casefold() for table in self.edition.tables}
        return f"{wanted}（汇总）" if wanted.casefold() in taken else wanted

    def number_format(self, figure: Field) -> str:
        return number_format(figure.kind, self.decimals[figure.key])


def covered(book: Book) -> str:
    """How many units' figures are added up, and of how many that should report."""
    expected = len(book.content.standing)
    return f"汇总 {book.county.reporting} 个单位" + (f"，应报 {expected} 个" if expected else "")


def scope(book: Book) -> str:
    """What the figures cover, in one sentence."""
    words, coverage = covered(book), book.content.coverage
    if len(coverage) > _COVERAGE_SHOWN:
        coverage = f"{coverage[:_COVERAGE_SHOWN]}……（全文见“{book.name(OVERVIEW)}”）"
    return f"{coverage}，{words}" if coverage else words


def leaf_name(path: LabelPath) -> str:
    """What a row or a column is called in a list; a dash where it has no label."""
    return path[-1].name if path else DASH


# ------------------------------------------------------------------------------ writing of cells


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


# -------------------------------------------------------------------------- figures and formulas


def in_units(value: int, scale: int) -> float:
    """A kept whole number in printed units; what Excel's 15 digits hold is exact."""
    return value / scale if scale != 1 else value


def decimals_needed(values: Iterable[int], scale: int) -> int:
    """How many decimals show all of these kept whole numbers in full."""
    if scale == 1:
        return 0
    places = len(str(scale)) - 1
    return max((len(f"{abs(v) % scale:0{places}d}".rstrip("0")) for v in values), default=0)


def number_format(kind: Kind, decimals: int = 0) -> str:
    """The cell format of a kind of figure: thousands apart, the sign of a change shown."""
    plain = "#,##0" + ("." + "0" * decimals if decimals else "")
    if kind == "signed":
        return f"+{plain};-{plain};0"
    return f"{plain};-{plain};0" if decimals else plain


def rounded(expression: str, scale: int) -> str:
    """An amount's formula, rid of what binary fractions leave behind the 分."""
    return f"ROUND({expression},6)" if scale != 1 else expression


def share_formula(part: str, whole: str, value: Fraction) -> Formula:
    """A share of two cells. Rounded, as both sides of a comparison need the same few digits."""
    sign = -1 if value < 0 else 1
    millionths = sign * int(abs(value) * 1_000_000 + Fraction(1, 2))
    return Formula(f"=ROUND({part}/{whole},6)", millionths / 1_000_000)


def measure_formula(book: Book, measure: Measure) -> Formula:
    """A measure of the whole county, over the units' columns."""
    sums = [
        f"{'-' if term.coefficient < 0 else '+'}"
        f"{f'{abs(term.coefficient)}*' if abs(term.coefficient) != 1 else ''}"
        f"SUM({book.details.reference(book.details.columns[term.field])})"
        for term in measure.terms
    ]
    expression = rounded("".join(sums).removeprefix("+"), measure.scale)
    return Formula(f"={expression}", in_units(measure.value(book.total), measure.scale))


def field_formula(book: Book, figure: Field) -> Formula:
    """A figure of the county: the sum of its column of 单位明细."""
    expression = f"SUM({book.details.reference(book.details.columns[figure.key])})"
    value = in_units(book.total[figure.key], figure.scale)
    return Formula(f"={rounded(expression, figure.scale)}", value)


def unit_formula(book: Book, measure: Measure, name_cell: str, value: int) -> Formula:
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
    return Formula(f"={rounded(expression, measure.scale)}", in_units(value, measure.scale))


def listed_cells(sheet: str, column: int, rows: int) -> str:
    """The cells of a column of a listing, for a formula on any sheet."""
    top = xl_rowcol_to_cell(LISTING_HEAD + 1, column, row_abs=True, col_abs=True)
    bottom = xl_rowcol_to_cell(LISTING_HEAD + rows, column, row_abs=True, col_abs=True)
    return f"{quote_sheetname(sheet)}!{top}:{bottom}"


# ---------------------------------------------------------------------- sheets of one table each


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
        ws.write_string(head + 1, 0, "（无）", formats("note"))
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
                more = {**more, **_STYLES["link"]}
            wanted = {"num_format": column.number_format, **more}
            words = isinstance(value, str)
            style = "word" if words and column.style == "figure" else column.style
            put(ws, head + down, at, value, formats(style, **wanted))
            if isinstance(value, str):
                lines = max(lines, line_count(value, column.width))
        ws.set_row(head + down, row_height(lines))
    cells = area_name(area)
    ws.ignore_errors({"number_stored_as_text": cells, "formula_differs": cells})
