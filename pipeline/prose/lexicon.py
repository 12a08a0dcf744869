"""The lexicon of the reader of prose (``claims.toml``): claims, scopes, lists, shares, changes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pipeline.declare.loading import Declaration
from pipeline.model.declared import Declared, check_names

GAP = "[^，。；：、（）0-9]{0,12}"


class ClaimShape(Declared):
    """How a number is read as one of the figures; see the head of ``claims.toml``."""

    key: str
    label: str
    words: tuple[str, ...]
    readings: tuple[str, ...]
    counters: str
    left: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    around: tuple[tuple[str, str], ...] = ()
    only: Literal["", "around"] = ""
    unless: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    only_about: bool = False
    whole: bool = False
    reasons: bool = False
    any_time: bool = False
    topic: bool = False
    office: bool = False
    handled: bool = False


class NoneShape(Declared):
    """How a sentence is read that says of a figure that it is 0."""

    key: str
    label: str
    patterns: tuple[str, ...]
    readings: tuple[str, ...]
    unless: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    whole: bool = False
    of_requests: bool = False


class ScopeShape(Declared):
    """The words by which a sentence speaks of another body, another time, another subject."""

    wider: tuple[str, ...]
    own: tuple[str, ...]
    level: tuple[str, ...]
    others: tuple[str, ...]
    time: tuple[str, ...]
    whole: tuple[str, ...]
    subjects: tuple[str, ...]
    requests: tuple[str, ...]
    part: tuple[str, ...]


class SharesShape(Declared):
    """How a share is told behind its part, the named rates, and the wholes in the tables."""

    pattern: str
    rates: Mapping[str, tuple[str, ...]]
    whole: tuple[str, ...]


class ChangeShape(Declared):
    """How a change on last year is told."""

    since: str
    way: str
    up: tuple[str, ...]
    level: str
    of: tuple[str, ...]


class ListsShape(Declared):
    """How a list is told behind its whole, and a total behind its parts."""

    begins: tuple[str, ...]
    entire: tuple[str, ...]
    open_end: tuple[str, ...]
    rest: tuple[str, ...]
    apart: tuple[str, ...]
    total: tuple[str, ...]
    total_verbs: tuple[str, ...]
    near: int
    running: str
    least: int
    slip: int


class FeeShape(Declared):
    """What section six tells of 信息处理费."""

    about: tuple[str, ...]
    unless: tuple[str, ...]
    amount: re.Pattern[str]
    none: re.Pattern[str]


class LexiconShape(Declared):
    """The whole of ``claims.toml``."""

    fill: tuple[str, ...]
    counters: Mapping[str, tuple[str, ...]]
    scope: ScopeShape
    claims: tuple[ClaimShape, ...]
    none: tuple[NoneShape, ...]
    shares: SharesShape
    change: ChangeShape
    lists: ListsShape
    processing_fee: FeeShape

    def __post_init__(self) -> None:
        check_names("claims", [claim.counters for claim in self.claims], self.counters)
        check_names("change.of", self.change.of, [claim.key for claim in self.claims])


DECLARATION: Declaration[LexiconShape] = Declaration(
    Path(__file__).parent / "claims.toml", LexiconShape, listed=("claims", "none")
)


@lru_cache(maxsize=1)
def lexicon() -> LexiconShape:
    """The lexicon as it is declared."""
    return DECLARATION.load()


def any_of(words: tuple[str, ...]) -> str:
    """A pattern of any of the patterns."""
    return "|".join(words) or "(?!)"


@dataclass(frozen=True, slots=True)
class ClaimPatterns:
    """The patterns of a claim for the reports of a year."""

    claim: ClaimShape
    left: re.Pattern[str]
    right: re.Pattern[str]
    around: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]
    unless: re.Pattern[str]
    about: re.Pattern[str]
    counters: frozenset[str]


@dataclass(frozen=True, slots=True)
class NonePatterns:
    """The patterns of a claim that something is 0, for the reports of a year."""

    claim: NoneShape
    pattern: re.Pattern[str]
    unless: re.Pattern[str]
    about: re.Pattern[str]
    never: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Patterns:
    """Every pattern of the lexicon for the reports of a year."""

    claims: tuple[ClaimPatterns, ...]
    none: tuple[NonePatterns, ...]
    fill: re.Pattern[str]
    bodies: re.Pattern[str]
    level: re.Pattern[str]
    others: re.Pattern[str]
    times: re.Pattern[str]
    subjects: re.Pattern[str]
    part: re.Pattern[str]
    share: re.Pattern[str]
    rates: re.Pattern[str]
    change: re.Pattern[str]
    same: re.Pattern[str]


@lru_cache(maxsize=32)
def patterns(year: int) -> Patterns:
    """The patterns for the reports of a year."""
    said = lexicon()
    fill = f"(?:{any_of(tuple(map(re.escape, said.fill)))})"

    def filled(text: str) -> str:
        words = {"{gap}": GAP, "{last}": str(year - 1), "{next}": str(year + 1)}
        for name, value in words.items():
            text = text.replace(name, value)
        return text

    def compiled(texts: tuple[str, ...], end: str = "") -> re.Pattern[str]:
        return re.compile(f"(?:{any_of(tuple(map(filled, texts)))}){end}")

    ending = f"{fill}{{0,4}}$"
    scope, change = said.scope, said.change
    since, level = filled(change.since), change.level
    return Patterns(
        claims=tuple(
            ClaimPatterns(
                claim,
                compiled(claim.left, ending),
                compiled(claim.right),
                tuple((compiled((a,), ending), compiled((b,))) for a, b in claim.around),
                compiled(claim.unless),
                compiled(claim.about),
                frozenset(said.counters[claim.counters]),
            )
            for claim in said.claims
        ),
        none=tuple(
            NonePatterns(
                one,
                compiled(one.patterns),
                compiled(one.unless),
                compiled(one.about),
                compiled(one.never),
            )
            for one in said.none
        ),
        fill=re.compile(f"{fill}*"),
        bodies=re.compile(f"(?P<wider>{any_of(scope.wider)})|(?P<own>{any_of(scope.own)})"),
        level=compiled(scope.level),
        others=compiled(scope.others),
        times=re.compile(
            f"(?P<whole>1月1日起?(?:至|到|—|–|-|－){{1,2}}(?:20[0-9]{{2}}年)?12月31日"
            f"|{any_of(scope.whole)}|{year}年(?!1?[0-9]月))"
            f"|(?P<other>{any_of(scope.time)}|(?<![0-9])20[0-9]{{2}}年)"
        ),
        subjects=re.compile(
            f"(?P<other>{any_of(scope.subjects)})|(?P<requests>{any_of(scope.requests)})"
        ),
        part=compiled(scope.part),
        share=re.compile(said.shares.pattern),
        rates=re.compile(
            f"(?P<rate>{any_of(tuple(said.shares.rates))})(?:为|达到?|是|约)?"
            "(?P<percent>[0-9]{1,3}(?:\\.[0-9]{1,4})?)%"
        ),
        change=re.compile(
            f"(?P<since>{since}(?:[0-9,.]{{1,12}}(?:件|条|份|宗|例|次|篇))?)?"
            f"[^，。；0-9]{{0,8}}?{change.way}"
            "(?P<number>[0-9]{1,9}(?:\\.[0-9]{1,4})?)(?P<unit>%|件|条|份|宗|例|次|篇)"
        ),
        same=re.compile(f"{since}[^，。；0-9]{{0,4}}{level}|与(?:上年|去年){level}"),
    )
