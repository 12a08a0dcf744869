"""The summary workbook's 同比 and 单位同比: this year beside last, maybe across editions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from pipeline.aggregate.comparison import NO_COUNTERPART, Change, field_change, measure_change
from pipeline.books.cells import Formula, Value
from pipeline.model.edition import Edition, Field
from pipeline.summary.book import DASH, LISTING_HEAD, Book, Column, leaf_name
from pipeline.summary.formats import decimals_needed, number_format
from pipeline.summary.formulas import field_formula, in_units, rounded, share_formula, unit_formula
from pipeline.summary.listing import write_listing
from pipeline.text.figures import Kind
from pipeline.text.labels import normalise

_UNIT = Column(header="计量单位", width=10, style="word")

YEARS = (
    Column(header="表", width=12, style="word"),
    Column(header="项目", width=34),
    Column(header="栏目", width=26),
    _UNIT,
)
"""The columns of 同比 left of the figures."""

UNIT_YEARS = (Column(header="单位名称", width=24), Column(header="项目", width=28), _UNIT)
"""The columns of 单位同比 left of the figures."""


def compared(
    now: Formula, kept: int, change: Change, scale: int, cells: Sequence[str], *, share: bool = True
) -> tuple[Value, Value, Value, Value]:
    """This year, last year, the difference and its share; the last two as live formulas.

    ``cells`` are where the first three stand.  The share is left out when last year's is 0.
    """
    if change.before is None:
        return now, change.why, DASH, DASH
    before = in_units(change.before, scale)
    if change.why:
        return now, before, DASH, DASH
    this, last, gap = cells
    difference = in_units(kept - change.before, scale)
    live = Formula(f"={rounded(f'{this}-{last}', scale)}", difference)
    if not share or not change.before:
        return now, before, live, DASH
    rate = Fraction(kept - change.before, change.before)
    return now, before, live, share_formula(gap, last, rate)


def change_formats(decimals: int, kind: Kind = "count") -> tuple[str, str, str, str]:
    """The number formats of what :func:`compared` gives."""
    plain, signed = number_format(kind, decimals), number_format("signed", decimals)
    return plain, plain, signed, "+0.0%;-0.0%;0.0%"


class _Rows:
    """The lines of a comparison as they are gathered, and the number formats of their figures."""

    def __init__(self, first: int) -> None:
        self.first = first
        self.rows: list[Sequence[Value]] = []
        self.styles: dict[tuple[int, int], Mapping[str, object]] = {}

    def cells(self) -> tuple[str, str, str]:
        """Where this year's, last year's and the difference of the next line will stand."""
        row = LISTING_HEAD + 1 + len(self.rows)
        this, last, gap = (xl_rowcol_to_cell(row, self.first + at) for at in range(3))
        return this, last, gap

    def add(
        self, who: Sequence[str], figures: Sequence[Value], formats: Sequence[str], why: str
    ) -> None:
        for at, wanted in enumerate(formats):
            self.styles[len(self.rows), self.first + at] = {"num_format": wanted}
        self.rows.append([*who, *figures, why])


def _year_columns(book: Book) -> list[Column]:
    return [
        Column(header=f"{book.county.year}年（本年）", width=17, style="figure"),
        Column(header=f"{book.prior.year}年（上年）", width=17, style="figure"),
        Column(header="增减", width=18, style="figure"),
        Column(header="增减%", width=12, style="figure"),
        Column(header="备注", width=44),
    ]


def _year_note(book: Book) -> str:
    now = {normalise(m.unit) for m in book.county.members}
    before = {normalise(m.unit) for m in book.prior.members}
    words = (
        f"本年 {len(now)} 个单位，上年 {len(before)} 个单位，两年都有的 {len(now & before)} 个。"
    )
    if now != before:
        words += "单位范围不同，增减含范围变化的影响。"
    return words


def write_years(book: Book, ws: Any) -> None:
    """Every figure of the county beside last year's; what only one of the years has, too."""
    lines = _Rows(first=len(YEARS))
    for figure in book.edition.fields:
        kept, change = (
            book.total[figure.key],
            field_change(figure, book.prior.edition, book.prior_total),
        )
        figures = compared(
            field_formula(book, figure),
            kept,
            change,
            figure.scale,
            lines.cells(),
            share=figure.kind != "signed",
        )
        places = decimals_needed([kept, change.before or 0], figure.scale)
        why = change.why if change.before is not None else ""
        lines.add(_named(book.edition, figure), figures, change_formats(places, figure.kind), why)
    for figure in book.prior.edition.fields:
        if figure.key not in book.edition.by_key:
            value = book.prior_total[figure.key]
            shown = change_formats(decimals_needed([value], figure.scale), figure.kind)
            only = (NO_COUNTERPART, in_units(value, figure.scale), DASH, DASH)
            lines.add(_named(book.prior.edition, figure), only, shown, "只有上年的格式有这一项")
    write_listing(
        book,
        ws,
        table="同比表",
        title=f"{book.title}与{book.prior.year}年度比较",
        note=_year_note(book),
        columns=[*YEARS, *_year_columns(book)],
        rows=lines.rows,
        styles=lines.styles,
        frozen=3,
    )


def _named(edition: Edition, figure: Field) -> tuple[str, str, str, str]:
    """A figure's table, row, column and unit."""
    sheet = edition.table(figure.table).sheet
    return sheet, leaf_name(figure.row), leaf_name(figure.column), figure.unit


def write_unit_years(book: Book, ws: Any) -> None:
    """The key figures of every unit beside last year's; one line a unit and figure."""
    now = {normalise(m.unit): at for at, m in enumerate(book.county.members)}
    then = {normalise(m.unit): at for at, m in enumerate(book.prior.members)}
    this_year, last_year = book.county.by_unit, book.prior.by_unit
    lines = _Rows(first=len(UNIT_YEARS))
    for name in dict.fromkeys([*now, *then]):
        here, there = now.get(name), then.get(name)
        for measure in book.edition.measures:
            change = Change(None, "上年无该单位")
            if there is not None:
                change = measure_change(measure, book.edition, book.prior.edition, last_year[there])
            kept = 0
            figures: tuple[Value, ...]
            if here is not None:
                unit = book.county.members[here].unit
                kept = measure.value(this_year[here])
                cells = lines.cells()
                row = cells[0].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
                live = unit_formula(book, measure, f"$A{row}", kept)
                figures = compared(live, kept, change, measure.scale, cells)
            else:
                unit = book.prior.members[then[name]].unit
                before: Value = change.why
                if change.before is not None:
                    before = in_units(change.before, measure.scale)
                figures = ("本年无该单位", before, DASH, DASH)
            places = decimals_needed([kept, change.before or 0], measure.scale)
            why = change.why if change.before is not None else ""
            who = (unit, measure.label, measure.unit)
            lines.add(who, figures, change_formats(places), why)
    write_listing(
        book,
        ws,
        table="单位同比表",
        title=f"各单位主要数字与{book.prior.year}年度比较",
        note="在“项目”一列筛选出一项，就是各单位这一项的比较。" + _year_note(book),
        columns=[*UNIT_YEARS, *_year_columns(book)],
        rows=lines.rows,
        styles=lines.styles,
        frozen=2,
    )
