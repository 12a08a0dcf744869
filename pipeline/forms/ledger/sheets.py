"""The sheets on which a ledger is kept: a table to fill in, its drop-downs, its live columns."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.books.drawing import LINE, Sheet, Styles, lines_of, refusal, short, write_text
from pipeline.books.theme import THEME
from pipeline.declare.ledger import Column, LedgerForm, LedgerSheet
from pipeline.forms.ledger import formulas
from pipeline.forms.ledger.formulas import Helper
from pipeline.text.figures import Raw
from pipeline.text.labels import address

TITLE_ROW, STATE_ROW, TOLD_ROW, HEADER_ROW = range(4)
FIRST_ROW = HEADER_ROW + 1

Line = Mapping[str, Raw]
"""What is filled in already on a line, by column key, as a clerk would type it."""


def ledger_sheet(
    sheet: Sheet,
    ask: LedgerSheet,
    asked: Sequence[Column],
    table: str,
    computed: Mapping[str, str],
    helpers: Sequence[Helper],
    lists: Mapping[str, str],
    lines: Sequence[Line],
    styles: Styles,
) -> None:
    """Draw a sheet of a ledger.

    Args:
        asked: its columns; ``lists`` has the defined name of what each offers, by key.
        table: the name of the Excel table that the lines are.
        computed: the formulas of the computed columns, by key; ``helpers`` are hidden ones.
        lines: what is filled in already.
    """
    sheet.set_tab_color(THEME.series[4])
    rows = max(ask.rows, len(lines))
    last = FIRST_ROW + rows - 1
    _top(sheet, ask, asked, styles)
    for at, column in enumerate(asked):
        sheet.set_column(at, at, column.width)
    if helpers:
        hidden = {"hidden": True}
        sheet.set_column(len(asked), len(asked) + len(helpers) - 1, None, None, hidden)
    headers = [column.label for column in asked] + [helper.label for helper in helpers]
    formulas_ = {at: computed[c.key] for at, c in enumerate(asked) if c.key in computed}
    formulas_ |= {len(asked) + i: helper.formula for i, helper in enumerate(helpers)}
    sheet.add_table(
        HEADER_ROW,
        0,
        last,
        len(headers) - 1,
        {
            "name": table,
            "style": "Table Style Light 1",
            "banded_rows": False,
            "columns": [
                {"header": header, **({"formula": formulas_[at]} if at in formulas_ else {})}
                for at, header in enumerate(headers)
            ],
        },
    )
    for at, header in enumerate(headers):
        sheet.write_string(HEADER_ROW, at, header, styles("band", "box", "centre", "wrap"))
    for row in range(FIRST_ROW, last + 1):
        line = lines[row - FIRST_ROW] if row - FIRST_ROW < len(lines) else {}
        for at, column in enumerate(asked):
            format_ = styles(*_TRAITS[column.kind])
            if at in formulas_:
                sheet.write_formula(row, at, formulas_[at], format_, "")
            else:
                _write(sheet, row, at, line.get(column.key), format_)
        for at in range(len(asked), len(headers)):
            sheet.write_formula(row, at, formulas_[at], None, "")
    for at, column in enumerate(asked):
        rule = _validation(column, lists.get(column.key, ""))
        sheet.data_validation(FIRST_ROW, at, last, at, rule)
    sheet.set_landscape()
    sheet.print_area(0, 0, last, len(asked) - 1)
    sheet.repeat_rows(HEADER_ROW)
    sheet.ignore_errors({"number_stored_as_text": f"A{FIRST_ROW + 1}:{address(last, 0)}"})


def _top(sheet: Sheet, ask: LedgerSheet, asked: Sequence[Column], styles: Styles) -> None:
    sheet.set_row(TITLE_ROW, 30)
    sheet.write_string(TITLE_ROW, 0, ask.caption, styles("title"))
    sheet.write_string(TOLD_ROW, 0, ask.guidance, styles("small", "muted"))
    lines = max(lines_of(column.label, column.width) for column in asked)
    sheet.set_row(HEADER_ROW, lines * LINE + 8)


_TRAITS: Mapping[str, tuple[str, ...]] = {
    "text": ("box", "input", "wrap", "left", "text"),
    "date": ("box", "input", "centre", "date"),
    "whole": ("box", "input", "centre", "count"),
    "choice": ("box", "input", "wrap", "left"),
    "applicant": ("box", "input", "wrap", "left"),
    "result": ("box", "input", "wrap", "left"),
    "dispute": ("box", "input", "wrap", "left"),
    "computed": ("box", "total", "centre", "date"),
}


def _write(sheet: Sheet, row: int, column: int, value: Raw, format_: Any) -> None:
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        value = datetime.datetime(value.year, value.month, value.day)
    if isinstance(value, datetime.datetime):
        sheet.write_datetime(row, column, value, format_)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value, format_)
    else:
        write_text(sheet, row, column, "" if value is None else str(value), format_)


OPEN_LISTS = frozenset({"columns", "kinds", "published"})
"""Lists that the office may add to: what is not on them is asked about, not refused."""


def _validation(column: Column, list_: str) -> dict[str, Any]:
    told = {"input_title": short(column.label, 32), "input_message": short(column.hint, 255)}
    if column.kind == "date":
        rule = {
            "validate": "date",
            "criteria": "between",
            "minimum": datetime.date(2008, 5, 1),
            "maximum": datetime.date(2099, 12, 31),
        }
        return {**rule, **told, **refusal("请填日期，如 2024-3-1。")}
    if column.kind == "whole":
        bounds = {"minimum": column.least, "maximum": column.most}
        message = f"请填 {column.least} 到 {column.most} 的整数。"
        return {
            "validate": "integer",
            "criteria": "between",
            **bounds,
            **told,
            **refusal(message),
        }
    if list_:
        rule = {"validate": "list", "source": f"={list_}"}
        if column.choices in OPEN_LISTS:
            asked = {
                "error_type": "information",
                "error_title": "不在下拉列表中",
                "error_message": "不在下拉列表中。确实如此的，按“确定”保留。",
            }
            return {**rule, **told, **asked}
        return {**rule, **told, **refusal("请从下拉列表中选。")}
    return {"validate": "any", **told}


def alarms(
    sheet: Sheet, at: int, rows: int, words: Mapping[str, Sequence[str]], styles: Styles
) -> None:
    """Colour a column of words: ``words`` has what each trait is for, the gravest first."""
    area = (FIRST_ROW, at, FIRST_ROW + rows - 1, at)
    for trait, texts in words.items():
        for text in texts:
            rule = {"type": "cell", "criteria": "==", "value": f'"{text}"', "stop_if_true": True}
            sheet.conditional_format(*area, {**rule, "format": styles.over(trait)})


STATES_TOLD = ("late", "today", "soon", "correcting", "consulting")


def state_formula(form: LedgerForm) -> str:
    """A sentence on how many requests are overdue, due today, due soon, and waiting."""
    label = next(c.label for c in form.requests.columns if c.key == "status")
    column = formulas.whole(formulas.REQUESTS, label)
    words = [form.statuses[key] for key in STATES_TOLD]
    told = [f'"{word} "&COUNTIF({column},"{word}")&" 件"' for word in words]
    return "=" + '&"，"&'.join(told)


def state_text(form: LedgerForm) -> str:
    """The sentence of a ledger without requests."""
    return "，".join(f"{form.statuses[key]} 0 件" for key in STATES_TOLD)
