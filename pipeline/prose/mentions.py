"""Prose in the pieces that a reader sees: characters, sentences, and the numbers mentioned in them.

    text → :func:`normalise_prose` → :func:`split_sentences` → :func:`find_mentions`

Every piece keeps its place, so that a message quotes what was written.  All patterns look a bounded
way round a number: the time that prose takes grows with its length alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from pipeline.text.numerals import NUMERALS, chinese_number

LONGEST = 2_000
"""Characters of a sentence; whatever is longer is no sentence that anybody reads."""

REACH = 60
"""So many characters on either side of a number may say what it counts."""

COUNTERS = (
    "件次|人次|万元|亿元|万条|件|条|例|次|宗|份|起|个|项|篇|期|场|块|幅|张|部|册|家|处|户|天|人|元"
)
_NUMBER = re.compile(
    r"(?<![0-9.A-Za-z〔\[第])"
    r"(?P<digits>[0-9]{1,3}(?:,[0-9]{3}){1,4}(?:\.[0-9]{1,6})?|[0-9]{1,12}(?:\.[0-9]{1,6})?)"
    r"(?P<myriad>[万亿](?!元))?"
    r"(?P<about>[余多几])?"
    rf"(?P<counter>{COUNTERS}|%|‰)?"
    rf"|(?<![{NUMERALS}第每唯之分])(?P<chinese>[{NUMERALS}]{{1,9}})(?P<about_chinese>[余多几])?"
    r"(?P<counted>件次|人次|万元|亿元|件|条|例|次|宗|份|起|篇|期|项)(?![事性序目年体])"
)
_ENUMERATOR = re.compile(r"(?:^|[：；。（])$")
_ITEM = re.compile(r"(?:(?<=[：；。:;])|^)[0-9]{1,2}[.．](?![0-9])")
_FULL = str.maketrans("０１２３４５６７８９．％，", "0123456789.%，")
_PUNCTUATION = str.maketrans({";": "；", ":": "：", "(": "（", ")": "）", "!": "！", "?": "？"})
_ENDS = re.compile(r"[^。！？\n]+")
STOPS = "，。；：！？（）\n"
"""What ends a clause."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: its text as it is read, with the marks and digits of Chinese print, and where it
    stands in the paragraph."""

    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Mention:
    """A number in a sentence.

    ``written`` is the number as it stands there, ``value`` what it is, ``counter`` the word behind
    it (件, 条, 万元, %), ``about`` whether it is only near (余).  ``start`` and ``end`` are those of
    number and counter.
    """

    written: str
    value: Decimal
    counter: str
    about: bool
    start: int
    end: int

    @property
    def told(self) -> str:
        """The number as it stands there; a Chinese numeral with its digits."""
        plain = self.written.replace(",", "")
        return self.written if plain[0].isdigit() else f"{self.written}（{self.value}）"


def normalise_prose(text: str) -> str:
    """The text without blanks, half-width marks as full-width ones, full-width digits as digits.

    A comma or a point within a number stays.
    """
    plain = "".join(text.translate(_FULL).split())
    plain = re.sub(
        r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))|(?<=[0-9])，(?=[0-9]{3}(?![0-9]))", ",", plain
    )
    plain = re.sub(r",(?![0-9]{3}(?![0-9]))|(?<![0-9]),", "，", plain)
    plain = _ITEM.sub("", plain)
    plain = re.sub(r"(?<=[\u4e00-\u9fff0-9）])\.(?=[\u4e00-\u9fff]|$)", "。", plain)
    return plain.translate(_PUNCTUATION)


def split_sentences(text: str) -> Iterator[Sentence]:
    """The sentences of a paragraph that was normalised, those too long to be any left out."""
    for found in _ENDS.finditer(text):
        if found.end() - found.start() <= LONGEST:
            yield Sentence(found.group(), found.start())


def find_mentions(text: str) -> list[Mention]:
    """The numbers of a sentence, those of its list items (1. 2.) and ordinals left out."""
    found = []
    for number in _NUMBER.finditer(text):
        start = number.start()
        if number["chinese"] is not None:
            value = chinese_number(number["chinese"])
            if value is None or (number["chinese"] == "一" and number["counted"] in "次项期"):
                continue
            found.append(
                Mention(
                    number["chinese"],
                    Decimal(value),
                    number["counted"],
                    bool(number["about_chinese"]),
                    start,
                    number.end(),
                )
            )
            continue
        if _is_enumerator(text, start, number.end()):
            continue
        amount = Decimal(number["digits"].replace(",", ""))
        amount *= {"万": 10_000, "亿": 10**8}.get(number["myriad"] or "", 1)
        written = number["digits"] + (number["myriad"] or "")
        counter = number["counter"] or ""
        found.append(Mention(written, amount, counter, bool(number["about"]), start, number.end()))
    return found


def _is_enumerator(text: str, start: int, end: int) -> bool:
    """Whether a number is that of an item: ``（1）``, ``2.``, ``3、`` at the head of a clause."""
    after = text[end : end + 1]
    if after not in ("。", "、", "）", ".", "．") or not text[start:end].isdigit():
        return False
    return end - start <= 2 and _ENUMERATOR.search(text[max(0, start - 2) : start]) is not None


def clause_start(text: str, at: int) -> int:
    """Where the clause begins that a place of a sentence is in, within :data:`REACH`."""
    low = max(0, at - REACH)
    return max((text.rfind(mark, low, at) for mark in STOPS), default=low - 1) + 1 or low


def clause_end(text: str, at: int) -> int:
    """Where the clause ends that a place of a sentence is in, within :data:`REACH`."""
    high = min(len(text), at + REACH)
    ends = [found for mark in STOPS if (found := text.find(mark, at, high)) >= 0]
    return min(ends, default=high)
