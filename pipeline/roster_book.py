"""The empty roster, 名册.xlsx: an instruction sheet with an example, the units, the settings."""

from __future__ import annotations

import datetime
import io
from collections.abc import Sequence
from typing import Any

from pipeline.form_drawing import (
    LINE,
    Sheet,
    Styles,
    added,
    dress,
    lines_of,
    refusal,
    short,
)
from pipeline.new_book import new_book
from pipeline.roster import Ask, RosterForm, roster_form
from pipeline.theme import THEME

ROWS = 200
"""So many lines are formatted and validated; more may be written."""

_STEPS = (
    "在“{settings}”填区县名称和年度。",
    "在“{units}”每行填一个单位：区（县）政府、政府办公室也各是一个单位，各占一行。",
    "保存后再运行 make forms：每个单位得到一个预填好的工作簿，全区一个压缩包，可以直接发出。",
    "收回的工作簿放进 input，运行 make：应报、已报、退回、未报、逾期都按这份名册统计。",
)
_HINT_WIDTHS = (18, 10, 22, 66)


def write_roster() -> bytes:
    """An empty roster, as the bytes of an .xlsx file; the same bytes each time."""
    form, buffer = roster_form(), io.BytesIO()
    book = new_book(buffer, form.name)
    names = (form.guide, form.units, form.settings_sheet)
    guide, units, settings = (added(book, name) for name in names)
    for sheet, name in zip((guide, units, settings), names, strict=True):
        dress(sheet, name)
    styles = Styles(book)
    _guide(guide, form, styles)
    _units(units, form, styles)
    _settings(settings, form, styles)
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


def _units(sheet: Sheet, form: RosterForm, styles: Styles) -> None:
    for column, ask in enumerate(form.columns):
        sheet.set_column(column, column, ask.width)
        sheet.write_string(0, column, ask.label, styles("band", "box", "centre"))
        traits = ["box", "input"]
        traits += [{"date": "date", "text": "text"}.get(ask.kind, "plain")]
        style = styles(*traits)
        for row in range(1, ROWS + 1):
            sheet.write_blank(row, column, None, style)
        sheet.data_validation(1, column, ROWS, column, _validation(ask, form))
    sheet.set_row(0, 24)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, ROWS, len(form.columns) - 1)
    sheet.repeat_rows(0)
    sheet.set_landscape()


def _settings(sheet: Sheet, form: RosterForm, styles: Styles) -> None:
    for column, width in enumerate((22, 24, 66)):
        sheet.set_column(column, column, width)
    for column, text in enumerate(("项目", "填写", "说明")):
        sheet.write_string(0, column, text, styles("band", "box", "centre"))
    for row, ask in enumerate(form.settings, 1):
        sheet.set_row(row, 24)
        sheet.write_string(row, 0, ask.label, styles("box", "label", "bold", "indent"))
        style = styles("box", "input", "left", "indent")
        sheet.write_blank(row, 1, None, style)
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


_WHOLE = {"year": (2008, 2099)}
