"""Setting this year's figures against last year's, maybe across two editions.

A figure is compared only with one that counts the same: the same field, called by the same
words.  What an edition renamed is told as 口径不同, what it dropped as 无对应项; never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from pipeline.model.edition import Edition, Field, Measure, aliases
from pipeline.text.wording import quoted

NO_COUNTERPART = "无对应项"


@dataclass(frozen=True, slots=True)
class Change:
    """Last year's side of a figure, as a kept whole number (None: there is none).

    ``why`` says why the two can't be set against each other; empty when they can.
    """

    before: int | None
    why: str = ""


def field_change(figure: Field, then: Edition, before: Mapping[str, int]) -> Change:
    """Last year's side of a field, by the edition of last year, from its figures by field."""
    same = then.by_key.get(figure.key)
    if same is None or same.scale != figure.scale:
        return Change(None, NO_COUNTERPART)
    return Change(before[figure.key], "" if _same_words(figure, same) else _other_scope(same.name))


@lru_cache(maxsize=16)
def counted_alike(now: Edition, then: Edition) -> frozenset[str]:
    """The keys of the fields that count the same in two editions."""
    before = dict.fromkeys(then.by_key, 0)
    changes = {figure.key: field_change(figure, then, before) for figure in now.fields}
    return frozenset(
        key for key, change in changes.items() if change.before is not None and not change.why
    )


def measure_change(
    measure: Measure,
    now: Edition,
    then: Edition,
    before: Mapping[str, int],
    when: str = "上年",
) -> Change:
    """Last year's side of a measure of this year's edition, from last year's figures by field.

    ``when`` is what to call last year, if it isn't last year.
    """
    same = next((m for m in then.measures if m.key == measure.key), None)
    if same is None or same.scale != measure.scale:
        return Change(None, NO_COUNTERPART)
    terms = {(t.field, t.coefficient) for t in measure.terms}
    if terms != {(t.field, t.coefficient) for t in same.terms}:
        return Change(same.value(before), _other_scope(same.label, when))
    renamed = [
        then.by_key[t.field].name
        for t in measure.terms
        if not _same_words(now.by_key[t.field], then.by_key[t.field])
    ]
    why = _other_scope("、".join(renamed), when) if renamed else ""
    return Change(same.value(before), why)


def _same_words(one: Field, other: Field) -> bool:
    """Whether two editions mean the same by a field: its row and its column are called alike."""
    pairs = zip((one.row, one.column), (other.row, other.column), strict=True)
    return all(
        (not a and not b) or (a and b and bool(aliases(a[-1]) & aliases(b[-1]))) for a, b in pairs
    )


def _other_scope(name: str, when: str = "上年") -> str:
    return f"口径不同：{when}为{quoted(name)}"
