"""Who has reported: drafts until everybody has, and what may go out as final."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from docx import Document

from pipeline.aggregate.completeness import (
    coverage,
    draft,
    draft_note,
    file_mark,
    published_in_time,
)
from pipeline.cli.main import main
from pipeline.declare.workbook_form import workbook_form
from pipeline.model.completeness import Completeness, Standing
from pipeline.model.submission import Submission
from pipeline.roster.signing import year_apart
from tests.support.districts import district_2024, write_inputs
from tests.support.paths import TEMPLATES
from tests.support.rosters import filled

SIGNED = {
    "filled_by": "示例",
    "filled_on": "2025-01-08",
    "reviewed_by": "示例",
    "reviewed_on": "2025-01-09",
    "approved_by": "示例",
    "approved_on": "2025-01-10",
}


def run(folder: Path, *options: str) -> tuple[int, dict]:
    places = ["--input", str(folder / "input"), "--output", str(folder / "output")]
    code = main(["run", *places, "--templates", str(TEMPLATES), *options])
    return code, json.loads((folder / "output" / "run.json").read_text("utf-8"))


def county(record: Mapping[str, list[dict]], name: str = "示例区") -> dict:
    return next(c for c in record["counties"] if c["county"] == name)


def report(folder: Path) -> Path:
    """The one report of the county."""
    (path,) = (folder / "output" / "示例区2024年度").glob("*.docx")
    return path


def district(folder: Path, signed: bool = True, units: int = 4) -> list[Path]:
    """The sample district's workbooks, signed off or not; the roster names all four."""
    prefills = district_2024()
    names = [prefill.identity["unit"] for prefill in prefills]
    filled(folder / "input", [{"unit": name} for name in names])
    for prefill in prefills:
        for key in SIGNED:
            prefill.identity.pop(key, None)  # type: ignore[attr-defined]
        if signed:
            prefill.identity.update(SIGNED)  # type: ignore[attr-defined]
    return write_inputs(folder / "input", prefills[:units])


def standing(unit: str, status: str, level: str = "示例区") -> Standing:
    return Standing(
        unit=unit, kind="", status=status, source="", contact="", phone="", due="", level=level
    )


def lines(*pairs: tuple[str, str]) -> Completeness:
    found = tuple(standing(unit, status) for unit, status in pairs)
    passed = sum(line.status == "通过" for line in found)
    return Completeness(level="示例区", listed=True, lines=found, added=passed)


# ------------------------------------------------------------------------------- the words


def test_a_complete_county_is_no_draft():
    found = lines(("甲镇", "通过"), ("乙局", "通过"))
    assert found.complete
    assert (draft(found), file_mark(found), draft_note(found)) == ("", "", "")


def test_a_draft_names_whom_it_lacks_and_what_it_covers():
    found = lines(("甲镇", "通过"), ("乙局", "未报"), ("丙局", "退回"))
    assert draft(found) == "草稿（未齐：乙局、丙局）"
    assert file_mark(found) == "草稿（未齐：乙局、丙局）"
    assert coverage(found) == "汇总 1 个单位，应报 3 个"
    note = draft_note(found)
    assert "退回：丙局；未报：乙局" in note
    assert "未报：乙局；应报以外：丁所" in draft_note(replace(found, returned=("丁所",)))
    assert "汇总 1 个单位，应报 3 个" in note


def test_a_file_name_stays_short_however_many_are_missing():
    found = lines(*((f"示例{n}镇", "未报") for n in range(40)))
    assert file_mark(found) == "草稿（未齐40个）"
    assert draft(found) == "草稿（未齐：示例0镇、示例1镇、示例2镇、示例3镇、示例4镇等 40 个）"
    assert all(f"示例{n}镇" in draft_note(found) for n in range(40))


def test_a_unit_of_a_level_below_is_named_with_it():
    found = Completeness(
        level="示例市",
        listed=True,
        lines=(
            standing("城关镇", "未报", level="示例一区"),
            standing("市教育局", "逾期", "示例市"),
        ),
    )
    assert found.lacking == ("示例一区城关镇", "市教育局")


@pytest.mark.parametrize(
    ("on", "today", "told"),
    [
        ("2025-01-31", "2025-02-05", "按期公布"),
        ("2025-02-01", "2025-02-05", "逾期公布"),
        (None, "2025-01-31", "未公布"),
        (None, "2025-02-01", "逾期未公布"),
    ],
)
def test_whether_a_report_is_published_in_time(on, today, told):
    day = datetime.date.fromisoformat
    assert published_in_time(on and day(on), day("2025-01-31"), day(today)) == told


# ------------------------------------------------------------------------------- the reports


def texts(path: Path) -> Sequence[str]:
    document = Document(str(path))
    return [paragraph.text for paragraph in document.paragraphs]


def test_while_a_unit_is_missing_the_report_is_a_named_and_marked_draft(tmp_path):
    district(tmp_path, units=3)
    code, record = run(tmp_path, "--today", "2025-01-10")
    assert code == 0
    path = report(tmp_path)
    assert path.name == "草稿（未齐：示例三局）示例区2024年度政府信息公开工作年度报告.docx"
    header = Document(str(path)).sections[0].header
    assert "草稿（未齐：示例三局）" in "".join(p.text for p in header.paragraphs)
    assert "textpath" in header._element.xml
    assert any("汇总 3 个单位，应报 4 个" in text for text in texts(path))
    told = county(record)
    assert told["draft"] == "草稿（未齐：示例三局）"
    assert told["outputs"][0].endswith(path.name)
    counts = {k: told["completeness"][k] for k in ("expected", "received", "missing", "late")}
    assert counts == {"expected": 4, "received": 3, "missing": 1, "late": 0}


def test_when_all_have_passed_the_draft_gives_way_to_the_report(tmp_path):
    district(tmp_path, units=3)
    run(tmp_path)
    district(tmp_path)
    code, record = run(tmp_path)
    assert code == 0
    path = report(tmp_path)
    assert path.name == "示例区2024年度政府信息公开工作年度报告.docx"
    assert "textpath" not in Document(str(path)).sections[0].header._element.xml
    assert not any("草稿" in text for text in texts(path))
    assert county(record)["draft"] == ""
    assert list((tmp_path / "output" / "旧文件").rglob("草稿*.docx"))


def test_final_makes_no_report_while_anything_is_missing(tmp_path, capsys):
    district(tmp_path, units=2)
    code, record = run(tmp_path, "--final", "--today", "2025-01-20")
    assert code == 1
    assert not list((tmp_path / "output" / "示例区2024年度").glob("*.docx"))
    told = capsys.readouterr().out
    assert "没有定稿，未齐——未报：示例二街道、示例三局" in told
    assert county(record)["completeness"]["lacking"] == ["示例二街道", "示例三局"]


def test_final_makes_no_report_that_is_not_signed_off(tmp_path, capsys):
    district(tmp_path, signed=False)
    code, _ = run(tmp_path, "--final")
    assert code == 1
    assert not list((tmp_path / "output" / "示例区2024年度").glob("*.docx"))
    told = capsys.readouterr().out
    assert "4 个单位签批不齐" in told
    assert "示例一镇：缺填报人、填报日期、审核人、审核日期、签发人、签发日期" in told


@pytest.mark.slow
def test_the_office_may_do_without_sign_off(tmp_path):
    district(tmp_path, signed=False)
    path = tmp_path / "input" / "名册.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["设置"]
    next(row for row in sheet.iter_rows() if row[0].value == "定稿须签批")[1].value = "否"
    book.save(path)
    assert run(tmp_path, "--final")[0] == 0
    assert report(tmp_path).name.startswith("示例区")


def test_final_makes_a_complete_report_without_marks(tmp_path, capsys):
    district(tmp_path)
    code, record = run(tmp_path, "--final")
    assert code == 0
    assert report(tmp_path).name == "示例区2024年度政府信息公开工作年度报告.docx"
    assert county(record)["draft"] == ""
    assert "已全部定稿" in capsys.readouterr().out


def test_final_needs_a_roster_that_can_be_used(tmp_path, capsys):
    district(tmp_path)
    filled(tmp_path / "input", [{"unit": "示例一镇", "due": "也许"}])
    places = ["--input", str(tmp_path / "input"), "--output", str(tmp_path / "output")]
    assert main(["run", *places, "--final"]) == 2
    assert "名册有错误" in capsys.readouterr().err


def test_without_its_own_workbook_a_county_has_no_prose_and_stays_a_draft(tmp_path):
    write_inputs(tmp_path / "input", district_2024()[1:])
    _, record = run(tmp_path)
    assert county(record)["draft"] == "草稿（未齐：示例区本级正文）"


def test_a_county_has_one_own_workbook(tmp_path):
    units = district_2024()
    units[1].identity["scope"] = "本级"  # type: ignore[index]
    write_inputs(tmp_path / "input", units)
    code, record = run(tmp_path)
    assert code == 1
    wrong = {
        u["unit"] for u in record["units"] for p in u["problems"] if p["rule"] == "file.own_doubled"
    }
    assert wrong == {units[0].identity["unit"], units[1].identity["unit"]}


def test_days_of_the_sign_off_that_go_backwards_are_told(tmp_path):
    units = district_2024()[:2]
    units[1].identity.update({**SIGNED, "reviewed_on": "2025-01-07"})  # type: ignore[attr-defined]
    write_inputs(tmp_path / "input", units)
    code, record = run(tmp_path)
    assert code == 0
    told = [p for u in record["units"] for p in u["problems"] if p["rule"] == "identity.order"]
    assert [(p["severity"], p["sheet"]) for p in told] == [("warning", "基本信息")]
    assert "“审核日期”（2025-01-07）早于“填报日期”（2025-01-08）" in told[0]["message"]


def test_what_is_no_day_is_told_once_and_compared_with_no_other(tmp_path):
    units = district_2024()[:2]
    units[1].identity.update({**SIGNED, "filled_on": "2025年1月十日"})  # type: ignore[attr-defined]
    write_inputs(tmp_path / "input", units)
    _, record = run(tmp_path)
    told = [p["rule"] for u in record["units"] for p in u["problems"] if p["sheet"] == "基本信息"]
    assert told == ["identity.doubtful"]


@pytest.mark.parametrize(
    ("filled", "told"),
    [("2026-01-08", True), ("2024-01-08", True), ("2024-03-31", False), ("2025-12-31", False)],
)
def test_a_workbook_of_another_year_than_it_was_filled_in_for_is_told(filled, told):
    submission = Submission(source="", sha256="", year=2024, identity={"filled_on": filled})
    found = list(year_apart(submission, workbook_form()))
    assert [p.rule for p in found] == ["identity.year_apart"] * told


def test_a_countys_name_spelled_in_two_ways_is_one_county(tmp_path):
    units = district_2024()
    units[2].identity["county"] = "示例 区"  # type: ignore[index]
    write_inputs(tmp_path / "input", units)
    _, record = run(tmp_path)
    assert [(c["county"], len(c["units"])) for c in record["counties"]] == [("示例区", 4)]
