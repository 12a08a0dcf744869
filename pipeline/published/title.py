"""What a published report calls itself: whose it is, and of which year.

Offices word a title in many ways; without a year in it, it is that of the period that the
statistics cover.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from pipeline.published.document import Block, Paragraph

YEAR = r"(?:20\d\d|二[〇○零0][〇○零一二三四五六七八九]{2})"
"""A year in a title, in either kind of digits."""

_TITLE = re.compile(
    rf"(?:关于)?(?P<before>[^，。；：>|《》]{{0,40}}?)(?P<year>{YEAR})年度?"
    r"(?P<after>[^，。；：>|《》]{0,30}?)(?:政府)?(?:信息|政务)公开(?:工作)?(?:的)?(?:年度)?(?:工作)?(?:报告|年报)"
    r"(?:[（(][^）)]*[）)]|全文)?"
)
_CHINESE_DIGITS = {digit: str(i) for i, digit in enumerate("〇一二三四五六七八九")} | {
    "○": "0",
    "零": "0",
}
_HALF_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")


def _year_said(text: str) -> int:
    """A year as a title writes it, in either kind of digits."""
    return int("".join(_CHINESE_DIGITS.get(c, c) for c in text))


@lru_cache(maxsize=8)
def _title_of(template: str) -> re.Pattern[str]:
    """A title as an edition words it, or as offices do."""
    before = re.escape(template).replace(r"\{unit\}", r"(?P<unit>[^，。；：>|《》]{1,40}?)")
    worded = before.replace(r"\{year\}", rf"(?P<said>{YEAR})")
    return re.compile(f"{worded}|{_TITLE.pattern}")


def titled(
    blocks: Sequence[Block], first: int, worded: str, fallback: Sequence[str]
) -> tuple[str, str, int]:
    """A report's title, and the unit and year that it tells; empty and 0 where nothing does.

    ``first`` is where the first section begins, ``worded`` the title as the edition words it;
    ``fallback`` are other texts that may tell.
    """
    found = _title(_title_of(worded), blocks[:first], fallback)
    return found if found[2] else _without_year(blocks, first)


def _title(
    title: re.Pattern[str], blocks: Sequence[Block], fallback: Sequence[str]
) -> tuple[str, str, int]:
    """The title and what it says: the line (or two or three) that is one, nearest the text."""
    lines = [_undrafted(b.text) for b in blocks if isinstance(b, Paragraph) and b.text.strip()]
    for at in reversed(range(len(lines))):
        for count in (1, 2, 3):
            found = title.fullmatch("".join(lines[at : at + count]))
            if found and (_unit(found) or count > 1 or at == 0):
                return _said(found, "")
            if found:
                above = lines[at - 1]
                joined = title.fullmatch(above + found.group())
                return _said(joined or found, "")
    for text in fallback:
        shown = _undrafted(text)
        found = title.search(shown)
        if found:
            return _said(found, shown)
    return "", "", 0


def _undrafted(text: str) -> str:
    return _DRAFT.sub("", plain(text))


_YEARLESS = re.compile(
    r"(?!政府信息|政务公开)(?P<unit>[^，。；：>|《》]{2,40}?)(?:政府)?(?:信息|政务)公开(?:工作)?(?:的)?年度(?:工作)?报告"
)
_PERIOD = re.compile(r"(20\d\d)年1月1日")


def _without_year(blocks: Sequence[Block], first: int) -> tuple[str, str, int]:
    """A title that doesn't tell the year: it is the period's that the statistics cover."""
    lines = [plain(b.text) for b in blocks if isinstance(b, Paragraph) and b.text.strip()]
    head = [plain(b.text) for b in blocks[:first] if isinstance(b, Paragraph)]
    found = next((f for line in reversed(head) if (f := _YEARLESS.fullmatch(line))), None)
    years = {int(year) for line in lines for year in _PERIOD.findall(line)}
    if found is None:
        return "", "", 0
    return found.group(), found["unit"], years.pop() if len(years) == 1 else 0


def plain(text: str) -> str:
    """A line without blanks, its digits half-width."""
    return "".join(text.translate(_HALF_WIDTH).split())


def _said(found: re.Match[str], shown: str) -> tuple[str, str, int]:
    return shown or found.group(), _unit(found), _year_said(found["said"] or found["year"])


def _unit(found: re.Match[str]) -> str:
    return found["unit"] or found["before"] or found["after"] or ""


_DRAFT = re.compile(
    r"^(?:[（(【\[]?(?:草稿|初稿|送审稿|审核稿|讨论稿|征求意见稿|定稿)(?:[（(][^）)]*[）)])?[】\])）]?[:：\-—_]*)+"
)
"""What a draft's title or file name has before the unit's name: 「草稿（未齐：…）王店镇」."""
