"""How a unit's ledgers stand on a day: what is due, what is late, how long answers take, which
columns are out of date.  Values for the command ``ledger`` and for the page."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from pipeline.declare.ledger import Fault, State, Status, ledger_form
from pipeline.ledger.counting import latest
from pipeline.ledger.deadlines import DUE, Standing, standing
from pipeline.model.ledger import Ledger, Request, Watched
from pipeline.model.problem import Problem
from pipeline.model.submission import Submission
from pipeline.model.working_days import Calendar


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestLine:
    """A request as it stands; see :class:`pipeline.ledger.deadlines.Standing`. Nothing of its applicant."""

    number: str
    received: datetime.date
    status: Status
    due: datetime.date | None
    used: int
    left: int | None
    faults: tuple[Fault, ...]

    @property
    def answered(self) -> bool:
        return self.status in ("answered", "answered_late")


@dataclass(frozen=True, kw_only=True, slots=True)
class ColumnLine:
    """A column (栏目): its latest item, and the day by which something new is due."""

    name: str
    cycle: str
    latest: datetime.date | None
    due: datetime.date | None
    state: State


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerView:
    """A unit's ledgers on a day.

    ``unknown_years`` are those whose holidays are wanted to tell a period's end.
    """

    unit: str
    county: str
    year: int
    source: str
    on: datetime.date
    requests: tuple[RequestLine, ...] = ()
    columns: tuple[ColumnLine, ...] = ()
    items: int = 0
    unknown_years: tuple[int, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def pressing(self) -> tuple[RequestLine, ...]:
        """What needs somebody now: overdue, due today, due soon, the longest overdue first."""
        due = [line for line in self.requests if line.status in DUE]
        return tuple(sorted(due, key=lambda line: (DUE.index(line.status), line.due, line.number)))

    @property
    def counts(self) -> Mapping[Status, int]:
        """How many requests there are of each status."""
        return Counter(line.status for line in self.requests)

    @property
    def average(self) -> Decimal | None:
        """The average of the working days that answers took, to a tenth; None without answers."""
        return average(line.used for line in self.requests if line.answered)

    @property
    def outdated(self) -> tuple[ColumnLine, ...]:
        """The columns in which something new is due."""
        return tuple(line for line in self.columns if line.state == "due")


def average(days: Iterable[int]) -> Decimal | None:
    """The average of numbers of days to a tenth, halves up; None of none."""
    told = list(days)
    if not told:
        return None
    exact = Decimal(sum(told)) / len(told)
    return exact.quantize(Decimal("0.1"), ROUND_HALF_UP)


def ledger_view(submission: Submission, on: datetime.date, calendar: Calendar) -> LedgerView | None:
    """A workbook's ledgers as they stand on a day; None where none is kept in it."""
    ledger = submission.ledger
    if ledger is None or not ledger.kept:
        return None
    standings = [_standing(request, on, calendar) for request in ledger.requests]
    own = {form.sheet for form in (ledger_form().requests, ledger_form().publications)}
    return LedgerView(
        unit=submission.unit,
        county=submission.county,
        year=submission.year,
        source=submission.source,
        on=on,
        requests=tuple(
            RequestLine(
                number=request.number,
                received=request.course.received,
                status=told.status,
                due=told.due,
                used=told.used,
                left=told.left,
                faults=told.faults,
            )
            for request, told in zip(ledger.requests, standings, strict=True)
        ),
        columns=tuple(_columns(ledger, submission.year, on)),
        items=sum(one.date.year == submission.year for one in ledger.publications),
        unknown_years=tuple(sorted({t.unknown_year for t in standings if t.unknown_year})),
        problems=tuple(p for p in submission.problems if submission.kept or p.sheet in own),
    )


def ledger_views(
    reports: Iterable[Submission],
    books: Iterable[Submission],
    on: datetime.date,
    calendar: Calendar,
) -> tuple[LedgerView, ...]:
    """The ledgers of units as they stand on a day, each once: ``books`` are ledgers of their own,
    which the reports of the same units have been given."""
    own = [view for book in books if (view := ledger_view(book, on, calendar)) is not None]
    told = {(view.county, view.unit, view.year) for view in own}
    others = (s for s in reports if (s.county, s.unit, s.year) not in told)
    own += [view for s in others if (view := ledger_view(s, on, calendar)) is not None]
    return tuple(sorted(own, key=lambda view: (view.county, view.year, view.source)))


def _standing(request: Request, on: datetime.date, calendar: Calendar) -> Standing:
    return standing(request.course, on, ledger_form().periods, calendar)


def _columns(ledger: Ledger, year: int, on: datetime.date) -> Iterable[ColumnLine]:
    """The columns that are watched, once something has been entered at all.  After the year the
    next year's ledger watches them."""
    if not ledger.publications:
        return
    last = latest(one for one in ledger.publications if one.column)
    until = min(on, datetime.date(year, 12, 31))
    for watched in ledger.watched:
        yield _column(watched, last.get(watched.name), datetime.date(year, 1, 1), until)


def _column(
    watched: Watched, last: datetime.date | None, begun: datetime.date, until: datetime.date
) -> ColumnLine:
    if watched.days is None:
        return ColumnLine(
            name=watched.name, cycle=watched.cycle, latest=last, due=None, state="free"
        )
    due = (last or begun) + datetime.timedelta(days=watched.days)
    return ColumnLine(
        name=watched.name,
        cycle=watched.cycle,
        latest=last,
        due=due,
        state="due" if until > due else "fresh",
    )
