"""Several years of a county or a unit: what is drawn into one line counts the same throughout."""

from dataclasses import replace
from io import BytesIO

import openpyxl
import pytest

from pipeline.aggregate.charts import COMPARED_YEARS, pictures, unit_pictures
from pipeline.aggregate.trends import NO_YEAR, county_year, trends
from pipeline.summary.workbook import write_summary
from tests.support.summary_books import county, made_up, unit_names
from tests.support.trends import ACROSS, EDITIONS, FOUR, content, years


def by_label(found) -> dict:
    return {trend.measure.label: trend for trend in found}


def test_a_measure_of_both_editions_goes_through_all_the_years():
    received = by_label(trends(ACROSS))["本年新收申请"]
    expected = [year.figures["requests.received.total"] for year in ACROSS]
    assert [point.value for point in received.points] == expected
    assert [point.year for point in received.comparable] == [2019, 2020, 2021, 2022]


def test_what_an_edition_counts_otherwise_says_so_with_its_figure():
    normative = by_label(trends(ACROSS))["现行有效行政规范性文件"]
    assert [point.value for point in normative.points] == [
        ACROSS[0].figures["disclosure.normative.stock"],
        ACROSS[1].figures["disclosure.normative.stock"],
        ACROSS[2].figures["disclosure.normative.stock"],
        ACROSS[3].figures["disclosure.normative.stock"],
    ]
    assert [point.why for point in normative.points] == [
        "口径不同：2019年为“规范性文件·对外公开总数量”",
        "口径不同：2020年为“规范性文件·对外公开总数量”",
        "",
        "",
    ]
    assert [point.year for point in normative.comparable] == [2021, 2022]


def test_a_measure_that_only_one_edition_has_has_no_counterpart():
    found = by_label(trends(ACROSS))
    charges, procurement = found["行政事业性收费金额"], found["政府集中采购总金额"]
    assert [point.why for point in charges.points] == ["无对应项", "无对应项", "", ""]
    assert [point.why for point in procurement.points] == ["", "", "无对应项", "无对应项"]
    assert [point.value for point in charges.points[:2]] == [None, None]
    assert list(found)[-1] == "政府集中采购总金额"


def test_the_order_given_does_not_matter_and_a_missing_year_is_a_gap():
    shuffled = [ACROSS[3], ACROSS[0], ACROSS[1]]
    received = by_label(trends(shuffled))["本年新收申请"]
    assert [point.year for point in received.points] == [2019, 2020, 2021, 2022]
    assert received.points[2].value is None
    assert received.points[2].why == NO_YEAR
    assert trends(reversed(shuffled)) == trends(shuffled)


def test_no_year_has_no_trends():
    assert trends([]) == ()


@pytest.mark.parametrize("count", [1, 2, 4, 9])
def test_a_chart_of_years_shows_the_last_of_them(count):
    several = years(*((2030 - count + at, "2021") for at in range(count)))
    now, earlier = several[-1], several[:-1]
    found = {picture.chart.key: picture for picture in unit_pictures(now, earlier)}
    shown = min(count, COMPARED_YEARS) if count > 1 else 0
    assert list(found["years"].years) == list(range(2030 - shown, 2030))
    assert "units" not in found
    for bar in found["years"].bars:
        assert bar.by_year == {one.year: bar.measure.value(one.figures) for one in several[-shown:]}


def test_a_chart_of_years_leaves_out_what_counts_otherwise():
    edition = EDITIONS["2021"]
    chart = next(chart for chart in edition.charts if chart.kind == "years")
    every = replace(chart, measures=edition.measures)
    now = replace(ACROSS[2], edition=replace_charts(edition, every))
    found = unit_pictures(now, ACROSS[:2])[-1]
    labels = [bar.label for bar in found.bars]
    assert "本年新收申请" in labels
    assert "现行有效行政规范性文件" not in labels
    assert "行政事业性收费金额" not in labels


def replace_charts(edition, *charts):
    values = {name: getattr(edition, name) for name in edition.__slots__}
    return type(edition)(**{**values, "charts": charts})


def test_only_another_year_than_the_last_five_is_no_comparison():
    now, old = years((2030, "2021"), (2024, "2021"))
    found = unit_pictures(now, [old])[-1]
    assert found.empty
    assert found.nothing == "没有可以比较的数据。"


def test_the_sheet_has_a_line_for_each_figure_and_year():
    data = write_summary(FOUR)
    live, plain = (
        openpyxl.load_workbook(BytesIO(data), data_only=values)["趋势"] for values in (False, True)
    )
    rows = list(plain.iter_rows(min_row=5, max_col=5, values_only=True))
    expected = trends([*map(county_year, FOUR.earlier), county_year(FOUR.county)])
    assert len(rows) == sum(len(trend.points) for trend in expected)
    at = iter(rows)
    for trend in expected:
        for point in trend.points:
            label, year, unit, figure, why = next(at)
            assert (label, year, unit) == (
                trend.measure.label,
                f"{point.year}年",
                trend.measure.unit,
            )
            kept = None if point.value is None else point.value / trend.measure.scale
            assert figure == kept
            assert bool(why) == bool(point.why)
    formulas = [row for row in live.iter_rows(min_row=5, max_col=5) if row[3].data_type == "f"]
    assert {row[1].value for row in formulas} == {"2022年"}
    assert len(formulas) == len(EDITIONS["2021"].measures)
    assert "2019年 3 个，2020年 4 个，2021年 5 个，2022年 6 个" in plain["A2"].value


def test_the_charts_are_of_years_that_can_be_compared():
    sheet = openpyxl.load_workbook(BytesIO(write_summary(FOUR)))["趋势"]
    rows = list(sheet.iter_rows(min_row=5, max_col=5, values_only=True))
    drawn = {}
    for chart in sheet._charts:
        (series,) = chart.series
        first, last = (int(part.rsplit("$")[-1]) for part in series.val.numRef.f.split(":"))
        drawn[rows[first - 5][0]] = [row[1] for row in rows[first - 5 : last - 4]]
        assert {row[0] for row in rows[first - 5 : last - 4]} == {rows[first - 5][0]}
    assert drawn["本年新收申请"] == ["2019年", "2020年", "2021年", "2022年"]
    assert drawn["现行有效行政规范性文件"] == ["2021年", "2022年"]
    assert drawn["政府集中采购总金额"] == ["2019年", "2020年"]
    assert drawn["行政事业性收费金额"] == ["2021年", "2022年"]


def test_one_year_has_no_trend_and_an_edition_nobody_knows_has_one():
    alone = content((2022, "2021"))
    assert "趋势" not in openpyxl.load_workbook(BytesIO(write_summary(alone))).sheetnames
    edition = made_up()
    told = replace(
        FOUR,
        county=county(edition, 2031, unit_names(2)),
        earlier=(county(edition, 2029, unit_names(2)),),
    )
    sheet = openpyxl.load_workbook(BytesIO(write_summary(told)), data_only=True)["趋势"]
    rows = [row[:5] for row in sheet.iter_rows(min_row=5, values_only=True)]
    assert [row[1] for row in rows] == ["2029年", "2030年", "2031年"] * 2
    assert rows[1][3:] == (None, NO_YEAR)


def test_pictures_of_a_county_go_through_its_years():
    found = {p.chart.key: p for p in pictures(FOUR.county, FOUR.earlier)}
    assert found["years"].years == (2019, 2020, 2021, 2022)
    assert len(found["units"].bars) == 6
