"""Which unit of the roster a workbook is: by its full name or 简称, never by guessing."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import replace

from pipeline.declare.messages import problem
from pipeline.model.hierarchy import Level, names
from pipeline.model.place import Place
from pipeline.model.roster import Roster
from pipeline.model.roster_unit import RosterUnit
from pipeline.model.submission import Submission
from pipeline.text.figures import truncate
from pipeline.text.labels import normalise

_NEAR = 0.6


def matched(level: Level, name: str) -> RosterUnit | None:
    """The unit of a level that a name is of, blanks and full-width forms aside; None unless it
    is certain."""
    return level.known.get(normalise(name)) if normalise(name) else None


def nearest(level: Level, name: str) -> str:
    """The full name of the unit that a name is most like, to be proposed; empty if none is."""
    near = difflib.get_close_matches(normalise(name), list(level.known), n=1, cutoff=_NEAR)
    return level.known[near[0]].name if near else ""


def in_roster_order(submissions: Sequence[Submission], roster: Roster | None) -> list[Submission]:
    """A county's workbooks in the order in which the roster lists their units.

    Those of units that it doesn't know come last, and those that it doesn't tell apart stay in
    the order given: without a roster, that of the files' names.
    """
    if roster is None:
        return list(submissions)
    order = {id(unit): at for at, unit in enumerate(roster.units)}

    def place(submission: Submission) -> int:
        level = roster.level(submission.county)
        unit = matched(level, submission.unit) if level is not None else None
        return order.get(id(unit), len(order))

    return sorted(submissions, key=place)


def assign_to_roster(submission: Submission, roster: Roster | None) -> Submission:
    """A workbook under its level's and its unit's full names; one that is no unit of the roster
    is a problem.

    Workbooks of earlier years than the roster's get the names where they are certain, and are
    otherwise left as they are.  Those of places that the roster knows nothing like are added up
    apart, which is told.  One of a later year has a wrong year, or the roster is last year's:
    either way nobody could be told missing.
    """
    if roster is None or not submission.readable or not submission.unit:
        return submission
    level = roster.level(submission.county)
    here = submission.year == roster.year
    if level is None:
        return _of_unknown_county(submission, roster) if here else submission
    if submission.year > roster.year:
        return _told(submission, "roster.later_year", "year", str(roster.year))
    unit = matched(level, submission.unit)
    identity = {**submission.identity, "county": level.name}
    if unit is not None:
        return replace(submission, identity={**identity, "unit": unit.name})
    submission = replace(submission, identity=identity)
    if not here:
        return submission
    near = nearest(level, submission.unit)
    return _told(submission, "roster.near" if near else "roster.unknown", "unit", near)


def _of_unknown_county(submission: Submission, roster: Roster) -> Submission:
    near = _nearest_level(roster, submission.county)
    if near:
        return _told(submission, "roster.near_county", "county", near)
    owners = [level.name for level in roster.levels if matched(level, submission.unit)]
    if len(owners) == 1:
        return _told(submission, "roster.elsewhere", "county", owners[0])
    return _told(submission, "roster.unknown_county", "county", roster.county)


def counted(
    submission: Submission, roster: Roster | None, earlier: Sequence[RosterUnit] = ()
) -> bool:
    """Whether a unit's figures are added to its level's; those of the level's own line always.

    ``earlier`` are the units that had to report for a year before the roster's, by the roster of
    that year: last year's sums stay what they were when the roster has become this year's.  What
    that one hadn't is asked of this year's.
    """
    level = roster.level(submission.county) if roster is not None else None
    if level is None or (level.line is not None and _is(level.line, submission.unit)):
        return True
    then = next((unit for unit in earlier if _is(unit, submission.unit)), None)
    unit = then or matched(level, submission.unit)
    return unit is None or unit.counted


def _is(unit: RosterUnit, name: str) -> bool:
    return normalise(name) in map(normalise, names(unit))


def _nearest_level(roster: Roster, county: str) -> str:
    known = {normalise(level.name): level.name for level in roster.levels}
    near = difflib.get_close_matches(normalise(county), list(known), n=1, cutoff=_NEAR)
    return known[near[0]] if near else ""


def _told(submission: Submission, rule: str, entry: str, near: str) -> Submission:
    place = submission.places.get(entry, Place("", ""))
    name = truncate(submission.identity.get(entry, ""))
    words = {"name": name, "near": near, "unit": truncate(submission.unit)}
    told = problem(rule, words, sheet=place.sheet, cell=place.cell)
    return replace(submission, problems=(*submission.problems, told))
