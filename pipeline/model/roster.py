"""The roster: which units there are, who must report, who is added up to what, whom to call.

Declared in ``roster.toml`` (what the workbook 名册.xlsx asks); kept by the district office.
Pure values: :mod:`pipeline.roster.reading` makes them from the workbook, and
:mod:`pipeline.forms.roster` writes the empty one.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from pipeline.model.hierarchy import Level, levels, names
from pipeline.model.roster_unit import RosterUnit
from pipeline.text.labels import normalise


@dataclass(frozen=True, kw_only=True, slots=True)
class RosterSettings:
    """What the office has decided for all units.

    ``signed``: a final report needs each unit's sign-off.  The dates are the last days of
    publication, None where nothing is known of them.  ``similarity`` is the share of repeated
    prose, in percent, from which it is told; None leaves it to the check.  ``signature`` is the
    organ that signs the report of the roster's own place; the others are printed in every form:
    how, where and with whose help it is submitted, and its introduction.  None where nothing is
    said.
    """

    signed: bool = True
    units_publish_by: datetime.date | None = None
    governments_publish_by: datetime.date | None = None
    similarity: int | None = None
    signature: str | None = None
    submit_by: str | None = None
    submit_to: str | None = None
    helpline: str | None = None
    introduction: str | None = None


@dataclass(frozen=True, kw_only=True)
class Roster:
    """The units of a place (``county``) for the report of a year, in order, of all its levels.

    No name stands twice in a level, and no level's name anywhere.
    """

    county: str = ""
    year: int = 0
    units: tuple[RosterUnit, ...] = ()
    settings: RosterSettings = RosterSettings()

    @cached_property
    def levels(self) -> tuple[Level, ...]:
        """The levels, each after all that are below it; the roster's place is last."""
        return levels(self.county, self.units) if self.units else ()

    @cached_property
    def _by_name(self) -> Mapping[str, Level]:
        found = {normalise(level.name): level for level in self.levels}
        for level in self.levels:
            for name in names(level.line) if level.line is not None else ():
                found.setdefault(normalise(name), level)
        return found

    def level(self, county: str) -> Level | None:
        """The level of a county's name, in full or short; None where the roster has none."""
        return self._by_name.get(normalise(county))

    def covers(self, county: str, year: int) -> bool:
        """Whether the roster says who must report for a county and year."""
        return year == self.year and self.level(county) is not None
