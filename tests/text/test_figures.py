"""A cell is read exactly or not at all."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.figures import (
    BLANKS,
    LARGEST,
    MONEY_SCALE,
    SCALES,
    Reading,
    format_figure,
    format_value,
    plain_count,
    printed_decimal,
    read_date,
    read_figure,
    truncate,
)

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
        (datetime.date(2020, 1, 2), "count", "dated"),
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
    assert format_value(total, MONEY_SCALE) == "0.3"
    assert format_value(10, signed=True) == "+10"


# ------------------------------------------------------------------------------ what is largest


@pytest.mark.parametrize(
    ("kind", "largest"),
    [("count", 10**10), ("signed", 10**10), ("money", 10**8), ("yuan", 10**12)],
)
def test_the_largest_figure_is_read_and_the_next_is_not(kind, largest):
    """A hundred 亿件, a 万亿元."""
    assert LARGEST[kind] == largest * SCALES[kind]
    step = 0.01 if kind == "yuan" else 1
    assert read_figure(float(largest), kind).value == LARGEST[kind]
    assert read_figure(str(largest), kind).value == LARGEST[kind]
    assert read_figure(largest + step, kind) == Reading(
        None, "too_large", printed_decimal(Decimal(str(largest + step)))
    )
    assert read_figure(float(-largest), kind).value == -LARGEST[kind]
    assert read_figure(-largest - step, kind).fault == "too_large"


def test_the_sums_of_ten_thousand_of_the_largest_fit_64_bits():
    assert max(LARGEST.values()) * 90_000 < 2**63
    assert LARGEST["money_text"] == LARGEST["money"]


@pytest.mark.parametrize(
    ("raw", "kind", "value"),
    [
        (0.0, "count", 0),
        (7.0, "count", 7),
        (float(LARGEST["count"]), "count", LARGEST["count"]),
        (float(LARGEST["count"] + 1), "count", None),
        (-1.0, "count", None),
        (1.5, "count", None),
        (7.0, "signed", None),
        (7.0, "money", None),
        (7, "count", None),
        ("7", "count", None),
        (None, "count", None),
        (float("nan"), "count", None),
        (float("inf"), "count", None),
    ],
)
def test_a_plain_count_is_read_at_once_and_all_else_is_looked_at(raw, kind, value):
    assert plain_count(raw, kind) == value
    if value is not None:
        assert read_figure(raw, kind).value == value


# ------------------------------------------------------------------- numbers as a spreadsheet has


@given(st.integers(-(10**10), 10**10))
def test_a_whole_number_is_itself_however_it_is_typed(number):
    for raw in (number, float(number), str(number)):
        read = read_figure(raw, "signed")
        assert (read.value, read.fault) == (number, "")
        assert read.text == str(number)


@given(st.decimals(min_value=0, max_value=10**6, places=6))
def test_an_amount_is_kept_to_the_cent(amount):
    for raw in (float(amount), format(amount, "f")):
        read = read_figure(raw, "money")
        assert (read.value, read.fault) == (int(amount * MONEY_SCALE), "")


@pytest.mark.parametrize(
    ("raw", "kind", "reading"),
    [
        (float("inf"), "money", Reading(None, "not_a_number", "inf")),
        (12.0, "money_text", Reading(None, "no_unit", "12")),
        (0, "money_text", Reading(0, written="0")),
        (1.25, "count", Reading(None, "not_whole", "1.25")),
        (1.255, "yuan", Reading(None, "too_precise", "1.255")),
        (1.25, "yuan", Reading(125, text="1.25")),
        (100.0, "money", Reading(100 * WAN, text="100")),
        (None, "money", Reading(None, "blank")),
        (datetime.timedelta(1), "count", Reading(None, "dated", "24:00:00")),
        (True, "count", Reading(None, "not_a_number", "TRUE")),
    ],
)
def test_a_number_is_told_as_it_is_shown(raw, kind, reading):
    assert read_figure(raw, kind) == reading


@pytest.mark.parametrize(
    ("amount", "text"),
    [("100", "100"), ("1.50", "1.5"), ("0.10", "0.1"), ("10.0", "10"), ("1E+3", "1000")],
)
def test_a_decimal_is_printed_in_plain_digits(amount, text):
    assert printed_decimal(Decimal(amount)) == text


# -------------------------------------------------------------------------------- numbers as text


@pytest.mark.parametrize("text", sorted(BLANKS))
def test_what_clerks_write_for_nothing_is_blank_and_told(text):
    assert read_figure(f" {text} ", "count") == Reading(None, "blank", f" {text} ")


def test_a_dash_of_two_pieces_is_blank_too():
    assert read_figure("— —", "count").fault == "blank"


@pytest.mark.parametrize(
    "text", ["#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#N/A", "#NUM!", "#NULL!", "#n/a", "＃REF！"]
)
def test_errors_of_formulas_are_known(text):
    assert read_figure(text, "count").fault == "formula_error"


@pytest.mark.parametrize("unit", "件条项个次宗份")
def test_a_count_may_have_its_unit(unit):
    assert read_figure(f"12{unit}", "count") == Reading(12, text=f"12{unit}", corrected=True)
    assert read_figure(f"12 {unit}", "signed").value == 12
    assert read_figure(f"12{unit}", "money").fault == "not_a_number"


@pytest.mark.parametrize(
    "text", ["12人", "12万", "12元", "12件件", "1 2", "1.2.3", "--1", "+", "1e3"]
)
def test_a_count_with_anything_else_is_refused(text):
    assert read_figure(text, "count") == Reading(None, "not_a_number", text)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("12元", "money", 1200),
        ("12万元", "money", 12 * WAN),
        ("12万", "money", 12 * WAN),
        ("1.5亿元", "money", 15_000 * WAN),
        ("12", "money", 12 * WAN),
        ("12", "yuan", 1200),
        ("0.0012万元", "yuan", 1200),
    ],
)
def test_an_amount_may_have_its_unit(text, kind, value):
    assert read_figure(text, kind) == Reading(value, text=text, corrected=True)


def test_an_amount_of_another_unit_or_too_fine_is_refused():
    assert read_figure("12美元", "money") == Reading(None, "not_a_number", "12美元")
    assert read_figure("0.001元", "yuan") == Reading(None, "too_precise", "0.001元")
    assert read_figure("12件", "yuan").fault == "not_a_number"


@pytest.mark.parametrize(
    ("text", "value", "corrected"),
    [
        ("+10", 10, False),
        ("-10", -10, False),
        ("－10", -10, False),
        ("−10", -10, False),
        ("＋10", 10, False),
        ("10", 10, True),
        ("+10件", 10, True),
        ("-1.0", -1, True),
    ],
)
def test_a_sign_before_a_change_is_usual(text, value, corrected):
    read = read_figure(text, "signed")
    assert (read.value, read.corrected) == (value, corrected)
    assert read_figure(text, "count").corrected


def test_a_number_of_more_than_thirty_signs_is_none():
    assert read_figure("0" * 29 + "7", "count").value == 7
    assert read_figure("0" * 30 + "7", "count").fault == "not_a_number"
    assert read_figure("1,234,567", "count").value == 1_234_567
    assert read_figure("1234,567", "count").fault == "not_a_number"


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("5万", Reading(5 * WAN, text="5万", corrected=True, written="5万元")),
        ("5万元", Reading(5 * WAN, text="5万元", written="5万元")),
        (" 5万元 ", Reading(5 * WAN, text=" 5万元 ", written="5万元")),
        ("5.0万元", Reading(5 * WAN, text="5.0万元", written="5.0万元")),
        ("1,200元", Reading(120_000, text="1,200元", corrected=True, written="1200元")),
        ("1.5亿元", Reading(15_000 * WAN, text="1.5亿元", written="1.5亿元")),
        ("0", Reading(0, text="0", written="0")),
        ("0元", Reading(0, text="0元", written="0元")),
        ("12", Reading(None, "no_unit", "12")),
        ("12件", Reading(None, "not_a_number", "12件")),
    ],
)
def test_an_amount_with_its_own_unit_is_kept_as_it_was_written(text, reading):
    assert read_figure(text, "money_text") == reading


def test_an_amount_that_cannot_be_kept_is_no_correction():
    read = read_figure("0.001元", "money_text")
    assert (read.value, read.fault, read.corrected) == (None, "too_precise", False)
    assert read_figure("200000亿元", "money_text").fault == "too_large"


# ---------------------------------------------------------------------------- words and days


def test_somebodys_text_fits_in_a_message():
    assert truncate("字" * 40) == "字" * 40
    assert truncate("字" * 41) == "字" * 40 + "…"
    assert truncate("一\n二\x00三") == "一 二 三"
    assert truncate("一二三", 2) == "一二…"


def test_a_kept_number_is_told_in_its_unit():
    assert format_figure(1_500_000, "money") == "1.5"
    assert format_figure(150, "yuan") == "1.5"
    assert format_figure(-3, "signed") == "-3"


@pytest.mark.parametrize(
    "raw",
    [
        datetime.date(2024, 3, 1),
        datetime.datetime(2024, 3, 1, 15, 30),
        "2024-3-1",
        "2024.03.01",
        "2024/3/1",
        "2024年3月1日",
        " 2024年 3月 1 ",
        "２０２４-３-１",
    ],
)
def test_a_day_is_read_as_it_is_written(raw):
    found = read_date(raw)
    assert found == datetime.date(2024, 3, 1)
    assert type(found) is datetime.date


@pytest.mark.parametrize(
    "raw", ["2024-13-1", "2024-2-30", "24-3-1", "2024-3", "3月1日", "", 45352.0, None]
)
def test_what_is_no_day_is_none(raw):
    assert read_date(raw) is None
