"""The one cell, or the two, behind several broken identities.

A wrong figure breaks its row, its column and the balance: where one cell explains them all, or
two where no one does, these are named.  What is named must be certain: where other cells would do
as well, none is.  Where at most two figures are wrong, of those that stand in the same identities,
they are among those that would do: two that are named are then the wrong ones.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from pipeline.model.edition import Edition, Identity, Rule, Term
from pipeline.model.submission import Submission
from pipeline.validate.rules import RuleResults, related

ENOUGH = 3
"""Two cells can be chosen to mend any two equations; that they mend so many says something."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure and what it should be, kept whole numbers."""

    field: str
    current: int
    value: int


@dataclass(frozen=True, slots=True)
class SuspectCells:
    """One cell or two that, changed, mend all the identities they are part of, those that they
    ``explain`` among them."""

    cells: tuple[Cell, ...]
    explains: tuple[int, ...]


def find_suspect_cells(
    unit: Submission, edition: Edition, verdicts: RuleResults, position: int, broken: Sequence[int]
) -> list[SuspectCells]:
    """The cells that explain two or more broken identities and leave none they are part of broken.

    Where others would do equally well, none is named.
    """
    search = _Search(unit, edition, verdicts, position)
    open_ = set(broken)
    found: list[SuspectCells] = []
    while True:
        offers = list(search.single(open_))
        best = [
            offer
            for offer in offers
            if all(len(offer.explains) >= len(other.explains) for other in offers)
        ]
        certain = [offer for offer in best if _alone(offer, best)]
        if not certain:
            break
        found += certain
        open_ -= {i for offer in certain for i in offer.explains}
    # What one cell explains, only nobody knows which, isn't put down to two.
    unclear = {i for offer in offers for i in offer.explains} | search.entangled(open_)
    pairs = list(search.pairs(open_))
    found += [pair for pair in pairs if _alone(pair, pairs) and unclear.isdisjoint(pair.explains)]
    return found


def _alone(offer: SuspectCells, offers: Sequence[SuspectCells]) -> bool:
    """Whether no other offer would mend any of the same identities."""
    return all(other is offer or set(other.explains).isdisjoint(offer.explains) for other in offers)


class _Search:
    """What changes to a unit's figures would mend of the identities that must hold within them."""

    def __init__(
        self, unit: Submission, edition: Edition, verdicts: RuleResults, position: int
    ) -> None:
        self.values = dict(zip(edition.by_key, unit.values, strict=True))
        self.signed = {key for key, figure in edition.by_key.items() if figure.kind == "signed"}
        self.verdicts = verdicts
        self.position = position
        self.touching: dict[str, set[int]] = {}
        """The identities that a figure is part of."""
        for i, identity in enumerate(verdicts.identities):
            if _judges_within(verdicts.rules[i], identity):
                for term in identity.terms:
                    self.touching.setdefault(term.field, set()).add(i)

    def single(self, open_: Collection[int]) -> Iterator[SuspectCells]:
        for key in self._fields(open_):
            offer = self._mended({key: self.touching[key]}, open_, 2)
            if offer is not None:
                yield offer

    def pairs(self, open_: Collection[int]) -> Iterator[SuspectCells]:
        """Of two cells, each is what the equations without the other say.

        Of two that share no identity one would be offered alone.
        """
        for one, other in self._together(open_):
            here, there = self.touching[one], self.touching[other]
            offer = self._mended({one: here - there, other: there - here}, open_, ENOUGH)
            if offer is not None and len(self._equations(offer.explains)) >= ENOUGH:
                yield offer

    def entangled(self, open_: Collection[int]) -> set[int]:
        """The equations of these identities' figures that stand in none without a certain other,
        or in all that another stands in: if both are wrong, nobody can tell."""
        found: set[int] = set()
        for one, other in self._together(open_):
            here = self._equations(self.touching[one])
            there = self._equations(self.touching[other])
            if not (here - there and there - here):
                found |= here | there
        return found

    def _together(self, open_: Collection[int]) -> Iterable[tuple[str, str]]:
        """Any two figures that share an identity with a figure of these."""
        reached = sorted({i for key in self._fields(open_) for i in self.touching[key]})
        return dict.fromkeys(pair for i in reached for pair in combinations(self._fields([i]), 2))

    def _fields(self, open_: Collection[int]) -> list[str]:
        """The figures that are part of these, in the report's order."""
        found = {term.field for i in open_ for term in self.verdicts.identities[i].terms}
        return [key for key in self.values if key in found and key in self.touching]

    def _equations(self, identities: Iterable[int]) -> set[int]:
        return {i for i in identities if self.verdicts.rules[i].relation == "="}

    def _mended(
        self, by: Mapping[str, set[int]], open_: Collection[int], least: int
    ) -> SuspectCells | None:
        """The figures, each changed by what one of these identities says; None unless that mends
        at least so many and leaves none that they are part of broken."""
        touching = set().union(*(self.touching[key] for key in by))
        explains = tuple(sorted(touching.intersection(open_)))
        if len(explains) < least:
            return None
        told = (self._cell(key, apart.intersection(open_)) for key, apart in by.items())
        cells = tuple(cell for cell in told if cell is not None)
        changed = {**self.values, **{cell.field: cell.value for cell in cells}}
        if len(cells) == len(by) and all(self._holds(i, changed) for i in touching):
            return SuspectCells(cells, explains)
        return None

    def _cell(self, key: str, broken: Iterable[int]) -> Cell | None:
        """What a figure should be by the first of the broken equations."""
        current = self.values[key]
        for i in sorted(self._equations(broken)):
            weight = _weight(self.verdicts.identities[i], key)
            if weight and current is not None:
                at = self.position, i
                gap = int(self.verdicts.left[at] - self.verdicts.right[at])
                wanted = current - gap // weight
                return Cell(key, current, wanted) if wanted >= 0 or key in self.signed else None
        return None

    def _holds(self, index: int, values: Mapping[str, int | None]) -> bool:
        rule, identity = self.verdicts.rules[index], self.verdicts.identities[index]
        left, right = _side(identity.left, values), _side(identity.right, values)
        if left is None or right is None:
            return True
        return bool(related(rule.relation, left, right + identity.constant))


def _judges_within(rule: Rule, identity: Identity) -> bool:
    return rule.severity == "error" and not identity.uses_prior


def _weight(identity: Identity, key: str) -> int:
    """How much the difference of the sides moves with a field."""
    left = sum(term.coefficient for term in identity.left if term.field == key)
    return left - sum(term.coefficient for term in identity.right if term.field == key)


def _side(terms: Iterable[Term], values: Mapping[str, int | None]) -> int | None:
    total = 0
    for term in terms:
        value = values[term.field]
        if value is None:
            return None
        total += term.coefficient * value
    return total
