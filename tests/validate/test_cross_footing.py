"""Each fault in the figures is told once, at the cell where it is, and what can't be judged is
said to be so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.model.problem import Problem
from pipeline.validate.cross_footing import cross_footing, level
from tests.support.cross_footing import (
    EDITION,
    FORM,
    OTHER,
    PLACES,
    cell,
    everything,
    summed,
    told,
    unit,
)

OTHER |= {"pairs": 1, "shoes": 2, "boxes": 1, "wrapped": 4}


def test_figures_that_add_up_break_nothing():
    assert told(unit()) == []
    assert everything(unit(), unit(2030)) == []


def test_batches_are_told_by_their_positions():
    wrong = replace(unit(carried=(0, 1, 1)), identity={"unit": "示例村", "county": "示例区"})
    everyone = [unit(), wrong, replace(unit(), identity={"unit": "三", "county": "示例区"})]
    found = dict(cross_footing(everyone, [2, 1], EDITION, {EDITION.key: EDITION}, FORM))
    assert list(found) == [2, 1]
    assert "A3" in {p.rule for p in found[1]}
    assert "A3" not in {p.rule for p in found[2]}


# ------------------------------------------------------------------------ one cell behind many


def test_a_wrong_figure_that_breaks_its_row_and_its_column_is_told_once():
    (one,) = told(unit(results__granted=(7, 4, 6)))
    assert (one.rule, one.severity) == ("rule.culprit", "error")
    assert (one.sheet, one.cell) == PLACES["counted.results.granted.town"]
    assert (one.found, one.expected) == ("7", "2")
    assert "使 2 项勾稽关系不符（“公开”行合计、“镇”列合计）" in one.message
    assert one.cells == tuple(
        cell(f"counted.results.{key}")
        for key in (
            *("granted.town", "granted.village", "granted.sum"),
            *("refused.town", "total.town"),
        )
    )


def test_a_wrong_total_that_breaks_the_balance_too_is_told_once():
    (one,) = told(unit(results__total=(9, 5, 8)))
    assert one.cell == cell("counted.results.total.town")
    assert (one.found, one.expected) == ("9", "3")
    assert "使 3 项" in one.message


def test_a_rule_of_not_more_than_is_explained_with_the_equations():
    (one,) = told(unit(out=(20, 0, 1)))
    assert (one.cell, one.expected) == (cell("counted.out.town"), "1")
    assert "使 3 项" in one.message
    assert "“镇”结转" in one.message


def test_two_wrong_figures_are_each_named():
    found = told(unit(results__granted=(7, 4, 6), received=(3, 5, 9)))
    assert {(p.rule, p.cell, p.expected) for p in found} == {
        ("rule.culprit", cell("counted.results.granted.town"), "2"),
        ("rule.culprit", cell("counted.received.sum"), "8"),
    }


def test_where_two_cells_would_do_neither_is_named():
    """收到 and 上年结转 of a column stand in the same rules, if their rows don't tell them apart."""
    found = told(unit(received=(4, 5, 9)))
    assert summed(found) == [("A3", "镇")]
    both = told(unit(other={"left": 4}))
    rules = [rule for rule, _ in summed(both)]
    assert rules == ["S1", "S2", "S3", "S4"], "左 or 右: nobody knows; 成交 has no say in it"


def test_the_cell_that_explains_most_is_named():
    (one,) = told(unit(other={"change": 4}))
    assert (one.cell, one.expected) == (cell("other.all.change"), "0"), "净增 would mend but two"
    sold = {"deals": 1, "paid": 1}
    (one,) = told(unit(other={"change": -4, "gain": 7, **sold}))
    assert (one.cell, one.expected) == (cell("other.all.gain"), "-4"), "a change may be negative"
    # 增减 = 0 would mend three and break 增减与成交.
    one, other = told(unit(other={"change": 4, **sold}))
    assert (one.cell, one.expected, other.rule) == (cell("other.all.gain"), "4", "G3")


def test_a_figure_that_would_leave_another_rule_broken_is_not_named():
    # 盒 = 7 would mend 装盒 and break 包装.
    found = told(unit(other={"pairs": 7, "shoes": 2}))
    assert [(p.rule, p.cell, p.expected) for p in found] == [
        ("rule.culprit", cell("other.all.pairs"), "1")
    ]
    assert summed(told(unit(other={"pairs": 7, "shoes": 14}))) == [("P3", "鞋")]


def test_a_figure_that_counts_twice_is_mended_by_half_the_gap():
    (one,) = told(unit(other={"pairs": 3}))
    assert (one.cell, one.found, one.expected) == (cell("other.all.pairs"), "3", "1")
    assert summed(told(unit(other={"pairs": 3, "shoes": 3}))) == [("P1", "鞋"), ("P3", "鞋")]


def test_a_number_in_the_rule_counts_on_the_right():
    (one,) = told(unit(other={"boxes": 5}))
    assert (one.cell, one.found, one.expected) == (cell("other.all.boxes"), "5", "1")


def test_no_figure_is_said_to_be_negative_that_cannot_be():
    # Only pairs = -1 would mend both.
    found = told(unit(other={"pairs": 1, "shoes": -2, "boxes": -1, "wrapped": 2}))
    assert summed(found) == [("P1", "鞋"), ("P3", "鞋")]
    (zero,) = told(unit(other={"pairs": 1, "shoes": 0, "boxes": 0, "wrapped": 3}))
    assert (zero.cell, zero.expected) == (cell("other.all.pairs"), "0")


def test_a_figure_that_is_not_known_is_not_named():
    unknown = unit(results__granted=(None, 4, 6), results__total=(3, 5, 9))
    assert all(p.cell != cell("counted.results.granted.town") for p in told(unknown))
    (one,) = told(unit(results__granted=(None, 4, 6), results__refused=(5, 1, 2)))
    assert (one.rule, one.subject) == ("A1", "不公开"), "镇 can't be judged"


def test_a_rule_that_cannot_be_judged_is_no_reason_against_a_cell():
    (one,) = told(unit(results__total=(9, None, 8)))
    assert (one.rule, one.cell) == ("rule.culprit", cell("counted.results.total.town"))
    assert one.expected == "3"


def test_warnings_and_rules_across_years_name_no_single_cell():
    found = told(unit(results__granted=(1, 5, 6), results__refused=(2, 0, 2)))
    assert [(p.rule, p.subject, p.severity) for p in found] == [("W", "镇", "warning")]
    # 上年结转 breaks its row, the balance, and what was carried over.
    found = told(unit(carried=(4, 0, 1)), unit(2030))
    assert [(p.rule, p.cell) for p in found] == [
        ("rule.culprit", cell("counted.carried.town")),
        ("D1b", cell("counted.carried.town")),
    ]
    assert "使 2 项" in found[0].message


def test_warnings_and_rules_across_years_are_told_beside_the_single_cell():
    found = told(unit(results__refused=(7, 1, 2)))
    assert [p.rule for p in found] == ["rule.culprit", "W"]
    assert "使 2 项" in found[0].message
    found = told(unit(carried=(1, 0, 5)), unit(2030))
    assert [p.rule for p in found] == ["rule.culprit", "D1"]
    assert "使 2 项" in found[0].message


def test_breaches_without_an_equation_name_no_single_cell():
    found = told(unit(other={"cost": 6_000_000}))
    assert summed(found) == [("M", "鞋"), ("M2", "鞋")]


# --------------------------------------------------------------------- what follows from another


def test_a_breach_between_totals_that_only_sums_up_others_is_not_told():
    assert summed(told(unit(received=(4, 5, 9)))) == [("A3", "镇")]
    both = told(unit(received=(4, 7, 11)))
    assert summed(both) == [("A3", "镇"), ("A3", "村")]


def test_a_breach_between_totals_that_is_more_than_the_others_is_told():
    # 镇 and 村 are 1 too many and 合计, rightly added up in no row, 3.
    found = summed(told(unit(received=(4, 6, 11))))
    assert ("A3", "合计") in found
    assert ("A1", "收到") in found


def test_a_breach_between_totals_that_is_less_than_the_others_is_told():
    rows = {
        "results__granted": (1, 3, 4),
        "results__refused": (4, 1, 5),
        "results__total": (5, 4, 9),
    }
    found = told(unit(**rows, received=(5, 4, 9)))
    assert summed(found) == [("W", "镇"), ("W", "合计")]


def test_a_breach_between_totals_that_are_not_their_parts_sums_is_told():
    found = told(unit(received=(4, 5, 11), carried=(3, 0, 1), out=(3, 0, 3)))
    assert summed(found) == [("A1", "收到"), ("A1", "上年结转"), ("A3", "镇"), ("A3", "合计")]


def test_last_years_totals_are_not_taken_to_add_up():
    rows = {"results__granted": (9, 11, 20), "results__total": (10, 12, 22)}
    found = told(unit(**rows, received=(10, 12, 22)), unit(2030))
    assert summed(found) == [("Y", "镇"), ("Y", "村"), ("Y", "合计")]


def test_a_breach_between_totals_alone_is_told():
    """Every column is right and their totals are as their parts say: so the sums are too; a
    total with an unknown part can't be said to follow from anything."""
    found = told(unit(received=(None, 5, 9), results__total=(3, 5, 8)))
    assert summed(found) == [("A3", "合计")]


def test_what_follows_from_another_rule_is_not_told_beside_it():
    found = told(unit(out=(9, 0, 9)))
    assert summed(found) == [("A3", "镇")], "结转 of 镇 is broken too, and follows from 平衡"


def test_what_comes_from_last_year_is_told_in_one_line_with_its_cells():
    before = unit(2030, out=(4, 2, 6))
    (one,) = told(unit(), before)
    assert (one.rule, one.subject, one.cell) == ("D1", "合计", cell("counted.carried.sum"))
    assert one.message == (
        f"统计!{one.cell}：合计填 1，上年 6。其中镇填 1上年 4；村填 0上年 2。请写情况说明。"
    )
    assert one.cells == tuple(cell(f"counted.carried.{key}") for key in ("sum", "town", "village"))
    # The sum is right: each column is told by itself.
    found = told(unit(), unit(2030, out=(0, 1, 1)))
    assert summed(found) == [("D1b", "镇"), ("D1b", "村")]
    (alone,) = told(unit(carried=(1, 0, 1)), unit(2030, out=(1, 0, 3)))
    assert alone.message == f"统计!{one.cell}：合计填 1，上年 3。请写情况说明。"


# --------------------------------------------------------------------------------- where it is


def test_a_sum_is_told_at_its_total_and_others_at_their_first_figure():
    (row, *_) = told(unit(received=(4, 4, 9)))
    assert (row.rule, row.subject, row.cell) == ("A1", "收到", cell("counted.received.sum"))
    rows = told(unit(other={"pairs": 7, "shoes": 14, "cost": 6_000_000}))
    assert [(p.rule, p.cell) for p in rows] == [
        ("P3", cell("other.all.boxes")),
        ("M", cell("other.all.cost")),
        ("M2", cell("other.all.cost")),
    ]
    (balance,) = told(unit(received=(4, 5, 9)))
    assert balance.cell == cell("counted.received.town")
    assert balance.message == f"统计!{balance.cell}：镇收 5 办 4。请核对。"
    assert (balance.found, balance.expected, balance.remedy) == ("5", "4", "请核对。")
    assert balance.cells == tuple(
        cell(f"counted.{row}.town") for row in ("received", "carried", "results.total", "out")
    )


def test_a_figure_of_last_year_has_no_cell():
    rows = {"results__granted": (10, 4, 14), "results__total": (11, 5, 16)}
    found = told(unit(**rows, carried=(9, 0, 9)), unit(2030))
    one = next(p for p in found if p.rule == "V")
    assert one.cells == (cell("counted.carried.town"), cell("counted.received.town"))
    assert one.cell == cell("counted.carried.town")


def test_money_is_told_in_ten_thousands():
    (one,) = told(unit(other={"paid": 1_500_000}))
    assert "鞋成交 0 笔，付款 1.5 万元。" in one.message
    found = told(unit(other={"cost": 5_500_000}))
    assert summed(found) == [("M", "鞋"), ("M2", "鞋")]
    assert "鞋费用 5.5 万元，多于 2 万元。" in found[0].message
    assert told(unit(other={"cost": 2_000_000})) == []


def test_a_figure_whose_cell_is_not_known_is_told_without_a_place():
    nowhere = replace(unit(received=(4, 5, 9)), places={})
    (balance,) = told(nowhere)
    assert (balance.sheet, balance.cell, balance.cells) == ("", "", ())
    assert balance.message == "镇收 5 办 4。请核对。"
    (one,) = told(replace(unit(results__granted=(7, 4, 6)), places={}))
    assert one.cell == ""


# ------------------------------------------------------------------------- what can't be judged


def reasons(problems: list[Problem]) -> list[str]:
    return [p.message for p in problems if p.rule == "rule.not_assessable"]


def test_without_last_years_workbook_what_needs_it_is_said_once():
    (said,) = reasons(everything(unit()))
    names = "“跨年”、“跨年（分类）”、“增长”、“上年结转过多”"
    assert f"{names}无法核对：没有本单位 2030 年度的工作簿。" in said
    twice = [unit(2030), replace(unit(2030), source="二.xlsx")]
    assert reasons(everything(unit(), *twice)) == [said], "of two none is guessed"
    assert reasons(everything(unit(), replace(unit(2030), values=()))) == [
        said.replace("没有本单位 2030 年度的工作簿", "上年（2030年度）的报告中没有对应的数字")
    ]


def test_a_figure_last_year_didnt_have_is_said():
    before = unit(2030, out=(None, 0, 1))
    (said,) = reasons(everything(unit(), before))
    assert (
        "“跨年（分类）”、“上年结转过多”无法核对：上年（2030年度）的报告中没有对应的数字。" in said
    )
    assert told(unit(), before) == []


def test_a_year_that_is_not_known_has_none_before_it():
    assert reasons(everything(replace(unit(), year=0))) == []


def test_what_was_not_read_this_year_is_no_reason_where_last_years_is_asked_for():
    now, before = reasons(everything(unit(out=(None, 0, 1))))[::-1]
    assert "上年结转过多" in before
    assert "上年结转过多" not in now


def test_a_figure_that_was_not_read_is_said():
    (said,) = reasons(everything(unit(received=(None, 5, 8)), unit(2030)))
    names = "“行合计”、“平衡”、“结转”、“增长”、“上年结转过多”"
    assert f"{names}无法核对：有关的数字没有读取到，见其他问题。" in said


@pytest.mark.parametrize(("given", "found"), [("省级", "省级"), ("", "县级及以下")])
def test_the_level_is_the_forms_first_where_none_is_given(given, found):
    stated = replace(unit(), identity={"level": given})
    assert level(stated, FORM) == found
    assert level(replace(unit(), identity={}), FORM) == "县级及以下"
