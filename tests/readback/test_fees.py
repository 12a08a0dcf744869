"""What is said of 信息处理费 is proved as the figures are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.aggregate.totals import add_up
from pipeline.model.submission import ProcessingFee
from pipeline.prose.fees import sentence_passage, unit_sentence
from pipeline.readback.fees import report_fees
from pipeline.readback.report import Proof
from pipeline.readback.summary import summary_faults
from pipeline.report.context import county_context, unit_context
from pipeline.word.compiled import compile_template
from tests.support.districts import EDITIONS
from tests.support.paths import TEMPLATES
from tests.support.proof_counties import EDITION, MEMBERS, county
from tests.support.proofs import PROOF, UNITS, with_document
from tests.support.summaries import changed, summary

STATEMENT = EDITION.fee
COUNTY_REPORT = compile_template(TEMPLATES / "汇总年报.docx").render


def test_a_true_list_of_fees_is_proved():
    content = COUNTY_REPORT(county_context(county()))
    assert list(report_fees(content, county())) == []


@pytest.mark.parametrize(
    ("fee", "told"),
    [
        (ProcessingFee(2, 123_457), "1234.57"),
        (ProcessingFee(3, 123_456), "3"),
        (ProcessingFee(2, None), "未填报"),
        (ProcessingFee(0, 0), "0"),
    ],
)
def test_a_fee_that_differs_is_found_in_the_report_and_in_the_workbook(fee, told):
    other = county(members=(replace(MEMBERS[0], fee=fee), *MEMBERS[1:]))
    said = list(report_fees(COUNTY_REPORT(county_context(county())), other))
    assert len(said) == 2, "the unit's line and the sum"
    assert told in said[0]
    (listed,) = summary_faults(summary(county()), other)
    amounts = [fee.requests, fee.amount]
    known = None not in amounts
    expected_ = (
        f"甲镇、{float(fee.requests)}、{fee.amount / 100}" if known else "甲镇、未填报、未填报"
    )
    assert f"数据为 {expected_}，文件中为 甲镇、2.0、1234.56。" in listed


def test_a_lost_line_is_found():
    content = COUNTY_REPORT(county_context(county()))
    fewer = county(members=MEMBERS[:3])
    assert "清单应有 5 行，文件中为 6 行" in "".join(report_fees(content, fewer))
    assert "清单应有 3 行，文件中为 4 行" in "".join(summary_faults(summary(county()), fewer))
    lost = changed(summary(county()), lambda book: book.remove(book["信息处理费"]))
    assert [line for line in summary_faults(lost, county()) if "找不到" in line]


def test_a_lost_long_table_is_found():
    lost = changed(summary(county()), lambda book: book.remove(book["长表"]))
    assert "找不到长表。" in summary_faults(lost, county())


def test_a_list_that_the_template_leaves_out_is_not_asked_for():
    header = STATEMENT.unit
    content = COUNTY_REPORT(county_context(county()))
    without = with_document(content, lambda text: text.replace(f">{header}<", "><"))
    assert list(report_fees(without, county(members=MEMBERS[:3]))) == []


def test_where_none_stated_a_fee_none_is_proved():
    silent = county(members=tuple(replace(one, fee=None) for one in MEMBERS))
    assert list(report_fees(b"", silent)) == []
    assert summary_faults(summary(silent), silent) == ()
    old = replace(UNITS[0], fee=ProcessingFee(1, 1))
    assert list(report_fees(b"", add_up("示例区", 2020, EDITIONS["2019"], [old], ""))) == []


def test_the_sentence_on_a_units_fee_is_proved():
    unit = replace(MEMBERS[0], passages=())
    prose = sentence_passage(unit_sentence(unit, STATEMENT), STATEMENT)
    content = PROOF.render(unit_context(unit, EDITION))
    by = Proof(PROOF.render)
    assert by.faults(content, EDITION, unit.values, unit.written, prose) == ()
    wrong = with_document(content, lambda text: text.replace("1234.56元", "1234.57元"))
    (told,) = by.faults(wrong, EDITION, unit.values, unit.written, prose)
    assert "没有印出" in told
    assert sentence_passage("", STATEMENT) == ()
