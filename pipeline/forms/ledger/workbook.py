"""A ledger to be kept through the year: the workbook of its own, and its sheets in the
standardized workbook.

The sheets are the same in both.  In the standardized workbook, which has the tables to fill in
beside them, 台账统计 also shows where these say another number.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

import xlsxwriter

from pipeline.books.cells import reference
from pipeline.books.drawing import (
    LINE,
    OPEN_PROTECTION,
    PROTECTION,
    Sheet,
    Styles,
    add_sheet,
    apply_page_setup,
    lines_of,
    refusal,
    write_text,
)
from pipeline.books.new_book import new_book
from pipeline.books.theme import THEME
from pipeline.declare.ledger import Column, LedgerForm, LedgerSheet, columns, ledger_form
from pipeline.forms.ledger import formulas
from pipeline.forms.ledger.lists import COLUMNS, ledger_lists, list_name, lists_sheet
from pipeline.forms.ledger.sheets import (
    FIRST_ROW,
    STATE_ROW,
    Line,
    alarms,
    ledger_sheet,
    state_formula,
    state_text,
)
from pipeline.forms.ledger.tally import tally_sheet
from pipeline.forms.places import ENTRY_TOP, TableLayout, entry_spots
from pipeline.model.edition import Edition
from pipeline.model.workbook_form import WorkbookForm
from pipeline.model.working_days import Calendar, library_calendar

ASKED = ("unit", "county", "year", "edition")
"""What a ledger of its own asks of 基本信息."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerFill:
    """What a ledger is issued with: nothing by default.

    ``today`` is a day to stand still on, None for the day on which the workbook is open.
    """

    identity: Mapping[str, str] = field(default_factory=dict)
    requests: Sequence[Line] = ()
    publications: Sequence[Line] = ()
    watched: Sequence[Line] = ()
    today: datetime.date | None = None


def write_ledger(
    edition: Edition,
    form: WorkbookForm,
    fill: LedgerFill | None = None,
    calendar: Calendar | None = None,
) -> bytes:
    """A ledger for one unit, as the bytes of an .xlsx file; the same arguments, the same bytes.

    Args:
        calendar: the working days; the library's by default.
    """
    fill = fill or LedgerFill()
    own = ledger_form()
    buffer = io.BytesIO()
    book = new_book(buffer, f"{own.name} {edition.name}")
    styles = Styles(book)
    guide, identity = (add_sheet(book, name) for name in (own.guide, form.identity))
    for sheet in (guide, identity):
        apply_page_setup(sheet, sheet.get_name())
    _identity(identity, edition, form, fill, styles)
    add_ledger(book, edition, form, fill, calendar or library_calendar(), (), styles)
    _guide(guide, own, form, styles)
    guide.activate()
    book.close()
    return buffer.getvalue()


def add_ledger(
    book: xlsxwriter.Workbook,
    edition: Edition,
    form: WorkbookForm,
    fill: LedgerFill,
    calendar: Calendar,
    filled: Sequence[TableLayout],
    styles: Styles,
) -> None:
    """Add a ledger's sheets to a workbook that has the sheet 基本信息.

    Args:
        filled: the table sheets of the workbook that the counts are compared with.
    """
    own = ledger_form()
    sheets = {name: add_sheet(book, name) for name in own.sheets}
    for name, sheet in sheets.items():
        apply_page_setup(sheet, name)
    year = fill.identity.get("year", "")
    lists = ledger_lists(edition, own, form, calendar, int(year) if year.isdecimal() else 0)
    spots = entry_spots(form) if filled else own_spots(form)
    year_cell = reference(form.identity, spots["year"])
    lists_sheet(sheets[own.lists], lists, f"=N({year_cell})", fill.today, book, styles)
    computed, helpers = formulas.request_formulas(own)
    usual: Sequence[Line] = [{"name": n, "cycle": c} for n, c in own.usual.items()]
    for ask, table, computed_, hidden, lines in (
        (own.requests, formulas.REQUESTS, computed, helpers, fill.requests),
        (own.publications, formulas.PUBLICATIONS, {}, (), fill.publications),
        (own.watched, formulas.WATCHED, formulas.watched_formulas(own), (), fill.watched or usual),
    ):
        asked = columns(ask, edition, own)
        names = {c.key: name for c in asked if (name := list_name(c, edition, own))}
        sheet = sheets[ask.sheet]
        ledger_sheet(sheet, ask, asked, table, computed_, hidden, names, lines, styles)
        sheet.freeze_panes(FIRST_ROW, _frozen(asked))
    _lights(sheets[own.requests.sheet], own.requests, "status", STATUS_COLOURS, own, styles)
    _lights(sheets[own.watched.sheet], own.watched, "state", STATE_COLOURS, own, styles)
    sheets[own.requests.sheet].write_formula(
        STATE_ROW, 0, state_formula(own), styles("bold"), state_text(own)
    )
    last = FIRST_ROW + own.watched.rows
    book.define_name(COLUMNS, f"='{own.watched.sheet}'!$A${FIRST_ROW + 1}:$A${last}")
    tally_sheet(sheets[own.tally], edition, own, form.facts.channels, filled, styles)


def _frozen(asked: Sequence[Column]) -> int:
    """The columns that stay in sight: the first, and the computed ones beside it."""
    beside = takewhile(lambda column: column.kind == "computed", asked[1:])
    return 1 + sum(1 for _ in beside)


STATUS_COLOURS = {
    "bad": ("late", "answered_late", "unknown"),
    "warn": ("today", "soon"),
    "good": ("answered",),
}
STATE_COLOURS = {"bad": ("due",), "good": ("fresh",)}
"""The colours of what the computed columns say, by the keys of the words."""


def _lights(
    sheet: Sheet,
    ask: LedgerSheet,
    key: str,
    colours: Mapping[str, Sequence[str]],
    form: LedgerForm,
    styles: Styles,
) -> None:
    words = form.statuses if key == "status" else form.states
    at = [column.key for column in ask.columns].index(key)
    told = {trait: [words[k] for k in keys] for trait, keys in colours.items()}
    alarms(sheet, at, ask.rows, told, styles)


# --------------------------------------------------------------- the workbook's own two sheets


def own_spots(form: WorkbookForm) -> Mapping[str, tuple[int, int]]:
    """The input cells of the sheet 基本信息 of a ledger of its own, by entry key."""
    return {key: (ENTRY_TOP + i, 1) for i, key in enumerate(ASKED)}


def _identity(
    sheet: Sheet, edition: Edition, form: WorkbookForm, fill: LedgerFill, styles: Styles
) -> None:
    sheet.set_tab_color(THEME.series[0])
    for column, width in enumerate((18, 40, 60)):
        sheet.set_column(column, column, width)
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, form.identity, styles("title"))
    given = {**fill.identity, "edition": f"{edition.name} {edition.document}"}
    for key, (row, column) in own_spots(form).items():
        entry = form.entry(key)
        locked = entry.locked or key in fill.identity
        traits = ("label", "locked") if locked else ("input",)
        format_ = styles("box", "left", "indent", *traits)
        sheet.set_row(row, 22)
        sheet.write_string(row, 0, entry.label, styles("box", "label", "bold", "indent"))
        value = given.get(key, "")
        if entry.kind == "year" and value.isdecimal():
            sheet.write_number(row, column, int(value), format_)
        else:
            write_text(sheet, row, column, value, format_)
        sheet.write_string(row, 2, entry.hint, styles("small", "muted", "wrap"))
        if entry.kind == "year":
            years = {"minimum": edition.first_year, "maximum": edition.last_year or 2099}
            rule = {"validate": "integer", "criteria": "between", **years}
            message = (
                f"请填 {edition.name}适用的年度，如 {edition.last_year or edition.first_year}。"
            )
            sheet.data_validation(row, column, row, column, {**rule, **refusal(message)})
    sheet.protect("", PROTECTION)


_GUIDE_WIDTH = 110.0


def _guide(sheet: Sheet, own: LedgerForm, form: WorkbookForm, styles: Styles) -> None:
    sheet.set_tab_color(THEME.brand)
    sheet.set_column(0, 0, 5)
    sheet.set_column(1, 1, _GUIDE_WIDTH)
    sheet.set_row(0, 36)
    sheet.write_string(0, 0, f"{own.name}怎样用", styles("title"))
    periods = own.periods
    texts = (
        f"先在“{form.identity}”填单位和年度。一年用一份，年初还没有办完的上年申请，也照原来的日期登记进来。",
        f"收到一件申请，在“{own.requests.sheet}”登记一行：灰底的“答复期限”“状态”自动算出，"
        "红色是逾期，黄色是快到期。有下拉箭头的从列表中选。",
        "不要写申请人的姓名、电话、证件号码、住址：统计和计算期限都用不到。",
        f"答复期限：收到之日的次日起 {periods.answer} 个工作日；延期告知申请人的，再加延长的工作日"
        f"（最多 {periods.extension} 个）；征求第三方、其他机关意见的时间不计；补正的，从收到补正之日重新起算。"
        "工作日按国务院办公厅的放假通知，调休上班的计入。",
        "收到之日：当面提交的是提交之日，邮寄的是签收之日；平信、网络、传真的是双方确认之日（填“确认日期”）。",
        f"公开一条信息，在“{own.publications.sheet}”登记一行；在几个渠道发布的，每个渠道一行。"
        f"“{own.watched.sheet}”列出的栏目，到期没有新内容的标为“{own.states['due']}”。",
        f"“{own.tally}”随时数出表三、表四和主动公开的条数。年底把这份台账和填报工作簿一起报送："
        "区（县）公开办的系统会逐格核对，不同的指出是哪几件。",
        "行不够时，紧接着往下写即可；也可以插入行。表头、工作表名不要改。",
    )
    for number, text in enumerate(texts, 1):
        sheet.set_row(number, lines_of(text, _GUIDE_WIDTH) * LINE + 8)
        sheet.write_string(number, 0, str(number), styles("centre", "bold", "top"))
        sheet.write_string(number, 1, text, styles("wrap", "top"))
    sheet.protect("", OPEN_PROTECTION)
