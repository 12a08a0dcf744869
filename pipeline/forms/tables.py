"""The table sheets of the standardized workbook, with the lights of their cross-footing rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xlsxwriter.format import Format

from pipeline.books.cells import Spot, area_text, rectangles
from pipeline.books.drawing import LINE, PROTECTION, Sheet, Styles, lines_of, refusal, short
from pipeline.books.theme import THEME
from pipeline.forms.context import FormContext, numbered, tallied, written_amount
from pipeline.forms.formulas import invalid, status, status_text
from pipeline.forms.live_checks import alarm, light
from pipeline.forms.outcomes import as_shown
from pipeline.forms.places import FIRST_ROW, GRID_TOP, HINT_ROW, STATUS_ROW, TITLE_ROW, TableLayout
from pipeline.forms.progress import signal
from pipeline.forms.verdicts import BROKEN, LIGHTS, REMIND, UNKNOWN
from pipeline.model.edition import Field
from pipeline.model.table_grid import Cell
from pipeline.text.figures import LARGEST, Kind
from pipeline.text.labels import address


def table_sheet(sheet: Sheet, layout: TableLayout, issue: FormContext) -> None:
    drawn, style = layout.grid, issue.styles
    sheet.set_tab_color(THEME.series[2])
    for column, width in enumerate(drawn.widths):
        sheet.set_column(column, column, width)
    sheet.set_column(layout.light_column - 1, layout.light_column - 1, 1.5)
    sheet.set_column(layout.light_column, layout.light_column, 9)
    _table_top(sheet, layout, issue)
    heights = _heights(layout)
    for row, height in enumerate(heights):
        sheet.set_row(GRID_TOP + row, height)
    for cell in drawn.cells:
        if cell.field is None:
            _label(sheet, cell, style)
        else:
            _figure(sheet, cell, cell.field, layout, issue)
    _lights(sheet, layout, issue)
    _alarms(sheet, layout, issue)
    _origins(sheet, layout, issue)
    if layout.table.landscape:
        sheet.set_landscape()
    if sum(heights) < _ONE_PAGE:
        sheet.fit_to_pages(1, 1)
    if drawn.head:
        sheet.freeze_panes(layout.figures_top, drawn.stub)
        sheet.repeat_rows(GRID_TOP, GRID_TOP + drawn.head - 1)
    else:
        sheet.freeze_panes(GRID_TOP, 0)
    # A total beside another group's figures is not a sum that forgot a cell.
    sheet.ignore_errors({"formula_range": area_text(_extent(layout))})
    sheet.protect("", PROTECTION)


_ONE_PAGE = 700.0
"""A table no higher (in points) is printed on one page; a longer one would get too small."""


def _extent(layout: TableLayout) -> tuple[int, int, int, int]:
    return GRID_TOP, 0, GRID_TOP + layout.grid.rows - 1, layout.grid.columns - 1


def _table_top(sheet: Sheet, layout: TableLayout, issue: FormContext) -> None:
    """The title, the state of the table, and the clerk's word that it has been checked."""
    style, confirm = issue.styles, issue.form.confirm
    section = next(s for s in issue.edition.sections if s.table == layout.table.key)
    sheet.set_row(TITLE_ROW, 30)
    sheet.write_string(TITLE_ROW, 0, numbered(issue.edition, section), style("title"))
    sheet.set_row(STATUS_ROW, 24)
    broken, reminders = tallied(layout, issue)
    tally_row = FIRST_ROW + issue.checks.layouts.index(layout)
    sheet.write_formula(
        STATUS_ROW,
        0,
        status(issue.checks.sheet, tally_row),
        style("good_ink"),
        status_text(issue.checks.sheet, broken, reminders),
    )
    signal(sheet, (STATUS_ROW, 0), issue.styles)
    row, column = layout.confirm
    sheet.write_string(row, column, confirm.label, style("right", "bold"))
    answer = confirm.yes if issue.prefill.confirmed else confirm.no
    sheet.write_string(row, column + 1, answer, style("box", "centre", "bold", "warn", "input"))
    sheet.data_validation(
        row,
        column + 1,
        row,
        column + 1,
        {
            "validate": "list",
            "source": [confirm.yes, confirm.no],
            "input_title": confirm.label,
            "input_message": f"整张表填好、核对过以后，选“{confirm.yes}”。没有核对的表会被退回。",
            **refusal(f"请选“{confirm.yes}”或“{confirm.no}”。"),
        },
    )
    sheet.conditional_format(
        row,
        column + 1,
        row,
        column + 1,
        {
            "type": "cell",
            "criteria": "==",
            "value": f'"{confirm.yes}"',
            "format": style.over("good"),
        },
    )
    hint = f"{issue.edition.name}。黄底填写，没有的填 0；灰底自动合计，不用填。"
    if not issue.counts.keys().isdisjoint(layout.places):
        hint += "没有打过字的格子取台账数出的数。"
    sheet.write_string(HINT_ROW, 0, hint, style("small", "muted"))


def _heights(layout: TableLayout) -> list[float]:
    """Row heights that hold every label: Excel doesn't fit rows to merged cells by itself."""
    heights = [21.0] * layout.grid.rows
    for cell in sorted(layout.grid.cells, key=lambda cell: cell.rowspan):
        if not cell.text:
            continue
        width = sum(layout.grid.widths[cell.column : cell.column + cell.colspan])
        width -= 2 if cell.role == "row" else 0
        rows = range(cell.row, cell.row + cell.rowspan)
        lacking = lines_of(cell.text, width) * LINE + 6 - sum(heights[row] for row in rows)
        if lacking > 0:
            for row in rows:
                heights[row] += lacking / cell.rowspan
    return heights


_LABEL_TRAITS = {
    "heading": ("band", "box", "centre", "wrap"),
    "stub_heading": ("label", "box", "centre", "wrap"),
    "banner": ("label", "box", "centre", "wrap", "bold"),
    "column": ("label", "box", "centre", "wrap"),
    "row": ("label", "box", "left", "wrap", "indent"),
}


def _label(sheet: Sheet, cell: Cell, style: Styles) -> None:
    _spread(sheet, cell, style(*_LABEL_TRAITS[cell.role]))
    sheet.write_string(
        GRID_TOP + cell.row, cell.column, cell.text, style(*_LABEL_TRAITS[cell.role])
    )


def _spread(sheet: Sheet, cell: Cell, format_: Format) -> None:
    """Merge a cell over the rows and columns that it takes in print."""
    if cell.rowspan > 1 or cell.colspan > 1:
        top = GRID_TOP + cell.row
        bottom, right = top + cell.rowspan - 1, cell.column + cell.colspan - 1
        sheet.merge_range(top, cell.column, bottom, right, "", format_)


def _figure(
    sheet: Sheet, cell: Cell, field: Field, layout: TableLayout, issue: FormContext
) -> None:
    row, column = layout.places[field.key]
    shown = as_shown(issue.figures[field.key], field.scale)
    if field.derived:
        format_ = issue.styles("box", "right", "total", field.kind)
        _spread(sheet, cell, format_)
        sheet.write_formula(row, column, layout.totals[field.key], format_, shown)
        return
    origin = issue.prefill.origin.get(field.key, "")
    given = ("given",) if origin else ()
    format_ = issue.styles("box", "right", "input", field.kind, *given)
    _spread(sheet, cell, format_)
    if field.key in issue.counts and field.key not in issue.prefill.figures:
        # Until a clerk types over it, a cell says what the workbook's ledger counts.
        sheet.write_formula(row, column, f"={issue.counts[field.key]}", format_, shown)
    elif field.kind == "money_text" and shown:
        sheet.write_string(row, column, written_amount(field, issue.prefill), format_)
    else:
        sheet.write_number(row, column, shown, format_)
    sheet.data_validation(row, column, row, column, _figure_validation(field, row, column, origin))


def _figure_validation(field: Field, row: int, column: int, origin: str) -> dict[str, Any]:
    notes = [field.note, f"已预填：{origin}，可以改。" if origin else ""]
    message = "\n".join(note for note in notes if note) or EXPECTED[field.kind]
    largest = LARGEST[field.kind] // field.scale
    rule: dict[str, Any]
    if field.kind == "count":
        rule = {"validate": "integer", "criteria": "between", "minimum": 0, "maximum": largest}
    elif field.kind == "signed":
        bounds = {"minimum": -largest, "maximum": largest}
        rule = {"validate": "integer", "criteria": "between", **bounds}
    else:
        condition = invalid(field.kind, address(row, column))
        rule = {"validate": "custom", "value": f"=NOT({condition})"}
    return {
        **rule,
        "input_title": short(field.name, 32),
        "input_message": short(message, 255),
        **refusal(EXPECTED[field.kind]),
    }


EXPECTED: Mapping[Kind, str] = {
    "count": "填整数，没有的填 0；不带单位。",
    "signed": "填整数：增加填正数，减少填负数，如 -8；没有增减填 0。",
    "money": "填数字，单位万元，小数最多 6 位；没有的填 0。",
    "yuan": "填数字，单位元，小数最多 2 位；没有的填 0。",
    "money_text": "连同单位一起填，如 108万元 或 251000元；没有的填 0。",
}


def _lights(sheet: Sheet, layout: TableLayout, issue: FormContext) -> None:
    """A word beside each row and below each column that some rule speaks of."""
    style = issue.styles
    by_place = issue.checks.lights(layout)
    spots: list[Spot] = []
    for (axis, at), checks in by_place.items():
        spot = (at, layout.light_column) if axis == "row" else (layout.light_row, at)
        code = max(issue.outcome(check).code for check in checks)
        format_ = style("small", "centre", "good", "apart")
        sheet.write_formula(*spot, light(issue.checks.sheet, checks), format_, LIGHTS[code])
        spots.append(spot)
    if not spots:
        return
    sheet.set_row(layout.light_row - 1, 5)
    caption = style("small", "muted", "centre")
    if any(axis == "row" for axis, _ in by_place):
        top = layout.figures_top - 1 if layout.grid.head else GRID_TOP
        sheet.write_string(top, layout.light_column, "勾稽", caption)
    if any(axis == "column" for axis, _ in by_place):
        sheet.set_row(layout.light_row, 18)
        stub = layout.grid.stub
        place = (stub - 1, "right") if stub else (layout.light_column, "left")
        sheet.write_string(layout.light_row, place[0], "勾稽", style("small", "muted", place[1]))
    everywhere = _ranges(spots)
    for word, trait in ((BROKEN, "bad"), (REMIND, "warn"), (UNKNOWN, "quiet")):
        rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "multi_range": everywhere}
        sheet.conditional_format(*spots[0], *spots[0], {**rule, "format": style.over(trait)})


def _ranges(spots: Sequence[Spot]) -> str:
    return " ".join(area_text(area) for area in rectangles(spots))


def _alarms(sheet: Sheet, layout: TableLayout, issue: FormContext) -> None:
    """Colour what can't be a figure, then the cells of broken rules, errors before reminders."""
    style = issue.styles
    for kind, area in layout.areas:
        condition = "=" + invalid(kind, address(area[0], area[1]))
        rule = {"type": "formula", "criteria": condition, "format": style.over("bad")}
        sheet.conditional_format(*area, rule)
    own = [check for check in issue.checks.checks if check.table == layout.sheet]
    for check in sorted(own, key=lambda check: not check.severe):
        spot = check.cells[0]
        rule = {
            "type": "formula",
            "criteria": alarm(check),
            "format": style.over("bad" if check.severe else "warn"),
            "multi_range": _ranges(check.cells),
        }
        sheet.conditional_format(*spot, *spot, rule)


def _origins(sheet: Sheet, layout: TableLayout, issue: FormContext) -> None:
    """Below the table, where the prefilled figures come from."""
    told = (issue.prefill.origin.get(f.key, "") for f in layout.table.fields if not f.derived)
    for i, origin in enumerate(dict.fromkeys(text for text in told if text)):
        text = f"蓝色斜体的数字已预填：{origin}。与实际不符的可以改。"
        ink = issue.styles("small", "given")
        sheet.write_string(layout.light_row + 2 + i, 0, text, ink)
