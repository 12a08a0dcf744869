"""One file is a new edition: from the blank workbook to the report, its proof and its trace."""

from __future__ import annotations

import json

import pytest
from docx import Document

from tests.support.added_edition import ADDED, add_edition, command, copy_program, filled_in

YEAR = 2028
NAMES = ("示例一镇", "示例二镇")
FIGURES = {
    "agencies.education.units": 3,
    "agencies.health.units": 2,
    "agencies.education.items": 40,
    "requests.received.natural_person": 5,
    "requests.results.refused.example.natural_person": 5,
}


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """A checkout with the edition, in which two units have reported, one of them wrongly."""
    checkout = copy_program(tmp_path_factory.mktemp("checkout"))
    editions = add_edition(checkout)
    edition = editions[ADDED.stem]
    code, said = command(checkout, "forms", "--year", YEAR, "--output", "forms")
    assert code == 0, said
    blank = (checkout / "forms" / f"填报工作簿（{edition.name}）.xlsx").read_bytes()
    (checkout / "input").mkdir(exist_ok=True)
    wrong = {"agencies.total.units": 6}
    for name, figures in zip(NAMES, (FIGURES, FIGURES | wrong), strict=True):
        identity = {"unit": name, "county": "示例区", "year": YEAR, "self": "我镇"}
        content = filled_in(blank, editions, edition, identity, figures)
        (checkout / "input" / f"{name}.xlsx").write_bytes(content)
    code, said = command(checkout, "run", "--today", "2029-01-12", "--jobs", "1")
    assert code == 1, said
    record = json.loads((checkout / "output" / "run.json").read_text("utf-8"))
    return checkout, edition, {unit["unit"]: unit for unit in record["units"]}


def test_the_edition_stands_where_it_says(office):
    _, edition, _ = office
    keys = [section.key for section in edition.sections]
    assert keys[keys.index("disputes") :] == [
        *("disputes", "agencies", "supervision", "problems", "other")
    ]
    assert [table.key for table in edition.tables][-2:] == ["disputes", "agencies"]
    rows = [path[-1].key for path in edition.table("requests").blocks[0].row_leaves]
    at = rows.index("example")
    assert rows[at - 1 : at + 2] == ["stability", "example", "third_party"]


def test_the_edition_before_ends_where_it_begins(office):
    checkout, edition, _ = office
    code, said = command(checkout, "forms", "--year", edition.first_year - 1, "--output", "before")
    assert code == 0, said
    assert not list((checkout / "before").glob(f"*{edition.name}*"))


def test_its_rules_are_checked(office):
    _, _, units = office
    good, bad = (units[name] for name in NAMES)
    assert [p for p in good["problems"] if p["severity"] == "error"] == []
    assert good["status"] == "accepted"
    assert bad["status"] == "returned"
    assert {p["rule"] for p in bad["problems"] if p["severity"] == "error"} == {"E1"}


def test_the_report_has_its_table_its_row_and_its_section(office):
    checkout, _, units = office
    [path] = [x for x in units[NAMES[0]]["outputs"] if x.endswith(".docx")]
    report = Document(str(checkout / "output" / path))
    headings = [p.text for p in report.paragraphs if p.style.name == "Heading 1"]
    assert "公共企事业单位信息公开情况" in headings
    assert headings.index("监督检查情况") == headings.index("存在的主要问题及改进情况") - 1
    rows = [[cell.text for cell in row.cells] for row in report.tables[-1].rows]
    assert rows == [
        ["单位类别", "单位数量", "公开信息数量", "收到申请数量"],
        ["教育", "3", "40", "0"],
        ["医疗卫生", "2", "0", "0"],
        ["供水供电供气", "0", "0", "0"],
        ["合计", "5", "40", "0"],
    ]
    requests = [[cell.text for cell in row.cells] for row in report.tables[-3].rows]
    [line] = [row for row in requests if "4.属于示例事项" in row]
    assert line[-1] == "5"


def test_the_reports_are_proved(office):
    checkout, _, _ = office
    code, said = command(checkout, "verify")
    assert code == 0, said
    assert NAMES[0] in said


def test_a_figure_is_traced_to_its_cell(office):
    checkout, _, _ = office
    code, said = command(checkout, "trace", "示例区", "--item", "教育")
    assert code == 0, said
    assert "教育·单位数量：3 家" in said
    assert f"{NAMES[0]}.xlsx 公共企事业单位!" in said
