"""The standardized workbook, as a clerk's program opens it."""

from __future__ import annotations

import io
import re
import zipfile
from functools import cache

import openpyxl
import pytest
from docx import Document
from openpyxl.cell import MergedCell
from openpyxl.utils import range_boundaries
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.books.theme import THEME
from pipeline.declare.editions import load_editions
from pipeline.declare.workbook_form import workbook_form
from pipeline.forms.live_checks import alarm, live_checks
from pipeline.forms.places import FIRST_ROW, STATUS_ROW, Columns, entry_spots, table_layout
from pipeline.forms.verdicts import EXEMPT, PASSED, UNKNOWN
from pipeline.forms.workbook import write_form
from pipeline.intake.submissions import read_bytes
from pipeline.model.submission import Prefill
from pipeline.prose.citing import field_names
from pipeline.text.labels import address
from tests.support.blank_forms import EXCEL_2010
from tests.support.districts import district_2024, write_inputs
from tests.support.runs import run

EDITIONS, FORM = load_editions(), workbook_form()
KEYS = pytest.mark.parametrize("key", sorted(EDITIONS))


@cache
def blank(key: str) -> bytes:
    return write_form(EDITIONS[key], FORM, field_names=field_names(EDITIONS[key], FORM))


@cache
def opened(key: str) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(blank(key)))


@cache
def computed(key: str) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(blank(key)), data_only=True)


def part(content: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.read(name).decode("utf-8")


def sheet_xml(key: str, title: str) -> str:
    position = opened(key).sheetnames.index(title) + 1
    return part(blank(key), f"xl/worksheets/sheet{position}.xml")


def validation(sheet: Worksheet, cell: str):
    column, row, _, _ = range_boundaries(cell)
    return next(
        v
        for v in sheet.data_validations.dataValidation
        if any(
            a.min_row <= row <= a.max_row and a.min_col <= column <= a.max_col
            for a in v.sqref.ranges
        )
    )


# ---------------------------------------------------------------------------- live checks


@KEYS
def test_every_rule_has_a_line_a_light_and_a_link_to_its_place(key):
    edition, book = EDITIONS[key], opened(key)
    checks = live_checks(edition, FORM)
    sheet = book[FORM.checks.sheet]
    told = [
        (sheet.cell(r, 1).value, sheet.cell(r, Columns.SUBJECT + 1).value)
        for r in range(FIRST_ROW + 1, checks.last_row + 2)
    ]
    assert told == [(rule.id, i.subject) for rule in edition.rules for i in rule.identities]
    lit = {
        check for layout in checks.layouts for at in checks.lights(layout).values() for check in at
    }
    assert lit == set(checks.checks)
    for check in checks.checks:
        link = sheet.cell(check.row + 1, Columns.LINK + 1).hyperlink
        assert link.location == f"'{check.table}'!{address(*check.anchor)}"
        assert check.anchor in set(
            next(o for o in checks.layouts if o.sheet == check.table).places.values()
        )


@KEYS
def test_a_blank_form_passes_all_that_can_be_judged_and_says_so(key):
    book = computed(key)
    for layout in live_checks(EDITIONS[key], FORM).layouts:
        assert book[layout.sheet].cell(STATUS_ROW + 1, 1).value == "本表勾稽：全部通过"
    outcomes = {
        row[Columns.OUTCOME].value
        for row in book[FORM.checks.sheet].iter_rows(min_row=FIRST_ROW + 1)
        if row[0].value and row[Columns.OUTCOME].value
    }
    assert outcomes <= {PASSED, UNKNOWN, EXEMPT}


@KEYS
def test_formulas_are_those_of_2010_and_there_are_no_macros(key):
    formulas = [
        str(cell.value)
        for sheet in opened(key)
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    used = {name for text in formulas for name in re.findall(r"([A-Z][A-Z0-9.]*)\(", text)}
    assert formulas
    assert used <= EXCEL_2010
    with zipfile.ZipFile(io.BytesIO(blank(key))) as package:
        assert not [name for name in package.namelist() if "vba" in name.lower()]


@KEYS
def test_cells_of_a_broken_rule_turn_red(key):
    """Each rule colours its own cells, by the code that its line in 校验 computes."""
    book = opened(key)
    checks = live_checks(EDITIONS[key], FORM)
    for layout in checks.layouts:
        coloured = {
            (formula, coordinate)
            for area, rules in book[layout.sheet].conditional_formatting._cf_rules.items()
            for rule in rules
            for formula in rule.formula or ()
            for span in area.sqref.ranges
            for row in span.rows
            for coordinate in (address(r - 1, c - 1) for r, c in row)
        }
        for check in checks.checks:
            if check.table == layout.sheet:
                rule = alarm(check).removeprefix("=")
                assert {(rule, address(*spot)) for spot in check.cells} <= coloured


# -------------------------------------------------------------------------- what is filled in


@KEYS
def test_figures_start_at_zero_are_coloured_validated_and_explained(key):
    edition, book = EDITIONS[key], opened(key)
    fill = THEME.input_fill.removeprefix("#")
    for layout in live_checks(edition, FORM).layouts:
        sheet = book[layout.sheet]
        for field in layout.table.fields:
            cell = sheet[address(*layout.places[field.key])]
            assert cell.alignment.horizontal == "right"
            if field.derived:
                assert cell.protection.locked
                assert cell.data_type == "f"
                continue
            assert cell.value == 0
            assert not cell.protection.locked
            assert cell.fill.start_color.rgb.endswith(fill)
            rule = validation(sheet, cell.coordinate)
            assert 0 < len(rule.prompt) <= 255
            assert 0 < len(rule.promptTitle) <= 32
            assert rule.showInputMessage


def test_a_partial_disclosure_is_told_where_it_counts():
    edition, sheet = EDITIONS["2021"], opened("2021")["依申请公开"]
    layout = table_layout(edition.table("requests"))
    field = next(f for f in edition.table("requests").fields if "部分公开" in f.name)
    told = validation(sheet, address(*layout.places[field.key])).prompt
    assert "区分处理" in told


@KEYS
def test_a_table_is_unconfirmed_until_the_clerk_says_so(key):
    for layout in live_checks(EDITIONS[key], FORM).layouts:
        sheet = opened(key)[layout.sheet]
        row, column = layout.confirm
        label, answer = sheet.cell(row + 1, column + 1), sheet.cell(row + 1, column + 2)
        assert label.value == FORM.confirm.label
        assert answer.value == FORM.confirm.no
        assert validation(sheet, answer.coordinate).formula1 == '"是,否"'
    found = read_bytes(blank(key), "示例.xlsx", EDITIONS, FORM)
    unconfirmed = [p.sheet for p in found.problems if p.rule == "sheet.unconfirmed"]
    # A blank form has no year, so the edition is known by what the office wrote into it.
    assert unconfirmed == [table.sheet for table in EDITIONS[key].tables]


@KEYS
def test_all_else_is_locked_without_a_password_and_tab_stops_only_at_inputs(key):
    inputs = {THEME.input_fill.removeprefix("#"), THEME.warning_fill.removeprefix("#")}
    for sheet in opened(key):
        assert sheet.protection.sheet
        assert not sheet.protection.password
        reading = sheet.title in (FORM.guide, FORM.checks.sheet)
        assert sheet.protection.selectLockedCells == (not reading)
        for row in sheet.iter_rows():
            for cell in row:
                if not isinstance(cell, MergedCell) and not cell.protection.locked:
                    assert cell.fill.start_color.rgb[2:] in inputs, (sheet.title, cell.coordinate)


@KEYS
def test_sheets_print_on_a4_with_repeated_headers_and_stay_in_sight(key):
    book = opened(key)
    wide = {table.sheet for table in EDITIONS[key].tables if table.landscape}
    assert wide
    for sheet in book:
        assert sheet.page_setup.paperSize == 9
        assert sheet.page_setup.fitToWidth in (None, 1)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        if sheet.title in wide:
            assert sheet.page_setup.orientation == "landscape"
        if sheet.title != FORM.guide:
            assert sheet.freeze_panes


def test_a_long_table_repeats_its_header():
    assert opened("2021")["依申请公开"].print_title_rows


# ----------------------------------------------------------------------------- what is issued


def test_what_the_office_fills_in_is_locked_and_carried_figures_tell_their_source():
    edition = EDITIONS["2021"]
    carried = next(f for f in edition.table("requests").fields if f.row[0].key == "carried_in")
    origin = "2023 年度工作簿“结转下年度继续办理”"
    prefill = Prefill(
        identity={"unit": "示例镇", "county": "示例区", "year": "2024"},
        locked=frozenset({"unit", "county", "year"}),
        figures={carried.key: 7},
        origin={carried.key: origin},
    )
    book = openpyxl.load_workbook(io.BytesIO(write_form(edition, FORM, prefill)))
    layout = table_layout(edition.table("requests"))
    cell = book[layout.sheet][address(*layout.places[carried.key])]
    assert cell.value == 7
    assert not cell.protection.locked
    assert origin in validation(book[layout.sheet], cell.coordinate).prompt
    assert any(origin in str(c.value) for row in book[layout.sheet].iter_rows() for c in row)
    spots = entry_spots(FORM)
    identity = book[FORM.identity]
    locked = {k for k, (r, c) in spots.items() if identity.cell(r + 1, c + 1).protection.locked}
    assert {"unit", "county", "year"} <= locked
    assert "phone" not in locked


@KEYS
def test_the_names_that_prose_may_cite_stand_on_the_sheet(key):
    texts = [
        str(cell.value)
        for row in opened(key)[EDITIONS[key].prose_sheets[0]].iter_rows()
        for cell in row
    ]
    for name, _ in field_names(EDITIONS[key], FORM):
        assert f"【{name}】" in texts


def test_the_same_arguments_give_the_same_bytes():
    again = write_form(EDITIONS["2021"], FORM, field_names=field_names(EDITIONS["2021"], FORM))
    assert again == blank("2021")


# ------------------------------------------------------------------ everything typed is kept

TYPED = '《办法》共３条，Ａ＆B & <b> "引" {{ x }} {% y %}　【解读】'


def test_what_is_typed_is_printed_as_it_was(tmp_path):
    (path, *_rest) = write_inputs(tmp_path / "input", district_2024()[1:2])
    book = openpyxl.load_workbook(path)
    sheet = book["总体情况"]
    cell = next(c for row in sheet.iter_rows() for c in row if c.value == "引言")
    sheet.cell(cell.row, 3).value = f"第一段。\n{TYPED}\n第三段。"
    book.save(path)
    code, _ = run(tmp_path)
    assert code == 0
    report = next((tmp_path / "output").rglob("示例一镇2024年度报告.docx"))
    paragraphs = [p.text for p in Document(report).paragraphs]
    at = paragraphs.index("第一段。")
    assert paragraphs[at : at + 3] == ["第一段。", TYPED, "第三段。"]
