"""Proofreading the prose: what a second pair of eyes would point at, never changed by us.

Each check is a pure function over one paragraph that gives spans; which checks there are, and in
which words they are told, is declared in ``proofreading.toml``.  Brackets and punctuation follow
GB/T 15834—2011, document numbers GB/T 9704—2012 (7.2.5).
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

DECLARATION = Path(__file__).parent / "proofreading.toml"

Spec = Mapping[str, Any]
HAN = r"[\u4e00-\u9fff]"


@dataclass(frozen=True, slots=True)
class Finding:
    """A doubtful spot: the check, where it stands in the paragraph, and what is said of it."""

    check: str
    name: str
    start: int
    end: int
    told: str
    fix: str


@lru_cache(maxsize=1)
def declared() -> Mapping[str, Spec]:
    """The checks, by key."""
    return tomllib.loads(DECLARATION.read_text("utf-8"))


def names() -> dict[str, str]:
    """The checks by the name that people know them by."""
    return {spec["name"]: key for key, spec in declared().items()}


def proofread(text: str, year: int, off: Collection[str] = ()) -> list[Finding]:
    """What is doubtful in a paragraph of the report of a year, in the order of the text.

    ``off`` are the keys of the checks that the office has switched off.  A spot is told once,
    by the first check that speaks of it.
    """
    found: list[Finding] = []
    taken = bytearray(len(text))
    for key, check in _CHECKS.items():
        spec = declared()[key]
        for start, end, words in check(text, year, spec):
            if any(taken[start:end]):
                continue
            taken[start:end] = b"\1" * (end - start)
            told, fix = (spec[part].format(year=year, **words) for part in ("text", "fix"))
            found.append(Finding(key, spec["name"], start, end, told, fix))
    # A check that is off still claims its spots, so that no other speaks of them instead.
    return sorted((f for f in found if f.check not in off), key=lambda f: f.start)


def excerpt(text: str, finding: Finding, around: int = 8) -> str:
    """The spot with a few characters on either side."""
    start, end = max(finding.start - around, 0), min(finding.end + around, len(text))
    before, after = "…" if start else "", "…" if end < len(text) else ""
    return f"{before}{text[start:end]}{after}"


Spots = Iterator[tuple[int, int, dict[str, str]]]

# ---------------------------------------------------------------------------- 发文字号

_NUMBER = re.compile(
    r"(?P<code>[\u4e00-\u9fff]{1,12}(?:发|函|字|办|规|令|通|公开|政|号))"
    r"(?P<open>[〔\[(（【［{])(?P<year>(?:19|20)\d\d)(?P<close>[〕\])）】］}])"
    r"(?P<di>第?)(?P<zeros>0*)(?P<number>\d{1,4})号"
)


def _document_numbers(text: str, _year: int, _spec: Spec) -> Spots:
    for found in _NUMBER.finditer(text):
        right = f"〔{found['year']}〕{found['number']}号"
        written = text[found.start("open") : found.end()]
        if written != right:
            yield found.start("open"), found.end(), {"better": right}


# --------------------------------------------------------------------- brackets, quotation marks


@lru_cache(maxsize=8)
def _marks(characters: str) -> re.Pattern[str]:
    return re.compile(f"[{re.escape(characters)}]")


_ITEM = re.compile(
    r"(?:^|\D)\d{1,2}$|(?:^|[，。；：、\s])(?:[一二三四五六七八九十]{1,3}|[A-Za-z]|[①-⑳])$"
)

_ITEM_LONGEST = 8
"""More characters than make an item's number, and what stands before it."""


def _brackets(text: str, _year: int, spec: Spec) -> Spots:
    closes = {pair[1]: pair[0] for pair in spec["pairs"]}
    opens = {pair[0]: pair[1] for pair in spec["pairs"]}
    waiting: list[tuple[int, str]] = []
    open_now: Counter[str] = Counter()

    def closed() -> tuple[int, str]:
        start, opened = waiting.pop()
        open_now[opened] -= 1
        return start, opened

    for spot in _marks("".join(spec["pairs"])).finditer(text):
        at, mark = spot.start(), spot.group()
        if mark in opens:
            waiting.append((at, mark))
            open_now[mark] += 1
        elif mark in closes:
            if waiting and waiting[-1][1] == closes[mark]:
                closed()
            elif open_now[closes[mark]]:
                while waiting[-1][1] != closes[mark]:
                    start, opened = closed()
                    yield start, start + 1, {"mark": opened}
                closed()
            elif waiting and mark in ")）" and waiting[-1][1] in "(（":
                start, opened = closed()
                yield start, at + 1, {"mark": f"{opened}…{mark}"}
            elif not _stands_alone(text, at):
                yield at, at + 1, {"mark": mark}
    for at, mark in waiting:
        yield at, at + 1, {"mark": mark}
    straight = [at for at, mark in enumerate(text) if mark == '"']
    if len(straight) % 2:
        yield straight[-1], straight[-1] + 1, {"mark": '"'}


def _stands_alone(text: str, at: int) -> bool:
    """Whether a closing mark needs no opening one: the 1）of a list, an apostrophe."""
    if text[at] in ")）":
        return _ITEM.search(text[max(at - _ITEM_LONGEST, 0) : at]) is not None
    return text[at] == "’" and at > 0 and text[at - 1].isascii() and text[at - 1].isalpha()


# ------------------------------------------------------------------------------ punctuation

_HALF = re.compile(
    rf"(?<={HAN})[,;:?!.(](?={HAN})|(?<=[”》）{HAN[1:]})[,;:?!)](?=[“《（{HAN[1:]})"
    rf"|(?<={HAN})[,;](?=[0-9])"
)


def _half_width(text: str, _year: int, spec: Spec) -> Spots:
    for found in _HALF.finditer(text):
        if found.group() in spec["marks"]:
            yield found.start(), found.end(), {"mark": found.group()}


# -------------------------------------------------------------------------- doubled words

_WORD_TWICE = re.compile(rf"({HAN}{{2,6}})\1")


def _doubled(text: str, _year: int, spec: Spec) -> Spots:
    for found in re.finditer(f"[{spec['marks']}]{{2,}}", text):
        yield found.start(), found.end(), {"mark": found.group()}
    for found in re.finditer(f"([{spec['characters']}])\\1", text):
        if not _word_across(text, found, spec["words"]):
            yield found.start(), found.end(), {"mark": found.group()}
    for found in _WORD_TWICE.finditer(text):
        following = text[found.end() : found.end() + 1]
        counted = found.group()[0] in spec["counting"]
        if (
            not counted
            and found.group() not in spec["fine"]
            and following not in spec["next"] + " "
        ):
            yield found.start(), found.end(), {"mark": found.group()}


def _word_across(text: str, found: re.Match[str], words: Collection[str]) -> bool:
    """Whether the two belong to different words: 主要目的｜的…, 作为｜为…"""
    before = text[max(found.start() - 1, 0) : found.start() + 1]
    after = text[found.start() + 1 : found.end() + 1]
    return before in words or after in words


_CHECKS: Mapping[str, Callable[[str, int, Spec], Spots]] = {
    "document_numbers": _document_numbers,
    "half_width": _half_width,
    "doubled": _doubled,
    "brackets": _brackets,
}
