"""The sheet 台账统计: tables three and four as the ledger counts them, beside what was filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.books.cells import Spot, area_text, rectangles, reference
from pipeline.books.drawing import LINE, OPEN_PROTECTION, Sheet, Styles, lines_of
from pipeline.books.theme import THEME
from pipeline.declare.ledger import (
    LedgerForm,
    applicant_choices,
    columns,
    ledger_form,
    outcome_choices,
    result_choices,
)
from pipeline.forms.ledger import formulas
from pipeline.forms.places import TableLayout
from pipeline.model.edition import Edition, Table, dotted
from pipeline.model.table_grid import Cell, Grid, grid
from pipeline.text.labels import address


@dataclass(frozen=True, kw_only=True, slots=True)
class Spread:
    """Where a table's counts begin, and where, shifted by ``aside``, its differences stand."""

    table: Table
    grid: Grid
    top: int
    left: int
    aside: Spot

    def at(self, cell: Cell) -> Spot:
        return self.top + cell.row, self.left + cell.column


@dataclass(frozen=True, kw_only=True, slots=True)
class TallyLayout:
    """Where the counts stand on the sheet, by field key, and the row below them all."""

    spreads: tuple[Spread, ...]
    places: Mapping[str, Spot]
    bottom: int


TITLE_ROW, STATE_ROW, TOLD_ROW, TOP = 0, 1, 2, 4


def tally_layout(edition: Edition, form: LedgerForm) -> TallyLayout:
    """Lay the counted tables out one below the other, their figures in the same columns.

    A table's differences stand right of it, those of a table without labels of rows below it.
    """
    tables = counted_tables(edition, form)
    stub = max(len(table.stub) for table in tables)
    spreads: list[Spread] = []
    row = TOP
    for table in tables:
        drawn = grid(table)
        width, beside = drawn.columns - drawn.stub, drawn.stub > 0
        aside = (0, width + 1) if beside else (drawn.rows + 2, 0)
        left = stub - drawn.stub
        spreads.append(Spread(table=table, grid=drawn, top=row + 1, left=left, aside=aside))
        row += (drawn.rows if beside else 2 * drawn.rows + 2) + 3
    return TallyLayout(
        spreads=tuple(spreads),
        places={
            cell.field.key: spread.at(cell)
            for spread in spreads
            for cell in spread.grid.cells
            if cell.field is not None
        },
        bottom=row,
    )


def counted_tables(edition: Edition, form: LedgerForm) -> tuple[Table, ...]:
    return tuple(edition.table(k) for k in (form.counting.requests, form.counting.disputes))


def tally_references(edition: Edition) -> dict[str, str]:
    """The cell of every figure that is counted, totals aside, by field key."""
    form = ledger_form()
    places = tally_layout(edition, form).places
    fields = [f for table in counted_tables(edition, form) for f in table.fields]
    return {f.key: reference(form.tally, places[f.key]) for f in fields if not f.derived}


def count_formulas(edition: Edition, form: LedgerForm) -> dict[str, str]:
    """The formula of every figure that is counted, totals aside, by field key."""
    own = {column.key: column for column in columns(form.requests, edition, form)}

    def column(label: str) -> str:
        return formulas.whole(formulas.REQUESTS, label)

    counting = form.counting
    applicants = {c.key: c.label for c in applicant_choices(edition, counting)}
    results = {c.key: c.label for c in result_choices(edition, counting)}
    sources = {
        counting.received: (formulas.CAME_IN, formulas.NEW),
        counting.carried_in: (formulas.CAME_IN, formulas.CARRIED),
        counting.carried_out: (formulas.WENT_OUT, formulas.CARRIED_OUT),
        **{key: (formulas.WENT_OUT, label) for key, label in results.items()},
    }
    found = {}
    for field in edition.table(counting.requests).fields:
        if not field.derived:
            where, what = sources[dotted(field.row)]
            applicant = applicants[dotted(field.column)]
            found[field.key] = (
                f'=COUNTIFS({column(where)},"{what}",'
                f'{column(own["applicant"].label)},"{applicant}")'
            )
    for field in edition.table(counting.disputes).fields:
        if not field.derived:
            group = dotted(field.column[:-1])
            [label] = [
                choice.label
                for choice in outcome_choices(edition, counting, group)
                if choice.key == dotted(field.column)
            ]
            own_label = own[f"disputes.{group}"].label
            found[field.key] = (
                f'=COUNTIFS({column(formulas.VALID)},1,{column(own_label)},"{label}")'
            )
    return found


# -------------------------------------------------------------------------------- drawing


def tally_sheet(
    sheet: Sheet,
    edition: Edition,
    form: LedgerForm,
    channels: Sequence[str],
    filled: Sequence[TableLayout],
    styles: Styles,
) -> None:
    """Draw the sheet.

    Args:
        channels: the usual channels of what is published.
        filled: the layouts of the table sheets of the same workbook, to be compared with; none
            in a ledger of its own.
    """
    layout = tally_layout(edition, form)
    sheet.set_tab_color(THEME.series[4])
    sheet.set_row(TITLE_ROW, 30)
    sheet.write_string(TITLE_ROW, 0, form.tally, styles("title"))
    told = "由台账自动数出，不用填。"
    if filled:
        told += "旁边是表中填的数减台账数，0 为相同。表中没有打过字的格子，直接取台账的数。"
    sheet.write_string(TOLD_ROW, 0, told, styles("small", "muted"))
    widths = layout.spreads[0].grid.widths
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.set_column(len(widths), len(widths) + 12, widths[-1])
    counts = count_formulas(edition, form)
    areas = []
    for spread in layout.spreads:
        left, width = spread.left, spread.grid.columns
        _caption(sheet, spread.top - 1, f"{spread.table.sheet}：台账数", width, styles, left)
        _heights(sheet, spread)
        for cell in spread.grid.cells:
            if cell.field is None:
                _label(sheet, *spread.at(cell), cell, styles)
                continue
            parts = rectangles(layout.places[part] for part in cell.field.parts)
            total = f"=SUM({','.join(area_text(area) for area in parts)})"
            formula = total if cell.field.derived else counts[cell.field.key]
            traits = ("total",) if cell.field.derived else ("plain",)
            format_ = styles("box", "right", "count", *traits)
            sheet.write_formula(*spread.at(cell), formula, format_, 0)
        areas += [
            _differences(sheet, spread, other, styles)
            for other in filled
            if other.table is spread.table
        ]
    sheet.set_h_pagebreaks([spread.top - 1 for spread in layout.spreads[1:2]])
    if areas:
        _state(sheet, areas, styles)
    else:
        sheet.write_string(STATE_ROW, 0, "年底可照此填报。", styles("good_ink"))
    _publications(sheet, layout.bottom, layout.spreads[0].grid.stub, form, channels, styles)
    sheet.set_landscape()
    sheet.freeze_panes(TOLD_ROW + 1, 0)
    sheet.protect("", OPEN_PROTECTION)


def _caption(sheet: Sheet, row: int, text: str, width: int, styles: Styles, left: int = 0) -> None:
    for column in range(left, left + width):
        sheet.write_blank(row, column, None, styles("band"))
    sheet.write_string(row, left, text, styles("band"))


def _label(sheet: Sheet, row: int, column: int, cell: Cell, styles: Styles) -> None:
    side = ("left", "indent") if cell.role == "row" else ("centre",)
    format_ = styles("label", "box", "wrap", *side)
    if cell.rowspan > 1 or cell.colspan > 1:
        last = row + cell.rowspan - 1, column + cell.colspan - 1
        sheet.merge_range(row, column, *last, "", format_)
    sheet.write_string(row, column, cell.text, format_)


def _heights(sheet: Sheet, spread: Spread) -> None:
    """Rows that hold their labels; a label over several rows has room enough."""
    heights = [18.0] * spread.grid.rows
    for cell in spread.grid.cells:
        if cell.text and cell.rowspan == 1:
            width = sum(spread.grid.widths[cell.column : cell.column + cell.colspan])
            heights[cell.row] = max(heights[cell.row], lines_of(cell.text, width) * LINE + 4)
    for row, height in enumerate(heights):
        sheet.set_row(spread.top + row, height)


def _differences(
    sheet: Sheet, spread: Spread, filled: TableLayout, styles: Styles
) -> tuple[int, int, int, int]:
    """Beside a table's counts, what was filled in less the count; gives the area."""
    down, right = spread.aside
    drawn, left = spread.grid, spread.left + spread.grid.stub + right
    caption = f"“{filled.sheet}”填的数减台账数"
    _caption(sheet, spread.top + down - 1, caption, drawn.columns - drawn.stub, styles, left)
    spots = []
    for cell in drawn.cells:
        row, column = spread.at(cell)
        if cell.role in ("banner", "column"):
            _label(sheet, row + down, column + right, cell, styles)
        if cell.field is None:
            continue
        own = reference(filled.sheet, filled.places[cell.field.key])
        formula = f"=N({own})-{address(row, column)}"
        spots.append((row + down, column + right))
        sheet.write_formula(*spots[-1], formula, styles("box", "right", "signed"), 0)
    area = (*min(spots), *max(spots))
    rule = {"type": "cell", "criteria": "!=", "value": 0, "format": styles.over("bad")}
    sheet.conditional_format(*area, rule)
    return area


def _state(sheet: Sheet, areas: Sequence[tuple[int, int, int, int]], styles: Styles) -> None:
    terms = "+".join(f"SUMPRODUCT(--({area_text(area)}<>0))" for area in areas)
    formula = f'=IF({terms}=0,"各表与台账相符","有 "&({terms})&" 格与台账不同，见红色的格子")'
    sheet.write_formula(STATE_ROW, 0, formula, styles("good_ink"), "各表与台账相符")
    rule = {"type": "text", "criteria": "containing", "value": "不同"}
    sheet.conditional_format(STATE_ROW, 0, STATE_ROW, 0, {**rule, "format": styles.over("bad_ink")})


def _publications(
    sheet: Sheet,
    top: int,
    stub: int,
    form: LedgerForm,
    channels: Sequence[str],
    styles: Styles,
) -> None:
    """How many items each channel and kind had in the year."""
    labels = {column.key: column.label for column in form.publications.columns}
    own = {key: formulas.whole(formulas.PUBLICATIONS, label) for key, label in labels.items()}
    year = formulas.YEAR
    within = f'{own["date"]},">="&DATE({year},1,1),{own["date"]},"<="&DATE({year},12,31)'
    _caption(sheet, top, "主动公开：本年条数（按类型和渠道）", stub + len(channels) + 1, styles)
    header = styles("label", "box", "centre", "wrap")
    sheet.merge_range(top + 1, 0, top + 1, stub - 1, labels["kind"], header)
    names = [*channels, "合计"]
    sheet.set_row(top + 1, 2 * LINE + 4)
    for at, name in enumerate(names):
        sheet.write_string(top + 1, stub + at, name, header)
    kinds = [*form.kinds, "合计"]
    for down, kind in enumerate(kinds, top + 2):
        sheet.merge_range(down, 0, down, stub - 1, kind, styles("label", "box", "left", "indent"))
        for at, name in enumerate(names):
            by_kind = f',{own["kind"]},"{kind}"' if kind in form.kinds else ""
            by_channel = f',{own["channel"]},"{name}"' if name in channels else ""
            total = ("plain",) if by_kind and by_channel else ("total",)
            format_ = styles("box", "right", "count", *total)
            formula = f"=COUNTIFS({within}{by_kind}{by_channel})"
            sheet.write_formula(down, stub + at, formula, format_, 0)
