"""What the prose claims of the figures: numbers, 未收到, 均已办结, lists, changes.

Each sentence is read for the claims that ``claims.toml`` declares.  A claim has readings, the
sums that it may mean; it is doubtful only when none of them is the number it tells.  Prose of
another scope (the whole district, a part of the year, other kinds of letters) claims nothing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Any

from pipeline.prose.words import any_of

DECLARATION = Path(__file__).parent / "claims.toml"

Sums = Mapping[str, int]
"""The edition's measures and sums by key (件, 条), those whose figures are all known."""

_DIGITS = str.maketrans("０１２３４５６７８９，％", "0123456789，%")
# 约20件, 20余件 claim no number, nor does what has more digits than any figure.
_N = (
    r"(?<![约近逾超0-9.])(?<!超过)"
    r"(?P<n>[0-9]{1,3}(?:,[0-9]{3}){1,3}|[0-9]{1,12})(?![0-9.余多几])"
)
_GAP = r"[^，。；：、（）0-9]{0,12}"
_SENTENCE = re.compile(r"[^。！？\n…]+")
_CLAIMING = re.compile("[0-9]|未|没有|无|均|全部|都已|零")
"""A sentence with none of these claims nothing: most of a report is passed over at once."""

_LONGEST = 2_000
"""Characters of a sentence, and of what follows it as its parts; whatever is longer is neither,
and would take minutes to look through."""

_CLAUSE_ENDS = "，。；：（）"


@dataclass(frozen=True, slots=True)
class ProseMismatch:
    """A claim that no reading bears out: the sentence, what it claims, the readings tried.

    ``told`` is the number as it is told, empty of a sentence that says without one that there
    is nothing (未收到, 均已办结).
    """

    label: str
    sentence: str
    told: str
    readings: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Claim:
    key: str
    label: str
    patterns: tuple[str, ...]
    readings: tuple[str, ...]
    unless: tuple[str, ...]
    about: tuple[str, ...]
    whole: bool
    reasons: bool
    none: bool


@dataclass(frozen=True, slots=True)
class _Declared:
    claims: tuple[_Claim, ...]
    elsewhere: tuple[str, ...]
    wider: tuple[str, ...]
    parts: tuple[str, ...]
    shares: Mapping[str, Any]
    lists: Mapping[str, Any]
    change: Mapping[str, Any]


@lru_cache(maxsize=1)
def _declared() -> _Declared:
    spec = tomllib.loads(DECLARATION.read_text("utf-8"))
    claims = tuple(
        _Claim(
            key=key,
            label=one["label"],
            patterns=tuple(one["patterns"]),
            readings=tuple(one["readings"]),
            unless=tuple(one.get("unless", ())),
            about=tuple(one.get("about", ())),
            whole=one.get("whole", False),
            reasons=one.get("reasons", False),
            none=kind == "none",
        )
        for kind in ("claims", "none")
        for key, one in spec[kind].items()
    )
    return _Declared(
        claims=claims,
        elsewhere=tuple(spec["elsewhere"]),
        wider=tuple(spec["wider"]),
        parts=tuple(spec["parts"]),
        shares=spec["shares"],
        lists=spec["lists"],
        change=spec["change"],
    )


@lru_cache(maxsize=512)
def _pattern(text: str, last_year: int) -> re.Pattern[str]:
    filled = text.replace("{n}", _N).replace("{gap}", _GAP).replace("{last}", str(last_year))
    return re.compile(filled)


def doubts(
    text: str,
    year: int,
    known: Sequence[Sums],
    labels: Mapping[str, str],
    *,
    prior: Sums | None = None,
    wide: bool = False,
    on_request: bool = False,
) -> Iterator[ProseMismatch]:
    """The doubtful claims of a paragraph.

    Args:
        known: the sums a claim may speak of: the unit's, for a county's own prose its county's
            as well.
        labels: what the measures and sums are called, by key.
        prior: last year's sums, where they are known.
        wide: the prose speaks for the whole county, so that 全区 is its own scope.
        on_request: the paragraph is of the part on requests, which need not be named again.
    """
    plain = "".join(text.translate(_DIGITS).split())
    yield from _of_running_totals(plain)
    for found in _SENTENCE.finditer(plain):
        sentence = found.group()
        if len(sentence) > _LONGEST or not _CLAIMING.search(sentence):
            continue
        yield from _of_lists(sentence)
        if _is_elsewhere(sentence, wide):
            continue
        yield from _of_tables(sentence, year, known, labels, on_request)
        if prior is not None:
            yield from _of_change(sentence, year, known, prior)


def _is_elsewhere(sentence: str, wide: bool) -> bool:
    declared = _declared()
    words = declared.elsewhere if wide else (*declared.elsewhere, *declared.wider)
    return any_of(words).search(sentence) is not None


# --------------------------------------------------------------------- against the tables


def _of_tables(
    sentence: str, year: int, known: Sequence[Sums], labels: Mapping[str, str], on_request: bool
) -> Iterator[ProseMismatch]:
    taken: list[tuple[int, int]] = []
    for claim in _declared().claims:
        if claim.about and not on_request and not any_of(claim.about).search(sentence):
            continue
        for found in _spots(claim, sentence, year):
            start, end = found.span()
            if any(start < b and a < end for a, b in taken):
                continue
            taken.append((start, end))
            told = 0 if claim.none else int(found["n"].replace(",", ""))
            tried = [
                (r, v)
                for sums in known
                for r in claim.readings
                if (v := value(r, sums)) is not None
            ]
            if not tried or any(v == told for _, v in tried):
                yield from _of_shares(claim, sentence, found, known)
            elif not _unread(claim, known, labels):
                yield ProseMismatch(
                    label=claim.label,
                    sentence=sentence,
                    told="" if claim.none else str(told),
                    readings=tuple(dict.fromkeys((_in_words(r, labels), str(v)) for r, v in tried)),
                )


def _unread(claim: _Claim, known: Sequence[Sums], labels: Mapping[str, str]) -> bool:
    """Whether a sum that the claim may speak of could not be read: then nobody can tell."""
    return any(
        value(reading, sums) is None
        for reading in claim.readings
        if all(word in "+-" or word in labels for word in reading.split())
        for sums in known
    )


def _of_shares(
    claim: _Claim, sentence: str, found: re.Match[str], known: Sequence[Sums]
) -> Iterator[ProseMismatch]:
    """「…35件，占4.3%」: a share of no whole that there is."""
    spec = _declared().shares
    if claim.key not in spec["of"] or claim.none:
        return
    share = _pattern(spec["pattern"], 0).match(sentence, found.end())
    if not share:
        return
    part = int(found["n"].replace(",", ""))
    wholes = [(w, v) for sums in known for w in spec["whole"] if (v := value(w, sums))]
    exact = [(whole, Decimal(part) * 100 / v) for whole, v in wholes]
    if exact and not any(_printed_as(share["percent"], one) for _, one in exact):
        yield ProseMismatch(
            label=f"{claim.label}占比",
            sentence=sentence,
            told=f"{share['percent']}%",
            readings=tuple(
                dict.fromkeys(
                    (f"{part}÷{v}", _percent(one))
                    for (_, v), (_, one) in zip(wholes, exact, strict=True)
                )
            ),
        )


def _printed_as(percent: str, exact: Decimal) -> bool:
    """Whether a percentage is printed so, rounded or cut off."""
    unit = Decimal(1).scaleb(int(Decimal(percent).as_tuple().exponent))
    return Decimal(percent) in (
        exact.quantize(unit, ROUND_HALF_UP),
        exact.quantize(unit, ROUND_DOWN),
    )


def _percent(exact: Decimal) -> str:
    return f"{exact.quantize(Decimal('0.01'), ROUND_HALF_UP)}%"


def _spots(claim: _Claim, sentence: str, year: int) -> Iterator[re.Match[str]]:
    for pattern in claim.patterns:
        for found in _pattern(pattern, year - 1).finditer(sentence):
            clause = _clause(sentence, found.start(), found.end())
            unless = [word.replace("{last}", str(year - 1)) for word in claim.unless]
            if any(word in clause for word in unless):
                continue
            if claim.whole and any_of(_declared().parts).search(clause):
                continue
            if claim.reasons and re.search("因|属于|涉及", clause) and "等原因" not in clause:
                continue
            yield found


def _clause(sentence: str, start: int, end: int) -> str:
    left = max((sentence.rfind(mark, 0, start) for mark in _CLAUSE_ENDS), default=-1) + 1
    rights = [at for mark in _CLAUSE_ENDS if (at := sentence.find(mark, end)) >= 0]
    return sentence[left : min(rights, default=len(sentence))]


def value(reading: str, sums: Sums) -> int | None:
    """A reading such as ``received + carried_in``; None where one of its sums isn't known."""
    total, sign = 0, 1
    for word in reading.split():
        if word in "+-":
            sign = 1 if word == "+" else -1
        elif word in sums:
            total += sign * sums[word]
        else:
            return None
    return total


def _in_words(reading: str, labels: Mapping[str, str]) -> str:
    signs = {"+": "＋", "-": "－"}
    return "".join(signs.get(word) or labels.get(word, word) for word in reading.split())


# ------------------------------------------------------------------------------- lists


def _of_lists(sentence: str) -> Iterator[ProseMismatch]:
    """「共…条，其中…」 whose items don't add up to the head."""
    spec = _declared().lists
    for head in _pattern(spec["head"], 0).finditer(sentence):
        items = _items(sentence, head)
        if items is None:
            continue
        numbers, open_ended = items
        total = int(head["n"].replace(",", ""))
        if len(numbers) < 2 or total in list(accumulate(numbers))[1:]:
            continue
        told = sum(numbers)
        near = len(numbers) >= 3 and (total - told) * 100 <= total * spec["near"]
        if (told > total and told != 2 * total) or (told < total and near and not open_ended):
            parts = "＋".join(map(str, numbers))
            yield ProseMismatch(
                label="分项之和",
                sentence=sentence,
                told=str(total),
                readings=((f"分项 {parts}", str(told)),),
            )
        return


def _of_running_totals(text: str) -> Iterator[ProseMismatch]:
    """「累计公开396条。…22条，…21条，…」: a total whose parts follow in sentences of their own.

    Where no first few of the numbers that follow add up to it, but come as near as a slip does,
    it has been miscounted; where they are far from it, they aren't its parts.
    """
    spec = _declared().lists
    for sentence in _SENTENCE.finditer(text):
        if len(sentence.group()) > _LONGEST:
            continue
        for head in _pattern(spec["running"], 0).finditer(sentence.group()):
            number = _N.replace("?P<n>", "") + re.escape(head["unit"])
            if re.search(number, sentence.group()[head.end() :]):
                continue
            following = re.findall(number, text[sentence.end() : sentence.end() + _LONGEST])
            sums = list(accumulate(int(one.replace(",", "")) for one in following))
            total = int(head["n"].replace(",", ""))
            if total in sums[1:]:
                continue
            near = [
                (count, told)
                for count, told in enumerate(sums, 1)
                if count >= spec["least"] and abs(total - told) * 100 <= total * spec["slip"]
            ]
            if near:
                count, told = min(near, key=lambda one: abs(total - one[1]))
                parts = "＋".join(following[:count])
                yield ProseMismatch(
                    label="分项之和",
                    sentence=sentence.group(),
                    told=str(total),
                    readings=((f"其后分项 {parts}", str(told)),),
                )


def _items(sentence: str, head: re.Match[str]) -> tuple[list[int], bool] | None:
    """The numbers of the list behind a head, and whether it says that it isn't all."""
    spec = _declared().lists
    rest = sentence[head.end() :]
    inside = re.match(r"（([^（）]*)）", rest)
    if inside and any(word in inside.group(1) for word in spec["opening"]):
        rest = inside.group(1)
    else:
        rest = re.sub(r"（[^（）]*）", "", rest)
        opened = re.match(r"[，；：]?(?:" + "|".join(spec["opening"]) + ")", rest)
        if not opened:
            return None
        rest = rest[opened.end() :]
    if "其中" in rest.removeprefix("其中"):
        return None
    numbers = []
    open_ended = False
    for clause in re.split("[，；、]", rest):
        if any(word in clause for word in spec["aside"]):
            continue
        found = re.findall(_N.replace("?P<n>", "") + re.escape(head["unit"]), clause)
        numbers += [int(number.replace(",", "")) for number in found]
        open_ended = open_ended or clause.rstrip("信息内容方面").endswith(spec["open_end"])
    return numbers, open_ended


# ------------------------------------------------------------------------------- 同比


def _of_change(
    sentence: str, year: int, known: Sequence[Sums], prior: Sums
) -> Iterator[ProseMismatch]:
    """A change told in the sentence that tells this year's requests and nothing else."""
    spec = _declared().change
    claim = next(c for c in _declared().claims if c.key == spec["of"] and not c.none)
    received = list(_spots(claim, sentence, year))
    changes = list(re.finditer(spec["pattern"], sentence))
    if len(received) != 1 or len(changes) != 1 or changes[0].start() < received[0].end():
        return
    between = sentence[received[0].end() : changes[0].start()]
    if re.search(_N, between):
        return
    change = changes[0]
    sign = 1 if change["way"] in spec["up"] else -1
    tried = []
    for sums in known:
        for reading in claim.readings[:2]:
            now, then = value(reading, sums), value(reading, prior)
            if now is not None and then:
                exact = Decimal(now - then) * 100 / then
                tried.append((f"{then}→{now}", exact))
    if tried and not any(_printed_as(change["percent"], sign * exact) for _, exact in tried):
        yield ProseMismatch(
            label="同比",
            sentence=sentence,
            told=f"{change['way']}{change['percent']}%",
            readings=tuple((words, _percent(exact)) for words, exact in tried),
        )
