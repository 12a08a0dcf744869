"""Reports copied as text are placed by the order of their labels and the number of their cells."""

import random

import pytest

from pipeline.declare.editions import load_editions
from pipeline.published.reports import read_report
from tests.support.districts import district_2020, district_2024, random_figures, wangdian
from tests.support.paths import DATA
from tests.support.published_pages import barred, broken, celled, copied, plain_text, spaced, tabbed

EDITIONS = load_editions()
UNITS = [district_2020()[2], district_2024()[-1]]
TITLE = "示例镇{year}年度政府信息公开工作年度报告"


def read(told: str):
    return read_report(told.encode("utf-8"), "年报.txt", EDITIONS)


def test_the_real_report_is_read_as_it_was_copied():
    report = read((DATA / "wangdian-2020.txt").read_text("utf-8"))
    expected = wangdian()
    assert (report.unit, report.year, report.edition) == ("王店镇", 2020, "2019")
    assert report.figures == expected.figures
    assert report.written["disclosure.central.amount"] == "108万元"
    assert report.problems == ()
    assert report.places["requests.received.total"].cell == "第122行"
    headed = {p.part: p.paragraphs for s in report.sections for p in s.parts if p.part}
    own = {p.part: p.paragraphs for p in expected.passages if p.part}
    own.pop("problems.improved")  # headed 2020年改进情况, which no edition knows
    assert headed == own


@pytest.mark.parametrize("lines", [tabbed, celled, spaced, barred, broken])
@pytest.mark.parametrize("unit", UNITS, ids=["2019", "2021"])
def test_however_it_was_copied_every_figure_is_placed(unit, lines):
    year = int(unit.identity["year"])
    edition = EDITIONS["2019" if year < 2021 else "2021"]
    text = plain_text(unit.figures, unit.written)
    report = read(copied(edition, TITLE.format(year=year), text, lines))
    assert report.problems == ()
    assert report.figures == unit.figures
    assert report.edition == edition.key


@pytest.mark.parametrize("key", ["2019", "2021"])
def test_random_figures_come_back_from_every_shape(key):
    edition = EDITIONS[key]
    for seed in range(5):
        figures, written = random_figures(edition, seed, 50)
        text = plain_text(figures, written)
        for lines in (tabbed, celled, spaced, broken):
            year = edition.first_year
            report = read(copied(edition, TITLE.format(year=year), text, lines))
            assert report.figures == figures


def blank_zeros(unit, keep=()):
    text = plain_text(unit.figures, unit.written)
    return lambda f: "" if text(f) == "0" and f.key not in keep else text(f)


def test_blank_cells_between_tabs_are_blank():
    unit = UNITS[1]
    report = read(copied(EDITIONS["2021"], TITLE.format(year=2024), blank_zeros(unit), tabbed))
    zeros = {key for key, value in unit.figures.items() if value == 0}
    assert set(report.blanks) == zeros
    assert {key for key, value in report.figures.items() if value is None} == zeros
    assert all(report.figures[key] == unit.figures[key] for key in unit.figures if key not in zeros)


def test_what_lost_cells_leave_open_is_left_out_and_told():
    unit = UNITS[1]
    report = read(copied(EDITIONS["2021"], TITLE.format(year=2024), blank_zeros(unit), celled))
    wrong = {
        key: value
        for key, value in report.figures.items()
        if value is not None and value != unit.figures[key]
    }
    assert wrong == {}
    assert any(p.rule == "published.uncertain" for p in report.problems)


def test_one_lost_cell_is_found_by_the_sums_of_its_row_and_columns():
    unit = UNITS[1]
    text = plain_text(unit.figures, unit.written)
    gone = "requests.results.partly.organisation.research"
    assert unit.figures[gone] == 0
    lines = copied(
        EDITIONS["2021"],
        TITLE.format(year=2024),
        lambda f: "" if f.key == gone else text(f),
        spaced,
    )
    report = read(lines)
    assert report.problems == ()
    figures = dict(report.figures)
    assert figures.pop(gone) is None or report.blanks
    changed = {k for k, v in figures.items() if v != unit.figures[k]}
    assert all(unit.figures[key] == 0 and key in report.blanks for key in changed)


def test_a_row_with_a_figure_too_many_is_left_out_and_told():
    unit = UNITS[1]
    told = copied(EDITIONS["2021"], TITLE.format(year=2024), plain_text(unit.figures), spaced)
    line = next(line for line in told.split("\n") if line.startswith("2.重复申请"))
    report = read(told.replace(line, line + " 7"))
    assert [p.rule for p in report.problems] == ["published.uncertain"]
    assert "有 8 个数，应有 7 个" in report.problems[0].message
    missing = set(unit.figures) - set(report.figures)
    assert len(missing) == 7
    assert all("repeated" in key for key in missing)


def test_a_row_of_the_provinces_own_is_not_taken_for_another():
    unit = UNITS[0]
    text = plain_text(unit.figures, unit.written)
    told = copied(EDITIONS["2019"], TITLE.format(year=2020), text, tabbed)
    line = next(line for line in told.split("\n") if line.startswith("规范性文件"))
    report = read(told.replace(line, line + "\n其他规范性文件\t186\t86\t255"))
    assert report.figures == unit.figures
    assert [p.rule for p in report.problems] == ["published.stray"]


def test_columns_in_another_order_are_not_read():
    unit = UNITS[0]
    text = plain_text(unit.figures, unit.written)
    told = copied(EDITIONS["2019"], TITLE.format(year=2020), text, tabbed)
    swapped = told.replace("商业企业\t科研机构", "科研机构\t商业企业")
    assert swapped != told
    report = read(swapped)
    assert not any(key.startswith("requests.") for key in report.figures)
    assert any("列标题对不上" in p.message for p in report.problems)


@pytest.mark.slow
def test_no_figure_is_ever_placed_wrongly_when_lines_are_lost():
    unit = UNITS[1]
    rng = random.Random(7)
    told = copied(EDITIONS["2021"], TITLE.format(year=2024), plain_text(unit.figures), celled)
    lines = told.split("\n")
    for _ in range(60):
        at = rng.randrange(8, len(lines) - 1)
        report = read("\n".join(lines[:at] + lines[at + 1 :]))
        wrong = [
            (lines[at], key)
            for key, value in report.figures.items()
            if value is not None and value != unit.figures[key]
        ]
        assert wrong == []


# ------------------------------------------------------------------------- as pages really copy

BARRED = """\
示例街道政府信息公开工作年度报告
一、总体情况
本报告中所列数据的统计期限自2021年1月1日起至2021年12月31日止。
(一)主动公开方面。全年公开10条。
2.依申请公开政府信息情况
没有收到申请。
二、主动公开政府信息情况
第二十条第(一)项 | |||
信息内容 | 本年制发件数 | 本年废止件数 | 现行有效件 |
规章 | 0 | 0 | 0 |
行政规范性文件 | 4 | 0 | 32 |
第二十条第(五)项 | |||
信息内容 | 本年处理决定数量 | ||
行政许可 | 7 | ||
第二十条第(六)项 | |||
信息内容 | 本年处理决定数量 | ||
行政处罚 | 0 | ||
行政强制 | 0 | ||
第二十条第(八)项 | |||
信息内容 | 本年收费金额(单位:万元) | ||
行政事业性收费 | 0 |
"""


def test_cells_parted_by_bars_with_blank_ones_for_spans():
    report = read(BARRED)
    placed = {k: v for k, v in report.figures.items() if v}
    assert placed == {
        "disclosure.normative.made": 4,
        "disclosure.normative.stock": 32,
        "disclosure.licences.decisions": 7,
    }
    assert len(report.figures) == 10
    assert next(p.rule for p in report.problems) == "published.misspelt"
    assert "“现行有效件”有误，应为“现行有效件数”" in report.problems[0].message


def test_a_title_without_a_year_has_that_of_its_statistics():
    report = read(BARRED)
    assert (report.unit, report.year) == ("示例街道", 2021)


def test_parts_are_known_by_other_numbers_and_idle_words():
    parts = read(BARRED).section("overview").parts
    assert [(p.part, p.number, p.heading) for p in parts[1:]] == [
        ("overview.active", "(一)", "主动公开方面"),
        ("overview.on_request", "2.", "依申请公开政府信息情况"),
    ]


def test_a_bar_on_a_line_of_its_own_parts_cells():
    unit = UNITS[1]
    told = copied(EDITIONS["2021"], TITLE.format(year=2024), plain_text(unit.figures), celled)
    head, *lines = told.split("\n")
    barred_lines = "\n|\n".join(lines)
    assert read(f"{head}\n{barred_lines}").figures == unit.figures


def test_a_header_that_narrow_columns_have_broken_letter_by_letter_is_known_by_its_letters():
    report = read(
        "示例局2022年政府信息公开工作年度报告\n"
        "四、因政府信息公开工作被申请行政复议、提起行政诉讼情况\n"
        "行政复议 行政诉讼\n未经复议直接起诉 复议后起诉\n"
        "结果 结果 其他 尚未 总\n维持 纠正 结果 审结 计 结果 结果 其他 尚未 总 结果 结果 其他 尚未 总\n"
        "维持 纠正 结果 审结 计 维持 纠正 结果 审结 计\n"
        "1 0 0 2 3 0 0 0 0 0 0 4 0 0 4\n"
        "五、政府信息公开工作存在的主要问题及改进情况\n"
    )
    placed = {k: v for k, v in report.figures.items() if v}
    assert placed == {
        "disputes.review.upheld": 1,
        "disputes.review.pending": 2,
        "disputes.review.total": 3,
        "disputes.litigation.after_review.corrected": 4,
        "disputes.litigation.after_review.total": 4,
    }
