"""Quotation marks within quotation marks are single ones, wherever a sentence is put together."""

import re
from dataclasses import replace

import pytest

from pipeline.declare.editions import load_editions
from pipeline.declare.messages import CATALOGUE, problem
from pipeline.declare.workbook_form import workbook_form
from pipeline.forms.live_checks import live_checks
from pipeline.forms.workbook import write_form
from pipeline.intake.submissions import read_bytes
from pipeline.text.wording import fill_words, quoted
from pipeline.validate.cross_footing import cross_footing
from tests.support.districts import district_2024

EDITIONS, FORM = load_editions(), workbook_form()
NESTED = re.compile("“[^”]*“")


def test_inner_quotation_marks_are_single_and_innermost_double_again():
    assert quoted("3.危及“三安全一稳定”") == "“3.危及‘三安全一稳定’”"
    assert quoted("甲“乙‘丙’”") == "“甲‘乙“丙”’”"
    assert quoted(7) == "“7”"


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("“{a}”填的是“{b}”。", "“一‘二’”填的是“三‘四”。"),
        ("{a}、“{b}”与{a}", "一“二”、“三‘四”与一“二”"),
        ("“前{a}后”{{{b}}}", "“前一‘二’后”{三“四}"),
        ("没有", "没有"),
    ],
)
def test_only_what_stands_within_quotation_marks_changes(template, told):
    assert fill_words(template, {"a": "一“二”", "b": "三“四"}) == told


def test_a_word_that_lacks_is_a_bug():
    with pytest.raises(KeyError):
        fill_words("“{a}”", {})


@pytest.mark.parametrize("rule", CATALOGUE)
def test_no_message_of_the_catalogue_nests_double_ones(rule):
    names = set(re.findall(r"\{(\w+)\}", CATALOGUE[rule].text + CATALOGUE[rule].remedy))
    within = {n for n in names if f"“{{{n}}}”" in CATALOGUE[rule].text + CATALOGUE[rule].remedy}
    told = problem(rule, {name: "甲“乙”" if name in within else "丙" for name in names})
    assert not NESTED.search(told.message)


def test_a_row_with_quotation_marks_of_its_own_is_told_with_single_ones():
    edition = EDITIONS["2021"]
    content = write_form(edition, FORM, district_2024()[1])
    read = read_bytes(content, "示例.xlsx", EDITIONS, FORM)
    keys = list(edition.by_key)
    (total,) = (k for k in keys if k.endswith(".refused.stability.total"))
    values = list(read.values)
    values[keys.index(total)] += 7
    wrong = replace(read, values=tuple(values))
    ((_, problems),) = cross_footing([wrong], [0], edition, EDITIONS, FORM)
    (told,) = (p.message for p in problems if "三安全一稳定" in p.message)
    assert "“3.危及‘三安全一稳定’·总计”填的是 " in told
    assert "（“3.危及‘三安全一稳定’”行合计、" in told
    checks = live_checks(edition, FORM).checks
    assert any("‘三安全一稳定’" in check.told for check in checks)
    assert not [check.told for check in checks if NESTED.search(check.told)]
