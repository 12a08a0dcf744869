"""The ledger's sheets as they are issued: drop-downs, hints, formulas, print, and in the form."""

import io
import re
from functools import cache

import openpyxl
import pytest

from pipeline.declare.editions import load_editions
from pipeline.declare.ledger import columns
from pipeline.declare.workbook_form import workbook_form
from pipeline.forms.ledger.lists import ledger_lists
from pipeline.forms.ledger.sheets import FIRST_ROW, HEADER_ROW
from pipeline.forms.ledger.tally import counted_tables, tally_references
from pipeline.forms.ledger.workbook import LedgerFill, write_ledger
from pipeline.forms.workbook import write_form
from pipeline.intake.submissions import read_bytes
from pipeline.model.submission import Prefill
from pipeline.model.working_days import library_calendar
from pipeline.prose.citing import field_names
from tests.support.blank_forms import EXCEL_2010
from tests.support.edition_years import YEARS
from tests.support.ledgers import FORM

EDITIONS, BOOK, CALENDAR = load_editions(), workbook_form(), library_calendar()
KEYS = pytest.mark.parametrize("key", sorted(EDITIONS))
KEPT = (FORM.requests, FORM.publications, FORM.watched)


@cache
def issued(key):
    identity = {"unit": "示例镇", "county": "示例区", "year": str(YEARS[key])}
    fill = LedgerFill(identity=identity)
    return openpyxl.load_workbook(io.BytesIO(write_ledger(EDITIONS[key], BOOK, fill)))


@cache
def form_bytes():
    prefill = Prefill(
        identity={"unit": "示例镇", "county": "示例区", "year": "2024"},
        figures={"requests.carried_in.natural_person": 2},
        confirmed=True,
    )
    edition = EDITIONS["2021"]
    return write_form(edition, BOOK, prefill, field_names(edition, BOOK), CALENDAR)


@KEYS
def test_every_column_has_its_drop_down_and_its_hint(key):
    book = issued(key)
    for ask in KEPT:
        sheet = book[ask.sheet]
        rules = {}
        for rule in sheet.data_validations.dataValidation:
            for area in rule.sqref.ranges:
                rules[area.min_col] = rule
                assert (area.min_row, area.max_row) == (FIRST_ROW + 1, FIRST_ROW + ask.rows)
        for at, column in enumerate(columns(ask, EDITIONS[key], FORM), 1):
            assert sheet.cell(HEADER_ROW + 1, at).value == column.label
            if column.kind == "computed":
                continue
            assert rules[at].prompt == column.hint
            expected = {"date": "date", "whole": "whole", "text": None}.get(column.kind, "list")
            assert rules[at].type == expected, column.key
            if expected == "list":
                assert rules[at].formula1.lstrip("=") in book.defined_names


@KEYS
def test_the_lists_are_the_edition_s_own(key):
    edition = EDITIONS[key]
    lists = ledger_lists(edition, FORM, BOOK, CALENDAR, 2024).items
    [table, disputes] = counted_tables(edition, FORM)
    [block] = table.blocks
    results = [path for path in block.row_leaves if path[0].key == "results"]
    assert len(lists["台账处理结果"]) == len(results) - 1
    assert len(lists["台账申请人"]) == 6
    assert [len(lists[f"台账复议诉讼结果{n}"]) for n in (1, 2, 3)] == [4, 4, 4]
    assert len(disputes.fields) == 15


@KEYS
def test_sheets_stay_in_sight_and_print_on_a4_across(key):
    book = issued(key)
    for ask in KEPT:
        sheet = book[ask.sheet]
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.print_title_rows == f"${HEADER_ROW + 1}:${HEADER_ROW + 1}"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert not sheet.protection.sheet
        [table] = sheet.tables.values()
        assert table.autoFilter is not None
        assert table.ref.startswith(f"A{HEADER_ROW + 1}:")
    assert book[FORM.requests.sheet].freeze_panes == f"D{FIRST_ROW + 1}"
    assert book[FORM.lists].sheet_state == "hidden"


@KEYS
def test_formulas_are_those_of_2010(key):
    formulas = [
        str(cell.value)
        for sheet in issued(key)
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    used = {name for text in formulas for name in re.findall(r"([A-Z][A-Z0-9.]*)\(", text)}
    assert used <= EXCEL_2010 | {"MATCH", "YEAR", "DATE", "TODAY"}
    assert all(len(text) < 8192 for text in formulas)


def test_nobody_is_asked_for_a_name():
    asked = {column.label for ask in KEPT for column in ask.columns}
    assert not asked & {"姓名", "申请人", "电话", "身份证号", "住址"}


# ---------------------------------------------------------------------- in the standardized form


def test_a_form_with_ledgers_takes_the_counts_where_nothing_is_prefilled():
    edition = EDITIONS["2021"]
    book = openpyxl.load_workbook(io.BytesIO(form_bytes()))
    read = read_bytes(form_bytes(), "示例.xlsx", EDITIONS, BOOK)
    references = tally_references(edition)
    cells = {key: book[p.sheet][p.cell].value for key, p in read.places.items() if "." in key}
    taken = {key for key, reference in references.items() if cells[key] == f"={reference}"}
    assert set(references) - taken == {"requests.carried_in.natural_person"}
    assert cells["requests.carried_in.natural_person"] == 2
    assert not read.kept
    assert read.ledger is not None
    assert not read.ledger.kept


def test_a_form_without_ledgers_is_as_it_was():
    edition = EDITIONS["2021"]
    book = openpyxl.load_workbook(io.BytesIO(write_form(edition, BOOK)))
    assert not set(FORM.sheets) & set(book.sheetnames)
