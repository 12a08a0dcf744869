"""Lists in prose: 「共…条，其中…」 whose items don't add up to the whole, and totals behind parts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import accumulate, islice

from pipeline.prose.lexicon import any_of, lexicon
from pipeline.prose.mentions import LONGEST, Mention, Sentence, find_mentions, split_sentences

Found = tuple[str, str, str, str]
"""The sentence, the whole as it is told, its parts in words, and their sum."""


@dataclass(frozen=True, slots=True)
class _Patterns:
    begins: re.Pattern[str]
    entire: re.Pattern[str]
    apart: re.Pattern[str]
    total: re.Pattern[str]
    rest: re.Pattern[str]


@lru_cache(maxsize=1)
def _patterns() -> _Patterns:
    said = lexicon().lists
    verbs = any_of(said.total_verbs)
    return _Patterns(
        begins=re.compile(any_of(said.begins)),
        entire=re.compile(any_of(said.entire)),
        apart=re.compile(any_of(said.apart)),
        total=re.compile(f"(?:{any_of(said.total)})(?:{verbs}){{0,2}}(?:为|是|有)?$"),
        rest=re.compile(any_of(said.rest)),
    )


@dataclass(frozen=True, slots=True)
class _Item:
    """A number of a passage: what stands before it since the last one, and how deep in brackets."""

    mention: Mention
    before: str
    depth: int


_PASSAGE = re.compile(r"[^！？\n]+")


def mismatched_lists(text: str) -> Iterator[Found]:
    """The wholes of a paragraph whose items, told behind them, don't add up to them, and the
    totals that their parts, told before them, don't."""
    for passage in _passages(text):
        items = _items(passage)
        done: set[int] = set()
        for at in range(len(items)):
            found = _list_of(passage, items, at)
            if found is not None:
                done.add(at)
                yield found
        yield from _totals(passage, items, done)


def _passages(text: str) -> Iterator[str]:
    """Sentences, each with the next where that goes on with the list: 。其中，"""
    sentences = [sentence.text for sentence in split_sentences(text)]
    joined: list[str] = []
    for sentence in sentences:
        if joined and re.match("(?:其中|分别|主要)", sentence) and len(joined[-1]) < LONGEST:
            joined[-1] += "。" + sentence
        else:
            joined.append(sentence)
    return (one for one in joined if sum(c.isdigit() for c in one) > 1 or "条" in one)


def _items(passage: str) -> list[_Item]:
    items, end, depth = [], 0, 0
    for mention in find_mentions(passage):
        before = passage[end : mention.start]
        depth += before.count("（") - before.count("）")
        if mention.counter and mention.counter not in "%‰":
            items.append(_Item(mention, before, max(depth, 0)))
            end = mention.end
    return items


def _list_of(passage: str, items: Sequence[_Item], at: int) -> Found | None:
    """What is wrong with the list behind a number, if there is a list and something is wrong."""
    rules, said = _patterns(), lexicon().lists
    whole = items[at]
    counter, depth = whole.mention.counter, whole.depth
    following = items[at + 1 :]
    if not following:
        return None
    inner = _bracketed(passage, whole, following)
    if inner is not None:
        return _judge(passage, whole, inner, entire=True, marked=True)
    parts: list[_Item] = []
    opening = ""
    for item in following:
        if item.depth > depth:
            continue
        if item.depth < depth or item.mention.counter != counter:
            if item.depth < depth or _ends(item.before):
                break
            continue
        between = _outside_brackets(item.before)
        if not parts:
            opening = between
            if not _opens(opening):
                return None
        elif _ends(between) or _separates(between, parts):
            break
        parts.append(item)
    if not parts:
        return None
    marked = rules.begins.search(opening) is not None or re.search("：", opening) is not None
    if not marked and (len(parts) < 2 or any(_is_clause(p.before) for p in parts)):
        return None
    if any(rules.begins.search(_outside_brackets(p.before)) for p in parts[1:]):
        return None
    if rules.apart.search(_last_clause(opening)) or rules.total.search(parts[0].before):
        return None
    parts = _without_tail(parts)
    entire = rules.entire.search(opening) is not None
    paired = _paired(passage, whole, parts, items)
    if paired is not None:
        return paired
    if said.open_end and _is_open(passage, parts[-1]):
        entire = False
    return _judge(passage, whole, parts, entire=entire, marked=marked)


def _opens(opening: str) -> bool:
    """Whether what stands between a whole and the next number may begin its list."""
    if len(opening) > 40:
        return False
    if re.search("[。]", opening) and not re.search("。(?:其中|分别|主要)", opening):
        return False
    return (
        re.match("[^，。；：（）]{0,14}?(?:[，：。]|当中|中，|包括|包含|主要|分别|为)", opening)
        is not None
    )


def _ends(between: str) -> bool:
    """Whether a list ends before a number."""
    return _patterns().apart.search(_last_clause(between)) is not None or "。" in between


def _separates(between: str, parts: Sequence[_Item]) -> bool:
    """Whether another list of the same whole begins: ``；办理结果为``."""
    return (
        re.search("；[^，。；：0-9]{0,12}(?:为|是|：|包括)", between) is not None
        and len(parts) >= 2
    )


def _last_clause(text: str) -> str:
    return re.split("[，。；：]", text)[-1]


def _outside_brackets(text: str) -> str:
    """What stands outside brackets; of brackets that open or close in it, the outer side."""
    text = re.sub("（[^（）]*）", "", text)
    if "）" in text:
        text = text.rpartition("）")[2]
    return text


def _is_clause(before: str) -> bool:
    """Whether what stands before a number is more than the name of an item."""
    last = _last_clause(before)
    return len(last) > 12 or re.search("了|于|对|把|被|由|向|在|将|按|已|未", last) is not None


def _is_open(passage: str, last: _Item) -> bool:
    after = passage[last.mention.end : last.mention.end + 12]
    return re.match("[^，。；：0-9]{0,6}?等", after) is not None


def _without_tail(parts: list[_Item]) -> list[_Item]:
    """The parts of a list without a total that ends it: ``…，共37件``."""
    total = _patterns().total
    for at, part in enumerate(parts):
        if at and total.search(part.before):
            return parts[:at]
    return parts


def _bracketed(passage: str, whole: _Item, following: Sequence[_Item]) -> list[_Item] | None:
    """The items in brackets right behind a number: ``8条（部门预算2条、部门决算2条）``."""
    opened = re.match(
        "[^，。；：（）0-9]{0,8}（", passage[whole.mention.end : whole.mention.end + 12]
    )
    if opened is None:
        return None
    inner = []
    for item in following:
        if item.depth <= whole.depth:
            break
        if item.depth == whole.depth + 1 and item.mention.counter == whole.mention.counter:
            inner.append(item)
    if len(inner) < 2 or "其中" in inner[0].before or "含" in inner[0].before:
        return None
    return inner


def _paired(
    passage: str, whole: _Item, parts: Sequence[_Item], items: Sequence[_Item]
) -> Found | None:
    """「2048条（今年256条）当中，…1104条（今年140条），…」: the numbers in brackets as well."""

    def inside(item: _Item) -> _Item | None:
        at = items.index(item) + 1
        inner = items[at] if at < len(items) else None
        same = inner is not None and inner.depth > item.depth
        return (
            inner
            if same and inner is not None and inner.mention.counter == item.mention.counter
            else None
        )

    own, theirs = inside(whole), [inside(part) for part in parts]
    known = [one for one in theirs if one is not None]
    if own is None or len(known) < len(theirs) or len(known) < 2:
        return None
    if sum(part.mention.value for part in parts) != whole.mention.value:
        return None
    total = sum((one.mention.value for one in known), Decimal())
    if total == own.mention.value:
        return None
    return _told(passage, own, known, total)


def _judge(
    passage: str, whole: _Item, parts: Sequence[_Item], *, entire: bool, marked: bool
) -> Found | None:
    said = lexicon().lists
    wanted, values = whole.mention.value, [part.mention.value for part in parts]
    if len(values) < 2:
        return None
    if wanted in list(accumulate(values))[1:]:
        return None
    total = Decimal(sum(values))
    if total > wanted:
        wrong = total != 2 * wanted and (marked or (total - wanted) * 100 <= wanted * said.near)
    else:
        ends_with_rest = _patterns().rest.search(_last_clause(parts[-1].before)) is not None
        near = (wanted - total) * 100 <= wanted * said.near
        wrong = not _is_open(passage, parts[-1]) and (
            entire or (ends_with_rest and marked) or (near and len(values) >= 2)
        )
    return _told(passage, whole, parts, total) if wrong else None


def _told(passage: str, whole: _Item, parts: Sequence[_Item], total: Decimal) -> Found:
    words = "＋".join(part.mention.written.replace(",", "") for part in parts)
    return passage, whole.mention.told, f"分项 {words}", str(total)


def _totals(passage: str, items: Sequence[_Item], done: set[int]) -> Iterator[Found]:
    """Totals behind their parts: ``…120条、86条和14条，共计210条``."""
    rules = _patterns()
    for at, item in enumerate(items):
        if at < 2 or not rules.total.search(item.before) or "。" in item.before:
            continue
        if at in done or any(begun in done for begun in range(at)):
            continue
        parts: list[_Item] = []
        for one in reversed(items[:at]):
            if one.depth > item.depth:
                continue
            if one.mention.counter != item.mention.counter or one.depth < item.depth:
                break
            parts.insert(0, one)
            if "。" in one.before or rules.total.search(one.before):
                break
        if len(parts) < 2 or any(rules.begins.search(p.before) for p in parts[1:]):
            continue
        if any("其中" in part.before for part in parts):
            continue
        values = [part.mention.value for part in parts]
        sums = list(accumulate(reversed(values)))
        if item.mention.value in sums[1:]:
            continue
        if item.mention.value == values[0] and values[0] in sums:
            continue
        yield _told(passage, item, parts, Decimal(sum(values)))


def mismatched_running_totals(text: str) -> Iterator[Found]:
    """「累计公开396条。…22条，…21条，…」: a total whose parts follow in sentences of their own.

    Where no first few of the numbers that follow add up to it, but come as near as a slip does,
    it has been miscounted; where they are far from it, they aren't its parts.
    """
    said = lexicon().lists
    running = re.compile(said.running)
    told = [(sentence, find_mentions(sentence.text)) for sentence in split_sentences(text)]
    for at, (sentence, mentions) in enumerate(told):
        counted = [mention for mention in mentions if mention.counter in ("条", "件")]
        if not counted or not running.search(sentence.text[: counted[-1].start]):
            continue
        head = counted[-1]
        most = head.value * (100 + said.slip) / 100
        parts: list[Mention] = []
        sums: list[Decimal] = []
        for part in _following(
            told[at + 1 : at + 1 + MOST_PARTS], head.counter, sentence.start + LONGEST
        ):
            total = (sums[-1] if sums else Decimal()) + part.value
            if total > most:
                break
            parts.append(part)
            sums.append(total)
        if head.value in sums[1:]:
            continue
        near = [
            (count, total)
            for count, total in enumerate(sums, 1)
            if count >= said.least and abs(head.value - total) * 100 <= head.value * said.slip
        ]
        if near:
            count, total = min(near, key=lambda one: abs(head.value - one[1]))
            words = "＋".join(part.written for part in parts[:count])
            yield sentence.text, head.told, f"其后分项 {words}", str(total)


MOST_PARTS = 100
"""A list in sentences of their own has no more parts."""


def _following(
    told: Sequence[tuple[Sentence, Sequence[Mention]]], counter: str, end: int
) -> Iterator[Mention]:
    """The next numbers of a counter, up to a place of the paragraph."""
    found = (
        mention
        for sentence, mentions in told
        if sentence.start < end
        for mention in mentions
        if mention.counter == counter
    )
    return islice(found, MOST_PARTS)
