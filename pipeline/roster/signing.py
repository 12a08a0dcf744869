"""Sign-off: who has filled in, reviewed and approved a workbook, and when, as 基本信息 says."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from itertools import pairwise

from pipeline.declare.messages import problem
from pipeline.model.place import Place
from pipeline.model.problem import Problem
from pipeline.model.submission import Submission
from pipeline.model.workbook_form import WorkbookForm
from pipeline.text.figures import read_date


def unsigned(submission: Submission, form: WorkbookForm) -> tuple[str, ...]:
    """The labels of the sign-off that are not filled in."""
    return tuple(form.entry(key).label for key in form.signing if not submission.identity.get(key))


def out_of_order(submission: Submission, form: WorkbookForm) -> Iterator[Problem]:
    """Days of the sign-off before the day of the step that comes first; what is no day is told
    by the schema."""
    days = [
        (entry, submission.identity[entry.key])
        for entry in map(form.entry, form.signing)
        if entry.kind == "date" and read_date(submission.identity.get(entry.key)) is not None
    ]
    for (before, first), (after, then) in pairwise(days):
        if then < first:
            place = submission.places.get(after.key, Place("", ""))
            yield problem(
                "identity.order",
                sheet=place.sheet,
                cell=place.cell,
                found=then,
                name=after.label,
                other=before.label,
                first=first,
            )


def year_apart(submission: Submission, form: WorkbookForm) -> Iterator[Problem]:
    """A report's year that its workbook wasn't filled in for: a copy of last year's workbook, or
    the year of filling in for the year reported on.

    A workbook is filled in from March of the year, where it is kept through the year, to the end
    of the next.
    """
    entry = next(e for e in map(form.entry, form.signing) if e.kind == "date")
    filled, year = read_date(submission.identity.get(entry.key)), submission.year
    if filled is None or not year:
        return
    if not datetime.date(year, 3, 1) <= filled <= datetime.date(year + 1, 12, 31):
        place = submission.places.get("year", Place("", ""))
        yield problem(
            "identity.year_apart",
            sheet=place.sheet,
            cell=place.cell,
            found=str(year),
            name=form.entry("year").label,
            other=entry.label,
            filled=filled.isoformat(),
        )
