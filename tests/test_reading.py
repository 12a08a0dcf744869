"""A cell is read exactly or not at all."""

import datetime

import pytest

from pipeline.edition import MONEY_SCALE, printed
from pipeline.intake.reading import read_figure

WAN = MONEY_SCALE


@pytest.mark.parametrize(
    ("raw", "kind", "value"),
    [
        (3.0, "count", 3),
        (0, "count", 0),
        (-11.0, "signed", -11),
        ("+10", "signed", 10),
        (0.1, "money", WAN // 10),
        (0.1 + 0.2, "money", 3 * WAN // 10),
        (59237.2449, "money", 592372449 * WAN // 10_000),
        ("108万元", "money_text", 108 * WAN),
        ("251000元", "money_text", 251 * WAN // 10),
        (0.0, "money_text", 0),
    ],
)
def test_plain_numbers_are_read_exactly_and_without_remark(raw, kind, value):
    reading = read_figure(raw, kind)
    assert (reading.value, reading.fault, reading.corrected) == (value, "", False)


@pytest.mark.parametrize("text", ["12", "１２", "12 ", "12件", " 12", "12.0"])
def test_text_that_can_only_mean_one_number_is_understood_and_told(text):
    reading = read_figure(text, "count")
    assert (reading.value, reading.corrected) == (12, True)


def test_thousands_separators_only_where_they_belong():
    assert read_figure("1,200", "count").value == 1200
    assert read_figure("1,20", "count").fault == "not_a_number"


@pytest.mark.parametrize(
    ("raw", "kind", "fault"),
    [
        ("约12", "count", "not_a_number"),
        ("1o", "count", "not_a_number"),
        ("=1+1", "count", "not_a_number"),
        (True, "count", "not_a_number"),
        (datetime.date(2020, 1, 2), "count", "not_a_number"),
        ("1.5", "count", "not_whole"),
        (1.5, "count", "not_whole"),
        (1e20, "count", "too_large"),
        (float("nan"), "count", "not_a_number"),
        ("#REF!", "count", "formula_error"),
        ("180774.8", "money_text", "no_unit"),
        (180774.8, "money_text", "no_unit"),
        (1 / 3, "money", "too_precise"),
        ("", "count", "blank"),
        ("-", "count", "blank"),
        (None, "count", "blank"),
    ],
)
def test_what_is_doubtful_is_refused(raw, kind, fault):
    reading = read_figure(raw, kind)
    assert (reading.value, reading.fault) == (None, fault)


def test_amounts_are_kept_as_the_unit_wrote_them():
    assert read_figure("108.50万元", "money_text").written == "108.50万元"
    assert read_figure("１０８ 万元", "money_text").written == "108万元"


def test_sums_of_decimals_print_without_float_artefacts():
    total = read_figure(0.1, "money").value + read_figure(0.2, "money").value
    assert printed(total, MONEY_SCALE) == "0.3"
    assert printed(10, signed=True) == "+10"
