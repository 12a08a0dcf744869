"""Completeness: where each unit that must report stands, for a county and year."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.labels import normalise
from pipeline.record import UnitOutcome
from pipeline.roster import Roster, RosterUnit

ACCEPTED = "通过"
STATUSES = (ACCEPTED, "退回", "未报", "逾期", "重复")
"""The words for where a unit stands, in the order they are counted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """Where an expected unit stands: ``status`` in words; empty strings where not known."""

    unit: str
    kind: str
    status: str
    source: str
    contact: str
    phone: str
    due: str


def standing(
    roster: Roster, outcomes: Sequence[UnitOutcome], today: datetime.date
) -> tuple[Standing, ...]:
    """A line for each unit of the roster that must report, in its order.

    ``outcomes`` are the workbooks of the roster's county and year, under the roster's names.
    """
    found: dict[str, list[UnitOutcome]] = {}
    for outcome in outcomes:
        found.setdefault(normalise(outcome.submission.unit), []).append(outcome)
    return tuple(
        _standing(unit, found.get(normalise(unit.name), ()), today)
        for unit in roster.units
        if unit.due
    )


def _standing(unit: RosterUnit, here: Sequence[UnitOutcome], today: datetime.date) -> Standing:
    return Standing(
        unit=unit.name,
        kind=unit.kind,
        status=_status(unit, here, today),
        source="、".join(outcome.submission.source for outcome in here),
        contact=unit.contact,
        phone=unit.phone,
        due=unit.deadline.isoformat() if unit.deadline else "",
    )


def _status(unit: RosterUnit, here: Sequence[UnitOutcome], today: datetime.date) -> str:
    if len(here) > 1:
        return "重复"
    if here:
        return "通过" if here[0].status == "accepted" else "退回"
    return "逾期" if unit.deadline is not None and today > unit.deadline else "未报"
