"""Cross-footing (勾稽关系): every identity of an edition, for every unit, in one product.

An identity is a row of an integer matrix over the fields, so that checking all rules of all
units is a matrix product, and a broken identity knows its cells because it knows its fields.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from pipeline.model.edition import Edition, Identity, Rule, Term

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

Verdict = Literal["passed", "broken", "not_assessable"]
VERDICTS: tuple[Verdict, ...] = ("passed", "broken", "not_assessable")
PASSED, BROKEN, NOT_ASSESSABLE = range(3)


@dataclass(frozen=True)
class _Matrix:
    """The identities of an edition as coefficients: a row each, a column for each field of this
    year and then of the year before; ``constant`` stands on the right."""

    rules: tuple[Rule, ...]
    identities: tuple[Identity, ...]
    left: Ints
    right: Ints
    constant: Ints
    relations: tuple[str, ...]


@dataclass(frozen=True)
class RuleResults:
    """The outcome of each identity for each unit: ``outcome``, ``left`` and ``right`` have the
    shape (units, identities); the sides are kept whole numbers (件, 分)."""

    rules: tuple[Rule, ...]
    identities: tuple[Identity, ...]
    outcome: npt.NDArray[np.int8]
    left: Ints
    right: Ints

    def broken(self, unit: int) -> Iterator[int]:
        """The identities that a unit breaks, by their index."""
        return (int(i) for i in np.flatnonzero(self.outcome[unit] == BROKEN))


@lru_cache(maxsize=8)
def _matrix(edition: Edition) -> _Matrix:
    at = {figure.key: i for i, figure in enumerate(edition.fields)}
    pairs = [(rule, identity) for rule in edition.rules for identity in rule.identities]
    shape = (len(pairs), 2 * len(at))
    left, right = np.zeros(shape, np.int64), np.zeros(shape, np.int64)

    def put(target: Ints, row: int, terms: tuple[Term, ...]) -> None:
        for term in terms:
            target[row, at[term.field] + (len(at) if term.prior else 0)] += term.coefficient

    for row, (_, identity) in enumerate(pairs):
        put(left, row, identity.left)
        put(right, row, identity.right)
    return _Matrix(
        rules=tuple(rule for rule, _ in pairs),
        identities=tuple(identity for _, identity in pairs),
        left=left,
        right=right,
        constant=np.array([identity.constant for _, identity in pairs], np.int64),
        relations=tuple(rule.relation for rule, _ in pairs),
    )


def evaluate_rules(
    edition: Edition,
    values: Ints,
    known: Bools,
    prior: Ints,
    prior_known: Bools,
    years: Ints,
    levels: tuple[str, ...],
) -> RuleResults:
    """Judge every identity of an edition for every unit.

    Args:
        values, known: (units, fields), this year's figures in the edition's order, and where
            they are known; whatever stands elsewhere counts for nothing.
        prior, prior_known: the same for the year before.
        years: (units,) the reporting year.
        levels: for each unit the kind of government (``county`` and below, or another), which
            some rules are confined to.

    An identity that speaks of an unknown figure is not assessable: neither passed nor failed.
    """
    matrix = _matrix(edition)
    both = np.concatenate([values, prior], axis=1)
    unknown = ~np.concatenate([known, prior_known], axis=1)
    left = both @ matrix.left.T
    right = both @ matrix.right.T + matrix.constant
    touched = ((matrix.left != 0) | (matrix.right != 0)).astype(np.int64)
    missing = (unknown.astype(np.int64) @ touched.T) > 0
    holds = _compare(left, right, matrix.relations)
    outcome = np.where(missing, NOT_ASSESSABLE, np.where(holds, PASSED, BROKEN)).astype(np.int8)
    outcome[~_applies(matrix.rules, years, levels)] = PASSED
    return RuleResults(matrix.rules, matrix.identities, outcome, left, right)


def _compare(left: Ints, right: Ints, relations: tuple[str, ...]) -> Bools:
    holds = np.empty(left.shape, np.bool_)
    kinds = np.array(relations)
    for relation in dict.fromkeys(relations):
        chosen = kinds == relation
        holds[:, chosen] = related(relation, left[:, chosen], right[:, chosen])
    return holds


def related(relation: str, left: Any, right: Any) -> Any:
    """Whether a relation holds between two numbers, or element by element between two arrays."""
    if relation == "=":
        return left == right
    if relation == "<=":
        return left <= right
    if relation == ">=":
        return left >= right
    if relation == "zero_together":
        return (left == 0) == (right == 0)
    if relation == "requires":
        return (left <= 0) | (right > 0)
    raise ValueError(relation)


def _applies(rules: tuple[Rule, ...], years: Ints, levels: tuple[str, ...]) -> Bools:
    since = np.array([rule.since for rule in rules])
    applies: Bools = years[:, None] >= since[None, :]
    for column, rule in enumerate(rules):
        if rule.levels:
            applies[:, column] &= np.array([level in rule.levels for level in levels])
    return applies
