"""内容雷同: how much of a unit's prose repeats its own last year's, or another unit's.

The national notice names it as a fault of these reports (国办公开办函〔2021〕30号).  Prose is
compared clause by clause, with the unit's own name masked.  Clauses that tell figures are worded
alike everywhere and rightly so; they are left out, as is the introduction, whose wording is all
but prescribed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.aggregate.years import unit_key
from pipeline.model.place import Place
from pipeline.model.submission import Submission

_CLAUSE_END = re.compile(r"[，。；：！？,;:!?\n]+")
_FIGURES = re.compile(r"[0-9０-９]")
_NOISE = re.compile(r"[\s\W]+")
MIN_CLAUSE = 8
"""Shorter clauses, in characters, are everybody's."""

MIN_PROSE = 120
"""Of less prose than this, in characters, nothing is said."""

THRESHOLD = 60
"""The share, in percent, from which prose counts as repeated."""

SHOWN = 6
"""How many paragraphs are set side by side at most."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """A paragraph and the other text's paragraph that it repeats most."""

    place: Place
    own: str
    other: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Repeat:
    """A unit's prose repeats ``percent`` of its characters from another's (or its own past).

    ``unit`` and ``year`` say whose prose it repeats.
    """

    unit: str
    year: int
    percent: int
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class _Text:
    """A unit's prose: its paragraphs, and each paragraph's clauses, masked."""

    paragraphs: tuple[tuple[Place, str], ...]
    clauses: tuple[tuple[str, ...], ...]

    @property
    def size(self) -> int:
        return sum(len(clause) for clauses in self.clauses for clause in clauses)


def repeats(
    units: Sequence[Submission],
    last_year: Sequence[Submission | None],
    introduction: Mapping[str, str],
    threshold: int = THRESHOLD,
) -> list[tuple[Repeat, ...]]:
    """For each unit, whose prose it repeats by at least ``threshold`` percent.

    ``last_year`` has each unit's own workbook of the year before, or None; units of the same
    county and year are compared with each other.  ``introduction`` has, by edition, the key of
    the section that is left out.
    """
    texts = [_text(unit, introduction) for unit in units]
    owners: dict[tuple[str, int], dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for i, (unit, text) in enumerate(zip(units, texts, strict=True)):
        here = owners[unit.county, unit.year]
        for clauses in text.clauses:
            for clause in clauses:
                here[clause].add(i)
    found = []
    for i, (text, before) in enumerate(zip(texts, last_year, strict=True)):
        mine: list[Repeat] = []
        if before is not None:
            mine += _repeat(text, _text(before, introduction), before, threshold)
        likeness = _likeness(i, text, units, owners[units[i].county, units[i].year])
        for other in sorted(likeness, key=lambda at: (-likeness[at], at)):
            if likeness[other] * 100 >= threshold * text.size:
                mine += _repeat(text, texts[other], units[other], threshold)
        found.append(tuple(mine) if text.size >= MIN_PROSE else ())
    return found


def _likeness(
    at: int, text: _Text, units: Sequence[Submission], owners: Mapping[str, set[int]]
) -> dict[int, int]:
    """How many characters of a text stand in each other unit's; ``owners`` has the clauses of
    those of the same county and year.

    Two files of one unit are alike, and told of as such.
    """
    shared: dict[int, int] = defaultdict(int)
    for clauses in text.clauses:
        for clause in clauses:
            for other in owners[clause]:
                shared[other] += len(clause)
    own = unit_key(units[at])
    return {other: size for other, size in shared.items() if unit_key(units[other]) != own}


def _repeat(text: _Text, other: _Text, whose: Submission, threshold: int) -> Iterator[Repeat]:
    known = {clause for clauses in other.clauses for clause in clauses}
    shared = [sum(len(c) for c in clauses if c in known) for clauses in text.clauses]
    percent = 100 * sum(shared) // max(1, text.size)
    if percent >= threshold:
        most = sorted(range(len(shared)), key=lambda i: (-shared[i], i))[:SHOWN]
        yield Repeat(
            unit=whose.unit,
            year=whose.year,
            percent=percent,
            pairs=tuple(_pair(text, i, other) for i in sorted(most) if shared[i]),
        )


def _pair(text: _Text, at: int, other: _Text) -> Pair:
    own = set(text.clauses[at])
    sizes = [sum(len(c) for c in clauses if c in own) for clauses in other.clauses]
    place, paragraph = text.paragraphs[at]
    return Pair(place=place, own=paragraph, other=other.paragraphs[sizes.index(max(sizes))][1])


def _text(unit: Submission, introduction: Mapping[str, str]) -> _Text:
    paragraphs = [
        (passage.place, paragraph)
        for passage in unit.passages
        if passage.section != introduction.get(unit.edition)
        for paragraph in passage.paragraphs
    ]
    names = [n for n in (unit.unit, unit.identity.get("self", ""), unit.county) if n]
    clauses = [_clauses(paragraph, names) for _, paragraph in paragraphs]
    return _Text(tuple(paragraphs), tuple(clauses))


def _clauses(paragraph: str, names: Sequence[str]) -> tuple[str, ...]:
    for name in names:
        paragraph = paragraph.replace(name, "甲")
    told = (clause for clause in _CLAUSE_END.split(paragraph) if not _FIGURES.search(clause))
    plain = (_NOISE.sub("", clause) for clause in told)
    return tuple(clause for clause in plain if len(clause) >= MIN_CLAUSE)
