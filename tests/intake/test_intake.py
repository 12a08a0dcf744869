"""Workbooks come back changed in every way a clerk can think of; figures never change rows."""

from __future__ import annotations

import datetime
import io
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell import Cell

from pipeline.forms.workbook import write_form
from pipeline.model.submission import Prefill, Submission
from pipeline.sheets.unanswered import unanswered
from pipeline.sheets.workbook import open_sheets
from tests.support.issued_books import (
    EDITIONS,
    FORM,
    Change,
    broken_lines,
    expected,
    figures,
    issued,
    labels,
    read,
    renamed,
)


def changed(key: str, change: Change) -> Submission:
    """A filled workbook that a script changed and saved: no formula has a value any more."""
    book = openpyxl.load_workbook(io.BytesIO(issued(key)))
    change(book)
    saved = io.BytesIO()
    book.save(saved)
    return read(saved.getvalue())


def faults(submission: Submission) -> list[tuple[str, str]]:
    """The rules and cells of what is wrong, what a blank 基本信息 or prose lacks aside."""
    return [(p.rule, p.cell) for p in submission.problems]


def cell_of(book: openpyxl.Workbook, submission: Submission, key: str) -> Cell:
    place = submission.places[key]
    return book[place.sheet][place.cell]


KEYS = pytest.mark.parametrize("key", sorted(EDITIONS))


@KEYS
def test_a_workbook_is_read_as_it_was_issued(key):
    submission = read(issued(key))
    assert figures(submission, EDITIONS[key]) == expected(key)
    assert not submission.problems


@KEYS
def test_totals_without_a_value_are_computed(key):
    submission = changed(key, lambda book: None)
    assert figures(submission, EDITIONS[key]) == expected(key)
    assert not submission.problems


WIDE = str.maketrans({"（": "(", "）": ")", "、": "，", "“": '"', "”": '"', "1": "１", "2": "２"})


def other_widths(book: openpyxl.Workbook) -> None:
    for cell in labels(book):
        cell.value = cell.value.translate(WIDE)


def inserted(book: openpyxl.Workbook) -> None:
    """Rows and a column inserted the way Excel does it: everything below and right moves."""
    for name in [table.sheet for edition in EDITIONS.values() for table in edition.tables]:
        if name not in book.sheetnames:
            continue
        sheet = book[name]
        spans = [(r.min_row, r.min_col, r.max_row, r.max_col) for r in sheet.merged_cells.ranges]
        for area in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(area))
        sheet.insert_cols(1)
        sheet.insert_rows(3, 2)
        for top, left, bottom, right in spans:
            moved = 2 if top >= 3 else 0
            sheet.merge_cells(None, top + moved, left + 1, bottom + moved, right + 1)


@pytest.mark.parametrize("change", [renamed, broken_lines, other_widths, inserted])
@KEYS
def test_what_does_not_matter_changes_nothing(key, change):
    submission = changed(key, change)
    assert figures(submission, EDITIONS[key]) == expected(key)
    assert not [p for p in submission.problems if p.severity == "error"]


def test_known_variants_of_official_labels_are_read():
    swaps = {
        "行政规范性文件": "规范性文件",
        "规范性文件": "行政规范性文件",
    }

    def change(book):
        for cell in labels(book):
            plain = cell.value.strip()
            cell.value = swaps.get(plain, cell.value.replace("“", "「").replace("”", "」"))

    for key, edition in EDITIONS.items():
        assert figures(changed(key, change), edition) == expected(key)


def test_a_sheet_of_another_name_is_known_by_its_labels():
    def change(book):
        book["依申请公开"].title = "Sheet1"

    submission = changed("2021", change)
    assert figures(submission, EDITIONS["2021"]) == expected("2021")
    assert faults(submission) == [("sheet.renamed", "")]


@KEYS
def test_a_copy_of_a_table_under_another_name_is_told_and_not_read(key):
    def copied(book: openpyxl.Workbook) -> None:
        table = EDITIONS[key].tables[-1]
        copy = book.copy_worksheet(book[table.sheet])
        copy.title = "定稿"

    submission = changed(key, copied)
    (told,) = submission.problems
    assert (told.rule, "“定稿”" in told.message) == ("sheet.another", True)
    assert figures(submission, EDITIONS[key]) == expected(key)


def test_two_sheets_of_a_name_are_not_chosen_between():
    def change(book):
        book.copy_worksheet(book["依申请公开"]).title = "依申请公开 (2)"

    submission = changed("2021", change)
    read_from = {p.sheet for p in submission.places.values()}
    assert "sheet.doubled" in {p.rule for p in submission.problems}
    assert not {"依申请公开", "依申请公开 (2)"} & read_from


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(st.sampled_from(sorted(EDITIONS)), st.data())
def test_a_label_gone_wrong_never_moves_a_figure(key, data):
    """Blank, doubled, misspelt, swapped for another: what is read is right or is not read."""
    book = openpyxl.load_workbook(io.BytesIO(issued(key)))
    found = list(labels(book))
    cell = data.draw(st.sampled_from(found), label="label")
    other = data.draw(st.sampled_from(found), label="other")
    before = cell.value
    cell.value = data.draw(st.sampled_from([None, other.value, before[:-1] + "某", "示例"]))
    saved = io.BytesIO()
    book.save(saved)
    submission = read(saved.getvalue())
    right = expected(key)
    lost = [k for k, v in figures(submission, EDITIONS[key]).items() if v is None]
    wrong = {
        k: v
        for k, v in figures(submission, EDITIONS[key]).items()
        if v is not None and v != right[k]
    }
    assert not wrong, (before, cell.value)
    assert not lost or any(p.severity == "error" for p in submission.problems)


def test_a_label_below_the_figures_hides_none_of_them():
    def change(book):
        sheet = book["复议诉讼"]
        sheet.cell(sheet.max_row + 1, 17).value = "行政复议"

    submission = changed("2019", change)
    assert figures(submission, EDITIONS["2019"]) == expected("2019")


@KEYS
def test_a_row_with_its_label_moves_with_it(key):
    """Two rows of inputs exchanged, labels and figures: each figure is still the label's."""
    edition = EDITIONS[key]
    table = next(t for t in edition.tables if len(t.blocks[0].row_leaves) > 5)
    submission = read(issued(key))
    rows = {}
    for field in table.fields:
        if not field.derived and len(field.row) > 1:
            rows.setdefault(field.row[0].key, {}).setdefault(field.row[-1].key, []).append(field)
    group = next(g for g in rows.values() if len(g) > 1)
    first, second = list(group.values())[:2]

    def change(book):
        one, two = (submission.places[f[0].key] for f in (first, second))
        sheet = book[one.sheet]
        upper, lower = sheet[one.cell].row, sheet[two.cell].row
        for column in range(1, sheet.max_column + 1):
            a, b = sheet.cell(upper, column), sheet.cell(lower, column)
            if type(a).__name__ == type(b).__name__ == "Cell":
                a.value, b.value = b.value, a.value

    assert figures(changed(key, change), edition) == expected(key)


# ----------------------------------------------------------------------------- cells


def one_cell(value: object) -> tuple[Submission, str, str]:
    """A workbook with one count replaced; the count's field and cell."""
    edition = EDITIONS["2021"]
    key = next(
        f.key
        for f in edition.fields
        if f.table == "requests" and f.kind == "count" and not f.derived
    )
    place = read(issued("2021")).places[key]

    def change(book):
        book[place.sheet][place.cell].value = value

    return changed("2021", change), key, place.cell


@pytest.mark.parametrize("text", ["'12", "１２", "12 ", " 12", "12件", "12.0", "１２件"])
def test_numbers_typed_as_text_are_understood_and_told(text):
    submission, key, cell = one_cell(text.removeprefix("'"))
    assert figures(submission, EDITIONS["2021"])[key] == 12
    told = [(p.rule, p.cell, p.severity) for p in submission.problems]
    assert told == [("cell.corrected", cell, "notice")]


def test_numbers_typed_as_text_count_in_the_totals_that_a_spreadsheet_leaves_them_out_of():
    edition = EDITIONS["2021"]
    empty = write_form(edition, FORM, Prefill(identity={"unit": "示例镇", "year": "2024"}))
    sheet, total = "依申请公开", "requests.received.total"

    def as_saved(typed_total: int | None = None) -> dict[str, int | None]:
        book = openpyxl.load_workbook(io.BytesIO(empty), data_only=True)  # sums as plain numbers
        places = read(empty).places
        for row in ("received", "results.granted"):
            book[sheet][places[f"requests.{row}.natural_person"].cell].value = "12件"
        if typed_total is not None:
            book[sheet][places[total].cell].value = typed_total
        saved = io.BytesIO()
        book.save(saved)
        return figures(read(saved.getvalue()), edition)

    assert [
        as_saved()[f"requests.{row}.{column}"]
        for row in ("received", "results.granted", "results.total")
        for column in ("natural_person", "total")
    ] == [12] * 6
    assert as_saved(5)[total] == 5


def test_thousands_are_understood():
    submission, key, _ = one_cell("1,200")
    assert figures(submission, EDITIONS["2021"])[key] == 1200


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("约12", "cell.not_a_number"),
        ("1o", "cell.not_a_number"),
        (1.5, "cell.not_whole"),
        ("1.5", "cell.not_whole"),
        (datetime.datetime(2020, 1, 12), "cell.dated"),
        (True, "cell.not_a_number"),
        ("=1+1", "cell.formula_error"),
        ("=#REF!", "cell.formula_error"),
        ("#REF!", "cell.formula_error"),
        ("12 13", "cell.not_a_number"),
        ("1,20", "cell.not_a_number"),
    ],
)
def test_what_is_doubtful_is_refused_with_what_stood_there(value, rule):
    submission, key, cell = one_cell(value)
    assert figures(submission, EDITIONS["2021"])[key] is None
    assert faults(submission) == [(rule, cell)]
    assert submission.problems[0].found


@pytest.mark.parametrize(
    ("code", "told"),
    [
        *((code, True) for code in ("0%", '0!.0,"万"', '0"."0,', "#,##0,", ";;;", '"有"')),
        *((code, False) for code in ("0.00", "#,##0", '0"件"', "@", "General", '[Red]0"(100%)"')),
    ],
)
def test_a_figure_that_is_shown_as_another_is_told(code, told):
    place = read(issued("2021")).places["requests.received.natural_person"]

    def change(book):
        book[place.sheet][place.cell].number_format = code

    submission = changed("2021", change)
    assert figures(submission, EDITIONS["2021"]) == expected("2021")
    assert faults(submission) == ([("cell.disguised", place.cell)] if told else [])


def test_a_blank_figure_is_zero_and_told():
    submission, key, cell = one_cell(None)
    assert figures(submission, EDITIONS["2021"])[key] == 0
    assert faults(submission) == [("cell.blank", cell)]


@pytest.mark.parametrize("mark", ["无", "-", "/", "——"])
def test_a_mark_for_nothing_is_zero_and_told_as_it_is_written(mark):
    submission, key, cell = one_cell(mark)
    assert figures(submission, EDITIONS["2021"])[key] == 0
    assert faults(submission) == [("cell.mark", cell)]
    assert f"填的是“{mark}”，按 0 计" in submission.problems[0].message


@pytest.mark.parametrize("written", ["2026.1.18", "2026年1月18日", "２０２６/1/18", "2026-01-18"])
def test_a_day_may_be_written_in_the_usual_ways(written):
    def change(book):
        sheet = book[FORM.identity]
        label = next(c for row in sheet.iter_rows() for c in row if c.value == "填报日期")
        sheet.cell(label.row, label.column + 1).value = written

    assert changed("2021", change).identity["filled_on"] == "2026-01-18"


def test_an_unconfirmed_table_is_told():
    def change(book):
        sheet = book["依申请公开"]
        label = next(c for row in sheet.iter_rows() for c in row if c.value == FORM.confirm.label)
        sheet.cell(label.row, label.column + 1).value = FORM.confirm.no

    assert [rule for rule, _ in faults(changed("2021", change))] == ["sheet.unconfirmed"]


@pytest.mark.parametrize(
    "moved",
    [
        lambda _: None,
        lambda sheet: sheet.insert_cols(3),
        lambda sheet: sheet.insert_rows(2, 3),
        lambda sheet: setattr(sheet, "title", f"{sheet.title} (2)"),
        lambda sheet: setattr(sheet["A1"], "value", FORM.checks.reason),
    ],
    ids=["as issued", "column", "rows", "copied", "heading twice"],
)
def test_what_is_written_beside_a_rule_is_read(moved):
    """Wherever it stands: a sheet is passed over only where it is certain that nobody wrote."""
    rule = next(r for r in EDITIONS["2021"].rules if r.answerable)

    def change(book):
        sheet = book[FORM.checks.sheet]
        moved(sheet)
        header = {c.value: c.column for row in sheet.iter_rows(max_row=9) for c in row if c.value}
        line = next(c.row for row in sheet.iter_rows() for c in row[:1] if c.value == rule.id)
        sheet.cell(line, header[FORM.checks.reason]).value = " 机构改革，\n职责划转 "

    submission = changed("2021", change)
    told = [(e.rule, e.subject, e.text) for e in submission.explanations]
    assert told == [(rule.id, rule.identities[0].subject, "机构改革， 职责划转")]


def test_the_sheet_of_the_checks_is_laid_out_only_when_somebody_wrote_in_it():
    sheets = open_sheets(issued("2021"), (), (FORM.checks.sheet, FORM.checks.reason))
    rows = {sheet.name: len(sheet.cells) for sheet in sheets}
    assert rows[FORM.checks.sheet] == 0
    assert min(count for name, count in rows.items() if name != FORM.checks.sheet) > 5
    assert len(rows) == len(open_sheets(issued("2021")))


_HEAD, _LINE = '<c r="L4" s="5" t="s"><v>1</v></c>', '<c r="L5" s="6"/><c r="M5"><v>3</v></c>'


@pytest.mark.parametrize(
    ("cells", "strings", "empty"),
    [
        (_HEAD + _LINE, "<si><t>规则</t></si><si><t>说明</t></si>", True),
        (_HEAD + _LINE, "<si/><si><t>说明</t></si>", True),
        (_HEAD + '<c r="L5" t="s"><v>0</v></c>', "<si><t>规则</t></si><si><t>说明</t></si>", False),
        (_HEAD + '<c r="L99"><is><t>一</t></is></c>', "<si/><si><t>说明</t></si>", False),
        (_HEAD + _HEAD.replace("L4", "M4"), "<si/><si><t>说明</t></si>", False),
        (_HEAD + _LINE, "<si><t>说明</t></si><si><t>说明</t></si>", False),
        (_HEAD + _LINE, "<si><t>规则</t></si><si><t>说明 </t></si>", False),
        (_LINE, "<si/><si><t>说明</t></si>", False),
        ('<c t="s"><v>1</v></c>' + _LINE, "<si/><si><t>说明</t></si>", False),
    ],
)
def test_a_column_is_empty_only_where_that_is_certain(cells, strings, empty):
    assert unanswered(cells.encode(), strings.encode(), "说明") is empty


# ----------------------------------------------------------------------------- kinds of file


def test_macros_are_ignored():
    """An .xlsm is an .xlsx with another content type and a part that nobody runs."""
    original = zipfile.ZipFile(io.BytesIO(issued("2021")))
    saved = io.BytesIO()
    with zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as package:
        for name in original.namelist():
            part = original.read(name)
            if name == "[Content_Types].xml":
                part = part.replace(
                    b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
                    b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
                )
            package.writestr(name, part)
        package.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0 no macro at all")
    submission = read(saved.getvalue())
    assert figures(submission, EDITIONS["2021"]) == expected("2021")
    (told,) = submission.problems
    assert (told.rule, told.severity) == ("file.macro", "notice")
