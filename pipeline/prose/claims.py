"""What the prose claims of the figures: numbers, 未收到, 均已办结, shares, changes.

A claim is read from a number and what stands round it, by the lexicon (``claims.toml``).  It has
readings, the sums that it may mean; it is a mismatch only when none of them is the number it tells.
Prose of another scope (the whole district, a part of the year, others' work) claims nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from pipeline.model.edition import Measure
from pipeline.prose.lexicon import (
    ClaimPatterns,
    ClaimShape,
    NonePatterns,
    Patterns,
    lexicon,
    patterns,
)
from pipeline.prose.lists import mismatched_lists, mismatched_running_totals
from pipeline.prose.mentions import (
    REACH,
    STOPS,
    Mention,
    Sentence,
    clause_end,
    clause_start,
    find_mentions,
    normalise_prose,
    split_sentences,
)
from pipeline.text.figures import MONEY_SCALE, format_value

Sums = Mapping[str, int]
"""The edition's measures, sums and counts by key (件, 条, 分), those whose figures are all known."""

_CLAIMING = re.compile("[0-9]|未|没有|无|均|全部|都已|零|[一二两三四五六七八九十百千][件条份宗例]")
"""A sentence with none of these claims nothing: most of a report is passed over at once."""

_MONEY = {"元": 100, "万元": MONEY_SCALE, "亿元": MONEY_SCALE * 10_000}
_NEAR = re.compile(r"[约近逾超]过?$")


@dataclass(frozen=True, slots=True)
class ProseMismatch:
    """A claim that no reading bears out: the sentence, what it claims, the readings tried.

    ``told`` is the number as it is told, empty of a sentence that says without one that there
    is nothing (未收到, 均已办结).  ``readings`` are in words, each with its value as printed.
    """

    label: str
    sentence: str
    told: str
    readings: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ReadClaim:
    """A claim as it was read: of which sentence, by which rule of the lexicon, what it tells, and
    whether a reading bears it out (None: nothing to compare with)."""

    sentence: str
    label: str
    told: str
    readings: tuple[tuple[str, str], ...]
    holds: bool | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Tables:
    """What prose is compared with.

    ``known`` are the sums that a claim may speak of: the unit's, for a county's own prose its
    county's as well; ``prior`` last year's, where they are known.  ``wide``: the prose speaks for
    the whole county, so that 全区 is its own scope.  ``on_request``: the paragraph is of the part
    on requests, which need not be named again.
    """

    year: int
    known: Sequence[Sums]
    measures: Mapping[str, Measure]
    prior: Sums | None = None
    wide: bool = False
    on_request: bool = False


@dataclass(frozen=True, slots=True)
class _Spot:
    """A number with what stands round it: ``left`` and ``right`` within its clause, ``own`` what
    is between the numbers on either side, ``clause`` all of its clause before it."""

    sentence: Sentence
    mention: Mention
    left: str
    right: str
    own: str
    clause: str


def find_mismatches(text: str, tables: Tables) -> Iterator[ProseMismatch]:
    """The claims of a paragraph that the tables or its own numbers don't bear out."""
    for claim in read_claims(text, tables):
        if claim.holds is False:
            yield ProseMismatch(claim.label, claim.sentence, claim.told, claim.readings)


def read_claims(text: str, tables: Tables) -> Iterator[ReadClaim]:
    """Every claim of a paragraph, those that hold too, in the order they are read."""
    plain = normalise_prose(text)
    yield from map(_of_list, mismatched_running_totals(plain))
    yield from map(_of_list, mismatched_lists(plain))
    topic, about_requests = "", tables.on_request
    for sentence in split_sentences(plain):
        if _CLAIMING.search(sentence.text):
            yield from _of_sentence(sentence, plain, tables, topic, about_requests)
        topic = _topic(sentence.text, len(sentence.text)) or topic
        subject = _subject(sentence.text, len(sentence.text), tables.year)
        about_requests = subject == "requests" if subject else about_requests


def _of_list(found: tuple[str, str, str, str]) -> ReadClaim:
    sentence, told, parts, total = found
    return ReadClaim(sentence, "分项之和", told, ((parts, total),), False)


def _of_sentence(
    sentence: Sentence, plain: str, tables: Tables, topic: str, about_requests: bool
) -> Iterator[ReadClaim]:
    rules, text = patterns(tables.year), sentence.text
    mentions = find_mentions(text)
    read: dict[int, tuple[ClaimShape, bool]] = {}
    for at, mention in enumerate(mentions):
        if mention.about or mention.counter in ("%", "‰"):
            continue
        if not mention.counter and not _stands_bare(text, mention):
            continue
        spot = _spot(sentence, mentions, at, rules)
        if _NEAR.search(spot.left):
            continue
        found = _claim_of(spot, rules, tables, topic, about_requests)
        if found is None:
            continue
        claim, readings = found
        made = _compared(sentence.text, claim, mention, readings, tables)
        if made is not None:
            read[at] = claim, made.holds is not False
            yield made
    yield from _of_none(sentence, tables, rules, topic, about_requests)
    yield from _of_shares(sentence, mentions, read, tables, rules)
    yield from _of_changes(sentence, mentions, read, tables, rules)


# ---------------------------------------------------------------------- what a number says


def _stands_bare(text: str, mention: Mention) -> bool:
    """Whether a number without a counter is a count all the same: 行政诉讼数为0。"""
    after = text[mention.end : mention.end + 1]
    return (not after or after in STOPS) and text[mention.start - 1 : mention.start] in (
        "为",
        "是",
        "：",
    )


def _spot(sentence: Sentence, mentions: Sequence[Mention], at: int, rules: Patterns) -> _Spot:
    text, mention = sentence.text, mentions[at]
    before = next((m.end for m in reversed(mentions[:at]) if m.counter), 0)
    after = next((m.start for m in mentions[at + 1 :] if m.counter), len(text))
    begins = clause_start(text, mention.start)
    low = max(before, begins)
    left = text[low : mention.start].lstrip("、")
    bare = rules.fill.fullmatch(left) is not None
    if bare and low == begins and low and text[low - 1] == "，":
        low = max(before, clause_start(text, low - 1))
        left = text[low : begins - 1] + left
    ends = min(
        [after, clause_end(text, mention.end)]
        + [found for found in [text.find("、", mention.end, mention.end + REACH)] if found >= 0]
    )
    return _Spot(
        sentence=sentence,
        mention=mention,
        left=left[-REACH:],
        right=text[mention.end : mention.end + REACH],
        own=text[low:ends],
        clause=text[begins : mention.start],
    )


def _claim_of(
    spot: _Spot, rules: Patterns, tables: Tables, topic: str, about_requests: bool
) -> tuple[ClaimShape, tuple[str, ...]] | None:
    """The claim that a number makes, with its readings; None where it makes none."""
    text, start = spot.sentence.text, spot.mention.start
    if rules.others.search(spot.own) or _of_others(text, start, rules, tables):
        return None
    for one in rules.claims:
        claim = one.claim
        counted = not spot.mention.counter or spot.mention.counter in one.counters
        if not counted or not any(word in text for word in claim.words):
            continue
        if not _matches(one, spot) or (claim.unless and one.unless.search(spot.own)):
            continue
        if claim.about and not (one.about.search(text) or _allowed(claim, about_requests)):
            continue
        if not claim.any_time and _at_another_time(text, start, rules):
            return None
        if claim.whole and _is_part(spot, rules, tables.year):
            return None
        if claim.reasons and re.search("因|属于|涉及", spot.own) and "等原因" not in spot.own:
            return None
        if claim.handled and not _of_requests(text, start, tables.year, about_requests):
            return None
        if claim.office and _is_business(spot):
            return None
        readings = claim.readings
        if claim.topic:
            whose = _topic(text, start, spot.right) or topic
            if "败诉" in spot.left:
                whose = "litigation"
            if not whose:
                return None
            readings = tuple(_for_topic(reading, whose) for reading in readings)
        return claim, readings
    return None


def _allowed(claim: ClaimShape, about_requests: bool) -> bool:
    return about_requests and not claim.only_about


def _matches(one: ClaimPatterns, spot: _Spot) -> bool:
    for left, right in one.around:
        if left.search(spot.left) and right.search(spot.right):
            return True
    if one.claim.only:
        return False
    if one.claim.left and one.left.search(spot.left):
        return True
    return bool(one.claim.right) and one.right.search(spot.right) is not None


def _for_topic(reading: str, topic: str) -> str:
    if topic != "disputes":
        return reading.replace("{topic}", topic)
    both = [reading.replace("{topic}", one) for one in ("review", "litigation")]
    return f"{both[0]} + {both[1]}"


_TOPICS = re.compile("(?P<review>复议)|(?P<litigation>诉讼|应诉|起诉|法院|涉诉)")


def _topic(text: str, end: int, right: str = "") -> str:
    """Whether reviews, lawsuits or both were spoken of last before a place of a sentence."""
    found = [one for one in _TOPICS.finditer(text, 0, end)]
    if not found:
        after = _TOPICS.search(right)
        return (after.lastgroup or "") if after else ""
    last = found[-1]
    if len(found) > 1 and last.lastgroup != found[-2].lastgroup:
        between = text[found[-2].end() : last.start()]
        if re.fullmatch("(?:案件)?(?:、|和|及|与|或|以及)(?:行政)?", between):
            return "disputes"
    if last.lastgroup == "review" and "后" in text[last.end() : last.end() + 1]:
        return "litigation"
    return last.lastgroup or ""


def _subject(text: str, end: int, year: int) -> str:
    """Whether requests or something else was spoken of last before a place of a sentence."""
    last = ""
    for found in patterns(year).subjects.finditer(text, 0, end):
        last = found.lastgroup or ""
    return last


def _of_requests(text: str, at: int, year: int, about_requests: bool) -> bool:
    subject = _subject(text, at, year)
    return subject == "requests" if subject else about_requests or "申请" in text[at : at + 12]


def _of_others(text: str, at: int, rules: Patterns, tables: Tables) -> bool:
    """Whether the last body spoken of before a place isn't the one that the tables are of."""
    last = None
    for found in rules.bodies.finditer(text, 0, at):
        last = found
    if tables.wide:
        begins = clause_start(text, at)
        return len(tables.known) == 1 and rules.level.search(text, begins, at) is not None
    return last is not None and last.lastgroup == "wider"


def _at_another_time(text: str, at: int, rules: Patterns) -> bool:
    last = None
    for found in rules.times.finditer(text, 0, at):
        last = found
    return last is not None and last.lastgroup == "other"


def _is_part(spot: _Spot, rules: Patterns, year: int) -> bool:
    found = rules.part.search(spot.clause)
    if found is None:
        return False
    rest = spot.clause[found.end() :]
    return not (found.group() == "其中" and re.search(f"全年|本年|{year}年", rest))


def _is_business(spot: _Spot) -> bool:
    """Whether a review or a lawsuit is the office's own business, as that of a justice bureau."""
    return (
        re.search("(?:受理|审理|审结|办理|办结|收到|新收)(?:了)?[^，。；]{0,8}$", spot.left)
        is not None
        or re.search("(?:受理|审理|审结|办理|办结|新收)[^，。；]{0,8}(?:复议|诉讼)", spot.left)
        is not None
    ) and not re.search("信息公开|政务公开|依申请", spot.sentence.text)


def _compared(
    sentence: str,
    claim: ClaimShape,
    mention: Mention,
    readings: Sequence[str],
    tables: Tables,
) -> ReadClaim | None:
    told: Decimal = mention.value * _MONEY.get(mention.counter, 1)
    if told != int(told):
        return None
    tried = _tried(readings, tables)
    written = mention.told + (mention.counter if mention.counter in _MONEY else "")
    return _judged(sentence, claim.label, written, int(told), readings, tried, tables)


def _judged(
    sentence: str,
    label: str,
    told: str,
    value: int,
    readings: Sequence[str],
    tried: Sequence[tuple[str, int]],
    tables: Tables,
) -> ReadClaim:
    words = tuple(
        dict.fromkeys((_in_words(r, tables.measures), _printed(r, v, tables)) for r, v in tried)
    )
    holds: bool | None = any(v == value for _, v in tried)
    if not holds and (not tried or _unread(readings, tables)):
        holds = None
    return ReadClaim(sentence, label, told, words, holds)


def _tried(readings: Sequence[str], tables: Tables) -> list[tuple[str, int]]:
    return [
        (reading, value)
        for sums in tables.known
        for reading in readings
        if (value := sum_value(reading, sums)) is not None
    ]


def _unread(readings: Sequence[str], tables: Tables) -> bool:
    """Whether a sum that the claim may speak of could not be read: then nobody can tell."""
    return any(
        sum_value(reading, sums) is None
        for reading in readings
        if all(word in "+-" or word in tables.measures for word in reading.split())
        for sums in tables.known
    )


def sum_value(reading: str, sums: Sums) -> int | None:
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


def _in_words(reading: str, measures: Mapping[str, Measure]) -> str:
    signs = {"+": "＋", "-": "－"}
    return "".join(
        signs.get(word) or (measures[word].label if word in measures else word)
        for word in reading.split()
    )


def _printed(reading: str, value: int, tables: Tables) -> str:
    measure = tables.measures[reading.split()[0]]
    unit = f" {measure.unit}" if measure.scale > 1 else ""
    return format_value(value, measure.scale) + unit


# ------------------------------------------------------------------ that there is nothing


def _of_none(
    sentence: Sentence, tables: Tables, rules: Patterns, topic: str, about_requests: bool
) -> Iterator[ReadClaim]:
    text = sentence.text
    taken: list[tuple[int, int]] = []
    for one in rules.none:
        for found in one.pattern.finditer(text):
            start, end = found.span()
            if any(start < b and a < end for a, b in taken):
                continue
            clause = text[clause_start(text, start) : clause_end(text, end)]
            if not _says_none(one, text, start, clause, tables, rules, about_requests):
                continue
            taken.append((start, end))
            readings = one.claim.readings
            tried = _tried(readings, tables)
            yield _judged(text, one.claim.label, "", 0, readings, tried, tables)


def _says_none(
    one: NonePatterns,
    text: str,
    at: int,
    clause: str,
    tables: Tables,
    rules: Patterns,
    about_requests: bool,
) -> bool:
    claim = one.claim
    if claim.unless and one.unless.search(clause):
        return False
    if (claim.about and not one.about.search(text)) or one.never.search(text):
        return False
    if rules.others.search(clause) or _of_others(text, at, rules, tables):
        return False
    if _at_another_time(text, at, rules):
        return False
    if claim.whole and rules.part.search(clause):
        return False
    if claim.of_requests:
        return _all_handled(text, at, tables.year, about_requests)
    return True


def _all_handled(text: str, at: int, year: int, about_requests: bool) -> bool:
    """Whether 均已办结 is said of all requests: not of others' letters, nor of those carried in,
    nor in a sentence that tells itself what is left."""
    if not _of_requests(text, at, year, about_requests):
        return False
    before = text[max(0, at - REACH) : at]
    if re.search(f"结转|转入|转至|未到期|到期|未办结|{year + 1}年", text[at:]):
        return False
    if re.search("(?:所有|全部|上述|以上)[^，。；]{0,8}申请$", before):
        return True
    return not re.search("(?:上年|上一年|去年|结转|转入)[^，。；]{0,16}，?[^，。；]{0,6}$", before)


# ------------------------------------------------------------------------ shares and changes


def _of_shares(
    sentence: Sentence,
    mentions: Sequence[Mention],
    read: Mapping[int, tuple[ClaimShape, bool]],
    tables: Tables,
    rules: Patterns,
) -> Iterator[ReadClaim]:
    """「35件，占4.3%」: a share of no whole that there is."""
    said, text = lexicon().shares, sentence.text
    for at, mention in enumerate(mentions):
        if not mention.counter or mention.counter in "%‰" or mention.about:
            continue
        share = rules.share.match(text[mention.end : mention.end + REACH])
        if share is None or not read.get(at, (None, True))[1]:
            continue
        wholes = [
            m.value
            for m in mentions
            if m is not mention and m.counter == mention.counter and m.value >= mention.value
        ]
        wholes += [Decimal(v) for _, v in _tried(said.whole, tables) if v >= mention.value]
        claim = read.get(at)
        label = claim[0].label if claim else f"{mention.written}{mention.counter}的"
        yield from _share(text, label, mention, share["percent"], list(dict.fromkeys(wholes)))
    for found in rules.rates.finditer(text):
        parts = [
            m for m in mentions if m.counter and m.counter not in "%‰" and m.end <= found.start()
        ]
        if len(parts) >= 2:
            exact = [Decimal(v) for _, v in _tried(said.whole, tables)]
            wholes = [m.value for m in parts] + exact
            yield from _rate(text, found["rate"], found["percent"], parts[-1].value, wholes, tables)


def _share(
    text: str, label: str, mention: Mention, percent: str, wholes: Sequence[Decimal]
) -> Iterator[ReadClaim]:
    exact = [(whole, mention.value * 100 / whole) for whole in wholes if whole]
    if exact and not any(printed_as(percent, one) for _, one in exact):
        yield ReadClaim(
            text,
            f"{label}占比",
            f"{percent}%",
            tuple((f"{mention.written}÷{whole}", in_percent(one, percent)) for whole, one in exact),
            False,
        )


def _rate(
    text: str,
    name: str,
    percent: str,
    part: Decimal,
    wholes: Sequence[Decimal],
    tables: Tables,
) -> Iterator[ReadClaim]:
    parts = [part] + [Decimal(v) for _, v in _tried(lexicon().shares.rates[name], tables)]
    pairs = dict.fromkeys((p, w) for p in parts for w in wholes if w >= p and w)
    exact = [(p, w, p * 100 / w) for p, w in pairs]
    if exact and not any(printed_as(percent, one) for *_, one in exact):
        readings = tuple((f"{p}÷{w}", in_percent(one, percent)) for p, w, one in exact if one < 100)
        yield ReadClaim(text, name, f"{percent}%", readings, False)


def printed_as(percent: str, exact: Decimal) -> bool:
    """Whether a percentage is printed so, rounded or cut off."""
    unit = Decimal(1).scaleb(int(Decimal(percent).as_tuple().exponent))
    return Decimal(percent) in (
        exact.quantize(unit, ROUND_HALF_UP),
        exact.quantize(unit, ROUND_DOWN),
    )


def in_percent(exact: Decimal, like: str = "0.00") -> str:
    """A percentage with as many digits as the one that is told."""
    unit = Decimal(1).scaleb(int(Decimal(like).as_tuple().exponent))
    return f"{exact.quantize(unit, ROUND_HALF_UP)}%"


def _of_changes(
    sentence: Sentence,
    mentions: Sequence[Mention],
    read: Mapping[int, tuple[ClaimShape, bool]],
    tables: Tables,
    rules: Patterns,
) -> Iterator[ReadClaim]:
    """A change on last year: against the figure that the sentence tells of it, or the tables."""
    text, said = sentence.text, lexicon().change
    told: tuple[int, Mention] | None = None
    changes = list(rules.change.finditer(text))
    changed = {found.start("number") for found in changes}
    for found in changes:
        if found["since"] is None and told is None:
            continue
        before = [
            (at, m)
            for at, m in enumerate(mentions)
            if m.counter and m.start not in changed and m.end <= found.start() + 1
        ]
        told = before[-1] if before else told
        if told is None:
            continue
        at, now = told
        if not read.get(at, (None, True))[1]:
            continue
        then = _then(text, now, [m for m in mentions if m.start not in changed], found)
        tried = [(then, now.value)] if then is not None else _last_year(read.get(at), tables)
        yield from _change(text, found, tried, said.up)
    for found in rules.same.finditer(text):
        figures = [at for at, m in enumerate(mentions) if m.counter and m.end <= found.start() + 1]
        claim = read.get(figures[-1]) if figures else None
        if claim is not None and claim[1]:
            tried = _last_year(claim, tables)
            if tried and all(then != now for then, now in tried):
                words = tuple((f"上年{then}，本年{now}", f"{then}") for then, now in tried)
                yield ReadClaim(text, "同比", "持平", words, False)


def _then(
    text: str, now: Mention, mentions: Sequence[Mention], found: re.Match[str]
) -> Decimal | None:
    """Last year's figure as the sentence itself tells it: 较上年的400条增长40%."""
    between = [
        m
        for m in mentions
        if m.counter == now.counter and now.end <= m.start and m.end <= found.start("way")
    ]
    if between and re.search("上一?年|去年|同期", text[now.end : between[-1].start]):
        return between[-1].value
    return None


def _last_year(
    claim: tuple[ClaimShape, bool] | None, tables: Tables
) -> list[tuple[Decimal, Decimal]]:
    """Last year's and this year's figure of a claim, by each of its readings."""
    if claim is None or tables.prior is None or claim[0].key not in lexicon().change.of:
        return []
    pairs = []
    for sums in tables.known:
        for reading in ("received", "received + carried_in"):
            now, then = sum_value(reading, sums), sum_value(reading, tables.prior)
            if now is not None and then is not None:
                pairs.append((Decimal(then), Decimal(now)))
    return list(dict.fromkeys(pairs))


def _change(
    text: str,
    found: re.Match[str],
    tried: Sequence[tuple[Decimal, Decimal]],
    up: Sequence[str],
) -> Iterator[ReadClaim]:
    number, percent = found["number"], found["unit"] == "%"
    sign = 1 if found["way"] in up else -1
    exact = [
        (then, now, (now - then) * 100 / then if percent else now - then)
        for then, now in tried
        if then or not percent
    ]
    if not exact:
        return
    if percent:
        holds = any(printed_as(number, sign * one) for *_, one in exact)
        shown = [in_percent(one, number) for *_, one in exact]
    else:
        holds = any(Decimal(number) == sign * one for *_, one in exact)
        shown = [f"{abs(one)}{found['unit']}" for *_, one in exact]
    if not holds:
        words = tuple(
            (f"上年{then}，本年{now}", one)
            for (then, now, _), one in zip(exact, shown, strict=True)
        )
        yield ReadClaim(text, "同比", f"{found['way']}{number}{found['unit']}", words, False)
