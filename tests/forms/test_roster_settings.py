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
