"""The sheet 基本信息 of the standardized workbook."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from xlsxwriter.format import Format

from pipeline.books.cells import reference
from pipeline.books.drawing import LINE, PROTECTION, Sheet, lines_of, refusal, short
from pipeline.books.theme import THEME
from pipeline.forms.context import FormContext
from pipeline.forms.places import ENTRY_TOP
from pipeline.forms.progress import ENTRIES, progress_formula, progress_text, signal
from pipeline.model.workbook_form import Entry
from pipeline.text.labels import address

LAST_YEAR = 2099
FIRST_DAY = datetime.date(2000, 1, 1)
_NEEDS = {"required": "必填", "wanted": "应填", "optional": "选填"}
_SIGNED = "定稿前填"
"""What is said of an entry of the sign-off that needn't be there before the report is final."""


def identity_sheet(sheet: Sheet, issue: FormContext) -> None:
    style = issue.styles
    sheet.set_tab_color(THEME.brand)
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 40)
    sheet.set_column(2, 2, 8)
    sheet.set_column(3, 3, 52)
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, issue.form.identity, style("title"))
    asked = [entry for entry in issue.form.entries if entry.need != "optional"]
    missing = sum(not issue.prefill.identity.get(entry.key) for entry in asked)
    progress = f"={_missing_entries(asked, issue)}"
    sheet.write_formula(1, 0, progress, style("good_ink"), progress_text(missing, ENTRIES))
    signal(sheet, (1, 0), issue.styles)
    sheet.write_string(
        2, 0, "黄底的格由填报单位填写；灰底的格已经填好，不用改。", style("small", "muted")
    )
    header = style("band", "box", "centre")
    for column, text in enumerate(("项目", "填写", "要求", "说明")):
        sheet.write_string(ENTRY_TOP - 1, column, text, header)
    for entry in issue.form.entries:
        _entry_line(sheet, entry, issue)
    sheet.freeze_panes(ENTRY_TOP, 0)
    sheet.repeat_rows(ENTRY_TOP - 1)
    sheet.set_landscape()
    sheet.protect("", PROTECTION)


def _entry_line(sheet: Sheet, entry: Entry, issue: FormContext) -> None:
    style = issue.styles
    row, column = issue.entry_spots[entry.key]
    hint = entry_hint(entry, issue)
    height = max(24, lines_of(hint, 50) * LINE + 6)
    sheet.set_growing_row(row, height, hidden=entry.key in issue.prefill.hidden)
    sheet.write_string(row, 0, entry.label, style("label", "box", "bold", "indent"))
    value = _entry_value(entry, issue)
    locked = entry.locked or (bool(value) and entry.key in issue.prefill.locked)
    traits = ["box", "left", "indent", "wrap", "label" if locked else "input"]
    if entry.kind in ("text", "phone", "postcode", "email"):
        traits.append("text")
    if entry.kind == "date":
        traits.append("date")
    _write_entry(sheet, row, column, value, entry, style(*traits))
    validation = _entry_validation(entry, hint, issue, address(row, column))
    if validation and not locked:
        sheet.data_validation(row, column, row, column, validation)
    signed = entry.need == "optional" and entry.key in issue.form.signing
    need = "—" if entry.locked else _SIGNED if signed else _NEEDS[entry.need]
    need_ink = "bold" if entry.need == "required" else "muted"
    sheet.write_string(row, 2, need, style("box", "centre", need_ink))
    shown = "已由公开办填好。" if locked and not entry.locked else hint
    sheet.write_string(row, 3, shown, style("box", "muted", "wrap", "indent"))


def entry_hint(entry: Entry, issue: FormContext) -> str:
    """What an entry says beside its cell, its examples in the year of the form."""
    year = issue.year or issue.edition.first_year
    return entry.hint.format(year=year, next=year + 1)


def _entry_value(entry: Entry, issue: FormContext) -> str:
    if entry.kind == "edition":
        return f"{issue.edition.name}（{issue.edition.document}）"
    return issue.prefill.identity.get(entry.key, "")


def _write_entry(
    sheet: Sheet, row: int, column: int, value: str, entry: Entry, style: Format
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


def _entry_validation(entry: Entry, hint: str, issue: FormContext, cell: str) -> dict[str, Any]:
    edition = issue.edition
    prompt = {"input_title": short(entry.label, 32)} if hint else {}
    told = {**prompt, "input_message": short(hint, 255)} if hint else {}
    if entry.kind == "year":
        last = edition.last_year or LAST_YEAR
        rule = {
            "validate": "integer",
            "criteria": "between",
            "minimum": edition.first_year,
            "maximum": last,
        }
        until = f"{edition.first_year}—{last}" if edition.last_year else f"{edition.first_year}起"
        return {**rule, **told, **refusal(f"这份表适用于{until}年度，请填四位年份。")}
    if entry.kind == "choice":
        rule = {"validate": "list", "source": list(entry.choices)}
        return {**rule, **told, **refusal("请从下拉列表中选。")}
    if entry.kind == "date":
        rule = {"validate": "date", "criteria": ">=", "value": FIRST_DAY}
        return {
            **rule,
            **told,
            **refusal(f"请填日期，如 {(issue.year or edition.first_year) + 1}-1-15。"),
        }
    if entry.kind == "postcode":
        digits = f"AND(LEN({cell})=6,ISNUMBER(VALUE({cell})))"
        return {"validate": "custom", "value": f"={digits}", **told, **refusal("请填 6 位数字。")}
    if entry.kind == "email":
        shape = f'AND(ISNUMBER(FIND("@",{cell})),ISNUMBER(FIND(".",{cell})))'
        return {
            "validate": "custom",
            "value": f"={shape}",
            **told,
            **refusal("不像电子邮箱地址，请检查有没有漏掉 @ 或后面的部分。"),
        }
    return {"validate": "any", **told} if told else {}


def _missing_entries(asked: Sequence[Entry], issue: FormContext) -> str:
    """How many of the entries that are ``asked`` are still missing, in words."""
    cells = (reference(issue.form.identity, issue.entry_spots[entry.key]) for entry in asked)
    return progress_formula("+".join(f'({cell}="")' for cell in cells) or "0", ENTRIES)
