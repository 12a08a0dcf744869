"""The same unit a year before, maybe in an earlier edition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from pipeline.aggregate.comparison import counted_alike
from pipeline.model.edition import Edition
from pipeline.model.submission import Submission
from pipeline.text.labels import normalise

UnitKey = tuple[str, str]
"""A unit in its county, by normalised names."""

Earlier = Mapping[tuple[str, str, int], Submission | None]


def unit_key(submission: Submission) -> UnitKey:
    return normalise(submission.county), normalise(submission.unit)


def index_by_year(submissions: Iterable[Submission]) -> Earlier:
    """Each unit's workbook by year; None where there are two, so that none is guessed."""
    found: dict[tuple[str, str, int], Submission | None] = {}
    for submission in submissions:
        key = (*unit_key(submission), submission.year)
        found[key] = None if key in found else submission
    return found


def year_before(submission: Submission, earlier: Earlier) -> Submission | None:
    """The unit's workbook of the year before, if there is exactly one."""
    return earlier.get((*unit_key(submission), submission.year - 1))


def restate_in_edition(
    edition: Edition, submission: Submission | None, editions: Mapping[str, Edition]
) -> Submission | None:
    """Last year's figures in this year's fields: one that last year's edition hadn't, or counted
    otherwise, is unknown."""
    if submission is None or not submission.values:
        return None
    if submission.edition == edition.key:
        return submission
    other = editions[submission.edition]
    by_key = dict(zip((f.key for f in other.fields), submission.values, strict=True))
    alike = counted_alike(edition, other)
    values = tuple(by_key[key] if key in alike else None for key in edition.by_key)
    return replace(submission, edition=edition.key, values=values)
