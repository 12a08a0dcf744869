"""Chinese numerals as whole numbers: 一百零五, 两千, 三万二."""

from __future__ import annotations

DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "○": 0,
    "两": 2,
}
UNITS = {"十": 10, "百": 100, "千": 1000}
NUMERALS = "".join((*DIGITS, *UNITS, "万"))
"""Every character that a Chinese numeral is written with."""


def chinese_number(text: str) -> int | None:
    """The whole number that a Chinese numeral stands for; None where it is none.

    >>> chinese_number("一百零五"), chinese_number("十七"), chinese_number("二〇二四")
    (105, 17, 2024)
    """
    if not text or not set(text) <= set(NUMERALS):
        return None
    if len(text) > 1 and set(text) <= set(DIGITS):
        return int("".join(str(DIGITS[character]) for character in text))
    total = section = digit = 0
    for character in text:
        if character in DIGITS:
            digit = DIGITS[character]
        elif character == "万":
            total, section, digit = (section + digit) * 10_000, 0, 0
        else:
            section += (digit or 1) * UNITS[character]
            digit = 0
    return total + section + digit
