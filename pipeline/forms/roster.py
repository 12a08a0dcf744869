"""Writing 名册.xlsx: an instruction sheet with an example, the units, the settings."""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from xlsxwriter.format import Format

from pipeline.books.drawing import (
    LINE,
    Sheet,
    Styles,
    add_sheet,
    apply_page_setup,
    lines_of,
    refusal,
    short,
)
from pipeline.books.new_book import new_book
from pipeline.books.theme import THEME
from pipeline.declare.roster import Ask, RosterForm, roster_form

ROWS = 200
"""So many lines are formatted and validated; more may be written."""

_STEPS = (
    "在“{settings}”填地区名称和年度，其余各项不填就按“说明”里写的。",
    "在“{units}”每行填一个单位：区（县）政府、政府办公室也各是一个单位，各占一行。政府的一行“类型”选“政府”，它的工作簿是“本级”，全区报告的正文取自它，数字只计一次。",
    "市、省的名册：每个区县也占一行，下面各单位的“上级”填这个区县；区县、市、省各得一份汇总年报和汇总表。",
    "保存后再运行 make forms：每个单位得到一个预填好的工作簿，每个区县一个压缩包，可以直接发出。",
    "收回的工作簿放进 input，运行 make：应报、已报、退回、未报、逾期都按这份名册统计；有单位没报齐，全区报告是草稿。都齐了、签批了，运行 make final 定稿。",
    "年报公布以后，把公布日期和网址填进“{units}”，再运行 make：汇总表的“公布情况”列出谁按期公布、谁逾期。",
)
_HINT_WIDTHS = (18, 10, 22, 66)


Said = Mapping[str, str | int | datetime.date]
"""What is filled in already, by the key of the column or the setting."""


def write_roster(lines: Sequence[Said] = (), settings: Said = MappingProxyType({})) -> bytes:
    """A roster, empty unless lines or settings are given, as the bytes of an .xlsx file; the
    same bytes each time."""
    form, buffer = roster_form(), io.BytesIO()
    book = new_book(buffer, form.name)
    names = (form.guide, form.units, form.settings_sheet)
    sheets = [add_sheet(book, name) for name in names]
    for sheet, name in zip(sheets, names, strict=True):
        apply_page_setup(sheet, name)
    styles = Styles(book)
    _guide(sheets[0], form, styles)
    _units(sheets[1], form, styles, lines)
    _settings(sheets[2], form, styles, settings)
    if lines:
        sheets[1].activate()
    book.close()
    return buffer.getvalue()


def _guide(sheet: Sheet, form: RosterForm, styles: Styles) -> None:
    sheet.set_tab_color(THEME.brand)
    for column, width in enumerate(_HINT_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, f"{form.name}怎样填", styles("title"))
    row = 1
    for number, step in enumerate(_STEPS, 1):
        told = step.format(units=form.units, settings=form.settings_sheet)
        sheet.set_row(row, lines_of(told, sum(_HINT_WIDTHS)) * LINE + 4)
        sheet.merge_range(row, 0, row, 3, f"{number}. {told}", styles("wrap"))
        row += 1
    row += 1
    for named, asks in ((form.units, form.columns), (form.settings_sheet, form.settings)):
        band = styles("band", "box")
        for column, text in enumerate((named, "要求", "例", "说明")):
            sheet.write_string(row, column, text, band)
        row = _described(sheet, row + 1, asks, styles) + 1


def _described(sheet: Sheet, row: int, asks: Sequence[Ask], styles: Styles) -> int:
    for ask in asks:
        sheet.set_row(row, lines_of(ask.hint, _HINT_WIDTHS[3]) * LINE + 6)
        need = "必填" if ask.need == "required" else "选填"
        sheet.write_string(row, 0, ask.label, styles("box", "label", "bold", "indent"))
        sheet.write_string(row, 1, need, styles("box", "centre"))
        sheet.write_string(row, 2, ask.example or "", styles("box", "indent", "muted"))
        sheet.write_string(row, 3, ask.hint, styles("box", "wrap", "indent"))
        row += 1
    return row


def _units(sheet: Sheet, form: RosterForm, styles: Styles, lines: Sequence[Said]) -> None:
    for column, ask in enumerate(form.columns):
        sheet.set_column(column, column, ask.width)
        sheet.write_string(0, column, ask.label, styles("band", "box", "centre"))
        traits = ["box", "input"]
        traits += [{"date": "date", "text": "text"}.get(ask.kind, "plain")]
        style = styles(*traits)
        for row in range(1, max(ROWS, len(lines)) + 1):
            said = lines[row - 1].get(ask.key, "") if row <= len(lines) else ""
            _write(sheet, row, column, said, style)
        sheet.data_validation(1, column, ROWS, column, _validation(ask, form))
    sheet.set_row(0, 24)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, ROWS, len(form.columns) - 1)
    sheet.repeat_rows(0)
    sheet.set_landscape()


def _write(sheet: Sheet, row: int, column: int, said: object, style: Format) -> None:
    if isinstance(said, datetime.date):
        sheet.write_datetime(row, column, said, style)
    elif isinstance(said, int):
        sheet.write_number(row, column, said, style)
    elif said:
        sheet.write_string(row, column, str(said), style)
    else:
        sheet.write_blank(row, column, None, style)


def _settings(sheet: Sheet, form: RosterForm, styles: Styles, said: Said) -> None:
    for column, width in enumerate((22, 24, 66)):
        sheet.set_column(column, column, width)
    for column, text in enumerate(("项目", "填写", "说明")):
        sheet.write_string(0, column, text, styles("band", "box", "centre"))
    for row, ask in enumerate(form.settings, 1):
        sheet.set_row(row, max(24, lines_of(ask.hint, 64) * LINE + 6))
        sheet.write_string(row, 0, ask.label, styles("box", "label", "bold", "indent"))
        traits = ("date",) if ask.kind == "date" else ()
        style = styles("box", "input", "left", "indent", *traits)
        _write(sheet, row, 1, said.get(ask.key, ""), style)
        sheet.write_string(row, 2, ask.hint, styles("box", "muted", "wrap", "indent"))
        sheet.data_validation(row, 1, row, 1, _validation(ask, form))
    sheet.freeze_panes(1, 0)


def _validation(ask: Ask, form: RosterForm) -> dict[str, Any]:
    rule: dict[str, Any]
    told = {"input_title": short(ask.label, 32), "input_message": short(ask.hint, 255)}
    if ask.kind == "yes_no":
        rule = {"validate": "list", "source": [form.yes, form.no]}
        return {**rule, **told, **refusal("请从下拉列表中选。")}
    if ask.kind == "choice":
        rule = {"validate": "list", "source": list(ask.choices), "error_type": "warning"}
        return {**rule, **told, **refusal("不在下拉列表中，确定要用这个类型吗？")}
    if ask.kind == "date":
        rule = {"validate": "date", "criteria": ">=", "value": datetime.date(2000, 1, 1)}
        return {**rule, **told, **refusal("请填日期，如 2027-1-15。")}
    if ask.kind in _WHOLE:
        least, most = _WHOLE[ask.kind]
        rule = {"validate": "integer", "criteria": "between", "minimum": least, "maximum": most}
        return {**rule, **told, **refusal(f"请填 {least} 到 {most} 的整数。")}
    return {"validate": "any", **told}


_WHOLE = {"year": (2008, 2099), "percent": (1, 100)}
