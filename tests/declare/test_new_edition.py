"""A new edition needs no new code: a made-up one goes from its declaration to the Word report."""

import json
from pathlib import Path

import openpyxl
from docx import Document

from pipeline.audit.audit import audit
from pipeline.declare.workbook_form import workbook_form
from pipeline.forms.workbook import write_form
from pipeline.model.place import Place
from pipeline.model.settings import Settings
from pipeline.model.submission import Passage, Prefill
from pipeline.published.reports import read_published
from pipeline.run import run
from tests.support.made_up_edition import COLUMNS, made_up_edition
from tests.support.paths import TEMPLATES

DECLARATION = """
[sections.introduction]
sheet = "文字"
[sections.introduction.parts.introduction]
label = "引言"
[sections.story]
heading = "工作情况"
sheet = "文字"
required = true
[sections.story.parts.done]
heading = "做了什么"
required = true
[sections.counted]
heading = "统计情况"
table = "counted"

[tables.counted]
sheet = "统计"
stub = [10, 20]
[tables.counted.blocks.all]
stub_heading = "项目"
banner = "来源"
[tables.counted.blocks.all.rows.kinds]
label = "种类"
[tables.counted.blocks.all.rows.kinds.children]
paper = { label = "纸质" }
online = { label = "网上" }
sum = { label = "小计", total = true }
[tables.counted.blocks.all.rows]
cost = { label = "费用", kind = "money" }

[rules.X1]
name = "行合计"
table = "counted"
totals = "columns"
severity = "error"
statement = "“{subject}”一行应加总"
"""


def settings(folder: Path) -> Settings:
    edition = made_up_edition(DECLARATION, COLUMNS)
    return Settings(
        input=folder / "input",
        output=folder / "output",
        templates=TEMPLATES,
        editions={edition.key: edition},
        form=workbook_form(),
    )


def unit(name: str, paper: int, cost: int) -> Prefill:
    figures = {"counted.kinds.paper.town": paper, "counted.kinds.online.village": 2}
    figures |= {"counted.kinds.paper.sum": paper, "counted.kinds.online.sum": 2}
    figures |= {"counted.kinds.sum.town": paper, "counted.kinds.sum.village": 2}
    figures |= {"counted.kinds.sum.sum": paper + 2}
    figures |= {"counted.cost.town": cost, "counted.cost.sum": cost}
    text = Passage(
        section="story",
        part="story.done",
        heading="做了什么",
        paragraphs=("第一段。", "第二段。"),
        place=Place("", ""),
    )
    return Prefill(
        identity={"unit": name, "county": "示例县", "year": "2031"},
        figures=figures,
        passages=(text,),
        confirmed=True,
    )


def test_a_made_up_edition_goes_through_the_whole_pipeline(tmp_path):
    chosen = settings(tmp_path)
    edition = chosen.editions["example"]
    chosen.input.mkdir()
    for name, paper, cost in (("示例甲", 3, 100_000), ("示例乙", 4, 200_000)):
        content = write_form(edition, chosen.form, unit(name, paper, cost))
        (chosen.input / f"{name}.xlsx").write_bytes(content)
    units, counties = run(chosen, lambda *_: None)
    assert [
        (u.status, [p.message for p in u.problems if p.severity == "error"]) for u in units
    ] == [
        ("accepted", []),
        ("accepted", []),
    ]
    report = Document(str(tmp_path / "output" / counties[0].outputs[0]))
    rows = [[cell.text for cell in row.cells] for row in report.tables[0].rows]
    assert rows == [
        ["项目", "项目", "来源", "来源", "来源"],
        ["项目", "项目", "镇", "村", "合计"],
        ["种类", "纸质", "7", "0", "7"],
        ["种类", "网上", "0", "4", "4"],
        ["种类", "小计", "7", "4", "11"],
        ["费用", "费用", "0.3", "0", "0.3"],
    ]
    own = Document(str(tmp_path / "output" / units[0].outputs[0]))
    assert [p.text for p in own.paragraphs if p.text][:4] == [
        "示例乙2031年度示例报告",
        "工作情况",
        "做了什么",
        "第一段。",
    ]
    [book] = [name for name in counties[0].outputs if name.endswith(".xlsx")]
    summary = openpyxl.load_workbook(tmp_path / "output" / book)
    assert "统计" in summary.sheetnames
    record = json.loads((tmp_path / "output" / "run.json").read_text("utf-8"))
    assert record["counties"][0]["units"] == ["示例乙", "示例甲"]


def test_a_rule_of_the_made_up_edition_is_checked(tmp_path):
    chosen = settings(tmp_path)
    edition = chosen.editions["example"]
    chosen.input.mkdir()
    path = chosen.input / "示例甲.xlsx"
    path.write_bytes(write_form(edition, chosen.form, unit("示例甲", 3, 0)))
    book = openpyxl.load_workbook(path)
    sheet = book["统计"]
    label = next(c for row in sheet.iter_rows() for c in row if c.value == "费用")
    header = next(c for row in sheet.iter_rows() for c in row if c.value == "合计")
    sheet.cell(label.row, header.column).value = 9
    book.save(path)
    units, _ = run(chosen, lambda *_: None)
    broken = [p for p in units[0].problems if p.severity == "error"]
    cell = sheet.cell(label.row, header.column).coordinate
    assert [(p.rule, p.sheet, p.cell) for p in broken] == [("X1", "统计", cell)]


def test_a_report_of_the_made_up_edition_is_read_back(tmp_path):
    chosen = settings(tmp_path)
    edition = chosen.editions["example"]
    chosen.input.mkdir()
    wanted = unit("示例甲", 3, 100_000)
    (chosen.input / "示例甲.xlsx").write_bytes(write_form(edition, chosen.form, wanted))
    units, _ = run(chosen, lambda *_: None)
    report = read_published(tmp_path / "output" / units[0].outputs[0], chosen.editions)
    assert (report.unit, report.year, report.edition) == ("示例甲", 2031, "example")
    assert report.problems == ()
    assert {key: value for key, value in report.figures.items() if value} == {
        key: value for key, value in wanted.figures.items() if value
    }
    assert audit(report, None, chosen.editions, chosen.form).count("error") == 0
