"""How long an answer to a request may take, and how each stands on a day.

《政府信息公开条例》 Art. 30: what a request lacks is asked for within 7 working days of receipt,
and the period begins anew when the correction comes.  Art. 31: the day of receipt depends on the
channel.  Art. 32, 33: an answer within 20 working days, extended by at most 20 more when the
applicant is told in time; the time for hearing third parties or other bodies is left out.  The
day on which a period begins is not counted.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.declare.ledger import Fault, Status
from pipeline.model.ledger import Course
from pipeline.model.working_days import Calendar, Periods, UnknownYear

DUE: tuple[Status, ...] = ("late", "today", "soon")
"""What needs somebody now, the most pressing first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How a request stands on a day.

    ``due`` is the last day for the answer, None while the period doesn't run or its end can't
    be known; ``used`` the working days of the period so far, or up to the answer; ``left`` those
    left (negative: overdue by so many).  ``unknown_year`` is the year whose holidays are wanted.
    """

    status: Status
    due: datetime.date | None = None
    used: int = 0
    left: int | None = None
    faults: tuple[Fault, ...] = ()
    unknown_year: int = 0


def day_of_receipt(
    came: datetime.date, confirmed: datetime.date | None, by_confirmation: bool
) -> datetime.date:
    """The day of receipt (Art. 31): for channels by confirmation the day it was confirmed.

    Without a confirmation the day that it came is taken, which can only make it due earlier.
    """
    return confirmed if by_confirmation and confirmed is not None else came


def standing(course: Course, on: datetime.date, periods: Periods, calendar: Calendar) -> Standing:
    """How a request stands on a day; status ``unknown`` where a year's holidays are wanted."""
    try:
        return _standing(course, on, periods, calendar)
    except UnknownYear as error:
        return Standing(status="unknown", unknown_year=error.year)


def _standing(course: Course, on: datetime.date, periods: Periods, calendar: Calendar) -> Standing:
    until = course.answered or on
    faults = tuple(_faults(course, until, periods, calendar))
    if course.correction_asked is not None and course.corrected is None:
        # The period begins when the correction comes; until then only the notice was ours.
        return Standing(
            status="correcting" if course.answered is None else "answered",
            used=calendar.between(course.received, course.correction_asked),
            faults=faults,
        )
    begun = course.corrected or course.received
    due, unknown = _due(course, until, periods, calendar)
    in_time = due is None or course.consulted is None or course.consulted <= due
    paused = _paused(course, until, calendar) if in_time else 0
    late = due is not None and until > due
    told = Standing(
        status="answered_late" if late else "answered",
        due=due,
        used=max(0, calendar.between(begun, until) - paused),
        faults=faults,
        unknown_year=unknown,
    )
    if course.answered is not None:
        return told
    if course.consulted is not None and course.heard is None and not late:
        return replace(told, status="consulting")
    if due is None:
        return replace(told, status="open")
    if late:
        return replace(told, status="late", left=-calendar.between(due, on))
    left = calendar.between(on, due)
    status: Status = "today" if on == due else "soon" if left <= periods.soon else "open"
    return replace(told, status=status, left=left)


def _due(
    course: Course, until: datetime.date, periods: Periods, calendar: Calendar
) -> tuple[datetime.date | None, int]:
    """The last day for the answer, or None and the year whose holidays would tell it."""
    begun = course.corrected or course.received
    allowed = periods.answer
    try:
        due = _due_within(course, until, begun, allowed, calendar)
        if _extends(course, due):
            allowed += min(course.extension, periods.extension)
            due = _due_within(course, until, begun, allowed, calendar)
    except UnknownYear as error:
        return None, error.year
    return due, 0


def _due_within(
    course: Course,
    until: datetime.date,
    begun: datetime.date,
    allowed: int,
    calendar: Calendar,
) -> datetime.date:
    """The end of a period of so many working days, the time of consultation left out.

    A consultation that begins when the period has run out doesn't bring it back.
    """
    due = calendar.after(begun, allowed)
    if course.consulted is None or course.consulted > due:
        return due
    return calendar.after(begun, allowed + _paused(course, until, calendar))


def _paused(course: Course, until: datetime.date, calendar: Calendar) -> int:
    """The working days of consultation within the period: after the letter, up to the reply."""
    if course.consulted is None:
        return 0
    begun = course.corrected or course.received
    return calendar.between(max(course.consulted, begun), min(course.heard or until, until))


def _extends(course: Course, due: datetime.date) -> bool:
    """Whether the applicant was told of the extension in time."""
    return course.extension_told is not None and course.extension_told <= due


def _faults(
    course: Course, until: datetime.date, periods: Periods, calendar: Calendar
) -> Iterator[Fault]:
    if course.correction_asked is not None and course.correction_asked > calendar.after(
        course.received, periods.correction
    ):
        yield "correction_late"
    if course.extension > periods.extension:
        yield "extension_long"
    if course.extension_told is not None:
        begun = course.corrected or course.received
        first = _due_within(course, until, begun, periods.answer, calendar)
        if not _extends(course, first):
            yield "extension_late"
    if (
        course.consulted is not None
        and course.heard is None
        and course.answered is None
        and calendar.between(course.consulted, until) > periods.consultation
    ):
        yield "consultation_long"
