"""Who had to report for a year that is over, as the last run with that year's roster knew it.

There is one roster, and in December it becomes the next year's.  A report of the year before that
was a draft is none the less one: the units it lacked are remembered by the run's record, and so
by every record after it, until a roster of that year says otherwise.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from pipeline.model.completeness import Completeness
from pipeline.model.roster_unit import RosterUnit
from pipeline.text.names import county_key

Years = Mapping[int, tuple[RosterUnit, ...]]
"""A level's units that had to report, by year."""

STANDING = "standing"
"""The key of a county's entry in the record that has :func:`standing_record`."""


def standing_record(found: Completeness) -> list[dict[str, Any]]:
    """Where the units directly of a level stand, for the record; none where no roster says who
    they are."""
    return [
        {
            "unit": line.unit,
            "short": list(line.short),
            "kind": line.kind,
            "counted": line.counted,
            "due": line.due,
            "status": line.status,
        }
        for line in found.lines
        if line.level == found.level
    ]


def recorded_units(
    record: Mapping[str, object], years: Collection[int], now: int
) -> dict[str, Years]:
    """The units of each level, by :func:`pipeline.text.names.county_key`, that an earlier run's record
    remembers, for those of ``years`` that are before ``now``, the roster's own.

    A record that is damaged or of another shape remembers nothing.
    """
    found: dict[str, dict[int, tuple[RosterUnit, ...]]] = {}
    counties = record.get("counties")
    for county in counties if isinstance(counties, list) else ():
        try:
            year = int(county["year"])
            units = tuple(_units(county.get(STANDING) or ()))
            if units and year in years and year < now:
                found.setdefault(county_key(str(county["county"])), {})[year] = units
        except (KeyError, TypeError, ValueError, AttributeError):
            continue
    return dict(found)


def _units(lines: Collection[Mapping[str, Any]]) -> Iterator[RosterUnit]:
    for line in lines:
        due = str(line["due"])
        yield RosterUnit(
            name=str(line["unit"]),
            short=tuple(map(str, line["short"])),
            kind=str(line["kind"]),
            counted=bool(line["counted"]),
            deadline=datetime.date.fromisoformat(due) if due else None,
        )
