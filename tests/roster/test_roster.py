"""The roster: the empty workbook, what is read of it, names, issuing and completeness."""

from __future__ import annotations

import datetime
import json
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from pipeline.cli.main import main
from pipeline.declare.editions import load_editions
from pipeline.forms.roster import write_roster
from pipeline.model.hierarchy import levels
from pipeline.model.roster import Roster, RosterSettings
from pipeline.model.roster_unit import RosterUnit
from pipeline.roster.matching import matched, nearest
from pipeline.roster.reading import read_roster
from pipeline.text.labels import normalise
from tests.support.districts import district_2024, write_inputs
from tests.support.edition_years import TODAYS
from tests.support.paths import TEMPLATES
from tests.support.rosters import filled
from tests.support.runs import report
from tests.support.runs import run as run_folder


def test_the_empty_roster_is_the_same_each_time_and_counts_as_none(tmp_path):
    content = write_roster()
    assert content == write_roster()
    (tmp_path / "名册.xlsx").write_bytes(content)
    reading = read_roster(tmp_path)
    assert (reading.source, reading.roster, reading.problems) == ("名册.xlsx", None, ())


def test_what_stands_in_the_roster_is_read(tmp_path):
    deadline = datetime.date(2025, 1, 15)
    filled(
        tmp_path,
        [
            {"unit": "示例一镇", "short": "一镇、示例 1 镇", "self": "我镇", "deadline": deadline},
            {"unit": "示例三局", "due": "否", "counted": "否", "deadline": "2025年1月20日"},
        ],
    )
    reading = read_roster(tmp_path)
    assert reading.problems == ()
    assert reading.roster == Roster(
        county="示例区",
        year=2024,
        units=(
            RosterUnit(
                name="示例一镇", short=("一镇", "示例 1 镇"), self="我镇", deadline=deadline
            ),
            RosterUnit(
                name="示例三局", due=False, counted=False, deadline=datetime.date(2025, 1, 20)
            ),
        ),
        settings=RosterSettings(
            signed=True,
            units_publish_by=datetime.date(2025, 1, 31),
            governments_publish_by=datetime.date(2025, 3, 31),
            similarity=60,
        ),
    )


@pytest.mark.parametrize(
    ("rows", "year", "rules"),
    [
        ([{"unit": "示例一镇"}], "去年", ["roster.invalid"]),
        ([{"unit": "示例一镇", "due": "也许"}], 2024, ["roster.invalid"]),
        ([{"unit": "示例一镇", "deadline": "月底"}], 2024, ["roster.invalid"]),
        ([{"unit": "", "contact": "示例"}], 2024, ["roster.missing"]),
        ([{"unit": "示例一镇"}, {"unit": "示例 一镇"}], 2024, ["roster.doubled"]),
        (
            [{"unit": "甲局", "short": "局"}, {"unit": "乙局", "short": "局"}],
            2024,
            ["roster.doubled"],
        ),
    ],
)
def test_a_wrong_roster_is_told_and_not_used(tmp_path, rows, year, rules):
    filled(tmp_path, rows, year=year)
    reading = read_roster(tmp_path)
    assert [p.rule for p in reading.problems] == rules
    assert reading.roster is None


def test_a_broken_roster_is_told(tmp_path):
    (tmp_path / "名册.xlsx").write_bytes(b"no workbook")
    assert [p.rule for p in read_roster(tmp_path).problems] == ["roster.unreadable"]


def test_a_folder_with_the_rosters_name_is_not_taken_for_none(tmp_path):
    """Else units that don't count would be added up, and nobody would be missing."""
    (tmp_path / "名册.xlsx").mkdir()
    (told,) = read_roster(tmp_path).problems
    assert (told.rule, "文件夹" in told.message) == ("roster.unreadable", True)


@pytest.mark.parametrize("command", ["run", "forms"])
def test_a_wrong_roster_stops_the_command_and_leaves_what_was_made(tmp_path, capsys, command):
    write_inputs(tmp_path / "input", district_2024())
    filled(tmp_path / "input", [{"unit": "示例一镇", "published_on": "2025年13月1日"}])
    places = ["--input", str(tmp_path / "input"), "--output", str(tmp_path / "output")]
    assert main([command, *places]) == 2
    said = capsys.readouterr()
    assert "单位名册!K2：名册的“公布日期”填的是“2025年13月1日”" in said.out
    assert "名册有错误，没有运行" in said.err
    assert not list((tmp_path / "output").rglob("[!.]*.*"))


def test_a_workbook_of_a_later_year_than_the_rosters_is_returned(tmp_path):
    write_inputs(tmp_path / "input", district_2024())
    units = [{"unit": prefill.identity["unit"]} for prefill in district_2024()]
    filled(tmp_path / "input", units, year=2023)
    places = ["--input", str(tmp_path / "input"), "--output", str(tmp_path / "output")]
    assert main(["run", *places, "--templates", str(TEMPLATES)]) == 1
    record = json.loads((tmp_path / "output" / "run.json").read_text("utf-8"))
    for unit in record["units"]:
        told = next(p for p in unit["problems"] if p["rule"] == "roster.later_year")
        assert "年度填的是 2024，名册是 2023 年度的" in told["message"]
        assert (unit["status"], told["cell"]) == ("returned", "B8")


NAMES = st.lists(st.text("一二三镇局 １1", min_size=1, max_size=4), min_size=1, max_size=6)


@given(NAMES, st.text("一二三镇局 １1", max_size=4))
def test_matching_never_takes_one_unit_for_another(names, wanted):
    units = tuple(RosterUnit(name=name) for name in names)
    found = matched(levels("示例区", units)[-1], wanted)
    alike = [u for u in units if normalise(u.name) and normalise(u.name) == normalise(wanted)]
    assert found == (alike[0] if len(alike) == 1 else None)


def test_a_near_miss_is_proposed_and_never_taken():
    units = (RosterUnit(name="示例一镇", short=("一镇",)), RosterUnit(name="财政局"))
    (level,) = levels("示例区", units)
    assert matched(level, " 示例　一镇") is units[0]
    assert matched(level, "一镇") is units[0]
    assert matched(level, "示例一镇政府") is None
    assert nearest(level, "示例一镇政府") == "示例一镇"
    assert nearest(level, "完全不同") == ""


# --------------------------------------------------------------------------------- commands


def run(folder: Path) -> tuple[int, dict]:
    places = ["--input", str(folder / "input"), "--output", str(folder / "output")]
    code = main(["run", *places, "--templates", str(TEMPLATES)])
    return code, json.loads((folder / "output" / "run.json").read_text("utf-8"))


def issue(folder: Path) -> int:
    return main(["forms", "--input", str(folder / "input"), "--output", str(folder / "forms")])


def test_forms_writes_an_empty_roster_once_and_never_over_one(tmp_path, capsys):
    assert issue(tmp_path) == 0
    place = tmp_path / "input" / "名册.xlsx"
    assert place.read_bytes() == write_roster()
    filled(tmp_path / "input", [{"unit": "示例一镇"}])
    kept = place.read_bytes()
    assert issue(tmp_path) == 0
    assert place.read_bytes() == kept


@pytest.mark.parametrize(("year", "edition"), [(None, TODAYS.key), (2024, "2021"), (2020, "2019")])
def test_the_blank_workbook_is_the_one_of_the_year(tmp_path, year, edition):
    if year is not None:
        filled(tmp_path / "input", [{"unit": "示例镇"}], year=year)
    assert issue(tmp_path) == 0
    (blank,) = (tmp_path / "forms").glob("填报工作簿*.xlsx")
    assert blank.stem == f"填报工作簿（{load_editions()[edition].name}）"


def test_each_unit_gets_its_workbook_with_last_years_carry_over(tmp_path, capsys):
    units = district_2024()
    write_inputs(tmp_path / "input", units)
    names = [unit.identity["unit"] for unit in units]
    roster = [
        {"unit": n, "self": "我们", "deadline": datetime.date(2026, 1, 15)}
        for n in (*names, "新局")
    ]
    filled(tmp_path / "input", roster, year=2025)
    assert issue(tmp_path) == 0
    folder = tmp_path / "forms" / "示例区2025年度"
    said = capsys.readouterr().out.splitlines()
    assert f"{folder}填报工作簿.zip（压缩包，可以直接发给各单位）" in said
    assert f"{folder}：{len(names) + 1} 个单位的填报工作簿" in said
    made = sorted(path.name for path in folder.iterdir())
    assert made == sorted(f"{n}2025年度填报工作簿.xlsx" for n in (*names, "新局"))
    with zipfile.ZipFile(tmp_path / "forms" / "示例区2025年度填报工作簿.zip") as package:
        assert {n: package.read(n) for n in package.namelist()} == {
            path.name: path.read_bytes() for path in folder.iterdir()
        }
    unit = units[1]
    book = openpyxl.load_workbook(folder / f"{names[1]}2025年度填报工作簿.xlsx")
    identity = {row[0].value: row[1] for row in book["基本信息"].iter_rows() if row[0].value}
    assert [identity[k].value for k in ("单位名称", "所属区县", "年度")] == [
        names[1],
        "示例区",
        2025,
    ]
    assert all(identity[k].protection.locked for k in ("单位名称", "所属区县", "年度"))
    asked = {row[1].value: row[2] for row in book["填表说明"].iter_rows() if row[1].value}
    assert asked["报送时限"].value == "2026年1月15日以前"
    sheet = book["依申请公开"]
    at = {c.value: c for row in sheet.iter_rows() for c in row if isinstance(c.value, str)}
    row = at["二、上年结转政府信息公开申请数量"].row
    carried = sheet.cell(row, at["自然人"].column)
    assert carried.value == unit.figures["requests.carried_out.natural_person"]
    assert not carried.protection.locked


def test_last_years_published_report_is_carried_over_too(tmp_path):
    unit = district_2024()[1]
    write_inputs(tmp_path / "input", [unit])
    run(tmp_path)
    (report,) = (tmp_path / "output").rglob("示例一镇2024年度报告.docx")
    shutil.rmtree(tmp_path / "input")
    filled(tmp_path / "input", [{"unit": "示例一镇"}], year=2025)
    shutil.copy(report, tmp_path / "input" / "上年年报.docx")
    assert issue(tmp_path) == 0
    (path,) = (tmp_path / "forms" / "示例区2025年度").iterdir()
    sheet = openpyxl.load_workbook(path)["依申请公开"]
    at = {c.value: c for row in sheet.iter_rows() for c in row if isinstance(c.value, str)}
    row = at["二、上年结转政府信息公开申请数量"].row
    carried = sheet.cell(row, at["自然人"].column).value
    assert carried == unit.figures["requests.carried_out.natural_person"]
    assert any("上年年报.docx" in text for text in at)


def test_who_is_missing_late_or_unknown_is_said(tmp_path):
    units = district_2024()
    write_inputs(tmp_path / "input", units[:3])
    names = [unit.identity["unit"] for unit in units]
    late = {"unit": "示例九局", "contact": "示例", "deadline": "2025-01-15"}
    filled(
        tmp_path / "input",
        [{"unit": names[0]}, {"unit": names[1], "counted": "否"}, {"unit": names[3]}, late],
    )
    code, record = run(tmp_path)
    assert code == 1
    assert [c["units"] for c in record["counties"]] == [[names[0]]]
    told = {u["unit"]: {p["rule"] for p in u["problems"]} for u in record["units"]}
    assert told[names[2]] & {"roster.near", "roster.unknown"}
    assert not told[names[1]] & {"roster.near", "roster.unknown"}
    book = openpyxl.load_workbook(next((tmp_path / "output").rglob("*汇总表.xlsx")))
    lines = [[c.value for c in row[:3]] for row in book["报送情况"].iter_rows(min_row=5)]
    assert {line[0]: line[2] for line in lines if line[0]} == {
        names[0]: "通过",
        names[1]: "通过",
        names[3]: "未报",
        "示例九局": "逾期",
    }
    # Whom the roster doesn't await is counted nowhere among those it does.
    [page] = (tmp_path / "output").glob("*/总览.html")
    rows = html.document_fromstring(page.read_bytes().decode()).xpath("//tr[@data-status]")
    on_page = {row.xpath("string(.//th)").split()[0]: row.get("data-status") for row in rows}
    assert on_page[names[2]] == "应报以外"
    assert {line[0]: line[2] for line in lines if line[0]} == {
        unit: status for unit, status in on_page.items() if unit != names[2]
    }
    asked = {row[0].value for row in book["催报单"].iter_rows(min_row=5)} - {None}
    assert asked == {names[3], "示例九局"}


def test_a_workbook_of_a_county_that_the_roster_lacks_is_told_to_the_officer(tmp_path, capsys):
    units = district_2024()[:3]
    names = [unit.identity["unit"] for unit in units]
    for unit in units[1:]:
        unit.identity["county"] = "外地县"  # type: ignore[index]
    write_inputs(tmp_path / "input", units)
    filled(tmp_path / "input", [{"unit": names[0]}, {"unit": names[1]}])
    code, record = run(tmp_path)
    told = {u["unit"]: {p["rule"]: p for p in u["problems"]} for u in record["units"]}
    assert told[names[1]]["roster.elsewhere"]["severity"] == "error"
    assert f"名册中的“{names[1]}”属于“示例区”" in told[names[1]]["roster.elsewhere"]["message"]
    assert told[names[2]]["roster.unknown_county"]["severity"] == "warning"
    assert code == 1
    said = capsys.readouterr().out
    assert "外地县 2024 年度：汇总 1 个单位（示例区的名册中没有外地县，按收到的工作簿）" in said
    assert "请核对——示例区的名册中没有外地县，这些工作簿单独汇总，没有计入示例区" in said
    page = tmp_path / "output" / "外地县2024年度" / "总览.html"
    assert "示例区的名册中没有外地县" in page.read_text("utf-8")


def test_of_another_year_than_the_rosters_no_county_is_unknown(tmp_path, capsys):
    write_inputs(tmp_path / "input", district_2024()[:1])
    filled(tmp_path / "input", [{"unit": "示例镇"}], county="别区", year=2025)
    _, record = run(tmp_path)
    assert not [p for u in record["units"] for p in u["problems"] if "roster" in p["rule"]]
    assert "汇总 1 个单位（名册已是 2025 年度的，按收到的工作簿）" in capsys.readouterr().out


def test_without_a_roster_nothing_is_said_of_who_is_missing(tmp_path):
    write_inputs(tmp_path / "input", district_2024())
    code, _ = run(tmp_path)
    assert code == 0
    book = openpyxl.load_workbook(next((tmp_path / "output").rglob("*汇总表.xlsx")))
    assert "报送情况" not in book.sheetnames


def test_last_years_sum_stays_when_the_roster_becomes_this_years(tmp_path):
    units = district_2024()
    write_inputs(tmp_path / "input", units)
    apart = units[2].identity["unit"]
    rows = [{"unit": u.identity["unit"]} for u in units]
    rows[2]["counted"] = "否"
    made = []
    for year in (2024, 2025):
        filled(tmp_path / "input", rows, year=year)
        _, record = run(tmp_path)
        made.append(next(c for c in record["counties"] if c["year"] == 2024))
    assert apart not in made[0]["units"]
    assert len(made[0]["units"]) == len(units) - 1
    for what in ("units", "figures", "fee"):
        assert made[0][what] == made[1][what]


def test_what_is_carried_over_is_what_the_rules_across_years_say():
    from pipeline.forms.issuing import carried_over

    edition = load_editions()["2019"]
    before = {key: 2 for key in edition.by_key}
    carried = carried_over(edition, before)
    assert carried["requests.carried_in.natural_person"] == 2
    previous = {k for k in carried if k.endswith(".previous")}
    assert previous
    assert {carried[k] for k in previous} == {4}
    assert carried_over(edition, {}) == {}


def test_no_chart_of_the_overview_is_cut_by_the_end_of_a_page(tmp_path):
    units = district_2024()[:2]
    write_inputs(tmp_path / "input", units)
    missing = [{"unit": f"示例第{number}街道办事处"} for number in range(9)]
    filled(tmp_path / "input", [{"unit": u.identity["unit"]} for u in units] + missing)
    run(tmp_path)
    sheet = openpyxl.load_workbook(next((tmp_path / "output").rglob("*汇总表.xlsx")))["总览"]
    usual = sheet.sheet_format.defaultRowHeight
    heights = [
        (sheet.row_dimensions[row].height or usual) / 0.75 for row in range(1, sheet.max_row + 60)
    ]
    starts = [0, *(one.id for one in sheet.row_breaks.brk)]
    charts = [(one.anchor._from.row, one.anchor.to.row + 1) for one in sheet._charts]
    assert len(charts) == 4
    for top, bottom in charts:
        page = max(start for start in starts if start <= top)
        assert sum(heights[page:bottom]) <= 1330


def test_units_stand_in_the_roster_s_order_wherever_they_are_listed(tmp_path):
    own, *others = district_2024()
    names = [unit.identity["unit"] for unit in (*reversed(others), own)]
    write_inputs(tmp_path / "input", [own, *others])
    settings = {"county": "示例区", "year": 2024}
    roster = write_roster([{"unit": name} for name in names], settings)
    (tmp_path / "input" / "名册.xlsx").write_bytes(roster)
    _, record = run_folder(tmp_path)
    [county] = record["counties"]
    assert county["units"] == names
    folder = tmp_path / "output" / "示例区2024年度"
    book = openpyxl.load_workbook(folder / "示例区2024年度汇总表.xlsx")
    for sheet in ("单位明细", "报送情况"):
        listed = [row[0].value for row in book[sheet].iter_rows() if row[0].value in names]
        assert listed == names, sheet
    page = (folder / "总览.html").read_text("utf-8")
    rows = [page.index(f">{name}<") for name in names]
    assert rows == sorted(rows)
    fees = [text for text in report(tmp_path, "*示例区2024*.docx") if text in names]
    assert fees == names


@pytest.mark.parametrize("name", ["#REF!", "=A1"])
def test_an_error_is_no_unit_of_the_roster(tmp_path, name):
    filled(tmp_path, [{"unit": name}, {"unit": "示例一镇"}])
    reading = read_roster(tmp_path)
    assert reading.roster is None
    assert [p.rule for p in reading.problems] == ["roster.invalid"]
