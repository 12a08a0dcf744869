"""What a summary workbook says of other years is proved as this year's figures are."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from pipeline.aggregate.totals import County, add_up
from pipeline.model.submission import Submission
from pipeline.readback.cells import compared, listing
from pipeline.readback.summary import summary_faults
from pipeline.readback.years import year_faults
from tests.support.districts import EDITIONS
from tests.support.proof_counties import county, named
from tests.support.proofs import UNITS
from tests.support.summaries import cells, county_of, summary

THEN = {unit.edition: replace(unit, year=2023) for unit in UNITS}
SHEETS = {"同比": "表", "单位同比": "单位名称", "趋势": "项目"}


def year(at: int, *members: Submission) -> County:
    return county_of(*(replace(one, year=at) for one in members))


def last_year(key: str) -> County:
    """Another unit's of an edition, and one that there is this year, too."""
    then = THEN[key]
    return year(2023, then, replace(then, identity={**then.identity, "unit": "乙镇"}))


def more(counted: County) -> County:
    """The same county with one more of everything."""
    return year(
        counted.year,
        *(
            replace(one, values=tuple((value or 0) + 1 for value in one.values))
            for one in counted.members
        ),
    )


Sheets = dict[str, list[list[Any]]]
BEFORE = {key: last_year(key) for key in THEN}
LAID_OUT = {key: cells(summary(county(), (before,))) for key, before in BEFORE.items()}


def found(change: Callable[[Sheets], None], key: str = "2021") -> tuple[str, ...]:
    """What is told of a summary when its cells are changed."""
    sheets = copy.deepcopy(LAID_OUT[key])
    change(sheets)
    return tuple(year_faults(sheets, county(), (BEFORE[key],)))


def top_of(sheet: list[list[Any]], head: str) -> int:
    """The place of a list's header among a sheet's rows."""
    return next(at for at, row in enumerate(sheet) if row[0] == head)


@pytest.mark.parametrize("key", sorted(THEN))
def test_the_years_before_are_proved(key):
    before, long_ago = last_year(key), year(2020, THEN["2019"])
    earlier = (long_ago, before)
    content = summary(county(), earlier)
    assert summary_faults(content, county(), earlier) == ()
    told = summary_faults(content, county(), (long_ago, more(before)))
    for sheet in SHEETS:
        assert any(line.startswith(sheet + "“") and "数据为" in line for line in told), sheet
    assert any("（上年）" in line for line in told)
    assert any("（增减）" in line for line in told)
    assert any("（增减%）" in line for line in told)
    assert all(
        "2020年" in line for line in summary_faults(content, county(), (more(long_ago), before))
    )
    assert summary_faults(content, county(), (more(long_ago), before))


def test_a_year_that_is_not_the_one_before_is_in_the_trends_alone():
    ago = year(2022, THEN["2021"])
    content = summary(county(), (ago,))
    assert summary_faults(content, county(), (ago,)) == ()
    assert summary_faults(content, county()) == ()


def test_a_county_without_key_figures_has_its_years_compared_alone():
    plain = {key: replace(edition, measures=(), charts=()) for key, edition in EDITIONS.items()}
    now, then = (
        add_up("示例区", at, plain["2021"], [replace(UNITS[1], year=at)], "") for at in (2024, 2023)
    )
    sheets = cells(summary(now, (then,)))
    assert list(year_faults(sheets, now, (then,))) == []
    del sheets["同比"]
    assert list(year_faults(sheets, now, (then,))) == ["找不到同比。"]


@pytest.mark.parametrize(
    ("sheet", "words", "numbers"),
    [("同比", (0,), (4, 5, 6, 7)), ("单位同比", (0, 1), (3, 4, 5, 6)), ("趋势", (0, 1), (3,))],
)
def test_a_changed_cell_is_found(sheet, words, numbers):
    for column in (*words, *numbers):

        def spoil(sheets: Sheets, column: int = column) -> None:
            rows = sheets[sheet][top_of(sheets[sheet], SHEETS[sheet]) + 1 :]
            row = next(row for row in rows if all(type(row[at]) is float for at in numbers))
            row[column] = "别的" if column in words else row[column] + 1

        (told,) = found(spoil)
        assert told.startswith(sheet), column
        assert ("“别的”" in told) == (column in words), column


@pytest.mark.parametrize("number", [0.0, 5.0])
@pytest.mark.parametrize(("sheet", "column"), [("同比", 6), ("单位同比", 5)])
def test_a_number_where_there_is_none_is_found(sheet, column, number):
    def spoil(sheets: Sheets) -> None:
        next(row for row in sheets[sheet][4:] if row[column] == "—")[column] = number

    (told,) = found(spoil, "2019")
    assert "数据没有数字" in told
    assert f"文件中为“{number}" in told


@pytest.mark.parametrize(("sheet", "head"), SHEETS.items())
def test_a_lost_sheet_and_a_lost_line_are_found(sheet, head):
    assert found(lambda sheets: sheets.pop(sheet)) == (f"找不到{sheet}。",)

    def spoil(sheets: Sheets) -> None:
        del sheets[sheet][top_of(sheets[sheet], head) + 1]

    assert found(spoil) == (f"{sheet}的行数不对。",)


def test_a_share_is_rounded_away_from_nothing():
    """Of 64 one more is 1.5625 %; of 2,000,000 one more is half a millionth."""
    for before, now in ((64, 65), (2_000_000, 2_000_001), (2_000_000, 1_999_999)):
        then, this = (
            year(at, replace(UNITS[1], values=(value,) * len(UNITS[1].values)))
            for at, value in ((2023, before), (2024, now))
        )
        assert summary_faults(summary(this, (then,)), this, (then,)) == ()


def test_a_unit_that_is_named_a_little_otherwise_is_the_same():
    then = year(2023, named("乙 镇", None))
    assert summary_faults(summary(county(), (then,)), county(), (then,)) == ()


def test_only_a_number_is_compared_as_one():
    assert list(compared("表", 7.0, 7, 1)) == []
    assert list(compared("表", 1.5, 1_500_000, 1_000_000)) == []
    assert list(compared("表", "—", None, 1)) == []
    assert list(compared("表", "7", 7, 1)) == ["表：数据为 7，文件中为“7”。"]
    assert list(compared("表", "", 1_500_000, 1_000_000)) == ["表：数据为 1.5，文件中为空白。"]
    assert list(compared("表", None, 0, 1)) == ["表：数据为 0，文件中为空白。"]
    assert list(compared("表", 0.0, None, 1)) == ["表：数据没有数字，文件中为“0.0”。"]
    assert list(compared("表", True, 1, 1)) == ["表：数据为 1，文件中为“True”。"]


def test_a_listing_is_found_by_its_header_near_the_top_without_empty_lines():
    rows = [["标题", ""], ["甲", "乙"], ["1", ""], ["", ""], ["", 2.0]]
    assert listing({"一": [["甲"]], "二": rows}, ["甲", "乙"]) == [["1", ""], ["", 2.0]]
    assert listing({"二": rows}, ["乙"]) is None
    assert listing({"二": [["", ""]] * 9 + rows[1:]}, ["甲"]) == [["1", ""], ["", 2.0]]
    assert listing({"二": [["", ""]] * 10 + rows[1:]}, ["甲"]) is None


def test_a_listing_that_says_it_has_no_lines_has_none():
    assert listing({"一": [["甲", "乙"], ["（无）", ""]]}, ["甲"]) == []
    named = [["甲", "乙"], ["（无）", 2.0]]
    assert listing({"一": named}, ["甲"]) == named[1:]
    assert listing({"一": [*named[:1], ["（无）", ""], ["丙", 1.0]]}, ["甲"]) == [
        ["（无）", ""],
        ["丙", 1.0],
    ]
