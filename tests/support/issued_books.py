"""Issued workbooks, filled in and read."""

from collections.abc import Callable, Iterator
from functools import cache

import openpyxl
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.declare.workbook_form import workbook_form
from pipeline.forms.context import computed
from pipeline.forms.workbook import write_form
from pipeline.intake.submissions import read_bytes
from pipeline.model.edition import Edition
from pipeline.model.submission import Prefill, Submission
from tests.support.edition_years import EDITIONS, YEARS

FORM = workbook_form()

Change = Callable[[openpyxl.Workbook], object]


@cache
def prefill(key: str) -> Prefill:
    """Every input figure is another number, so that one read in the wrong row shows."""
    edition = EDITIONS[key]
    inputs = [f for f in edition.fields if not f.derived]
    numbers = {f.key: (1001 + i) * f.scale for i, f in enumerate(inputs) if f.kind != "money_text"}
    written = {f.key: f"{1001 + i}万元" for i, f in enumerate(inputs) if f.kind == "money_text"}
    identity = {"unit": "示例镇", "county": "示例区", "year": str(YEARS[key])}
    return Prefill(identity=identity, figures=numbers, written=written, confirmed=True)


@cache
def issued(key: str) -> bytes:
    return write_form(EDITIONS[key], FORM, prefill(key))


@cache
def expected(key: str) -> dict[str, int]:
    return computed(EDITIONS[key], prefill(key))


def read(content: bytes) -> Submission:
    return read_bytes(content, "示例.xlsx", EDITIONS, FORM)


def figures(submission: Submission, edition: Edition) -> dict[str, int | None]:
    return dict(zip(edition.by_key, submission.values, strict=True))


# ------------------------------------------------------------------- sheets, labels, positions


def renamed(book: openpyxl.Workbook) -> None:
    for sheet in book.worksheets:
        sheet.title = f" {sheet.title} 2020年 "
    book.move_sheet(book.worksheets[-1], -(len(book.worksheets) - 1))
    book.worksheets[3].sheet_state = "hidden"


def broken_lines(book: openpyxl.Workbook) -> None:
    for cell in labels(book):
        middle = len(cell.value) // 2
        cell.value = f" {cell.value[:middle]}\n{cell.value[middle:]}　"


def labels(book: openpyxl.Workbook) -> Iterator[Cell]:
    """The label cells of the table sheets: texts that are no formulas, below the title rows."""
    sheets = {table.sheet for edition in EDITIONS.values() for table in edition.tables}
    for sheet in book.worksheets:
        if sheet.title in sheets:
            yield from table_labels(sheet)


def table_labels(sheet: Worksheet) -> Iterator[Cell]:
    for row in sheet.iter_rows(min_row=4):
        for cell in row:
            text = cell.value
            if isinstance(text, str) and not text.startswith("=") and not text.endswith("万元"):
                yield cell
