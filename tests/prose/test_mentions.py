"""The pieces that a reader of prose sees: marks, sentences, numbers."""

import pytest

from pipeline.prose.mentions import find_mentions, normalise_prose, split_sentences
from pipeline.text.numerals import chinese_number


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2024年,我局收到申请22件;已答复.", "2024年，我局收到申请22件；已答复。"),
        ("公开１２条", "公开12条"),
        ("共12,480条，其中3，200条", "共12,480条，其中3,200条"),
        ("网站公开66条：1.动态9条；2.通知57条。", "网站公开66条：动态9条；通知57条。"),
        ("占 3.5 %", "占3.5%"),
        ("www.example.gov.cn", "www.example.gov.cn"),
    ],
)
def test_marks_and_digits_are_those_of_print(written, read):
    assert normalise_prose(written) == read


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("收到申请12件，办结一百零五件", [("12", 12, "件"), ("一百零五", 105, "件")]),
        ("收费128.5万元、1.26亿元", [("128.5", 128.5, "万元"), ("1.26", 1.26, "亿元")]),
        ("访问1.3万人次", [("1.3万", 13000, "人次")]),
        ("三件事项当日办结，第一条，每一件", []),
        ("国办发〔2019〕54号", [("54", 54, "")]),
        ("共12,480条", [("12,480", 12480, "条")]),
    ],
)
def test_numbers_are_mentioned_with_their_counters(text, found):
    assert [(m.written, float(m.value), m.counter) for m in find_mentions(text)] == found


def test_a_number_that_is_only_near_is_marked():
    assert [m.about for m in find_mentions("发布230余条，其中12条")] == [True, False]


def test_sentences_keep_their_place():
    text = "一共12件。其中3件！"
    for sentence in split_sentences(text):
        assert text[sentence.start :].startswith(sentence.text)


@pytest.mark.parametrize("number", [0, 1, 9, 10, 11, 20, 99, 100, 105, 110, 999, 1001, 9999])
def test_every_chinese_numeral_is_read(number):
    digits, units = "零一二三四五六七八九", ["", "十", "百", "千"]
    written, zero = "", False
    for at, digit in enumerate(str(number)):
        place = len(str(number)) - at - 1
        if digit == "0":
            zero = True
            continue
        written += ("零" if zero and written else "") + digits[int(digit)] + units[place]
        zero = False
    assert chinese_number(written or "零") == number


def test_what_is_no_numeral_is_none():
    assert chinese_number("") is None
    assert chinese_number("十件") is None
