"""A county's sums once more, to prove those that were added up."""

from __future__ import annotations

from pipeline.aggregate.totals import County


def recompute_totals(county: County) -> dict[str, int]:
    """A county's sums (kept whole numbers) by field key, in the edition's order, added up by
    other means than those to be proved."""
    keys = county.edition.by_key
    columns = zip(*(member.values for member in county.members), strict=True)
    sums = [sum(value or 0 for value in column) for column in columns]
    return dict(zip(keys, sums or [0] * len(keys), strict=True))
