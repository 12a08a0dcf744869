"""The standardized workbook that a unit fills in, written from the declarations.

Labels, figures, totals, rules and filling notes come from the edition, the other sheets from
``form.toml``.  What a clerk may type is unlocked, coloured and validated; everything else is
locked without a password.  Each sheet is one function; places that two sheets share (where the
figures are, where a rule is computed) come from :mod:`pipeline.live_checks`.
"""

from __future__ import annotations

import datetime
import io
import math
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline import live_checks as live
from pipeline.edition import MONEY_SCALE, Edition, Field, Kind, Part, Section, printed
from pipeline.labels import address
from pipeline.live_checks import Checks, Columns, LiveCheck, Outcome, Spot, TableLayout, reference
from pipeline.problems import SEVERITIES
from pipeline.reading import LARGEST, read_figure
from pipeline.submission import Passage, Prefill
from pipeline.tables import Cell
from pipeline.theme import THEME
from pipeline.workbook import Entry, WorkbookForm

CREATED = datetime.datetime(2000, 1, 1)
"""Written in every workbook, so that equal contents are equal bytes."""

LAST_YEAR = 2099
NUMERALS = "零一二三四五六七八九十"
FieldNames = Sequence[tuple[str, str]]
"""The names that prose may cite in 【】, each with what it stands for."""


def write_form(
    edition: Edition,
    form: WorkbookForm,
    prefill: Prefill | None = None,
    field_names: FieldNames = (),
) -> bytes:
    """The workbook of an edition for one unit, as the bytes of an .xlsx file.

    The same arguments give the same bytes.  Every formula carries its value, for readers that
    don't recalculate.

    Args:
        prefill: what is filled in already; nothing by default.
        field_names: the fields for live numbers, listed beside the counted facts.

    Raises:
        ValueError: a passage to fill in is of a section that the edition doesn't have.
    """
    prefill = prefill or Prefill()
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer,
        {
            "in_memory": True,
            "strings_to_numbers": False,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "default_format_properties": {
                "font_name": THEME.font,
                "font_size": THEME.size,
                "font_scheme": "none",
            },
        },
    )
    book.set_properties({"created": CREATED, "title": f"政府信息公开工作年度报告 {edition.name}"})
    _refuse_strange_passages(edition, prefill)
    issue = _Issue.of(book, edition, form, prefill, field_names)
    names = sheet_names(edition, form)
    sheets = {name: _added(book, name) for name in names}
    for name, sheet in sheets.items():
        _dress(sheet, name)
    _identity_sheet(sheets[form.identity], issue)
    progress = []
    for name in edition.prose_sheets:
        progress.append((name, _prose_sheet(sheets[name], name, issue)))
    for layout in issue.checks.layouts:
        _table_sheet(sheets[layout.sheet], layout, issue)
    _check_sheet(sheets[live.SHEET], issue)
    _guide_sheet(sheets[form.guide], issue, dict(progress))
    book.define_name(live.CODES, f"={issue.checks.codes}")
    sheets[form.guide].activate()
    book.close()
    return buffer.getvalue()


def _refuse_strange_passages(edition: Edition, prefill: Prefill) -> None:
    known = {section.key for section in edition.sections if section.sheet}
    strange = sorted({p.section for p in prefill.passages} - known)
    if strange:
        raise ValueError(f"edition {edition.key} has no prose sections {strange}")


def sheet_names(edition: Edition, form: WorkbookForm) -> tuple[str, ...]:
    """The sheets of the workbook, in order."""
    tables = {table.key: table.sheet for table in edition.tables}
    own = dict.fromkeys(s.sheet or tables[s.table] for s in edition.sections)
    return (form.guide, form.identity, *own, live.SHEET)


class _Sheet(Worksheet):
    """A worksheet as xlsxwriter makes it, with two things that it has no switch for."""

    def __init__(self) -> None:
        super().__init__()
        self._growing: set[int] = set()

    def set_growing_row(self, row: int, height: float) -> None:
        """Give a row a height (points) to begin with, that still grows with what is typed.

        Excel fits such a row itself; LibreOffice does so only once it is edited.
        """
        self.set_row(row, height)
        self._growing.add(row)

    def _xml_start_tag_unencoded(self, tag: str, attributes: Any = None) -> None:
        if tag == "row" and attributes[0][1] - 1 in self._growing:
            attributes = [pair for pair in attributes if pair[0] != "customHeight"]
        super()._xml_start_tag_unencoded(tag, attributes)

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        # The original looks for each of a hundred functions of Excel 365 in every formula,
        # which takes as long as all the rest; the form must not use any of them.
        return formula.removeprefix("=")


def _added(book: xlsxwriter.Workbook, name: str) -> _Sheet:
    sheet = book.add_worksheet(name, _Sheet)
    assert isinstance(sheet, _Sheet)
    return sheet


# -------------------------------------------------------------------------- what is issued


@dataclass(frozen=True, kw_only=True, slots=True)
class _Issue:
    """One workbook being written: the declarations, what is filled in, the computed values."""

    edition: Edition
    form: WorkbookForm
    prefill: Prefill
    field_names: FieldNames
    checks: Checks
    entry_spots: Mapping[str, Spot]
    figures: Mapping[str, int]
    outcomes: tuple[Outcome, ...]
    styles: _Styles

    @classmethod
    def of(
        cls,
        book: xlsxwriter.Workbook,
        edition: Edition,
        form: WorkbookForm,
        prefill: Prefill,
        field_names: FieldNames,
    ) -> _Issue:
        checks = live.live_checks(edition, form)
        figures = computed(edition, prefill)
        year = prefill.identity.get("year", "")
        return cls(
            edition=edition,
            form=form,
            prefill=prefill,
            field_names=field_names,
            checks=checks,
            entry_spots=live.entry_spots(form),
            figures=figures,
            outcomes=live.outcomes(
                checks,
                edition,
                figures,
                prefill.prior,
                int(year) if year.isdecimal() else 0,
                prefill.identity.get("level") or form.entry("level").choices[0],
            ),
            styles=_Styles(book),
        )

    def outcome(self, check: LiveCheck) -> Outcome:
        return self.outcomes[check.row - live.FIRST_ROW]


def computed(edition: Edition, prefill: Prefill) -> dict[str, int]:
    """Every figure of a form as it is issued, in kept whole numbers: 0 where nothing is filled
    in, totals added up."""
    known: dict[str, int] = {}

    def value(key: str) -> int:
        if key not in known:
            field = edition.by_key[key]
            if field.derived:
                known[key] = sum(value(part) for part in field.parts)
            elif field.kind == "money_text":
                known[key] = read_figure(_written(field, prefill), field.kind).value or 0
            else:
                known[key] = prefill.figures.get(key, 0)
        return known[key]

    for field in edition.fields:
        value(field.key)
    return known


def _written(field: Field, prefill: Prefill) -> str:
    """An amount with its unit: as the unit wrote it, else in 万元."""
    if field.key in prefill.written:
        return prefill.written[field.key]
    amount = prefill.figures.get(field.key, 0)
    return f"{printed(amount, MONEY_SCALE)}万元" if amount else "0"


class _Styles:
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
    "good_ink": {"font_color": THEME.good_ink, "bold": True},
    "bad_ink": {"font_color": THEME.error_ink, "bold": True},
    "warn_ink": {"font_color": THEME.warning_ink, "bold": True},
    "quiet": {"bg_color": THEME.label_fill, "font_color": THEME.muted},
    "link": {"font_color": THEME.brand, "underline": 1},
    # The blank at the end keeps a figure off the line beside it.
    "count": {"num_format": "0_ ;-0_ "},
    "signed": {"num_format": "+0_ ;-0_ ;0_ "},
    "money": {"num_format": "General_ "},
    "money_text": {"num_format": "General_ ;-General_ ;0_ ;@_ "},
    "date": {"num_format": "yyyy-mm-dd"},
    "text": {"num_format": "@"},
    "locked": {"locked": True},
}

_PROTECTION = {"select_locked_cells": False, "format_columns": True, "format_rows": True}
"""Only inputs can be selected, so that Tab and the mouse go from one to the next."""

_OPEN_PROTECTION = {**_PROTECTION, "select_locked_cells": True, "autofilter": True}
"""For sheets to read: a link in a cell that can't be selected can't be followed."""


def _dress(sheet: _Sheet, name: str) -> None:
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


def _lines(text: str, width: float) -> int:
    """How many lines a text takes in a column of a width."""
    room = max(width - 1, 2)
    return sum(max(1, math.ceil(text_width(line) / room)) for line in text.split("\n"))


_LINE = 15.0
"""The height of a line of text, in points."""

_SMALL_LINE = 12.5
_SMALLER = 4 / 3
"""How many more small characters than usual ones go into a width."""

_HIGHEST = 409.0
"""Excel has no higher rows."""


def _short(text: str, limit: int) -> str:
    """A text within the limits that Excel sets to titles (32) and messages (255)."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


# ---------------------------------------------------------------------------------- 基本信息

_NEEDS = {"required": "必填", "wanted": "应填", "optional": "选填"}


def _identity_sheet(sheet: _Sheet, issue: _Issue) -> None:
    style = issue.styles
    sheet.set_tab_color(THEME.brand)
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 40)
    sheet.set_column(2, 2, 8)
    sheet.set_column(3, 3, 52)
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, issue.form.identity, style("title"))
    required = [e for e in issue.form.entries if e.need == "required"]
    missing = sum(not issue.prefill.identity.get(entry.key) for entry in required)
    progress = f"={_required_entries(issue)}"
    sheet.write_formula(1, 0, progress, style("good_ink"), _progress_text(missing, "项"))
    _signal(sheet, (1, 0), issue)
    sheet.write_string(
        2, 0, "黄底的格由填报单位填写；灰底的格已经填好，不用改。", style("small", "muted")
    )
    header = style("band", "box", "centre")
    for column, text in enumerate(("项目", "填写", "要求", "说明")):
        sheet.write_string(live.ENTRY_TOP - 1, column, text, header)
    for entry in issue.form.entries:
        _entry_line(sheet, entry, issue)
    sheet.freeze_panes(live.ENTRY_TOP, 0)
    sheet.repeat_rows(live.ENTRY_TOP - 1)
    sheet.set_landscape()
    sheet.protect("", _PROTECTION)


def _entry_line(sheet: _Sheet, entry: Entry, issue: _Issue) -> None:
    style = issue.styles
    row, column = issue.entry_spots[entry.key]
    sheet.set_growing_row(row, max(24, _lines(entry.hint, 50) * _LINE + 6))
    sheet.write_string(row, 0, entry.label, style("label", "box", "bold", "indent"))
    value = _entry_value(entry, issue)
    locked = entry.locked or (bool(value) and entry.key in issue.prefill.locked)
    traits = ["box", "left", "indent", "wrap", "label" if locked else "input"]
    if entry.kind in ("text", "phone", "postcode", "email"):
        traits.append("text")
    if entry.kind == "date":
        traits.append("date")
    _write_entry(sheet, row, column, value, entry, style(*traits))
    validation = _entry_validation(entry, issue.edition, address(row, column))
    if validation and not locked:
        sheet.data_validation(row, column, row, column, validation)
    need = _NEEDS[entry.need] if not entry.locked else "—"
    need_ink = "bold" if entry.need == "required" else "muted"
    sheet.write_string(row, 2, need, style("box", "centre", need_ink))
    hint = "已由公开办填好。" if locked and not entry.locked else entry.hint
    sheet.write_string(row, 3, hint, style("box", "muted", "wrap", "indent"))


def _entry_value(entry: Entry, issue: _Issue) -> str:
    if entry.kind == "edition":
        return f"{issue.edition.name}（{issue.edition.document}）"
    return issue.prefill.identity.get(entry.key, "")


def _write_entry(
    sheet: _Sheet, row: int, column: int, value: str, entry: Entry, style: Format
) -> None:
    if entry.kind == "year" and value.isdecimal():
        sheet.write_number(row, column, int(value), style)
        return
    if entry.kind == "date":
        try:
            sheet.write_datetime(row, column, datetime.date.fromisoformat(value), style)
            return
        except ValueError:
            pass  # no date: what was typed stands as it is
    if entry.kind == "postcode":
        sheet.ignore_errors({"number_stored_as_text": address(row, column)})
    if value:
        sheet.write_string(row, column, value, style)
    else:
        sheet.write_blank(row, column, None, style)


def _entry_validation(entry: Entry, edition: Edition, cell: str) -> dict[str, Any]:
    prompt = {"input_title": _short(entry.label, 32)} if entry.hint else {}
    told = {**prompt, "input_message": _short(entry.hint, 255)} if entry.hint else {}
    if entry.kind == "year":
        last = edition.last_year or LAST_YEAR
        rule = {
            "validate": "integer",
            "criteria": "between",
            "minimum": edition.first_year,
            "maximum": last,
        }
        until = f"{edition.first_year}—{last}" if edition.last_year else f"{edition.first_year}起"
        return {**rule, **told, **_refusal(f"这份表适用于{until}年度，请填四位年份。")}
    if entry.kind == "choice":
        rule = {"validate": "list", "source": list(entry.choices)}
        return {**rule, **told, **_refusal("请从下拉列表中选。")}
    if entry.kind == "date":
        rule = {"validate": "date", "criteria": ">=", "value": CREATED.date()}
        return {**rule, **told, **_refusal("请填日期，如 2021-1-15。")}
    if entry.kind == "postcode":
        digits = f"AND(LEN({cell})=6,ISNUMBER(VALUE({cell})))"
        return {"validate": "custom", "value": f"={digits}", **told, **_refusal("请填 6 位数字。")}
    if entry.kind == "email":
        shape = f'AND(ISNUMBER(FIND("@",{cell})),ISNUMBER(FIND(".",{cell})))'
        return {
            "validate": "custom",
            "value": f"={shape}",
            **told,
            **_refusal("不像电子邮箱地址，请检查有没有漏掉 @ 或后面的部分。"),
        }
    return {"validate": "any", **told} if told else {}


def _signal(sheet: _Sheet, spot: Spot, issue: _Issue) -> None:
    """Colour a sentence on how far things are by its own words; green is the cell's format."""
    for words, trait in _SIGNALS:
        rule = {"type": "text", "criteria": "containing", "value": words, "stop_if_true": True}
        sheet.conditional_format(*spot, *spot, {**rule, "format": issue.styles.over(trait)})


_SIGNALS = (
    (f"处{live.BROKEN}", "bad_ink"),
    ("无效", "bad_ink"),
    (f"处{live.REMIND}", "warn_ink"),
    ("还", "warn_ink"),
)


def _refusal(message: str) -> dict[str, str]:
    return {"error_title": "请重新填写", "error_message": _short(message, 255)}


def _required_entries(issue: _Issue) -> str:
    """How many of the required entries are still missing, in words."""
    cells = [
        reference(issue.form.identity, issue.entry_spots[entry.key])
        for entry in issue.form.entries
        if entry.need == "required"
    ]
    return _progress_formula("+".join(f'({cell}="")' for cell in cells) or "0", "项")


def _progress_formula(count: str, classifier: str) -> str:
    done, left = _progress_text(0, classifier), _progress_text(-1, classifier)
    before, after = left.split("-1")
    return f'IF({count}=0,"{done}","{before}"&({count})&"{after}")'


def _progress_text(missing: int, classifier: str) -> str:
    if not missing:
        return "必填的已填齐"
    return f"还有 {missing} {classifier}必填未填"


# ------------------------------------------------------------------------------- table sheets


def _table_sheet(sheet: _Sheet, layout: TableLayout, issue: _Issue) -> None:
    drawn, style = layout.grid, issue.styles
    sheet.set_tab_color(THEME.series[2])
    for column, width in enumerate(drawn.widths):
        sheet.set_column(column, column, width)
    sheet.set_column(layout.light_column - 1, layout.light_column - 1, 1.5)
    sheet.set_column(layout.light_column, layout.light_column, 9)
    _table_top(sheet, layout, issue)
    heights = _heights(layout)
    for row, height in enumerate(heights):
        sheet.set_row(live.GRID_TOP + row, height)
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
        sheet.repeat_rows(live.GRID_TOP, live.GRID_TOP + drawn.head - 1)
    else:
        sheet.freeze_panes(live.GRID_TOP, 0)
    # A total beside another group's figures is not a sum that forgot a cell.
    sheet.ignore_errors({"formula_range": live.area_text(_extent(layout))})
    sheet.protect("", _PROTECTION)


_ONE_PAGE = 700.0
"""A table no higher (in points) is printed on one page; a longer one would get too small."""


def _extent(layout: TableLayout) -> tuple[int, int, int, int]:
    return live.GRID_TOP, 0, live.GRID_TOP + layout.grid.rows - 1, layout.grid.columns - 1


def _table_top(sheet: _Sheet, layout: TableLayout, issue: _Issue) -> None:
    """The title, the state of the table, and the clerk's word that it has been checked."""
    style, confirm = issue.styles, issue.form.confirm
    section = next(s for s in issue.edition.sections if s.table == layout.table.key)
    sheet.set_row(live.TITLE_ROW, 30)
    sheet.write_string(live.TITLE_ROW, 0, numbered(issue.edition, section), style("title"))
    sheet.set_row(live.STATUS_ROW, 24)
    broken, reminders = _tallied(layout, issue)
    tally_row = live.FIRST_ROW + issue.checks.layouts.index(layout)
    sheet.write_formula(
        live.STATUS_ROW,
        0,
        live.status(tally_row),
        style("good_ink"),
        live.status_text(broken, reminders),
    )
    _signal(sheet, (live.STATUS_ROW, 0), issue)
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
            **_refusal(f"请选“{confirm.yes}”或“{confirm.no}”。"),
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
    sheet.write_string(
        live.HINT_ROW,
        0,
        f"{issue.edition.name}。黄底填写，没有的填 0；灰底自动合计，不用填。",
        style("small", "muted"),
    )


def _tallied(layout: TableLayout, issue: _Issue) -> tuple[int, int]:
    """The broken rules and the reminders of a table as it is issued."""
    codes = [issue.outcome(c).code for c in issue.checks.checks if c.table == layout.sheet]
    return codes.count(live.CODE_BROKEN), codes.count(live.CODE_REMIND)


def _heights(layout: TableLayout) -> list[float]:
    """Row heights that hold every label: Excel doesn't fit rows to merged cells by itself."""
    heights = [21.0] * layout.grid.rows
    for cell in sorted(layout.grid.cells, key=lambda cell: cell.rowspan):
        if not cell.text:
            continue
        width = sum(layout.grid.widths[cell.column : cell.column + cell.colspan])
        width -= 2 if cell.role == "row" else 0
        rows = range(cell.row, cell.row + cell.rowspan)
        lacking = _lines(cell.text, width) * _LINE + 6 - sum(heights[row] for row in rows)
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


def _label(sheet: _Sheet, cell: Cell, style: _Styles) -> None:
    _spread(sheet, cell, style(*_LABEL_TRAITS[cell.role]))
    sheet.write_string(
        live.GRID_TOP + cell.row, cell.column, cell.text, style(*_LABEL_TRAITS[cell.role])
    )


def _spread(sheet: _Sheet, cell: Cell, format_: Format) -> None:
    """Merge a cell over the rows and columns that it takes in print."""
    if cell.rowspan > 1 or cell.colspan > 1:
        top = live.GRID_TOP + cell.row
        bottom, right = top + cell.rowspan - 1, cell.column + cell.colspan - 1
        sheet.merge_range(top, cell.column, bottom, right, "", format_)


def _figure(sheet: _Sheet, cell: Cell, field: Field, layout: TableLayout, issue: _Issue) -> None:
    row, column = layout.places[field.key]
    shown = live.as_shown(issue.figures[field.key], field.scale)
    if field.derived:
        format_ = issue.styles("box", "right", "total", field.kind)
        _spread(sheet, cell, format_)
        sheet.write_formula(row, column, layout.totals[field.key], format_, shown)
        return
    origin = issue.prefill.origin.get(field.key, "")
    given = ("given",) if origin else ()
    format_ = issue.styles("box", "right", "input", field.kind, *given)
    _spread(sheet, cell, format_)
    if field.kind == "money_text" and shown:
        sheet.write_string(row, column, _written(field, issue.prefill), format_)
    else:
        sheet.write_number(row, column, shown, format_)
    sheet.data_validation(row, column, row, column, _figure_validation(field, row, column, origin))


def _figure_validation(field: Field, row: int, column: int, origin: str) -> dict[str, Any]:
    notes = [field.note, f"已预填：{origin}，可以改。" if origin else ""]
    message = "\n".join(note for note in notes if note) or _EXPECTED[field.kind]
    largest = LARGEST[field.kind] // field.scale
    rule: dict[str, Any]
    if field.kind == "count":
        rule = {"validate": "integer", "criteria": "between", "minimum": 0, "maximum": largest}
    elif field.kind == "signed":
        bounds = {"minimum": -largest, "maximum": largest}
        rule = {"validate": "integer", "criteria": "between", **bounds}
    else:
        condition = live.invalid(field.kind, address(row, column))
        rule = {"validate": "custom", "value": f"=NOT({condition})"}
    return {
        **rule,
        "input_title": _short(field.name, 32),
        "input_message": _short(message, 255),
        **_refusal(_EXPECTED[field.kind]),
    }


_EXPECTED: Mapping[Kind, str] = {
    "count": "填整数，没有的填 0；不带单位。",
    "signed": "填整数：增加填正数，减少填负数，如 -8；没有增减填 0。",
    "money": "填数字，单位万元，小数最多 6 位；没有的填 0。",
    "money_text": "连同单位一起填，如 108万元 或 251000元；没有的填 0。",
}


def _lights(sheet: _Sheet, layout: TableLayout, issue: _Issue) -> None:
    """A word beside each row and below each column that some rule speaks of."""
    style = issue.styles
    by_place = issue.checks.lights(layout)
    spots: list[Spot] = []
    for (axis, at), checks in by_place.items():
        spot = (at, layout.light_column) if axis == "row" else (layout.light_row, at)
        code = max(issue.outcome(check).code for check in checks)
        format_ = style("small", "centre", "good", "apart")
        sheet.write_formula(*spot, live.light(checks), format_, live.LIGHTS[code])
        spots.append(spot)
    if not spots:
        return
    sheet.set_row(layout.light_row - 1, 5)
    caption = style("small", "muted", "centre")
    if any(axis == "row" for axis, _ in by_place):
        top = layout.figures_top - 1 if layout.grid.head else live.GRID_TOP
        sheet.write_string(top, layout.light_column, "勾稽", caption)
    if any(axis == "column" for axis, _ in by_place):
        sheet.set_row(layout.light_row, 18)
        stub = layout.grid.stub
        place = (stub - 1, "right") if stub else (layout.light_column, "left")
        sheet.write_string(layout.light_row, place[0], "勾稽", style("small", "muted", place[1]))
    everywhere = _ranges(spots)
    for word, trait in ((live.BROKEN, "bad"), (live.REMIND, "warn"), (live.UNKNOWN, "quiet")):
        rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "multi_range": everywhere}
        sheet.conditional_format(*spots[0], *spots[0], {**rule, "format": style.over(trait)})


def _ranges(spots: Sequence[Spot]) -> str:
    return " ".join(live.area_text(area) for area in live.rectangles(spots))


def _alarms(sheet: _Sheet, layout: TableLayout, issue: _Issue) -> None:
    """Colour what can't be a figure, then the cells of broken rules, errors before reminders."""
    style = issue.styles
    for kind, area in layout.areas:
        condition = "=" + live.invalid(kind, address(area[0], area[1]))
        rule = {"type": "formula", "criteria": condition, "format": style.over("bad")}
        sheet.conditional_format(*area, rule)
    own = [check for check in issue.checks.checks if check.table == layout.sheet]
    for check in sorted(own, key=lambda check: not check.severe):
        spot = check.cells[0]
        rule = {
            "type": "formula",
            "criteria": live.alarm(check),
            "format": style.over("bad" if check.severe else "warn"),
            "multi_range": _ranges(check.cells),
        }
        sheet.conditional_format(*spot, *spot, rule)


def _origins(sheet: _Sheet, layout: TableLayout, issue: _Issue) -> None:
    """Below the table, where the prefilled figures come from."""
    told = (issue.prefill.origin.get(f.key, "") for f in layout.table.fields if not f.derived)
    for i, origin in enumerate(dict.fromkeys(text for text in told if text)):
        text = f"蓝色斜体的数字已预填：{origin}。与实际不符的可以改。"
        ink = issue.styles("small", "given")
        sheet.write_string(layout.light_row + 2 + i, 0, text, ink)


def numbered(edition: Edition, section: Section) -> str:
    """A section's heading as the report prints it, e.g. ``三、收到和处理政府信息公开申请情况``."""
    headed = [s.key for s in edition.sections if s.heading]
    if not section.heading:
        return ""
    return f"{_numeral(headed.index(section.key) + 1)}、{section.heading}"


def _numeral(number: int) -> str:
    """1 to 99 in Chinese."""
    tens, ones = divmod(number, 10)
    if not tens:
        return NUMERALS[ones]
    return (NUMERALS[tens] if tens > 1 else "") + "十" + (NUMERALS[ones] if ones else "")


# ------------------------------------------------------------------------------- prose sheets


@dataclass(frozen=True, slots=True)
class _Progress:
    """How much that must be written is missing: a formula and its value."""

    formula: str
    missing: int


@dataclass(frozen=True, kw_only=True, slots=True)
class _Line:
    """A row of a prose sheet: a section's band (``part`` None, ``label`` empty), a part, or a
    free row for a part that the unit adds."""

    section: Section
    label: str = ""
    part: Part | None = None
    heading: str = ""
    text: str = ""
    hint: str = ""


_PROSE_TOP = 4
_PROSE_WIDTHS = (17, 20, 78, 30)


def _prose_sheet(sheet: _Sheet, name: str, issue: _Issue) -> _Progress:
    style, prose = issue.styles, issue.form.prose
    sheet.set_tab_color(THEME.series[1])
    for column, width in enumerate(_PROSE_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, name, style("title"))
    sheet.write_string(
        2,
        0,
        "每格可以写几段：按 Alt+Enter 另起一段。段首空格和标题的编号由系统自动加，不用打。",
        style("small", "muted"),
    )
    for column, text in enumerate((prose.part, prose.heading, prose.text, prose.hint)):
        sheet.write_string(_PROSE_TOP - 1, column, text, style("band", "box", "centre"))
    sections = [s for s in issue.edition.sections if s.sheet == name]
    lines = [line for section in sections for line in _prose_lines(section, issue)]
    for i, line in enumerate(lines):
        _prose_line(sheet, _PROSE_TOP + i, line, issue)
    progress = _prose_progress(name, lines, issue)
    sheet.write_formula(
        1,
        0,
        f"={progress.formula}",
        style("good_ink"),
        _progress_text(progress.missing, "处"),
    )
    _signal(sheet, (1, 0), issue)
    bottom = _PROSE_TOP + len(lines)
    if name == issue.edition.prose_sheets[0]:
        sheet.set_h_pagebreaks([bottom + 1])
        _facts(sheet, bottom + 1, issue)
    sheet.set_landscape()
    sheet.freeze_panes(_PROSE_TOP, 0)
    sheet.repeat_rows(_PROSE_TOP - 1)
    sheet.protect("", _PROTECTION)
    return progress


def _prose_lines(section: Section, issue: _Issue) -> Iterator[_Line]:
    own = [p for p in issue.prefill.passages if p.section == section.key]
    if section.heading:
        yield _Line(section=section, heading=numbered(issue.edition, section))
    keys = {part.key for part in section.parts}
    for part in section.parts:
        here = [p for p in own if p.part == part.key]
        heading = next((p.heading for p in here if p.heading), part.heading)
        text = "\n".join(line for p in here for line in p.paragraphs)
        yield _Line(
            section=section,
            label=part.label,
            part=part,
            heading=heading,
            text=text,
            hint=("必填。" if part.required else "") + part.hint,
        )
    added = [p for p in own if p.part not in keys]
    headed = any(part.heading for part in section.parts)
    for i in range(max(len(added), issue.form.prose.added_rows if headed else 0)):
        given: Passage | None = added[i] if i < len(added) else None
        yield _Line(
            section=section,
            label=issue.form.prose.added,
            heading=given.heading if given else "",
            text="\n".join(given.paragraphs) if given else "",
            hint="本章另有小项时用：写上标题和正文，排在本章最后。不用的留空。",
        )


def _prose_line(sheet: _Sheet, row: int, line: _Line, issue: _Issue) -> None:
    style = issue.styles
    if not line.label:
        band = style("band", "lines", "left", "indent")
        sheet.set_row(row, 22)
        sheet.write_string(row, 0, line.heading, band)
        for column in range(1, len(_PROSE_WIDTHS)):
            sheet.write_blank(row, column, None, band)
        return
    sheet.write_string(
        row, 0, line.label, style("label", "box", "bold", "wrap", "top", "left", "indent")
    )
    free = line.part is None or line.heading
    heading = ("input",) if free else ("label",)
    _write_text(
        sheet, row, 1, line.heading, style("box", "wrap", "top", "left", "indent", *heading)
    )
    text = style("box", "wrap", "top", "left", "indent", "input")
    _write_text(sheet, row, 2, line.text, text)
    # Without a height of its own the row grows with the text; blank lines give it room to begin.
    small = _PROSE_WIDTHS[3] * _SMALLER - 2
    hinted = _lines(line.hint, small)
    hint = line.hint + "\n " * max((5 if line.part is not None else 2) - hinted, 0)
    typed = _lines(line.text, _PROSE_WIDTHS[2] - 2) * _LINE
    sheet.set_growing_row(row, min(max(typed, _lines(hint, small) * _SMALL_LINE) + 6, _HIGHEST))
    hinting = style("small", "quiet", "box", "wrap", "top", "left", "indent")
    sheet.write_string(row, 3, hint, hinting)


def _write_text(sheet: _Sheet, row: int, column: int, text: str, format_: Format) -> None:
    if text:
        sheet.write_string(row, column, text, format_)
    else:
        sheet.write_blank(row, column, None, format_)


def _prose_progress(name: str, lines: Sequence[_Line], issue: _Issue) -> _Progress:
    terms: list[str] = []
    missing = 0
    for i, line in enumerate(lines):
        if line.part is not None and line.part.required:
            terms.append(f'({reference(name, (_PROSE_TOP + i, 2))}="")')
            missing += not line.text
    for section in dict.fromkeys(line.section for line in lines):
        rows = [i for i, line in enumerate(lines) if line.section is section and line.label]
        if section.required and rows:
            area = (_PROSE_TOP + rows[0], 2, _PROSE_TOP + rows[-1], 2)
            terms.append(f"(COUNTA('{name}'!{live.area_text(area)})=0)")
            missing += not any(lines[i].text for i in rows)
    return _Progress(_progress_formula("+".join(terms) or "0", "处"), missing)


def _facts(sheet: _Sheet, top: int, issue: _Issue) -> None:
    """The counted facts of active disclosure, and beside them the fields that prose may cite."""
    style, facts = issue.styles, issue.form.facts
    sheet.set_row(top, 22)
    band = style("band", "lines", "left", "indent")
    sheet.write_string(top, 0, facts.caption, band)
    for column in range(1, len(_PROSE_WIDTHS)):
        sheet.write_blank(top, column, None, band)
    header = style("label", "box", "centre", "bold")
    for column, text in enumerate((facts.channel, facts.count, facts.category)):
        sheet.write_string(top + 1, column, text, header)
    first, rows = top + 2, max(facts.rows, len(issue.prefill.facts))
    given = [*issue.prefill.facts, *[("", "", None)] * (rows - len(issue.prefill.facts))]
    text, number = (
        style("box", "input", "wrap", "left", "indent"),
        style("box", "input", "right", "count"),
    )
    for i, (channel, category, count) in enumerate(given):
        sheet.set_growing_row(first + i, 18)
        _write_text(sheet, first + i, 0, channel, text)
        if count is None:
            sheet.write_blank(first + i, 1, None, number)
        else:
            sheet.write_number(first + i, 1, count, number)
        _write_text(sheet, first + i, 2, category, text)
    last = first + rows - 1
    sheet.data_validation(
        first,
        0,
        last,
        0,
        {
            "validate": "list",
            "source": list(facts.channels),
            "input_title": facts.channel,
            "input_message": "从下拉列表中选，也可以写别的渠道。一个渠道分几类的，每类一行。",
            "error_type": "information",
            "error_title": "不在常用渠道中",
            "error_message": "不在常用渠道中。确有这个渠道的，按“确定”保留。",
        },
    )
    sheet.data_validation(
        first,
        1,
        last,
        1,
        {
            "validate": "integer",
            "criteria": "between",
            "minimum": 0,
            "maximum": LARGEST["count"],
            "input_title": facts.count,
            "input_message": "本年度（1月1日至12月31日）主动公开的条数。",
            **_refusal(_EXPECTED["count"]),
        },
    )
    total = style("box", "right", "total", "count")
    cells = live.area_text((first, 1, last, 1))
    sheet.write_string(last + 1, 0, "合计", style("box", "total", "left", "indent"))
    told = sum(count for _, _, count in issue.prefill.facts)
    sheet.write_formula(last + 1, 1, f"=SUM({cells})", total, told)
    sheet.write_blank(last + 1, 2, None, total)
    _field_list(sheet, top + 1, issue)


def _field_list(sheet: _Sheet, top: int, issue: _Issue) -> None:
    style = issue.styles
    if not issue.field_names:
        text = "正文中的件数、条数要与各表一致。"
        sheet.write_string(top, 3, text, style("small", "quiet", "box", "wrap"))
        return
    sheet.write_string(top, 3, "正文里可用的【】", style("label", "box", "centre", "bold"))
    for i, (name, meaning) in enumerate(issue.field_names):
        format_ = style("small", "quiet", "box", "wrap")
        sheet.write_string(top + 1 + i, 3, f"【{name}】{meaning}", format_)


# ------------------------------------------------------------------------------- the sheet 校验

_CHECK_WIDTHS = {
    Columns.RULE: 6,
    Columns.NAME: 15,
    Columns.TABLE: 11,
    Columns.SUBJECT: 22,
    Columns.SEVERITY: 6,
    Columns.TOLD: 42,
    Columns.LEFT: 10,
    Columns.RELATION: 9,
    Columns.RIGHT: 10,
    Columns.OUTCOME: 10,
    Columns.LINK: 6,
    Columns.REASON: 28,
}
_CHECK_HEADER = {
    Columns.RULE: "编号",
    Columns.NAME: "规则",
    Columns.TABLE: "所在表",
    Columns.SUBJECT: "对象",
    Columns.SEVERITY: "级别",
    Columns.TOLD: "核对什么",
    Columns.LEFT: "左边",
    Columns.RELATION: "关系",
    Columns.RIGHT: "右边",
    Columns.OUTCOME: "结果",
    Columns.LINK: "位置",
    Columns.REASON: "情况说明",
}


def _check_sheet(sheet: _Sheet, issue: _Issue) -> None:
    style, checks = issue.styles, issue.checks
    sheet.set_tab_color(THEME.error_ink)
    for column, width in _CHECK_WIDTHS.items():
        sheet.set_column(column, column, width)
    sheet.set_column(Columns.CODE, Columns.INVALID, None, None, {"hidden": True})
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, "校验：勾稽关系逐条核对", style("title"))
    _verdict(sheet, issue)
    sheet.write_string(
        2,
        0,
        "错误须改正后才能通过；警告、提示请核对，属实的在“情况说明”里写明原因，数字可以不改。",
        style("small", "muted"),
    )
    sheet.set_row(live.HEADER_ROW, 22)
    for column, text in _CHECK_HEADER.items():
        sheet.write_string(live.HEADER_ROW, column, text, style("band", "box", "left"))
    for check in checks.checks:
        _check_line(sheet, check, issue)
    for i, layout in enumerate(checks.layouts):
        values = (*_tallied(layout, issue), 0)
        for column, formula, value in zip(
            (Columns.BROKEN, Columns.REMINDERS, Columns.INVALID),
            checks.tally[i],
            values,
            strict=True,
        ):
            sheet.write_formula(live.FIRST_ROW + i, column, formula, style("plain"), value)
    _outcome_colours(sheet, issue)
    _asides(sheet, issue)
    sheet.autofilter(live.HEADER_ROW, 0, checks.last_row, Columns.REASON)
    sheet.freeze_panes(live.FIRST_ROW, 0)
    sheet.repeat_rows(live.HEADER_ROW)
    sheet.set_landscape()
    sheet.set_zoom(90)
    sheet.protect("", _OPEN_PROTECTION)


def _check_line(sheet: _Sheet, check: LiveCheck, issue: _Issue) -> None:
    style, row, found = issue.styles, check.row, issue.outcome(check)
    lines = max(
        _lines(check.told, _CHECK_WIDTHS[Columns.TOLD] * _SMALLER),
        _lines(check.identity.subject, _CHECK_WIDTHS[Columns.SUBJECT] * _SMALLER),
        _lines(live.RELATIONS[check.rule.relation], _CHECK_WIDTHS[Columns.RELATION] * _SMALLER),
    )
    sheet.set_growing_row(row, lines * _SMALL_LINE + 6)
    centre = style("box", "small", "centre", "wrap")
    wrap = style("box", "small", "wrap", "left")
    number = style("box", "small", "right")
    sheet.write_string(row, Columns.RULE, check.rule.id, centre)
    sheet.write_string(row, Columns.NAME, check.rule.name, wrap)
    sheet.write_string(row, Columns.TABLE, check.table, centre)
    sheet.write_string(row, Columns.SUBJECT, check.identity.subject, wrap)
    sheet.write_string(row, Columns.SEVERITY, SEVERITIES[check.rule.severity], centre)
    sheet.write_string(row, Columns.TOLD, check.told, wrap)
    sheet.write_formula(row, Columns.LEFT, check.left, number, found.left)
    sheet.write_string(row, Columns.RELATION, live.RELATIONS[check.rule.relation], centre)
    sheet.write_formula(row, Columns.RIGHT, check.right, number, found.right)
    outcome = style("box", "small", "centre", "good")
    sheet.write_formula(row, Columns.OUTCOME, check.outcome, outcome, found.outcome)
    place = f"internal:'{check.table}'!{address(*check.anchor)}"
    sheet.write_url(row, Columns.LINK, place, style("box", "small", "centre", "link"), "查看")
    reason = "input" if check.rule.answerable else "quiet"
    sheet.write_blank(row, Columns.REASON, None, style("box", "small", "wrap", "left", reason))
    sheet.write_formula(row, Columns.CODE, check.code, style("plain"), found.code)


_OUTCOMES = (live.PASSED, live.BROKEN, live.UNKNOWN, live.EXEMPT)


def _verdict(sheet: _Sheet, issue: _Issue) -> None:
    """How many rules came out how."""
    last = issue.checks.last_row
    outcomes = live.area_text((live.FIRST_ROW, Columns.OUTCOME, last, Columns.OUTCOME))
    counted = [f'"{word} "&COUNTIF({outcomes},"{word}")&" 项"' for word in _OUTCOMES]
    found = [outcome.outcome for outcome in issue.outcomes]
    told = "，".join(f"{word} {found.count(word)} 项" for word in _OUTCOMES)
    sheet.write_formula(1, 0, "=" + '&"，"&'.join(counted), issue.styles("good_ink"), told)
    for code, trait in ((live.CODE_BROKEN, "bad_ink"), (live.CODE_UNKNOWN, "warn_ink")):
        condition = f"=MAX({live.CODES})>={code}"
        rule = {"type": "formula", "criteria": condition, "stop_if_true": True}
        sheet.conditional_format(1, 0, 1, 0, {**rule, "format": issue.styles.over(trait)})


def _outcome_colours(sheet: _Sheet, issue: _Issue) -> None:
    last = issue.checks.last_row
    outcome = f"${address(live.FIRST_ROW, Columns.OUTCOME)}"
    code = f"${address(live.FIRST_ROW, Columns.CODE)}"
    area = (live.FIRST_ROW, Columns.OUTCOME, last, Columns.OUTCOME)
    for condition, trait in (
        (f"={code}={live.CODE_BROKEN}", "bad"),
        (f"={code}={live.CODE_REMIND}", "warn"),
        (f'={outcome}<>"{live.PASSED}"', "quiet"),
    ):
        rule = {"type": "formula", "criteria": condition, "stop_if_true": True}
        sheet.conditional_format(*area, {**rule, "format": issue.styles.over(trait)})


def _asides(sheet: _Sheet, issue: _Issue) -> None:
    """Below the rules, the figures that they need and that no table sheet shows."""
    tables = {layout.table.key: layout.sheet for layout in issue.checks.layouts}
    groups = (
        ("上年数", "上年的数字（由公开办预填；空着的，有关的规则不核对）", issue.checks.prior),
        ("折合万元", "带单位的金额折合万元", issue.checks.amounts),
    )
    style = issue.styles
    for what, caption, asides in groups:
        if not asides:
            continue
        top = asides[0].row - 1
        for column in range(Columns.LEFT + 1):
            sheet.write_blank(top, column, None, style("band"))
        sheet.write_string(top, 0, caption, style("band"))
        for aside in asides:
            line = style("lines", "small", "left")
            for column, text in (
                (Columns.TABLE, tables[aside.field.table]),
                (Columns.SUBJECT, what),
                (Columns.TOLD, aside.field.name),
            ):
                sheet.write_string(aside.row, column, text, line)
            sheet.write_blank(aside.row, Columns.SEVERITY, None, line)
            number = style("box", "small", "right", "quiet")
            spot = (aside.row, Columns.LEFT)
            prior = issue.prefill.prior.get(aside.field.key)
            if aside.formula:
                amount = issue.figures[aside.field.key]
                shown = live.as_shown(amount, aside.field.scale)
                sheet.write_formula(*spot, aside.formula, number, shown)
            elif prior is None:
                sheet.write_blank(*spot, None, number)
            else:
                sheet.write_number(*spot, live.as_shown(prior, aside.field.scale), number)


# --------------------------------------------------------------------------------- 填表说明

_GUIDE_WIDTHS = (5, 16, 48, 38)
_GUIDE_TEXT = sum(_GUIDE_WIDTHS[1:])


def _guide_sheet(sheet: _Sheet, issue: _Issue, progress: Mapping[str, _Progress]) -> None:
    sheet.set_tab_color(THEME.brand)
    for column, width in enumerate(_GUIDE_WIDTHS):
        sheet.set_column(column, column, width)
    row = _guide_top(sheet, issue)
    row = _guide_progress(sheet, row, issue, progress)
    row = _guide_delivery(sheet, row, issue)
    row = _guide_steps(sheet, row, issue)
    row = _guide_colours(sheet, row, issue)
    for caption, texts in _guide_texts(issue):
        row = _guide_band(sheet, row, caption, issue)
        for text in texts:
            row = _guide_text(sheet, row, "·", text, issue)
        row += 1
    sheet.protect("", _OPEN_PROTECTION)


def _guide_top(sheet: _Sheet, issue: _Issue) -> int:
    style = issue.styles
    for row, height in ((0, 40.0), (1, 24.0)):
        sheet.set_row(row, height)
        for column in range(len(_GUIDE_WIDTHS)):
            sheet.write_blank(row, column, None, style("title", "banner"))
    sheet.write_string(0, 0, " 政府信息公开工作年度报告 · 填报工作簿", style("title", "banner"))
    unit, year = (
        reference(issue.form.identity, issue.entry_spots[key]) for key in ("unit", "year")
    )
    formula = (
        f'=" "&IF({unit}="","（请先填“{issue.form.identity}”）",{unit})'
        f'&IF({year}="","","　"&{year}&"年度")&"　{issue.edition.name}"'
    )
    given = issue.prefill.identity
    named = given.get("unit") or f"（请先填“{issue.form.identity}”）"
    dated = f"　{given['year']}年度" if given.get("year") else ""
    told = f" {named}{dated}　{issue.edition.name}"
    sheet.write_formula(1, 0, formula, style("banner"), told)
    sheet.set_row(2, 8)
    return 3


def _guide_band(sheet: _Sheet, row: int, caption: str, issue: _Issue) -> int:
    sheet.set_row(row, 22)
    for column in range(len(_GUIDE_WIDTHS)):
        sheet.write_blank(row, column, None, issue.styles("band"))
    sheet.write_string(row, 0, " " + caption, issue.styles("band"))
    return row + 1


def _guide_text(sheet: _Sheet, row: int, mark: str, text: str, issue: _Issue) -> int:
    style = issue.styles
    sheet.set_row(row, _lines(text, _GUIDE_TEXT) * _LINE + 5)
    sheet.write_string(row, 0, mark, style("centre", "bold", "top"))
    sheet.merge_range(row, 1, row, 3, text, style("wrap", "top"))
    return row + 1


def _guide_progress(
    sheet: _Sheet, row: int, issue: _Issue, progress: Mapping[str, _Progress]
) -> int:
    """A line for each sheet: what it asks, and how far the clerk has come."""
    style = issue.styles
    row = _guide_band(sheet, row, "填报进度（点表名可以过去）", issue)
    first = row
    for name, what, formula, told in _stations(issue, progress):
        sheet.set_row(row, 20)
        sheet.write_string(row, 0, str(row - first + 1), style("box", "centre", "muted"))
        sheet.write_url(row, 1, f"internal:'{name}'!A1", style("box", "link", "indent"), name)
        sheet.write_string(row, 2, what, style("box", "wrap", "left", "indent"))
        state = style("box", "good_ink", "wrap", "left", "indent")
        sheet.write_formula(row, 3, formula, state, told)
        row += 1
    for words, trait in _SIGNALS:
        rule = {"type": "text", "criteria": "containing", "value": words, "stop_if_true": True}
        sheet.conditional_format(first, 3, row - 1, 3, {**rule, "format": style.over(trait)})
    return row + 1


def _stations(
    issue: _Issue, progress: Mapping[str, _Progress]
) -> Iterator[tuple[str, str, str, str]]:
    """For each sheet to fill in: its name, what it asks, the formula of its state, the value."""
    form, edition = issue.form, issue.edition
    by_sheet = {layout.sheet: layout for layout in issue.checks.layouts}
    required = [entry for entry in form.entries if entry.need == "required"]
    missing = sum(not issue.prefill.identity.get(entry.key) for entry in required)
    state = f"='{form.identity}'!A2"
    yield form.identity, "单位、年度、填报人等", state, _progress_text(missing, "项")
    for name in sheet_names(edition, form)[2:-1]:
        if name in by_sheet:
            layout = by_sheet[name]
            section = next(s for s in edition.sections if s.table == layout.table.key)
            words = ("已核对", "还没有核对")
            asked = f'IF({layout.confirmed}="{form.confirm.yes}","{words[0]}","{words[1]}")'
            told = live.status_text(*_tallied(layout, issue)).partition("：")[2]
            yield (
                name,
                numbered(edition, section),
                f'={asked}&"；勾稽"&MID({layout.status},6,99)',
                f"{words[0] if issue.prefill.confirmed else words[1]}；勾稽{told}",
            )
        else:
            sections = [s for s in edition.sections if s.sheet == name]
            what = "；".join(numbered(edition, s) or s.parts[0].label for s in sections)
            yield name, what, f"='{name}'!A2", _progress_text(progress[name].missing, "处")


def _guide_delivery(sheet: _Sheet, row: int, issue: _Issue) -> int:
    """Left open for the office that issues the workbook."""
    style = issue.styles
    row = _guide_band(sheet, row, "报送要求（由公开办填写）", issue)
    for label in ("报送时限", "报送方式", "咨询电话"):
        sheet.set_row(row, 20)
        sheet.write_string(row, 1, label, style("box", "label", "indent"))
        sheet.merge_range(row, 2, row, 3, "", style("box", "input", "left"))
        row += 1
    return row + 1


def _guide_steps(sheet: _Sheet, row: int, issue: _Issue) -> int:
    form, edition = issue.form, issue.edition
    tables = "".join(f"“{table.sheet}”" for table in edition.tables)
    prose = "".join(f"“{name}”" for name in edition.prose_sheets)
    steps = (
        f"填“{form.identity}”：先填必填项。已经填好的灰底格不用改。",
        f"填{tables}：统计本年 1 月 1 日至 12 月 31 日的数字。各格起始为 0，没有发生的不用改。"
        "选中一格，旁边会提示这一格统计什么。",
        "看“勾稽”：表的右侧和下方逐行逐列显示“通过”或“不符”，不符的格变红。"
        f"到“{live.SHEET}”看是哪一条、两边各是多少，点“查看”回到那一格。",
        f"核对无误后，把表上方的“{form.confirm.label}”改为“{form.confirm.yes}”。",
        f"写{prose}，保存后报送。文件名可以改；工作表名和表中原有的文字不要改。",
    )
    row = _guide_band(sheet, row, "填写步骤", issue)
    for number, text in enumerate(steps, 1):
        row = _guide_text(sheet, row, str(number), text, issue)
    return row + 1


_LEGEND = (
    ("填写格", ("input",), "由填报单位填写或选择。按 Tab 键到下一格。"),
    ("自动合计", ("total",), "由公式算出，不能填。"),
    ("预填", ("input", "given"), "从上年报告带过来的数字，选中可看来源，与实际不符的可以改。"),
    (live.PASSED, ("good",), "这一行（列）的勾稽关系都成立。"),
    (live.BROKEN, ("bad",), "两边不等，或填的不是数字：须改正，否则会被退回。"),
    (live.REMIND, ("warn",), f"可能不对：请核对，属实的在“{live.SHEET}”里写情况说明，数字不用改。"),
)


def _guide_colours(sheet: _Sheet, row: int, issue: _Issue) -> int:
    style = issue.styles
    row = _guide_band(sheet, row, "颜色和文字", issue)
    for sample, traits, meaning in _LEGEND:
        sheet.set_row(row, 20)
        # A sample is no input: Tab must not stop at it.
        sheet.write_string(row, 1, sample, style("box", "centre", *traits, "locked"))
        sheet.merge_range(row, 2, row, 3, meaning, style("indent"))
        row += 1
    return row + 1


def _guide_texts(issue: _Issue) -> Iterator[tuple[str, tuple[str, ...]]]:
    kinds = {field.kind for field in issue.edition.fields}
    numbers = ["件数填整数，不带“件”字；没有的填 0，不要留空，也不要填“无”或“-”。"]
    if "signed" in kinds:
        numbers.append("增减数：增加填正数，减少填负数，如 -8。")
    if "money" in kinds:
        numbers.append("金额以万元为单位的，可以带小数，最多 6 位，如 59237.2449；不要误填为元。")
    if "money_text" in kinds:
        numbers.append("没有规定单位的金额，连同单位一起填，如 108万元 或 251000元；没有的填 0。")
    yield "数字怎样填", tuple(numbers)
    yield (
        "正文怎样写",
        (
            "一格可以写几段，按 Alt+Enter 另起一段。段首空格和标题的编号由系统自动加，不用打。",
            "正文里的件数、条数要与各表的数字一致，写完后请对照核对一遍。",
        ),
    )
    yield (
        "退回以后",
        ("收到退回通知后，按通知里写明的工作表和单元格逐条改正，仍用这个文件保存，再报送即可。",),
    )
    yield "填报依据", (issue.edition.source,)
