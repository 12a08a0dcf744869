"""What a level of the roster has below it, as it is handed upward: sums, facts, completeness.

A level is done after all those below it, maybe in another process; this is all that it is given
of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.model.county_outcome import CountyOutcome
from pipeline.model.edition import Edition
from pipeline.model.roster import Roster
from pipeline.model.submission import Submission
from pipeline.text.figures import format_value


@dataclass(frozen=True, kw_only=True)
class ChildTotals:
    """A level below, as it is added up: its sums as if they were one workbook, how many units'
    figures they are, and how many units have reported."""

    sums: Submission
    reporting: int
    reported: int


@dataclass(frozen=True, kw_only=True)
class ChildLevels:
    """The levels directly below a level (``level`` is empty for a place that no roster has), of
    all years."""

    level: str = ""
    counties: tuple[CountyOutcome, ...] = ()

    def added(
        self, roster: Roster | None, editions: Mapping[str, Edition]
    ) -> tuple[ChildTotals, ...]:
        """Those that are added up to the level."""
        return tuple(
            ChildTotals(
                sums=_as_workbook(one, self.level, editions[one.edition]),
                reporting=one.completeness.added,
                reported=one.completeness.reported,
            )
            for one in self.counties
            if one.completeness.added and _counted(one.county, roster)
        )


NO_CHILD_LEVELS = ChildLevels()


def _counted(name: str, roster: Roster | None) -> bool:
    level = roster.level(name) if roster is not None else None
    return level is None or level.line is None or level.line.counted


def _as_workbook(one: CountyOutcome, upper: str, edition: Edition) -> Submission:
    """A level's sums as a workbook of the level above; its source is its summary workbook."""
    values = tuple(one.figures[key] for key in edition.by_key)
    written = {
        figure.key: f"{format_value(value, figure.scale)}万元"
        for figure, value in zip(edition.fields, values, strict=True)
        if figure.kind == "money_text" and value
    }
    return Submission(
        source=one.outputs[-1] if one.outputs else "",
        sha256="",
        edition=edition.key,
        year=one.year,
        identity={"unit": one.county, "county": upper},
        values=values,
        written=written,
        facts=one.facts,
        fee=one.fee,
    )
