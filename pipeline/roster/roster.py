"""The roster: which units there are, who must report, who is added up to what, whom to call.

Declared in ``roster.toml`` (what the workbook 名册.xlsx asks); kept by the district office.
Pure values: :mod:`pipeline.roster.reading` makes them from the workbook, and
:mod:`pipeline.roster.book` writes the empty one.
"""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from pipeline.intake.labels import normalise
from pipeline.roster.hierarchy import Level, levels, names
from pipeline.roster.unit import RosterUnit

DECLARATION = Path(__file__).parent / "roster.toml"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """A column of the sheet of units, or a line of the sheet of settings.

    ``variants`` are labels it has had; ``default`` is what an empty cell means, where ``{next}``
    is the year after the report's.
    """

    key: str
    label: str
    kind: str
    hint: str
    variants: tuple[str, ...] = ()
    need: str = "optional"
    width: int = 12
    example: str = ""
    default: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class RosterForm:
    """The declaration of the roster's workbook; ``governments`` are the 类型 of governments."""

    name: str
    guide: str
    units: str
    settings_sheet: str
    yes: str
    no: str
    columns: tuple[Ask, ...]
    settings: tuple[Ask, ...]
    governments: tuple[str, ...]


@lru_cache(maxsize=1)
def roster_form() -> RosterForm:
    """The declaration of the roster's workbook."""
    declared = tomllib.loads(DECLARATION.read_text(encoding="utf-8"))
    publication = declared.pop("publication")
    asks = {key: _asks(declared[key]) for key in ("columns", "settings")}
    governments = tuple(publication["governments"])
    return RosterForm(**{**declared, **asks, "governments": governments})


def _asks(specs: Mapping[str, Mapping[str, Any]]) -> tuple[Ask, ...]:
    listed = ("choices", "variants")
    return tuple(
        Ask(key=key, **{**spec, **{name: tuple(spec.get(name, ())) for name in listed}})
        for key, spec in specs.items()
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class RosterSettings:
    """What the office has decided for all units.

    ``signed``: a final report needs each unit's sign-off.  The dates are the last days of
    publication, None where nothing is known of them.  ``similarity`` is the share of repeated
    prose, in percent, from which it is told; None leaves it to the check.
    """

    signed: bool = True
    units_publish_by: datetime.date | None = None
    governments_publish_by: datetime.date | None = None
    similarity: int | None = None


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

    def publish_by(self, unit: RosterUnit, is_level: bool = False) -> datetime.date | None:
        """The last day for a unit's report to be published; that of a level is a government's."""
        if is_level or unit.kind in roster_form().governments:
            return self.settings.governments_publish_by
        return self.settings.units_publish_by
