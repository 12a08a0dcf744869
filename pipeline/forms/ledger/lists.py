"""The hidden sheet of a ledger: what its drop-downs offer, and the working days, by defined name."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import xlsxwriter

from pipeline.books.drawing import Sheet, Styles
from pipeline.declare.ledger import (
    Column,
    LedgerForm,
    applicant_choices,
    dispute_groups,
    outcome_choices,
    result_choices,
)
from pipeline.forms.ledger import formulas
from pipeline.model.edition import Edition, dotted
from pipeline.model.workbook_form import WorkbookForm
from pipeline.model.working_days import Calendar
from pipeline.text.labels import address

YEARS_BEFORE, YEARS_AFTER = 2, 1
"""A ledger knows the working days of the years around its own, as far as they are known."""

CHANNELS, KINDS, PUBLISHED, COLUMNS, OUTCOMES = (
    "台账申请方式",
    "台账类型",
    "台账渠道",
    "台账栏目",
    "台账复议诉讼结果",
)

Item = str | int | datetime.date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Lists:
    """The lists by defined name, in the order of the sheet's columns, and the days that the list
    of working days covers."""

    items: Mapping[str, Sequence[Item]]
    first_day: datetime.date
    last_day: datetime.date


def ledger_lists(
    edition: Edition, form: LedgerForm, book: WorkbookForm, calendar: Calendar, year: int
) -> Lists:
    """The lists of a ledger of a year (0: of any year that the edition is in force)."""
    counting = form.counting
    first, last = year - YEARS_BEFORE, year + YEARS_AFTER
    if not year:
        first = edition.first_year - YEARS_BEFORE
        last = (edition.last_year or calendar.last_year) + YEARS_AFTER
    first = min(max(first, calendar.first_year), calendar.last_year)
    last = min(last, calendar.last_year)
    items: dict[str, Sequence[Item]] = {
        formulas.DAYS: calendar.days(first, last),
        formulas.APPLICANTS: [c.label for c in applicant_choices(edition, counting)],
        formulas.RESULTS: [c.label for c in result_choices(edition, counting)],
        CHANNELS: [channel.label for channel in form.channels],
        formulas.CONFIRMED: [channel.label for channel in form.channels if channel.confirmed],
        KINDS: form.kinds,
        PUBLISHED: book.facts.channels,
        formulas.CYCLES: [cycle.label for cycle in form.cycles],
        formulas.CYCLE_DAYS: [cycle.days for cycle in form.cycles],
    }
    for number, group in enumerate(dispute_groups(edition, counting), 1):
        offered = outcome_choices(edition, counting, dotted(group))
        items[f"{OUTCOMES}{number}"] = [choice.label for choice in offered]
    return Lists(
        items=items,
        first_day=datetime.date(first, 1, 1),
        last_day=datetime.date(last, 12, 31),
    )


def list_name(column: Column, edition: Edition, form: LedgerForm) -> str:
    """The defined name of the list that a column offers; empty where it has none."""
    if column.kind == "dispute":
        groups = [dotted(group) for group in dispute_groups(edition, form.counting)]
        return f"{OUTCOMES}{groups.index(column.group) + 1}"
    if column.kind in ("applicant", "result"):
        return formulas.APPLICANTS if column.kind == "applicant" else formulas.RESULTS
    named = {
        "channels": CHANNELS,
        "kinds": KINDS,
        "published": PUBLISHED,
        "cycles": formulas.CYCLES,
        "columns": COLUMNS,
    }
    return named[column.choices] if column.choices else ""


def lists_sheet(
    sheet: Sheet,
    lists: Lists,
    year: str,
    today: datetime.date | None,
    book: xlsxwriter.Workbook,
    styles: Styles,
) -> None:
    """Write the lists and define their names.

    Args:
        year: the formula of the ledger's year.
        today: a day to stand still on; None for the day on which the workbook is open.
    """
    name, day = sheet.get_name(), styles("date")
    singles: tuple[tuple[str, str | datetime.date], ...] = (
        (formulas.TODAY, today or "=TODAY()"),
        (formulas.FIRST_DAY, lists.first_day),
        (formulas.LAST_DAY, lists.last_day),
        (formulas.YEAR, year),
    )
    for row, (key, value) in enumerate(singles):
        sheet.write_string(row, 0, key)
        if isinstance(value, str):
            sheet.write_formula(row, 1, value, day if key == formulas.TODAY else None, 0)
        else:
            sheet.write_datetime(row, 1, _midnight(value), day)
        book.define_name(key, f"='{name}'!$B${row + 1}")
    for at, (key, items) in enumerate(lists.items.items(), 3):
        sheet.write_string(0, at, key)
        for row, item in enumerate(items, 1):
            if isinstance(item, datetime.date):
                sheet.write_datetime(row, at, _midnight(item), day)
            elif isinstance(item, str):
                sheet.write_string(row, at, item)
            elif item is not None:
                sheet.write_number(row, at, item)
        column = address(0, at)[:-1]
        last = max(len(items), 1) + 1
        book.define_name(key, f"='{name}'!${column}$2:${column}${last}")
    sheet.set_column(0, 3 + len(lists.items), 14)
    sheet.protect()
    sheet.hide()


def _midnight(day: datetime.date) -> datetime.datetime:
    return datetime.datetime(day.year, day.month, day.day)
