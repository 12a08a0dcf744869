"""The template of 放假安排.xlsx: last year's lines as an example, the next year's to fill in."""

from __future__ import annotations

import datetime
import io
from typing import Any

from pipeline.books.drawing import LINE, Sheet, Styles, add_sheet, apply_page_setup, refusal
from pipeline.books.new_book import new_book
from pipeline.ledger.holidays import Notice, holiday_form, known_notices
from pipeline.model.working_days import library_calendar

HEADER_ROW = 3


def write_holidays() -> bytes:
    """The template, as the bytes of an .xlsx file: the last year that is known, and the lines of
    the year after it without their days; the same bytes each time."""
    form, buffer = holiday_form(), io.BytesIO()
    book = new_book(buffer, form.name)
    sheet, styles = add_sheet(book, form.sheet), Styles(book)
    apply_page_setup(sheet, form.sheet)
    last = library_calendar().last_year
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, form.name, styles("title"))
    told = (
        f"国务院办公厅的放假通知发布后，照通知逐行填写，保存为 input 里的“{form.name}.xlsx”。"
        f"系统已经知道 {last} 年及以前的安排（下面列出 {last} 年的作为样子，可以删去）。"
    )
    sheet.write_string(1, 0, told, styles("small", "muted"))
    sheet.write_string(
        2, 0, "一年的七个节日都填了，这一年的工作日才算得出来。", styles("small", "muted")
    )
    sheet.set_row(HEADER_ROW, LINE + 8)
    bottom = HEADER_ROW + form.rows
    for at, column in enumerate(form.columns):
        sheet.set_column(at, at, column.width)
        sheet.write_string(HEADER_ROW, at, column.label, styles("band", "box", "centre"))
        kind = "date" if column.kind == "date" else "plain"
        format_ = styles("box", "input", "centre", kind)
        for row in range(HEADER_ROW + 1, bottom + 1):
            sheet.write_blank(row, at, None, format_)
        rule: dict[str, Any] = {"input_title": column.label, "input_message": column.hint}
        if column.kind == "date":
            bounds = {"minimum": datetime.date(2008, 1, 1), "maximum": datetime.date(2099, 12, 31)}
            rule |= {"validate": "date", "criteria": "between", **bounds}
            rule |= refusal("请填日期，如 2027-10-1。")
        elif column.kind == "year":
            years = {"minimum": 2008, "maximum": 2099}
            rule |= {"validate": "integer", "criteria": "between", **years}
            rule |= refusal("请填年度，如 2027。")
        else:
            rule |= {"validate": "any"}
        sheet.data_validation(HEADER_ROW + 1, at, bottom, at, rule)
    row = HEADER_ROW + 1
    for notice in known_notices(last):
        _line(sheet, row, notice, styles)
        row += 1
    for festival in form.festivals:
        sheet.write_number(row, 0, last + 1, styles("box", "input", "centre"))
        sheet.write_string(row, 1, festival, styles("box", "input", "centre"))
        row += 1
    sheet.freeze_panes(HEADER_ROW + 1, 0)
    sheet.repeat_rows(HEADER_ROW)
    book.close()
    return buffer.getvalue()


def _line(sheet: Sheet, row: int, notice: Notice, styles: Styles) -> None:
    plain, day = styles("box", "input", "centre"), styles("box", "input", "centre", "date")
    sheet.write_number(row, 0, notice.year, plain)
    sheet.write_string(row, 1, notice.festival, plain)
    for at, value in ((2, notice.first), (3, notice.last)):
        sheet.write_datetime(row, at, datetime.datetime(value.year, value.month, value.day), day)
    sheet.write_string(row, 4, "、".join(day.isoformat() for day in notice.worked), plain)
