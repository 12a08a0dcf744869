"""What a person sees in a workbook and what is read of it are the same, or the cell is named."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from pipeline.model.submission import Submission
from pipeline.prose.fees import fee_label
from tests.support.issued_books import EDITIONS, FORM, Change, figures, issued, read
from tests.support.packages import parts_of, zipped

KEY = "requests.received.natural_person"
PLACE = read(issued("2021")).places[KEY]


def changed(change: Change) -> Submission:
    book = openpyxl.load_workbook(io.BytesIO(issued("2021")))
    change(book)
    saved = io.BytesIO()
    book.save(saved)
    return read(saved.getvalue())


def told(submission: Submission) -> list[tuple[str, str, str]]:
    return [(p.severity, p.rule, p.cell) for p in submission.problems]


def figure(submission: Submission) -> int | None:
    return figures(submission, EDITIONS["2021"])[KEY]


def with_value(value: object) -> Submission:
    def change(book: openpyxl.Workbook) -> None:
        book[PLACE.sheet][PLACE.cell].value = value

    return changed(change)


def rich(*runs: tuple[str, dict[str, object]]) -> CellRichText:
    return CellRichText(*(TextBlock(InlineFont(**font), text) for text, font in runs))


# ------------------------------------------------------------------------------- the figures


@pytest.mark.parametrize(
    ("value", "rule", "number"),
    [
        ("12①", "cell.not_a_number", None),
        ("12²", "cell.not_a_number", None),
        ("Ⅻ", "cell.not_a_number", None),
        ("12（万）", "cell.not_a_number", None),
        ("12（应为13）", "cell.not_a_number", None),
        ("12（13）", "cell.not_a_number", None),
        ("\u202e12\u202c", "cell.reversed", None),
        ("\u202d12\u202c", "cell.invisible", 12),
        ("1\u200b2\ufeff", "cell.invisible", 12),
        ("１２", "cell.corrected", 12),
        ("12（其中修订3件）", "cell.annotated", 12),
        ("12件(含联合发文1件)", "cell.annotated", 12),
        ("#SPILL!", "cell.formula_error", None),
        (rich(("12", {}), ("1", {"vertAlign": "superscript"})), "cell.marked", None),
        (rich(("3", {"strike": True}), ("12", {})), "cell.marked", None),
        (rich(("1", {"b": True}), ("2", {})), "cell.corrected", 12),
    ],
)
def test_only_what_a_person_reads_as_the_number_is_read(value, rule, number):
    submission = with_value(value)
    assert rule in {name for _, name, cell in told(submission) if cell == PLACE.cell}
    assert figure(submission) == number


def test_a_remark_behind_a_number_is_kept_to_be_printed():
    assert with_value(" 12（其中修订3件）").written[KEY] == "12（其中修订3件）"


def test_a_figure_in_struck_out_type_is_refused():
    def change(book: openpyxl.Workbook) -> None:
        book[PLACE.sheet][PLACE.cell].font = Font(strike=True)

    submission = changed(change)
    assert ("error", "cell.marked", PLACE.cell) in told(submission)
    assert figure(submission) is None


def test_hidden_rows_columns_and_sheets_with_figures_are_told_once():
    def change(book: openpyxl.Workbook) -> None:
        sheet = book[PLACE.sheet]
        sheet.row_dimensions[sheet[PLACE.cell].row].hidden = True
        sheet.column_dimensions[sheet[PLACE.cell].column_letter].hidden = True
        sheet.sheet_state = "hidden"

    found = [p for p in changed(change).problems if p.severity == "warning"]
    assert [p.rule for p in found] == ["sheet.hidden", "cell.hidden"]
    letters = re.sub("[0-9]", "", PLACE.cell)
    assert f"{letters}列" in found[1].message
    assert PLACE.cell in found[1].cells


def test_a_hidden_row_of_noughts_is_not_told():
    def change(book: openpyxl.Workbook) -> None:
        sheet = book[PLACE.sheet]
        row = sheet[PLACE.cell].row
        for cell in sheet[row]:
            if isinstance(cell.value, int):
                cell.value = 0
        sheet.row_dimensions[row].hidden = True

    assert not [p for p in changed(change).problems if p.rule == "cell.hidden"]


def test_a_figure_under_a_merge_is_refused():
    parts = parts_of(issued("2021"))
    letters, row = re.fullmatch("([A-Z]+)([0-9]+)", PLACE.cell).groups()
    over = f"{chr(ord(letters) - 1)}{row}:{PLACE.cell}"
    name = next(n for n, part in parts.items() if b"<f>SUM(D7:I7)</f>" in part)
    merge = f'<mergeCell ref="{over}"/></mergeCells>'.encode()
    parts[name] = parts[name].replace(b"</mergeCells>", merge, 1)
    assert ("error", "cell.covered", PLACE.cell) in told(read(zipped(parts)))


def test_the_nought_of_a_formula_that_a_program_wrote_is_told():
    parts = parts_of(issued("2021"))
    cell = rf'<c r="{PLACE.cell}"([^>]*)><v>[0-9]+</v>'.encode()
    for name, part in parts.items():
        if b"<f>SUM(D7:I7)</f>" in part:
            parts[name] = re.sub(
                cell, rb'<c r="%b"\1><f>3+4</f><v>0</v>' % PLACE.cell.encode(), part
            )
    assert ("warning", "cell.stale", PLACE.cell) in told(read(zipped(parts)))


# ------------------------------------------------------------------ prose, facts, 基本信息


def cell_beside(book: openpyxl.Workbook, sheet: str, label: str, right: int = 1):
    found = next(c for row in book[sheet].iter_rows() for c in row if c.value == label)
    return book[sheet].cell(found.row, found.column + right)


def prose_cell(book: openpyxl.Workbook):
    sheet = book[EDITIONS["2021"].prose_sheets[0]]
    header = next(c for row in sheet.iter_rows() for c in row if c.value == FORM.prose.text)
    return sheet.cell(header.row + 1, header.column)


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("#REF!", "cell.formula_error"),
        ("=1/0", "cell.formula_error"),
        (0.985, "prose.no_text"),
        (openpyxl.utils.datetime.from_excel(45_000), "prose.no_text"),
        (rich(("我镇", {}), ("作废", {"strike": True})), "prose.struck"),
        (rich(("12件", {}), ("1", {"vertAlign": "superscript"})), "prose.raised"),
        ("我镇\u200b公开", "prose.control"),
    ],
)
def test_a_passage_that_would_be_printed_otherwise_than_it_looks_is_told(value, rule):
    def change(book: openpyxl.Workbook) -> None:
        prose_cell(book).value = value

    assert rule in {p.rule for p in changed(change).problems}


@pytest.mark.parametrize("value", ["#REF!", "=A1+1", "3①"])
def test_a_count_without_a_category_is_told_where_it_can_not_be_read(value):
    def change(book: openpyxl.Workbook) -> None:
        sheet = book[EDITIONS["2021"].prose_sheets[0]]
        header = next(c for row in sheet.iter_rows() for c in row if c.value == FORM.facts.count)
        sheet.cell(header.row + 1, header.column).value = value

    submission = changed(change)
    assert any(p.rule.startswith("cell.") and p.severity == "error" for p in submission.problems)
    assert not submission.facts


@pytest.mark.parametrize(
    ("value", "code", "rule"),
    [
        ("#DIV/0!", "General", "cell.formula_error"),
        ("=A1+1", "General", "cell.formula_error"),
        ("3①", "General", "cell.not_a_number"),
        (3, "0%", "cell.disguised"),
    ],
)
def test_the_fee_is_looked_at_as_any_figure(value, code, rule):
    def change(book: openpyxl.Workbook) -> None:
        statement = EDITIONS["2021"].fee
        label = fee_label(statement.nodes[0])
        section = next(s for s in EDITIONS["2021"].sections if s.key == statement.section)
        cell = cell_beside(book, section.sheet, label)
        cell.value, cell.number_format = value, code

    assert rule in {p.rule for p in changed(change).problems}


def test_an_error_is_nobody_s_name():
    def change(book: openpyxl.Workbook) -> None:
        cell_beside(book, FORM.identity, FORM.entry("unit").label).value = "#REF!"

    submission = changed(change)
    assert submission.unit == ""
    assert "cell.formula_error" in {p.rule for p in submission.problems}


@pytest.mark.parametrize("year", [20244, 99999, 999_999_999, "20２4①", 1024])
def test_a_year_that_can_not_be_is_not_taken_for_one(year):
    def change(book: openpyxl.Workbook) -> None:
        cell_beside(book, FORM.identity, FORM.entry("year").label).value = year

    submission = changed(change)
    assert submission.year == 0
    assert submission.values


def test_the_figures_are_looked_at_where_it_is_not_said_whose_and_of_which_year():
    def change(book: openpyxl.Workbook) -> None:
        del book[FORM.identity]
        book[PLACE.sheet][PLACE.cell].value = "约12"

    rules = [p.rule for p in changed(change).problems]
    assert "sheet.missing" in rules
    assert "cell.not_a_number" in rules


def test_a_renamed_sheet_with_another_label_is_named_beside_the_missing_one():
    def change(book: openpyxl.Workbook) -> None:
        sheet = book[PLACE.sheet]
        label = next(c for row in sheet.iter_rows() for c in row if c.value == "商业企业")
        label.value = "公司"
        sheet.title = "申请表"

    (problem,) = [p for p in changed(change).problems if p.rule.startswith("sheet.")]
    assert problem.rule == "sheet.renamed_unread"
    assert "“申请表”像是它" in problem.message


def test_a_hidden_count_of_published_items_is_told():
    def change(book: openpyxl.Workbook) -> None:
        sheet = book[EDITIONS["2021"].prose_sheets[0]]
        header = next(c for row in sheet.iter_rows() for c in row if c.value == FORM.facts.count)
        sheet.cell(header.row + 1, header.column).value = 12
        sheet.row_dimensions[header.row + 1].hidden = True

    assert "cell.unseen" in {p.rule for p in changed(change).problems}
