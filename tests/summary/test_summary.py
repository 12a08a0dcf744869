"""The county summary workbook, as another program reads it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from pipeline.declare.editions import build_edition
from pipeline.model.completeness import Standing
from pipeline.model.declared import DeclarationError
from pipeline.model.edition import Edition
from pipeline.model.problem import Problem
from pipeline.model.table_grid import grid
from pipeline.summary.workbook import SummaryContent, write_summary
from tests.support.summary_books import (
    CASES,
    EDITIONS,
    MADE_UP,
    PROBLEMS,
    county,
    made_up,
    unit_names,
)

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
            (
                name,
                name,
                Problem(rule=name, severity="error", message=name, found=name, remedy=name),
            )
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
    with pytest.raises(DeclarationError):
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
