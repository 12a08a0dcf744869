"""What a summary workbook says of other years is proved as this year's figures are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import openpyxl
import pytest

from pipeline.aggregate import County, add_up
from pipeline.publishing.proof_cells import compared, listing
from pipeline.publishing.proof_summary import summary_faults
from pipeline.submission import Submission
from tests.districts import EDITIONS
from tests.summaries import changed, county_of, summary
from tests.test_proof import UNITS
from tests.test_proof_fees import county, named

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


def found(
    now: County, then: County, change: Callable[[openpyxl.Workbook], None]
) -> tuple[str, ...]:
    return summary_faults(changed(summary(now, (then,)), change), now, (then,))


@pytest.mark.parametrize("key", sorted(EDITIONS))
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
    content = summary(now, (then,))
    assert summary_faults(content, now, (then,)) == ()
    assert found(now, then, lambda book: book.remove(book["同比"])) == ("找不到同比。",)


@pytest.mark.parametrize(
    ("sheet", "columns"), [("同比", "AEFGH"), ("单位同比", "ABDEFG"), ("趋势", "ABD")]
)
def test_a_changed_cell_is_found(sheet, columns):
    before = last_year("2021")
    last_word = {"同比": "E", "单位同比": "D", "趋势": "D"}
    for column in columns:

        def spoil(book: openpyxl.Workbook, column: str = column) -> None:
            cells = book[sheet]
            top = next(c.row for c in cells["A"] if c.value == SHEETS[sheet]) + 1
            last = {"同比": "H", "单位同比": "G", "趋势": "D"}[sheet]
            # A line of which every cell that is proved holds a number.
            at = next(
                row
                for row in range(top, top + 400)
                if isinstance(cells[f"{last}{row}"].value, (int, float))
            )
            value = cells[f"{column}{at}"].value
            cells[f"{column}{at}"] = value + 1 if isinstance(value, (int, float)) else "别的"

        (told,) = found(county(), before, spoil)
        assert told.startswith(sheet), column
        assert ("“别的”" in told) == (column < last_word[sheet]), column


@pytest.mark.parametrize("number", [0, 5])
@pytest.mark.parametrize("sheet", ["同比", "单位同比"])
def test_a_number_where_there_is_none_is_found(sheet, number):
    before = last_year("2019")

    def spoil(book: openpyxl.Workbook) -> None:
        dash = next(c for row in book[sheet].iter_rows(min_row=5) for c in row if c.value == "—")
        book[sheet].cell(dash.row, 7 if sheet == "同比" else 6).value = number

    (told,) = found(county(), before, spoil)
    assert "数据没有数字" in told
    assert f"文件中为“{number}" in told


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_lost_sheet_and_a_lost_line_are_found(sheet):
    before = last_year("2021")
    assert found(county(), before, lambda book: book.remove(book[sheet])) == (f"找不到{sheet}。",)
    assert found(county(), before, lambda book: book[sheet].delete_rows(6)) == (
        f"{sheet}的行数不对。",
    )


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
