"""Several years of one county or unit side by side, maybe in different editions.

Every earlier year is set against the latest, by the rules of :mod:`pipeline.aggregate.comparison`: a figure
that another edition hadn't, or counted otherwise, is told as that and never drawn into a line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pipeline.aggregate.comparison import measure_change
from pipeline.aggregate.totals import County
from pipeline.model.edition import Edition, Measure
from pipeline.model.submission import Fact, Submission

NO_YEAR = "没有这一年的数据"


@dataclass(frozen=True, kw_only=True, slots=True)
class Year:
    """What a county or a unit counted in a year.

    ``figures`` are kept whole numbers (件, or 分 for money) by field key of the edition.
    ``units`` is how many units' figures a county's are the sum of; 0 for a unit.
    """

    year: int
    edition: Edition
    figures: Mapping[str, int]
    facts: tuple[Fact, ...] = ()
    units: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """A measure in a year: its kept whole number (None: there is none).

    ``why`` says why it can't be set beside the latest year's; empty when it can.
    """

    year: int
    value: int | None
    why: str = ""

    @property
    def comparable(self) -> bool:
        return self.value is not None and not self.why


@dataclass(frozen=True, kw_only=True, slots=True)
class Trend:
    """A measure through the years, the oldest first, with a point for a year that is missing.

    ``measure`` is as the latest edition that has it declares it.
    """

    measure: Measure
    points: tuple[Point, ...]

    @property
    def comparable(self) -> tuple[Point, ...]:
        """The points that may stand in one picture."""
        return tuple(point for point in self.points if point.comparable)


def county_year(county: County) -> Year:
    """A county's sums of a year, with its units' counted facts."""
    return Year(
        year=county.year,
        edition=county.edition,
        figures=county.sums,
        facts=tuple(fact for member in county.members for fact in member.facts),
        units=county.reporting,
    )


def unit_year(submission: Submission, edition: Edition) -> Year:
    """An accepted workbook's figures; ``edition`` is its own."""
    keys = (figure.key for figure in edition.fields)
    return Year(
        year=submission.year,
        edition=edition,
        figures={key: v or 0 for key, v in zip(keys, submission.values, strict=True)},
        facts=submission.facts,
    )


def trends(years: Iterable[Year]) -> tuple[Trend, ...]:
    """Every measure through the years, which come in any order: those of the latest edition
    first, then those that only earlier ones had."""
    by_year = {one.year: one for one in sorted(years, key=lambda one: one.year)}
    return tuple(
        Trend(
            measure=measure,
            points=tuple(
                _point(measure, edition, at, by_year.get(at))
                for at in range(min(by_year), max(by_year) + 1)
            ),
        )
        for measure, edition in _measures(by_year)
    )


def _measures(by_year: Mapping[int, Year]) -> Iterator[tuple[Measure, Edition]]:
    """Each measure with the latest edition that has it."""
    seen = set()
    for one in sorted(by_year.values(), key=lambda one: -one.year):
        for measure in one.edition.measures:
            if measure.key not in seen:
                seen.add(measure.key)
                yield measure, one.edition


def _point(measure: Measure, edition: Edition, at: int, year: Year | None) -> Point:
    if year is None:
        return Point(year=at, value=None, why=NO_YEAR)
    change = measure_change(measure, edition, year.edition, year.figures, f"{at}年")
    return Point(year=at, value=change.before, why=change.why)
