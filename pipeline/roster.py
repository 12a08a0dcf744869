"""The roster: which units a district has, who must report, who is added up, whom to call.

Declared in ``roster.toml`` (what the workbook 名册.xlsx asks); kept by the district office.
Pure values: :mod:`pipeline.roster_reading` makes them from the workbook, and
:mod:`pipeline.roster_book` writes the empty one.
"""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipeline.labels import normalise

DECLARATION = Path(__file__).parent / "roster.toml"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """A column of the sheet of units, or a line of the sheet of settings."""

    key: str
    label: str
    kind: str
    hint: str
    need: str = "optional"
    width: int = 12
    example: str = ""
    default: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class RosterForm:
    """The declaration of the roster's workbook."""

    name: str
    guide: str
    units: str
    settings_sheet: str
    yes: str
    no: str
    columns: tuple[Ask, ...]
    settings: tuple[Ask, ...]


@lru_cache(maxsize=1)
def roster_form() -> RosterForm:
    """The declaration of the roster's workbook."""
    declared = tomllib.loads(DECLARATION.read_text(encoding="utf-8"))
    asks = {key: _asks(declared[key]) for key in ("columns", "settings")}
    return RosterForm(**{**declared, **asks})


def _asks(specs: Mapping[str, Mapping[str, Any]]) -> tuple[Ask, ...]:
    return tuple(
        Ask(key=key, **{**spec, "choices": tuple(spec.get("choices", ()))})
        for key, spec in specs.items()
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class RosterUnit:
    """A line of the roster; ``due`` says that it must report, ``counted`` that it is added up."""

    name: str
    short: tuple[str, ...] = ()
    self: str = ""
    kind: str = ""
    due: bool = True
    counted: bool = True
    contact: str = ""
    phone: str = ""
    deadline: datetime.date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Roster:
    """The units of a county for the report of a year, in order; no name stands twice."""

    county: str = ""
    year: int = 0
    units: tuple[RosterUnit, ...] = ()

    def covers(self, county: str, year: int) -> bool:
        """Whether the roster says who must report for a county and year."""
        same = normalise(county) == normalise(self.county)
        return bool(self.units) and same and year == self.year
