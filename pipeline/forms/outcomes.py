"""What a cross-footing rule comes to in a workbook: the values kept beside the formulas, which
readers that don't recalculate see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.forms.live_checks import Checks, LiveCheck
from pipeline.forms.verdicts import (
    BROKEN,
    CODE_BROKEN,
    CODE_PASSED,
    CODE_REMIND,
    EXEMPT,
    NO_PRIOR,
    PASSED,
    UNKNOWN,
)
from pipeline.model.edition import Edition, Term
from pipeline.validate.rules import related


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the formulas of an identity give; a side is a number as shown, or a word."""

    left: int | float | str
    right: int | float | str
    outcome: str
    code: int


def outcomes(
    checks: Checks,
    edition: Edition,
    figures: Mapping[str, int],
    prior: Mapping[str, int],
    year: int,
    level: str,
) -> tuple[Outcome, ...]:
    """What each formula gives for known figures: readers that don't recalculate see these."""
    return tuple(_judged(c, edition, figures, prior, year, level) for c in checks.checks)


def _judged(
    check: LiveCheck,
    edition: Edition,
    figures: Mapping[str, int],
    prior: Mapping[str, int],
    year: int,
    level: str,
) -> Outcome:
    rule, identity = check.rule, check.identity
    left = _sum(identity.left, figures, prior)
    right = _sum(identity.right, figures, prior)
    exempt = year < rule.since or (rule.levels and level not in rule.levels)
    if right is not None:
        right += identity.constant
    if exempt:
        outcome = EXEMPT
    elif left is None or right is None:
        outcome = UNKNOWN
    else:
        outcome = PASSED if related(rule.relation, left, right) else BROKEN
    code = CODE_PASSED
    if outcome == BROKEN:
        code = CODE_BROKEN if check.severe else CODE_REMIND
    scale = max(edition.by_key[t.field].scale for t in identity.terms)
    sides = [(identity.left, left), (identity.right, right)]
    shown = []
    for terms, value in sides:
        own = max((edition.by_key[t.field].scale for t in terms), default=scale)
        shown.append(NO_PRIOR if value is None else as_shown(value, own))
    return Outcome(shown[0], shown[1], outcome, code)


def _sum(
    terms: tuple[Term, ...], figures: Mapping[str, int], prior: Mapping[str, int]
) -> int | None:
    total = 0
    for term in terms:
        value = prior.get(term.field) if term.prior else figures[term.field]
        if value is None:
            return None
        total += term.coefficient * value
    return total


def as_shown(value: int, scale: int) -> int | float:
    """A kept whole number as a cell holds it: 件, or 万元 with decimals."""
    return value if scale == 1 else value / scale
