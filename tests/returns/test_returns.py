"""Copies that go back to the units: marked, corrected, taken back."""

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
import python_calamine as calamine
import xlsxwriter

from pipeline.cli.main import main
from pipeline.forms.workbook import write_form
from pipeline.intake.input_folder import NOTE_SUFFIX, workbook_files
from pipeline.intake.submissions import read_bytes
from pipeline.model.settings import Settings
from pipeline.model.submission import Submission
from pipeline.model.unit_outcome import UnitOutcome
from pipeline.returns.handing_back import write_returned_copies
from pipeline.returns.marks import AUTHOR, cleaned, marked
from pipeline.returns.repack import keepable
from pipeline.returns.returns import folders, stems
from pipeline.validate.checks import check
from tests.support.districts import district_2024, write_inputs
from tests.support.packages import parts_of, zipped
from tests.support.paths import TEMPLATES
from tests.support.returned import (
    EDITION,
    EDITIONS,
    FORM,
    TABLE,
    UNIT,
    WRONG,
    changed,
    colours,
    copy_of,
    facts,
    filled,
    find,
    first_line,
    input_cell,
    judged,
    lines,
    listed,
    opened,
    put,
)


@pytest.fixture(scope="module")
def wrong() -> bytes:
    return filled(put(WRONG))


@pytest.fixture(scope="module")
def returned(wrong) -> bytes:
    return copy_of(wrong)


# ------------------------------------------------------------------------------ what is marked


def test_a_faulty_cell_is_red_and_says_why(returned):
    cell = input_cell(opened(returned))
    assert cell.comment.author == AUTHOR
    assert "不是可以确认的数字" in cell.comment.text
    assert "请只填阿拉伯数字" in cell.comment.text
    assert (cell.coordinate, "FFF28B82") in colours(cell.parent)
    assert cell.value == WRONG


def test_the_list_comes_first_and_leads_to_the_cells(wrong, returned):
    book = opened(returned)
    assert book.sheetnames[0] == "退回说明"
    assert book.sheetnames[1:] == opened(wrong).sheetnames
    assert book.active.title == "退回说明"
    sheet = book["退回说明"]
    place = find(sheet, f"{TABLE}!{input_cell(book).coordinate}")
    assert place.hyperlink.location == f"'{TABLE}'!{input_cell(book).coordinate}"
    line = lines(sheet)[place.value]
    assert line["程度"].value == "错误"
    assert WRONG in line["问题"].value
    codes = sheet.column_dimensions[find(sheet, "退回码").column_letter]
    assert codes.hidden
    assert sheet.protection.sheet


def test_every_problem_has_a_line_and_its_fingerprint(wrong, returned):
    problems = judged(wrong).problems
    sheet = opened(returned)["退回说明"]
    codes = [
        sheet.cell(row, find(sheet, "退回码").column).value
        for row in range(first_line(sheet), sheet.max_row + 1)
    ]
    assert codes == [p.fingerprint for p in problems]


def test_only_what_can_be_answered_is_open_for_an_answer():
    def change(book):
        put(WRONG)(book)
        book["基本信息"]["B6"].value = None

    told = lines(opened(copy_of(filled(change)))["退回说明"])
    assert told["基本信息!B6"]["程度"].value == "警告"
    assert not told["基本信息!B6"]["情况说明"].protection.locked
    assert told[f"{TABLE}!D9"]["情况说明"].protection.locked


def test_a_problem_of_a_sheet_that_is_not_there_is_listed():
    content = filled(lambda book: book.remove(book["复议诉讼"]))
    sheet = opened(copy_of(content))["退回说明"]
    assert "缺少工作表" in " ".join(str(c.value) for row in sheet.iter_rows() for c in row)


def test_a_clerks_own_comment_stays_above_ours(wrong):
    def comment(book):
        input_cell(book).comment = openpyxl.comments.Comment("请李科长核", "李")

    noted = changed(wrong, comment)
    again = copy_of(noted)
    text = input_cell(opened(again)).comment.text
    assert text.startswith("请李科长核\n\n〔退回说明")
    clean = cleaned(again, FORM)
    assert input_cell(opened(clean)).comment.text == "请李科长核"


def sheet_xml(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        position = opened(content).sheetnames.index(name) + 1
        return package.read(f"xl/worksheets/sheet{position}.xml")


def test_what_the_clerk_sees_survives_the_marking(wrong, returned):
    assert facts(returned) == facts(wrong)


@pytest.mark.slow
def test_an_issued_workbook_keeps_what_openpyxl_would_lose():
    """Values of formulas, rows that grow, errors to be ignored: none of it is in openpyxl's
    model, so the issued workbook goes back without ever having passed through it."""
    issued = write_form(EDITION, FORM, replace(UNIT, confirmed=False))
    assert facts(copy_of(issued)) == facts(issued)
    again = copy_of(issued)
    values = opened(again, data_only=True)
    before = opened(issued, data_only=True)
    for sheet in before.worksheets:
        told = {c.coordinate: c.value or None for row in sheet.iter_rows() for c in row}
        kept = {
            c.coordinate: values[sheet.title][c.coordinate].value or None
            for row in sheet.iter_rows()
            for c in row
        }
        assert kept == told
    ignored = [name for name in before.sheetnames if b"<ignoredErrors" in sheet_xml(issued, name)]
    assert len(ignored) > 2
    assert all(b"<ignoredErrors" in sheet_xml(again, name) for name in ignored)
    for name in before.sheetnames:
        count = sheet_xml(issued, name).count(b'customHeight="1"')
        assert sheet_xml(again, name).count(b'customHeight="1"') == count


def test_a_formula_like_text_stays_text(wrong):
    def change(book):
        cell = book["基本信息"]["B12"]
        cell.value = "=1+1"
        cell.data_type = "s"

    sly = changed(wrong, change)
    made = opened(copy_of(sly))
    assert (made["基本信息"]["B12"].value, made["基本信息"]["B12"].data_type) == ("=1+1", "s")

    def cite(book):
        input_cell(book).value = '=HYPERLINK("x")'
        input_cell(book).data_type = "s"

    sheet = opened(copy_of(filled(cite)))["退回说明"]
    formulas = [c.value for row in sheet.iter_rows() for c in row if c.data_type == "f"]
    assert formulas
    assert not [formula for formula in formulas if formula.startswith("=HYPERLINK")]
    assert all(formula.count('"') % 2 == 0 for formula in formulas)


def test_the_list_itself_has_values_for_readers_that_do_not_recalculate(returned):
    told = lines(opened(returned, data_only=True)["退回说明"])
    assert told[f"{TABLE}!D9"]["状态"].value == "待改"
    with calamine.CalamineWorkbook.from_filelike(io.BytesIO(returned)) as book:
        flat = [str(v) for row in book.get_sheet_by_name("退回说明").to_python() for v in row]
    assert any(text.startswith("错误 1 个") and "待改" in text for text in flat)


def test_a_line_says_what_is_wrong_and_what_is_asked_of_the_clerk():
    def change(book):
        input_cell(book, "1.属于国家秘密").value = "无"
        input_cell(book, "2.其他法律行政法规禁止公开").value = "0件"
        input_cell(book).value = WRONG

    sheet = opened(copy_of(filled(change)), data_only=True)["退回说明"]
    told = lines(sheet)
    assert [told[f"{TABLE}!{cell}"]["状态"].value for cell in ("D9", "D11", "D12")] == [
        "待改",
        "待核对",
        "供参考",
    ]
    assert told[f"{TABLE}!D11"]["问题"].value == "“1.属于国家秘密·自然人”填的是“无”，按 0 计。"
    assert "；待改 1 处；待核对 1 处" in sheet["A3"].value


def test_the_same_workbook_gives_the_same_bytes(wrong, returned):
    assert copy_of(wrong) == returned


# ------------------------------------------------------------------------------ the way back


def test_a_marked_copy_is_read_like_the_file_it_was_made_of(wrong, returned):
    before, after = judged(wrong), judged(returned)
    assert after.problems == before.problems
    assert after.submission.values == before.submission.values
    assert after.submission.marked
    assert not before.submission.marked


def test_corrected_it_is_accepted_and_the_marks_go(wrong, returned):
    corrected = changed(returned, put(0))
    corrected = changed(corrected, put(UNIT.figures["requests.results.granted.natural_person"]))
    outcome = judged(corrected)
    assert outcome.status == "accepted"
    assert "通过" in folders(outcome)
    clean = cleaned(corrected, FORM)
    book = opened(clean)
    assert book.sheetnames == opened(wrong).sheetnames
    assert not [
        c for sheet in book.worksheets for row in sheet.iter_rows() for c in row if c.comment
    ]
    assert not [found for sheet in book.worksheets for found in colours(sheet)]
    assert facts(clean) == facts(wrong)
    assert not judged(clean).submission.marked
    assert judged(clean).problems == outcome.problems


@pytest.mark.slow
def test_still_wrong_it_gets_fresh_marks(returned):
    again = changed(returned, put("约4"))
    twice = copy_of(again)
    book = opened(twice)
    assert [name for name in book.sheetnames if "退回说明" in name] == ["退回说明"]
    cell = input_cell(book)
    assert cell.comment.text.count("〔退回说明") == 1
    assert "约4" in cell.comment.text
    areas = [area for area, _ in colours(cell.parent)]
    assert areas.count(cell.coordinate) == 1
    assert copy_of(twice) == twice


def test_marks_move_with_a_row_and_are_found_there(returned):
    """A row inserted above moves comment and colour along, whatever the list remembers."""

    def shift(book):
        sheet = book[TABLE]
        moved = input_cell(book)
        at = moved.coordinate
        other = sheet.cell(moved.row + 1, moved.column)
        text = moved.comment.text
        moved.comment = None
        other.comment = openpyxl.comments.Comment(text, "")
        assert at != other.coordinate

    clean = cleaned(changed(returned, shift), FORM)
    assert not [c for row in opened(clean)[TABLE].iter_rows() for c in row if c.comment]


def test_marks_are_taken_out_when_the_list_was_deleted(returned):
    bare = changed(returned, lambda book: book.remove(book["退回说明"]))
    assert judged(bare).submission.marked
    clean = opened(cleaned(bare, FORM))
    assert input_cell(clean).comment is None
    assert colours(clean[TABLE]) == []


def test_a_workbook_without_marks_is_not_rewritten(wrong):
    assert cleaned(wrong, FORM) is None


def test_what_is_written_in_the_list_answers_the_problem():
    def change(book):
        put(WRONG)(book)
        book["基本信息"]["B6"].value = None

    returned = copy_of(filled(change))

    def answer(book):
        line = lines(book["退回说明"])["基本信息!B6"]
        line["情况说明"].value = "没有简称"

    answered = judged(changed(returned, answer)).submission
    [said] = [e for e in answered.explanations if e.fingerprint]
    assert said.text == "没有简称"
    [warning] = [p for p in check([answered], EDITIONS, FORM)[0] if p.rule == "identity.empty"]
    assert said.fingerprint == warning.fingerprint
    # Returned once more for its error, the copy still has what was said.
    again = lines(opened(copy_of(changed(returned, answer)))["退回说明"])
    assert again["基本信息!B6"]["情况说明"].value == "没有简称"


# ---------------------------------------------------------------------- what can't be marked


def with_picture() -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet("基本信息")
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=基本信息!$A$1:$A$3"})
    sheet.insert_chart("D2", chart)
    book.close()
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [with_picture(), b"", b"\xd0\xcf\x11\xe0 not a workbook", filled()[:-300]],
    ids=["chart", "empty", "ole", "cut off"],
)
def test_what_would_lose_something_is_not_marked(content):
    told = listed(filled(put(WRONG)))
    assert marked(content, told, FORM) is None
    assert cleaned(content, FORM) is None


def run(folder: Path) -> dict[str, dict]:
    arguments = ["--input", str(folder / "input"), "--output", str(folder / "output")]
    main(["run", *arguments, "--templates", str(TEMPLATES)])
    record = json.loads((folder / "output" / "run.json").read_text("utf-8"))
    return {Path(u["source"]).name: u for u in record["units"]}


def test_a_file_that_cannot_be_marked_goes_back_untouched_with_a_list_beside_it(tmp_path):
    write_inputs(tmp_path / "input", [UNIT])
    broken = tmp_path / "input" / "坏.xls"
    broken.write_bytes(b"\xd0\xcf\x11\xe0 broken")
    units = run(tmp_path)
    copy, note = units["坏.xls"]["outputs"]
    assert (copy, note) == ("退回/坏.xls", f"退回/坏{NOTE_SUFFIX}")
    assert (tmp_path / "output" / copy).read_bytes() == broken.read_bytes()
    told = openpyxl.load_workbook(tmp_path / "output" / note).active
    text = " ".join(str(c.value) for row in told.iter_rows() for c in row)
    assert "坏.xls" in text
    assert "无法作为工作簿打开" in text
    # Put back into the input folder by mistake, the list is not taken for a workbook.
    folder = tmp_path / "again"
    folder.mkdir()
    (folder / Path(note).name).write_bytes((tmp_path / "output" / note).read_bytes())
    assert workbook_files(folder) == []


def test_a_file_that_was_replaced_meanwhile_gets_no_marks(tmp_path):
    """What was found is of the file that was read, and not of the one that lies there now."""
    outcome = judged(filled(put(WRONG)))
    settings = Settings(
        input=tmp_path,
        output=tmp_path / "output",
        templates=TEMPLATES,
        editions=EDITIONS,
        form=FORM,
    )
    path = tmp_path / outcome.submission.source
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(filled())
    [told] = write_returned_copies([outcome], settings)
    assert [Path(name).name for name in told.outputs] == [f"示例一镇{NOTE_SUFFIX}"]
    note = openpyxl.load_workbook(tmp_path / "output" / told.outputs[0]).active
    text = " ".join(str(c.value) for row in note.iter_rows() for c in row)
    assert "在运行期间换过了" in text


def test_a_workbook_with_a_picture_is_not_asked_to_become_what_it_is(tmp_path):
    path, *_ = write_inputs(tmp_path / "input", [UNIT])
    content = zipped({**parts_of(filled(put(WRONG))), "xl/media/image1.png": b"1"})
    path.write_bytes(content)
    copy, note = run(tmp_path)[path.name]["outputs"]
    assert (tmp_path / "output" / copy).read_bytes() == content
    told = openpyxl.load_workbook(tmp_path / "output" / note).active
    text = " ".join(str(c.value) for row in told.iter_rows() for c in row)
    assert "图片" in text
    assert "另存为 .xlsx" not in text


def test_a_workbook_with_a_cell_far_away_is_never_walked_over():
    far = zipped(
        {
            name: part.replace(
                b"</sheetData>", b'<row r="1048576"><c r="A1048576"/></row></sheetData>'
            )
            for name, part in parts_of(filled(put(WRONG))).items()
        }
    )
    assert not keepable(far)


# ------------------------------------------------------------------------------ which file where


def test_a_run_puts_each_copy_in_its_folder(tmp_path):
    write_inputs(tmp_path / "input", district_2024()[:3])
    first, second = (
        tmp_path / "input" / "示例区2024" / f"{n}.xlsx" for n in ("示例一镇", "示例二街道")
    )
    first.write_bytes(changed(first.read_bytes(), put(WRONG)))

    def lose_short_name(book):
        book["基本信息"]["B6"].value = None

    second.write_bytes(changed(second.read_bytes(), lose_short_name))
    units = run(tmp_path)
    assert units["示例一镇.xlsx"]["outputs"] == ["示例区2024年度/退回/示例一镇.xlsx"]
    assert units["示例二街道.xlsx"]["outputs"][1:] == ["示例区2024年度/提醒/示例二街道.xlsx"]
    reminded = openpyxl.load_workbook(tmp_path / "output" / "示例区2024年度/提醒/示例二街道.xlsx")
    assert reminded["退回说明"]["A1"].value.strip() == "核对提醒"
    assert colours(reminded["基本信息"]) == [("B6", "FFFFD966")]

    # The clerk corrects the very file and sends it back.
    copy = (tmp_path / "output" / "示例区2024年度/退回/示例一镇.xlsx").read_bytes()
    right = UNIT.figures["requests.results.granted.natural_person"]
    first.write_bytes(changed(copy, put(right)))
    units = run(tmp_path)
    assert units["示例一镇.xlsx"]["status"] == "accepted"
    assert units["示例一镇.xlsx"]["outputs"][1:] == ["示例区2024年度/通过/示例一镇.xlsx"]


def test_files_of_one_name_do_not_overwrite_each_other():
    def unit(source: str) -> UnitOutcome:
        submission = Submission(
            source=source, sha256="", year=2024, identity={"county": "示例区", "unit": "示例镇"}
        )
        return UnitOutcome(submission=submission, problems=(), status="returned")

    places = stems([unit("甲/表.xlsx"), unit("乙/表.XLSX"), unit("丙/表.xls")])
    assert [p["退回"] for p in places] == [
        "示例区2024年度/退回/表",
        "示例区2024年度/退回/表（2）",
        "示例区2024年度/退回/表（3）",
    ]


# ------------------------------------------------------------------------- one fault, one message


def carried_in(content: bytes) -> list:
    """What is told of a carry-over, with last year's workbook lying beside it."""
    last = replace(UNIT, identity={**UNIT.identity, "year": "2023"})
    before, now = (
        read_bytes(one, f"{name}.xlsx", EDITIONS, FORM)
        for name, one in (("2023", write_form(EDITION, FORM, last)), ("2024", content))
    )
    found = check([before, now], EDITIONS, FORM)[1]
    return [p for p in found if p.rule.startswith("D1")]


def test_a_wrong_carry_over_is_told_once_and_names_its_columns():
    figures = dict(UNIT.figures)
    for who, count in (("natural_person", 3), ("total", 3)):
        # The unit carried this much more in than last year's report carried out.
        figures[f"requests.carried_in.{who}"] = figures[f"requests.carried_out.{who}"] + count
    [told] = carried_in(write_form(EDITION, FORM, replace(UNIT, figures=figures)))
    assert (told.rule, told.severity) == ("D1", "error")
    out = figures["requests.carried_out.natural_person"]
    assert f"其中“自然人”填 {out + 3}，上年 {out}。" in told.message
    assert told.words + told.remedy == told.message.removeprefix(f"{told.place}：")
    assert len(told.cells) == 2


def test_columns_that_differ_under_an_equal_total_are_told_by_themselves():
    figures = dict(UNIT.figures)
    for column in EDITION.table("requests").blocks[0].column_leaves:
        who = ".".join(node.key for node in column)
        figures[f"requests.carried_in.{who}"] = figures[f"requests.carried_out.{who}"]
    moved = figures["requests.carried_in.natural_person"]
    assert moved > 0
    figures["requests.carried_in.natural_person"] = moved - 1
    others = [
        key for key in figures if key.startswith("requests.carried_in.") and "total" not in key
    ]
    figures[next(key for key in others if not key.endswith("natural_person"))] += 1
    told = carried_in(write_form(EDITION, FORM, replace(UNIT, figures=figures)))
    assert [p.rule for p in told] == ["D1b", "D1b"]


def test_a_negative_figure_is_told_and_not_the_total_it_makes_negative():
    problems = judged(filled(put(-500))).problems
    assert [(p.rule, p.cell) for p in problems if p.rule == "cell.negative"] == [
        ("cell.negative", "D9")
    ]
