"""Which unit of the roster a workbook is: by its full name or 简称, never by guessing."""

from __future__ import annotations

import difflib
from dataclasses import replace

from pipeline.labels import normalise
from pipeline.problems import problem
from pipeline.reading import shown
from pipeline.roster import Roster, RosterUnit
from pipeline.submission import Place, Submission

_NEAR = 0.6


def matched(roster: Roster, name: str) -> RosterUnit | None:
    """The unit of a name, blanks and full-width forms aside; None unless it is certain."""
    wanted = normalise(name)
    if not wanted:
        return None
    found = [
        unit
        for unit in roster.units
        if wanted in {normalise(known) for known in (unit.name, *unit.short)}
    ]
    return found[0] if len(found) == 1 else None


def nearest(roster: Roster, name: str) -> str:
    """The full name of the unit that a name is most like, to be proposed; empty if none is."""
    known = {normalise(n): unit.name for unit in roster.units for n in (unit.name, *unit.short)}
    near = difflib.get_close_matches(normalise(name), list(known), n=1, cutoff=_NEAR)
    return known[near[0]] if near else ""


def placed(submission: Submission, roster: Roster | None) -> Submission:
    """A workbook under its unit's full name; one that is no unit of the roster is a problem.

    Workbooks of other counties and years than the roster's are left as they are.
    """
    if roster is None or not submission.readable or not submission.unit:
        return submission
    if not roster.covers(submission.county, submission.year):
        return submission
    unit = matched(roster, submission.unit)
    if unit is not None:
        identity = {**submission.identity, "unit": unit.name, "county": roster.county}
        return replace(submission, identity=identity)
    near = nearest(roster, submission.unit)
    place = submission.places.get("unit", Place("", ""))
    told = problem(
        "roster.near" if near else "roster.unknown",
        sheet=place.sheet,
        cell=place.cell,
        name=shown(submission.unit),
        near=near,
    )
    return replace(submission, problems=(*submission.problems, told))
