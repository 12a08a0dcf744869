"""The county summary workbook, as another program reads it."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import openpyxl
import pandas as pd
import pytest

from pipeline.aggregate import County
from pipeline.edition import Edition, printed
from pipeline.edition_declaring import EditionError, build_edition, load_editions
from pipeline.problems import Problem
from pipeline.roster.completeness import Standing
from pipeline.submission import Submission
from pipeline.summary.workbook import SummaryContent, write_summary
from pipeline.tables import grid

EDITIONS = load_editions()

MADE_UP = """
key = "示例版"
name = "示例版"
document = "示例〔2030〕1号"
source = "《示例通知》（示例〔2030〕1号）"
first_year = 2030
title = "{unit}{year}年度示例报告"

[sections.visits]
heading = "一、接待情况"
table = "visits"
[sections.money]
heading = "二、经费情况"
table = "money"

[tables.visits]
sheet = "接待"
stub = [20]
[tables.visits.blocks.all]
stub_heading = "来访事由"
[tables.visits.blocks.all.columns]
people = { label = "人次", width = 12, unit = "人次" }
[tables.visits.blocks.all.columns.groups]
label = "团体"
[tables.visits.blocks.all.columns.groups.children]
schools = { label = "[学校]#'1", width = 12, unit = "人次" }
other = { label = "其他", width = 12, unit = "人次" }
[tables.visits.blocks.all.columns.total]
label = "总计"
total = true
unit = "人次"
[tables.visits.blocks.all.rows]
asked = { label = "咨询" }
other = { label = "其他" }

[tables.money]
sheet = "说明"
stub = [20]
[tables.money.blocks.all.columns]
spent = { label = "支出（单位：万元）", kind = "money" }
change = { label = "比上年", kind = "signed" }
text = { label = "预算", kind = "money_text" }
[tables.money.blocks.all.rows]
print = { label = "印刷费" }

[measures.people]
label = "来访咨询"
table = "visits"
rows = "asked + other"
columns = "people + groups - groups.other"
[measures.spent]
label = "印刷费支出"
table = "money"
rows = "print"
columns = "spent"
[charts.spent]
kind = "units"
title = "各单位印刷费"
measures = ["spent"]
[charts.visitors]
kind = "parts"
title = "来访者构成"
table = "visits"
rows = "asked"
columns = ["people", "groups.?"]
[charts.years]
kind = "years"
title = "来访"
measures = ["people"]
"""


def made_up() -> Edition:
    """An edition that no code knows, with a sheet named as one of the summary's own."""
    return build_edition(tomllib.loads(MADE_UP))


def submission(
    edition: Edition, year: int, unit: str, rng: random.Random, county: str = "示例区"
) -> Submission:
    """A unit with figures of every kind, totals adding up."""
    figures: dict[str, int] = {}
    written: dict[str, str] = {}
    for field in edition.fields:
        if field.kind == "count":
            figures[field.key] = rng.choice((0, 0, rng.randrange(1, 30), rng.randrange(3000)))
        elif field.kind == "signed":
            figures[field.key] = rng.randrange(-9, 10)
        else:
            figures[field.key] = rng.choice((0, rng.randrange(1, 10**11), 100_000, 300_000))
            written[field.key] = printed(figures[field.key], field.scale) + "万元"
    for _ in edition.fields[:3]:
        for field in edition.fields:
            if field.derived:
                figures[field.key] = sum(figures[part] for part in field.parts)
    return Submission(
        source=f"{unit}/{unit}_{year}.xlsx",
        sha256="0" * 64,
        edition=edition.key,
        year=year,
        identity={"unit": unit, "county": county},
        values=tuple(figures.values()),
        written=written,
    )


def county(edition: Edition, year: int, units: list[str], name: str = "示例区") -> County:
    rng = random.Random(f"{edition.key}{year}{len(units)}")
    members = tuple(submission(edition, year, unit, rng, name) for unit in units)
    figures = pd.DataFrame(
        [member.values for member in members],
        columns=[field.key for field in edition.fields],
        index=pd.Index(units, name="unit"),
        dtype="int64",
    )
    return County(
        name=name,
        year=year,
        edition=edition,
        members=members,
        figures=figures,
        total=figures.sum(),
        own=None,
        reporting=len(members),
    )


def unit_names(count: int) -> list[str]:
    return [f"示例{'镇街局办'[i % 4]}{i + 1:03d}" for i in range(count)]


PROBLEMS = (
    Problem(rule="rule.not_assessable", severity="notice", message="“上年结转”无法核对。"),
    Problem(
        rule="A1",
        severity="error",
        message="依申请公开!J9：“（一）予以公开”一行六类申请人之和为 3，总计填的是 4。请改正。",
        sheet="依申请公开",
        cell="J9",
        cells=("J9", "D9"),
        found="3",
        expected="4",
        fix="请改正。",
    ),
    Problem(
        rule="cell.blank",
        severity="warning",
        message="主动公开!B5：“规章·本年新制作数量”没有填写，按 0 计。没有的请填 0。",
        sheet="主动公开",
        cell="B5",
        fix="没有的请填 0。",
    ),
)


def content(
    edition: Edition,
    year: int,
    count: int,
    *,
    earlier: tuple[Edition, ...] = (),
    waiting: tuple[str, ...] = ("退回", "未报", "逾期", "重复"),
) -> SummaryContent:
    units = unit_names(count)
    standing = [
        Standing(
            unit=unit,
            kind="乡镇",
            status="通过",
            source=f"{unit}.xlsx",
            contact="示例联系人",
            phone="0573-80000000",
            due=f"{year + 1}-01-20",
        )
        for unit in units
    ]
    standing += [
        Standing(
            unit=f"示例未齐单位{i}",
            kind="部门",
            status=status,
            source="退回.xlsx" if status == "退回" else "",
            contact="",
            phone="",
            due=f"{year + 1}-01-20",
        )
        for i, status in enumerate(waiting, start=1)
    ]
    missing = "、".join(s.unit for s in standing[count:])
    return SummaryContent(
        county=county(edition, year, units),
        standing=tuple(standing),
        problems=tuple(
            (f"示例未齐单位{1 + i % 2}", "退回.xlsx", p) for i, p in enumerate(PROBLEMS)
        ),
        earlier=tuple(
            county(edition, year - before, [*units[:-1], "示例撤并镇"])
            for before, edition in zip(range(len(earlier), 0, -1), earlier, strict=True)
        ),
        coverage=f"草稿（未齐：{missing}）" if missing else "",
    )


CASES = {
    "2019": lambda: content(EDITIONS["2019"], 2020, 9, earlier=(EDITIONS["2019"],)),
    "2021": lambda: content(EDITIONS["2021"], 2021, 5, earlier=(EDITIONS["2019"],) * 2, waiting=()),
    "made up": lambda: content(made_up(), 2031, 4, earlier=(made_up(),)),
    "one unit": lambda: content(EDITIONS["2021"], 2024, 1),
    "120 units": lambda: content(EDITIONS["2021"], 2024, 120, earlier=(EDITIONS["2021"],) * 4),
}


# ------------------------------------------------------------------------------ what comes out


@pytest.fixture(scope="module", params=list(CASES))
def case(request: pytest.FixtureRequest) -> tuple[SummaryContent, bytes]:
    told = CASES[request.param]()
    return told, write_summary(told)


def opened(data: bytes, *, values: bool = False) -> Any:
    return openpyxl.load_workbook(BytesIO(data), data_only=values)


def details_columns(book: Any, edition: Edition) -> dict[str, str]:
    """The column letter of each field in 单位明细, by its header."""
    sheet = book["单位明细"]
    letters = {
        cell.value: cell.column_letter
        for cell in sheet[5]
        if cell.value and "（原填写）" not in cell.value
    }
    fields = list(letters.items())[3:]
    assert len(fields) == len(edition.fields)
    for (header, _), field in zip(fields, edition.fields, strict=True):
        sheet_name = edition.table(field.table).sheet
        assert header.startswith(f"{sheet_name}·")
        assert all(path[-1].name in header for path in (field.row, field.column) if path)
    return {f.key: letter for f, (_, letter) in zip(edition.fields, fields, strict=True)}


def test_the_same_content_gives_the_same_bytes(case: tuple[SummaryContent, bytes]) -> None:
    told, data = case
    assert write_summary(told) == data


def test_a_national_table_stands_word_for_word_in_its_grid(
    case: tuple[SummaryContent, bytes],
) -> None:
    told, data = case
    book = opened(data)
    for table in told.county.edition.tables:
        sheet, drawn = book[table.sheet], grid(table)
        assert sheet["A1"].value == table.caption
        merged = {str(area) for area in sheet.merged_cells.ranges}
        for cell in drawn.cells:
            at = sheet.cell(row=4 + cell.row, column=1 + cell.column)
            if cell.field is None:
                assert (at.value or "") == cell.text
            if cell.rowspan * cell.colspan > 1:
                below, right = cell.row + cell.rowspan, cell.column + cell.colspan
                last = sheet.cell(row=3 + below, column=right)
                assert f"{at.coordinate}:{last.coordinate}" in merged


def test_every_county_figure_is_a_sum_over_its_column_and_leads_there(
    case: tuple[SummaryContent, bytes],
) -> None:
    told, data = case
    edition, count = told.county.edition, len(told.county.members)
    book, values = opened(data), opened(data, values=True)
    letters = details_columns(book, edition)
    seen = set()
    for table in edition.tables:
        for cell in grid(table).cells:
            if cell.field is None:
                continue
            seen.add(cell.field.key)
            place = {"row": 4 + cell.row, "column": 1 + cell.column}
            letter = letters[cell.field.key]
            at = book[table.sheet].cell(**place)
            total = f"SUM(单位明细!${letter}$6:${letter}${5 + count})"
            money = cell.field.scale != 1
            assert at.value == (f"=ROUND({total},6)" if money else f"={total}")
            assert at.hyperlink.location == f"单位明细!{letter}6:{letter}{5 + count}"
            assert at.hyperlink.target is None
            shown = values[table.sheet].cell(**place).value
            kept = int(told.county.total[cell.field.key])
            assert shown == (kept / cell.field.scale if money else kept)
    assert seen == set(edition.by_key)


def test_the_units_stand_in_a_table_with_filters(case: tuple[SummaryContent, bytes]) -> None:
    told, data = case
    county, book = told.county, opened(data)
    edition, count = county.edition, len(county.members)
    sheet, letters = book["单位明细"], details_columns(book, county.edition)
    table = sheet.tables["单位明细表"]
    headers = [column.name for column in table.tableColumns]
    assert len({header.casefold() for header in headers}) == len(headers)
    assert table.ref.startswith("A5:")
    assert table.ref.endswith(str(6 + count))
    assert table.totalsRowCount == 1
    assert table.autoFilter is not None
    assert sheet.freeze_panes == "B6"
    for row, member in enumerate(county.members, start=6):
        assert sheet[f"A{row}"].value == member.unit
        assert sheet[f"C{row}"].value == member.source
        for field, value in zip(edition.fields, member.values, strict=True):
            assert value is not None
            shown = sheet[f"{letters[field.key]}{row}"].value
            assert shown == (value / field.scale if field.scale != 1 else value)
    for field in edition.fields:
        letter = letters[field.key]
        area = f"{letter}6:{letter}{5 + count}"
        assert area in sheet[f"{letter}{6 + count}"].value
        assert "SUBTOTAL(109," in sheet[f"{letter}{6 + count}"].value
        assert f"SUM(${letter}$6:${letter}${5 + count})" in sheet[f"{letter}4"].value


def test_amounts_keep_the_words_of_the_unit() -> None:
    told = CASES["2019"]()
    book = opened(write_summary(told))
    sheet = book["单位明细"]
    letter = next(c.column_letter for c in sheet[5] if str(c.value).endswith("（原填写）"))
    written = [sheet[f"{letter}{row}"].value for row in range(6, 6 + len(told.county.members))]
    assert written == [m.written["disclosure.central.amount"] for m in told.county.members]


def test_every_sheet_prints_on_a4_without_gridlines(case: tuple[SummaryContent, bytes]) -> None:
    _, data = case
    for sheet in opened(data):
        assert int(sheet.page_setup.paperSize) == 9
        assert not sheet.sheet_view.showGridLines
        assert sheet.freeze_panes
        assert "&P" in sheet.oddFooter.center.text


def test_no_link_leaves_the_workbook(case: tuple[SummaryContent, bytes]) -> None:
    _, data = case
    book = opened(data)
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.hyperlink:
                    assert cell.hyperlink.target is None
                    assert cell.hyperlink.location.split("!")[0].strip("'") in book.sheetnames


def test_text_of_users_is_never_a_formula_or_a_link() -> None:
    nasty = ["=cmd|' /C calc'!A0", "http://example.org/", "007", "+1", "@x", "a\ud800b", "a\x07b"]
    edition = EDITIONS["2021"]
    told = SummaryContent(
        county=county(edition, 2024, nasty, name="&[文件]=1+1"),
        standing=tuple(
            Standing(
                unit=name,
                kind=name,
                status=name,
                source=name,
                contact=name,
                phone=name,
                due=name,
            )
            for name in nasty
        ),
        problems=tuple(
            (name, name, Problem(rule=name, severity="error", message=name, found=name, fix=name))
            for name in nasty
        ),
        earlier=(county(edition, 2023, nasty, name="&[文件]=1+1"),),
        coverage=nasty[0],
    )
    book = opened(write_summary(told))
    mine = re.compile(r"^=(SUM|ROUND|SUBTOTAL|SUMPRODUCT|ROWS|IF|[A-Z]+\d+[-/&])")
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    assert mine.match(cell.value), (sheet.title, cell.coordinate, cell.value)
    assert book["单位明细"]["A6"].value == nasty[0]
    assert book["单位明细"]["A6"].data_type == "s"


def test_links_to_copies_stay_beside_the_workbook_whatever_the_names() -> None:
    copies = {
        "a.xlsx": "退回/示例 镇.xlsx",
        "b.xlsx": "退回/示例#1镇.xlsx",
        "c.xls": "退回/示例镇.退回说明.xlsx",
    }
    found = PROBLEMS[1]
    odd = Problem(rule="A1", severity="error", message="x", sheet="表#'1", cell="B2")
    told = SummaryContent(
        county=county(EDITIONS["2021"], 2024, unit_names(2)),
        standing=(),
        problems=(
            ("示例镇", "a.xlsx", found),
            ("示例镇", "a.xlsx", odd),
            ("示例镇", "b.xlsx", found),
            ("示例镇", "c.xls", found),
            ("示例镇", "d.xlsx", found),
        ),
        earlier=(),
        coverage="",
        copies=copies,
    )
    sheet = opened(write_summary(told))["校验问题"]
    links = [
        tuple(
            (cell.hyperlink.target, cell.hyperlink.location) if cell.hyperlink else None
            for cell in (row[3], row[9])
        )
        for row in sheet.iter_rows(min_row=5)
    ]
    whole = ("退回\\示例%20镇.xlsx", None)
    note = ("退回\\示例镇.退回说明.xlsx", None)
    assert links == [
        ((whole[0], "依申请公开!J9"), whole),
        (whole, whole),
        (None, None),
        (None, note),
        (None, None),
    ]


def test_years_are_compared_by_key_and_by_name() -> None:
    told = CASES["2021"]()
    assert told.prior is not None
    sheet = opened(write_summary(told), values=True)["同比"]
    rows = {tuple(row[:3]): row[3:] for row in sheet.iter_rows(min_row=5, values_only=True)}
    received = rows["依申请公开", "本年新收", "总计"]
    now = int(told.county.total["requests.received.total"])
    before = int(told.prior.total["requests.received.total"])
    assert received[:4] == ("件", now, before, now - before)
    assert received[4] == pytest.approx((now - before) / before, abs=1e-6)
    # The national format of 2021 counts something else under the same heading.
    stock = rows["主动公开", "行政规范性文件", "现行有效件数"]
    assert stock[3:5] == ("—", "—")
    assert stock[5] == "口径不同：上年为“规范性文件·对外公开总数量”"
    assert rows["主动公开", "行政规范性文件", "本年废止件数"][2:5] == ("无对应项", "—", "—")
    assert rows["主动公开", "政府集中采购", "采购项目数量"][1] == "无对应项"


def test_a_unit_is_compared_with_itself() -> None:
    told = CASES["2019"]()
    assert told.prior is not None
    sheet = opened(write_summary(told), values=True)["单位同比"]
    rows = {tuple(row[:2]): row[2:] for row in sheet.iter_rows(min_row=5, values_only=True)}
    first = told.county.members[0].unit
    now = int(told.county.figures["requests.received.total"].iloc[0])
    before = int(told.prior.figures["requests.received.total"].iloc[0])
    assert rows[first, "本年新收申请"][:4] == ("件", now, before, now - before)
    assert rows[told.county.members[-1].unit, "本年新收申请"][2] == "上年无该单位"
    assert rows["示例撤并镇", "本年新收申请"][1] == "本年无该单位"


def test_problems_and_reminders_are_listed() -> None:
    told = CASES["2019"]()
    book = opened(write_summary(told))
    problems = list(book["校验问题"].iter_rows(min_row=5, values_only=True))
    assert [row[1] for row in problems] == ["错误", "警告", "提示"]
    assert problems[0][2:6] == (
        "行合计",
        "依申请公开!J9",
        "“（一）予以公开”一行六类申请人之和为 3，总计填的是 4。",
        "请改正。",
    )
    assert book["校验问题"].tables["校验问题表"].autoFilter is not None
    waiting = list(book["催报单"].iter_rows(min_row=5, values_only=True))
    assert [row[2] for row in waiting] == ["退回", "未报", "逾期", "重复"]
    assert waiting[1][7] == 1
    assert waiting[1][8] == (
        "《示例未齐单位22020年度政府信息公开工作年度报告》尚未收到，请尽快报送（截止日期：2021-01-20）。"
    )


def test_the_overview_says_whether_all_is_in() -> None:
    said = {name: opened(write_summary(CASES[name]()))["总览"]["A2"].value for name in CASES}
    assert said["2019"].startswith("草稿（未齐：示例未齐单位1、")
    assert said["2021"] == "已齐：应报 5 个单位全部通过。"


def test_what_has_nothing_to_tell_is_left_out() -> None:
    edition = EDITIONS["2021"]
    alone = SummaryContent(
        county=county(edition, 2024, unit_names(1)),
        standing=(),
        problems=(),
        earlier=(),
        coverage="",
        unsure="没有名册，不能判断是否报齐",
    )
    book = opened(write_summary(alone))
    assert "同比" not in book.sheetnames
    assert "报送情况" not in book.sheetnames
    assert book["校验问题"]["A5"].value == "（无）"
    assert "没有名册" in book["总览"]["A2"].value
    assert len(book["总览"]._charts) == 2


def test_a_county_of_no_units_has_a_workbook_too() -> None:
    edition = EDITIONS["2021"]
    none = SummaryContent(
        county=county(edition, 2024, []), standing=(), problems=(), earlier=(), coverage=""
    )
    book = opened(write_summary(none), values=True)
    assert book["依申请公开"]["D7"].value == 0
    assert len(book["总览"]._charts) == 0


@pytest.mark.slow
def test_the_charts_are_those_declared() -> None:
    charts = {
        name: len(opened(write_summary(CASES[name]()))["总览"]._charts)
        for name in ("2019", "made up", "one unit", "120 units")
    }
    assert charts == {"2019": 4, "made up": 3, "one unit": 2, "120 units": 4}
    data = opened(write_summary(CASES["120 units"]()), values=True)["图表数据"]
    units = [row for row in data.iter_rows(min_row=5, values_only=True) if "新收申请" in row[0]]
    counts = [row[3] for row in units if row[0] == "各单位新收申请"]
    assert len(counts) == 21
    assert counts[:20] == sorted(counts[:20], reverse=True)
    assert units[20][1] == "其余100个单位"


def test_an_edition_may_name_its_sheets_as_the_summary_does() -> None:
    book = opened(write_summary(CASES["made up"]()))
    assert book.sheetnames[:3] == ["总览", "接待", "说明"]
    assert "说明（汇总）" in book.sheetnames


@pytest.mark.slow
def test_long_figures_are_left_to_the_units_sheet_when_they_are_many() -> None:
    assert "长表" in opened(write_summary(CASES["2021"]())).sheetnames
    assert "长表" not in opened(write_summary(CASES["120 units"]())).sheetnames


def declared(changes: Mapping[str, Any]) -> Edition:
    return build_edition({**tomllib.loads(MADE_UP), **changes})


@pytest.mark.parametrize(
    "changes",
    [
        {"measures": {"x": {"label": "x", "table": "nowhere"}}},
        {"measures": {"x": {"label": "x", "table": "visits", "rows": "gone", "columns": "total"}}},
        {"measures": {"x": {"label": "x", "table": "money", "rows": "print", "columns": "*"}}},
        {"charts": {"x": {"title": "x", "kind": "round"}}},
        {"charts": {"x": {"title": "x", "kind": "units", "measures": ["gone"]}}},
        {"charts": {"x": {"title": "x", "kind": "units", "measures": ["people", "people"]}}},
        {"charts": {"x": {"title": "x", "kind": "years", "measures": ["people", "spent"]}}},
        {"charts": {"x": {"title": "x", "kind": "parts", "table": "visits", "rows": "asked"}}},
        {"charts": {"x": {"title": "x", "kind": "parts", "table": "visits", "rows": ["gone"]}}},
    ],
)
def test_a_declaration_of_charts_that_contradicts_itself_is_refused(
    changes: Mapping[str, Any],
) -> None:
    with pytest.raises(EditionError):
        declared(changes)


def test_a_measure_adds_and_takes_away() -> None:
    edition = made_up()
    figures = {field.key: 10**at for at, field in enumerate(edition.fields)}
    people = edition.measures[0]
    assert people.label == "来访咨询"
    assert people.unit == "人次"
    columns = ("people", "groups.schools")
    assert people.value(figures) == sum(
        figures[f"visits.{row}.{column}"] for row in ("asked", "other") for column in columns
    )
