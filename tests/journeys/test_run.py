"""The main job, from workbooks to Word reports, as an office would run it."""

import hashlib
import re
import shutil
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from pipeline.cli.main import main
from pipeline.forms.roster import write_roster
from pipeline.model.edition import unnumbered
from tests.support.districts import district_2020, district_2024, write_inputs
from tests.support.edition_years import EDITIONS, YEARS
from tests.support.paths import DATA
from tests.support.runs import report, run


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shipped")
    write_inputs(folder / "input", [*district_2020(), *district_2024()])
    code, record = run(folder)
    return folder, code, record


def test_the_shipped_districts_are_accepted_without_errors(shipped):
    _, code, record = shipped
    assert code == 0
    assert {u["status"] for u in record["units"]} == {"accepted"}
    severe = [p for u in record["units"] for p in u["problems"] if p["severity"] == "error"]
    assert severe == []
    assert [(c["county"], c["year"], len(c["units"])) for c in record["counties"]] == [
        ("示例区", 2024, 4),
        ("秀洲区", 2020, 10),
    ]


def test_every_output_that_the_record_names_is_there(shipped):
    folder, _, record = shipped
    named = [o for group in ("units", "counties") for x in record[group] for o in x["outputs"]]
    reports = [name for name in named if name.endswith(".docx")]
    assert len(reports) == 14 + 2
    reminded = [name for name in named if "/提醒/" in name]
    assert reminded == ["秀洲区2020年度/提醒/王店镇.xlsx"]
    assert all((folder / "output" / name).is_file() for name in named)


def test_the_report_of_wangdian_says_what_was_published(shipped):
    folder, _, _ = shipped
    published = (DATA / "wangdian-2020.txt").read_text("utf-8")
    # A header cell of the published page is broken over two lines.
    published = published.replace("本年新\n", "本年新")
    lines = ["".join(line.split()) for line in published.splitlines()]
    numbering = re.compile(r"^[一二三四五六]、(?=总体|主动|收到|政府信息公开行政|存在|其他)")
    expected = [numbering.sub("", line) for line in lines if line]
    headings = (
        "依申请公开情况。",
        "监督保障情况。",
        "存在的主要问题",
        "2020年改进情况",
        "2021年进一步改进措施",
    )
    expected = [unnumbered(x) if unnumbered(x) in headings else x for x in expected]
    assert report(folder, "王店镇2020年度报告.docx") == expected


def test_the_county_is_the_sum_of_its_units(shipped):
    folder, _, _ = shipped
    total = sum(p.figures["requests.received.total"] for p in district_2020())
    told = report(folder, "秀洲区2020年度政府信息公开工作年度报告.docx")
    row = told.index("一、本年新收政府信息公开申请数量")
    assert told[row + 7] == str(total)


def test_a_second_run_writes_the_same_bytes(shipped):
    folder, _, _ = shipped

    def digests():
        files = sorted((folder / "output").rglob("*.*"))
        return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in files}

    before = digests()
    run(folder)
    assert digests() == before


# ------------------------------------------------------------------------------- bad input


def changed(tmp_path: Path, change) -> tuple[int, dict[str, dict]]:
    """A run over two units, one of them changed by hand; the outcomes by file."""
    paths = write_inputs(tmp_path / "input", district_2024()[:2])
    book = openpyxl.load_workbook(paths[1])
    change(book)
    book.save(paths[1])
    code, record = run(tmp_path)
    return code, {Path(u["source"]).name: u for u in record["units"]}


def find(sheet, label: str):
    return next(c for row in sheet.iter_rows() for c in row if c.value == label)


def test_text_for_a_number_comes_back_at_its_cell(tmp_path):
    cell = []

    def change(book):
        sheet = book["依申请公开"]
        row = find(sheet, "（一）予以公开").row
        column = find(sheet, "自然人").column
        sheet.cell(row, column).value = "约3"
        cell.append(sheet.cell(row, column).coordinate)

    code, units = changed(tmp_path, change)
    assert code == 1
    returned = units["示例一镇.xlsx"]
    assert returned["status"] == "returned"
    assert returned["outputs"] == ["示例区2024年度/退回/示例一镇.xlsx"]
    errors = [p for p in returned["problems"] if p["severity"] == "error"]
    assert [(p["sheet"], p["cell"], p["rule"]) for p in errors] == [
        ("依申请公开", cell[0], "cell.not_a_number")
    ]
    assert "约3" in errors[0]["message"]
    assert units["示例区本级（示例）.xlsx"]["status"] == "accepted"


def test_many_faults_in_one_sheet_are_each_reported(tmp_path):
    """Nulls, equal wrong values and negatives in one column hide nothing from each other."""
    wrong = {"1.属于国家秘密": -3, "2.其他法律行政法规禁止公开": -3, "5.属于三类内部事务信息": None}
    wrong |= {"6.属于四类过程性信息": "甲", "7.属于行政执法案卷": 2.5, "8.属于行政查询事项": 10**12}
    cells = {}

    def change(book):
        sheet = book["依申请公开"]
        column = find(sheet, "自然人").column
        for label, value in wrong.items():
            cell = sheet.cell(find(sheet, label).row, column)
            cell.value = value
            cells[cell.coordinate] = label

    _, units = changed(tmp_path, change)
    told = {p["cell"]: p["rule"] for p in units["示例一镇.xlsx"]["problems"]}
    assert [told.get(cell) for cell in cells] == [
        "cell.negative",
        "cell.negative",
        "cell.blank",
        "cell.not_a_number",
        "cell.not_whole",
        "cell.too_large",
    ]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (("无", "加强培训。"), [("prose.nothing", "warning")]),
        (("无。", "略"), [("section.missing", "error")]),
        (("人员不足。", None), []),
    ],
)
def test_a_section_that_must_be_told_is_not_settled_by_a_word(tmp_path, written, told):
    def change(book):
        sheet = book["问题与改进"]
        for label, text in zip(("存在的主要问题", "改进情况"), written, strict=True):
            row = next(c.row for c in sheet["A"] if c.value == label)
            sheet.cell(row, 3).value = text
        opening = next(c.row for c in sheet["A"] if c.value == "存在问题及改进·概述")
        sheet.cell(opening, 3).value = None

    _, units = changed(tmp_path, change)
    problems = units["示例一镇.xlsx"]["problems"]
    found = [(p["rule"], p["severity"]) for p in problems if p["sheet"] == "问题与改进"]
    assert [one for one in found if one[0] != "prose.repeats"] == told


def test_prose_that_says_there_was_nothing_is_told_in_its_own_words(tmp_path):
    def change(book):
        sheet = book["总体情况"]
        row = next(c.row for c in sheet["A"] if c.value == "依申请公开")
        sheet.cell(row, 3).value = "全年未收到政府信息公开申请。"

    _, units = changed(tmp_path, change)
    (told,) = (p for p in units["示例一镇.xlsx"]["problems"] if p["rule"] == "prose.claims")
    assert "意思是未收到申请，但本年新收申请为 " in told["message"]
    assert "写的是 0" not in told["message"]


def test_one_wrong_figure_is_told_once_with_what_it_breaks(tmp_path):
    """A clerk pastes numbers over the formulas and gets one of them wrong."""
    paths = write_inputs(tmp_path / "input", district_2024()[:2])
    computed = openpyxl.load_workbook(paths[1], data_only=True)["依申请公开"]
    book = openpyxl.load_workbook(paths[1])
    sheet = book["依申请公开"]
    for row in computed.iter_rows():
        for cell in row:
            if isinstance(cell.value, int):
                sheet[cell.coordinate].value = cell.value
    wrong = sheet.cell(find(sheet, "（一）予以公开").row, find(sheet, "自然人").column)
    wrong.value += 5
    book.save(paths[1])
    _, record = run(tmp_path)
    problems = next(u["problems"] for u in record["units"] if "一镇" in u["unit"])
    errors = [p for p in problems if p["severity"] == "error"]
    assert [(p["rule"], p["cell"]) for p in errors] == [("rule.culprit", wrong.coordinate)]


def test_a_lost_row_a_lost_sheet_and_a_duplicate_are_told(tmp_path):
    paths = write_inputs(tmp_path / "input", district_2024())
    for path, sheet_name in ((paths[1], None), (paths[2], "复议诉讼")):
        book = openpyxl.load_workbook(path)
        if sheet_name:
            del book[sheet_name]
        else:
            find(book["依申请公开"], "2.重复申请").value = "2.重复的申请"
        book.save(path)
    shutil.copy(paths[3], tmp_path / "input" / "再报一次.xlsx")
    (tmp_path / "input" / "坏.xlsx").write_bytes(b"not a workbook")
    (tmp_path / "input" / "~$锁.xlsx").write_bytes(b"lock")
    code, record = run(tmp_path)
    assert code == 1
    rules = {
        Path(u["source"]).name: {p["rule"] for p in u["problems"] if p["severity"] == "error"}
        for u in record["units"]
    }
    assert rules == {
        "坏.xlsx": {"file.unreadable"},
        "再报一次.xlsx": {"file.duplicate"},
        paths[0].name: set(),
        paths[1].name: {"label.missing", "label.unknown"},
        paths[2].name: {"sheet.missing"},
        paths[3].name: {"file.duplicate"},
    }


def test_what_is_no_workbook_of_ours_is_told_in_one_line_of_chinese(tmp_path, capsys):
    folder = tmp_path / "input"
    write_inputs(folder, district_2024()[1:2])
    book = openpyxl.Workbook()
    book.active["A1"] = "值班表"
    book.save(folder / "值班表.xlsx")
    (folder / "空.xlsx").write_bytes(b"")
    (folder / "照片.xlsx").write_bytes(b"\xff\xd8\xff\xe0")
    (folder / "断.xlsx").write_bytes((folder / "值班表.xlsx").read_bytes()[:900])
    (folder / "示例二街道.zip").write_bytes(b"PK")
    (folder / ".DS_Store.zip").write_bytes(b"")
    code, record = run(tmp_path)
    assert code == 1
    told = {u["source"]: [p["message"] for p in u["problems"]] for u in record["units"]}
    assert told["值班表.xlsx"][0].startswith("这不是填报工作簿")
    assert "（文件是空的）" in told["空.xlsx"][0]
    assert "（内容不是工作簿，" in told["照片.xlsx"][0]
    assert "（文件已损坏，" in told["断.xlsx"][0]
    assert all(len(told[name]) == 1 for name in ("值班表.xlsx", "空.xlsx", "照片.xlsx", "断.xlsx"))
    assert "有 1 个压缩包没有读取：示例二街道.zip。" in capsys.readouterr().out


def test_a_lost_first_sheet_is_told_once(tmp_path):
    [path] = write_inputs(tmp_path / "input", district_2024()[1:2])
    book = openpyxl.load_workbook(path)
    del book["基本信息"]
    book.save(path)
    code, record = run(tmp_path)
    assert code == 1
    assert [p["rule"] for p in record["units"][0]["problems"]] == ["sheet.missing"]


def test_an_empty_input_explains_how_to_begin(tmp_path, capsys):
    (tmp_path / "input").mkdir()
    arguments = ["--input", str(tmp_path / "input"), "--output", str(tmp_path / "output")]
    assert main(["run", *arguments]) == 2
    assert "make forms" in capsys.readouterr().err


def test_the_blank_workbook_says_what_is_still_to_fill_in(tmp_path, capsys):
    arguments = ["forms", "--output", str(tmp_path), "--input", str(tmp_path / "input")]
    assert main(arguments) == 0
    for year in YEARS.values():
        assert main([*arguments, "--year", str(year)]) == 0
    forms = list(tmp_path.glob("填报工作簿*.xlsx"))
    assert len(forms) == len(EDITIONS)
    capsys.readouterr()
    for path in forms:
        assert main(["check", str(path)]) == 1
    assert "“单位名称”没有填写" in capsys.readouterr().out


def test_an_encrypted_workbook_is_told_as_such(tmp_path):
    write_inputs(tmp_path / "input", district_2024()[:1])
    shutil.copy(DATA / "encrypted.xlsx", tmp_path / "input" / "加密.xlsx")
    code, record = run(tmp_path)
    assert code == 1
    told = {u["source"]: (u["status"], [p["rule"] for p in u["problems"]]) for u in record["units"]}
    assert told["加密.xlsx"] == ("unreadable", ["file.encrypted"])


def test_a_total_that_does_not_add_up_is_told_at_the_total(tmp_path):
    cell = []

    def change(book):
        sheet = book["复议诉讼"]
        total = find(sheet, "总计")
        row = next(
            r for r in range(total.row + 1, sheet.max_row) if sheet.cell(r, total.column).value
        )
        sheet.cell(row, total.column).value = 99
        cell.append(sheet.cell(row, total.column).coordinate)

    _, units = changed(tmp_path, change)
    errors = [p for p in units["示例一镇.xlsx"]["problems"] if p["severity"] == "error"]
    assert [(p["sheet"], p["cell"], p["rule"]) for p in errors] == [("复议诉讼", cell[0], "B1")]
    assert "总计填的是 99" in errors[0]["message"]


def test_figures_are_found_by_their_labels_wherever_they_stand(tmp_path):
    """Two rows above and a column left are inserted, the sheets reordered and renamed."""
    write_inputs(tmp_path / "input", district_2024()[:2])
    path = next((tmp_path / "input").rglob("示例一镇.xlsx"))
    _, before = run(tmp_path)
    source = openpyxl.load_workbook(path, data_only=True)
    moved = openpyxl.Workbook()
    moved.remove(moved.active)
    for sheet in reversed(source.worksheets):
        copy = moved.create_sheet(f"{sheet.title} 2024年")
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    copy.cell(cell.row + 2, cell.column + 1).value = cell.value
    report = next((tmp_path / "output").rglob("示例一镇2024年度报告.docx"))
    first = report.read_bytes()
    moved.save(path)
    code, after = run(tmp_path)
    assert code == 0
    assert report.read_bytes() == first
    assert [u["status"] for u in after["units"]] == [u["status"] for u in before["units"]]


def test_a_breach_of_the_totals_that_follows_from_a_column_is_not_told_again(tmp_path):
    def change(book):
        sheet = book["依申请公开"]
        row = find(sheet, "一、本年新收政府信息公开申请数量").row
        column = find(sheet, "自然人").column
        sheet.cell(row, column).value += 7

    _, units = changed(tmp_path, change)
    errors = [p for p in units["示例一镇.xlsx"]["problems"] if p["severity"] == "error"]
    assert [p["rule"] for p in errors] == ["A3"]
    assert "自然人" in errors[0]["message"]


def test_what_an_earlier_run_made_is_set_aside_and_kept(tmp_path):
    paths = write_inputs(tmp_path / "input", district_2024()[:2])
    run(tmp_path)
    old = next((tmp_path / "output").rglob("示例一镇2024年度报告.docx"))
    content = old.read_bytes()
    gone = next(path for path in paths if path.name == "示例一镇.xlsx")
    gone.unlink()
    run(tmp_path)
    assert not old.exists()
    kept = tmp_path / "output" / "旧文件" / old.relative_to(tmp_path / "output")
    assert kept.read_bytes() == content


def test_final_refuses_an_open_warning_and_lists_it(tmp_path, capsys):
    own, *others = district_2024()
    unit = replace(
        others[0],
        passages=tuple(
            replace(p, paragraphs=(*p.paragraphs, "全年收到政府信息公开申请9999件。"))
            if p.part == "overview.on_request"
            else p
            for p in others[0].passages
        ),
    )
    write_inputs(tmp_path / "input", [own, unit, *others[1:]])
    lines = [{"unit": one.identity["unit"]} for one in (own, *others)]
    settings = {"county": "示例区", "year": 2024, "signed": "否"}
    (tmp_path / "input" / "名册.xlsx").write_bytes(write_roster(lines, settings))
    code, record = run(tmp_path, "--final")
    assert code == 1
    said = capsys.readouterr().out
    assert f"{unit.identity['unit']}：1 条警告没有改正，也没有情况说明" in said
    [county] = record["counties"]
    assert county["completeness"]["open_warnings"] == {unit.identity["unit"]: 1}
    assert not list((tmp_path / "output").glob("*/示例区2024年度政府*.docx"))
