"""Marked copies as LibreOffice opens and saves them: the clerk may use any program."""

import io
import shutil
import subprocess

import openpyxl
import pytest

from pipeline.returns.marks import cleaned, marked
from pipeline.returns.returns import return_list
from tests.support.returned import (
    EDITION,
    FORM,
    TABLE,
    UNIT,
    WRONG,
    changed,
    colours,
    copy_of,
    facts,
    filled,
    input_cell,
    judged,
    lines,
    put,
)

pytestmark = pytest.mark.slow


def saved_by_libreoffice(content: bytes, folder, form: str = "xlsx") -> bytes:
    """Opened, recalculated and saved by the real program."""
    office = shutil.which("soffice")
    assert office, "LibreOffice is needed for this test"
    source = folder / "in" / "示例一镇.xlsx"
    source.parent.mkdir()
    source.write_bytes(content)
    subprocess.run(
        [
            office,
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            *("--headless", "--convert-to", form, "--outdir", str(folder / "out"), str(source)),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return (folder / "out" / f"示例一镇.{form}").read_bytes()


def test_a_copy_that_libreoffice_saved_is_read_marked_again_and_cleaned(tmp_path):
    returned = copy_of(filled(put(WRONG)))
    saved = saved_by_libreoffice(returned, tmp_path)
    before, after = judged(returned), judged(saved)
    assert after.submission.marked
    errors = [[p for p in o.problems if p.severity == "error"] for o in (after, before)]
    assert errors[0] == errors[1] != []

    again = marked(saved, return_list(after, EDITION), FORM)
    assert again is not None
    book = openpyxl.load_workbook(io.BytesIO(again))
    assert input_cell(book).comment.text.count("〔退回说明") == 1
    areas = [area for area, _ in colours(book[TABLE])]
    assert areas.count(input_cell(book).coordinate) == 1
    assert book.sheetnames.count("退回说明") == 1

    right = UNIT.figures["requests.results.granted.natural_person"]
    corrected = changed(saved, put(right))
    assert judged(corrected).status == "accepted"
    clean = openpyxl.load_workbook(io.BytesIO(cleaned(corrected, FORM)))
    assert "退回说明" not in clean.sheetnames
    assert input_cell(clean).comment is None
    assert [found for sheet in clean.worksheets for found in colours(sheet)] == []


def test_the_state_of_a_line_follows_the_cell(tmp_path):
    """待改 becomes 已改动 in the program itself, and the count at the top with it."""
    returned = copy_of(filled(put(WRONG)))
    still = saved_by_libreoffice(returned, tmp_path)
    assert state(still) == "待改"
    other = tmp_path / "corrected"
    other.mkdir()
    corrected = saved_by_libreoffice(changed(returned, put(0)), other)
    assert state(corrected) == "已改动"


def state(content: bytes) -> str:
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    return lines(book["退回说明"])[f"{TABLE}!D9"]["状态"].value


def test_an_answer_survives_other_formats(tmp_path):
    def change(book):
        book["基本信息"]["B6"].value = None

    def answer(book):
        lines(book["退回说明"])["基本信息!B6"]["情况说明"].value = "没有简称"

    returned = changed(copy_of(filled(change)), answer)
    for form in ("xls", "ods"):
        folder = tmp_path / form
        folder.mkdir()
        outcome = judged(saved_by_libreoffice(returned, folder, form))
        assert [e.text for e in outcome.submission.explanations if e.fingerprint] == ["没有简称"]


def test_validations_and_conditional_formats_are_there_after_libreoffice(tmp_path):
    """What the program keeps of a marked copy is what it keeps of the plain file."""
    wrong = filled(put(WRONG))
    plain = tmp_path / "plain"
    plain.mkdir()
    before = facts(saved_by_libreoffice(wrong, plain))
    after = facts(saved_by_libreoffice(copy_of(wrong), tmp_path))
    for name in ("基本信息", TABLE, "复议诉讼"):
        for what in ("validations", "formulas", "merged", "frozen"):
            assert after[name][what] == before[name][what], (name, what)
