"""What the office sets once in the roster stands in every form that it issues."""

import openpyxl

from pipeline.cli.main import main
from pipeline.forms.roster import write_roster

SETTINGS = {
    "county": "示例区",
    "year": 2024,
    "submit_by": "电子版发邮箱，纸质版盖章送公开办",
    "submit_to": "gk@example.com",
    "helpline": "0573-80000000",
    "introduction": "根据有关规定，【单位名称】公布【年度】年度报告。",
}


def test_delivery_and_introduction_are_issued_to_every_unit(tmp_path):
    (tmp_path / "input").mkdir()
    lines = [{"unit": "示例一镇"}, {"unit": "示例二镇"}]
    (tmp_path / "input" / "名册.xlsx").write_bytes(write_roster(lines, SETTINGS))
    options = [f"--{name}={tmp_path / name}" for name in ("input", "output")]
    assert main(["forms", *options]) == 0
    books = sorted((tmp_path / "output").rglob("示例?镇*.xlsx"))
    assert len(books) == 2
    for path in books:
        cells = {
            cell.value
            for sheet in openpyxl.load_workbook(path)
            for row in sheet.iter_rows()
            for cell in row
        }
        assert {
            SETTINGS[key] for key in ("submit_by", "submit_to", "helpline", "introduction")
        } <= cells


def issued(tmp_path, lines, year=2024):
    (tmp_path / "input").mkdir()
    roster = write_roster(lines, {"county": "示例区", "year": year})
    (tmp_path / "input" / "名册.xlsx").write_bytes(roster)
    options = [f"--{name}={tmp_path / name}" for name in ("input", "output")]
    assert main(["forms", *options]) == 0
    paths = sorted((tmp_path / "output").rglob("*工作簿.xlsx"))
    return {path.name.partition(str(year))[0]: openpyxl.load_workbook(path) for path in paths}


def entries(book):
    return {row[0].value: row for row in book["基本信息"].iter_rows(min_row=5)}


def test_a_township_isn_t_asked_what_the_roster_says(tmp_path):
    lines = [
        {"unit": "示例镇", "kind": "镇"},
        {"unit": "示例局", "kind": "部门"},
        {"unit": "示例区人民政府", "kind": "政府"},
    ]
    books = issued(tmp_path, lines)
    for unit, hidden in (("示例镇", True), ("示例局", False), ("示例区人民政府", False)):
        sheet = books[unit]["基本信息"]
        for label in ("填报范围", "行政级别"):
            row = entries(books[unit])[label][0].row
            assert sheet.row_dimensions[row].hidden is hidden, (unit, label)
    assert entries(books["示例镇"])["填报范围"][1].value == "本单位"
    assert entries(books["示例区人民政府"])["填报范围"][1].value == "本级"


def test_examples_are_of_the_year_after_the_report(tmp_path):
    book = issued(tmp_path, [{"unit": "示例镇"}], 2025)["示例镇"]
    lines = entries(book)
    assert "如 2026-1-18" in lines["审核日期"][3].value
    assert "如 2026-1-15" in lines["填报日期"][3].value
    texts = [str(cell.value) for row in book["基本信息"].iter_rows() for cell in row]
    texts += [str(rule.prompt) for rule in book["基本信息"].data_validations.dataValidation]
    assert not any("{" in text for text in texts)


def test_what_a_final_report_needs_is_not_called_optional(tmp_path):
    lines = entries(issued(tmp_path, [{"unit": "示例镇"}])["示例镇"])
    needs = {label: lines[label][2].value for label in ("审核日期", "签发人", "签发日期", "邮编")}
    assert needs == {
        "审核日期": "定稿前填",
        "签发人": "定稿前填",
        "签发日期": "定稿前填",
        "邮编": "选填",
    }


def test_nothing_is_called_filled_in_while_the_clerk_s_name_is_missing(tmp_path):
    (tmp_path / "input").mkdir()
    book = issued_values(tmp_path)
    state = book["基本信息"]["A2"].value
    assert state == "还有 5 项必填、应填未填"
    station = [row[3].value for row in book["填表说明"].iter_rows() if row[1].value == "基本信息"]
    assert station == [state]


def issued_values(tmp_path):
    roster = write_roster([{"unit": "示例镇"}], {"county": "示例区", "year": 2024})
    (tmp_path / "input" / "名册.xlsx").write_bytes(roster)
    options = [f"--{name}={tmp_path / name}" for name in ("input", "output")]
    assert main(["forms", *options]) == 0
    [path] = (tmp_path / "output").rglob("示例镇*.xlsx")
    return openpyxl.load_workbook(path, data_only=True)
