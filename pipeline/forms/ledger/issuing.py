"""Issuing ledgers: one for each unit of the roster, or a blank one of the edition in force.

What last year's ledger leaves open, requests without an answer and disputes without a decision,
is entered in the new one.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping

from pipeline.declare.editions import load_editions
from pipeline.declare.ledger import (
    LedgerForm,
    applicant_choices,
    dispute_groups,
    ledger_form,
    outcome_choices,
    result_choices,
)
from pipeline.declare.workbook_form import workbook_form
from pipeline.forms.ledger.sheets import Line
from pipeline.forms.ledger.workbook import LedgerFill, write_ledger
from pipeline.model.edition import Edition, edition_for, newest_begun
from pipeline.model.ledger import Request
from pipeline.model.roster import Roster
from pipeline.model.submission import Submission
from pipeline.model.working_days import Calendar
from pipeline.text.labels import normalise
from pipeline.text.names import county_folder, safe_name


def issued_ledgers(
    roster: Roster | None, calendar: Calendar, earlier: Iterable[Submission] = ()
) -> Mapping[str, bytes]:
    """The ledgers to hand out, by path: without a roster the blank one.

    Args:
        earlier: the workbooks with ledgers that there are, in which last year's are looked up.
    """
    editions, form, own = load_editions(), workbook_form(), ledger_form()
    edition = edition_for(roster.year, editions) if roster is not None else None
    if roster is None or edition is None:
        return blank_ledger(calendar)
    before = {(normalise(s.county), normalise(s.unit), s.year): s.ledger for s in earlier}
    files = {}
    for level in roster.levels:
        folder = f"{county_folder(level.name, roster.year)}/{own.name}"
        for unit in level.reporting:
            key = (normalise(level.name), normalise(unit.name), roster.year - 1)
            ledger = before.get(key)
            left = left_open(ledger.requests, roster.year - 1, edition, own) if ledger else ()
            identity = {"unit": unit.name, "county": level.name, "year": str(roster.year)}
            fill = LedgerFill(identity=identity, requests=tuple(left))
            file = f"{folder}/{safe_name(unit.name)}{roster.year}年{own.name}.xlsx"
            files[file] = write_ledger(edition, form, fill, calendar)
    return files


def blank_ledger(calendar: Calendar) -> Mapping[str, bytes]:
    """The blank ledger of today's edition, by name."""
    edition = newest_begun(datetime.date.today().year, load_editions())
    name = f"{ledger_form().name}（{edition.name}）.xlsx"
    return {name: write_ledger(edition, workbook_form(), None, calendar)}


def left_open(
    requests: Iterable[Request], year: int, edition: Edition, form: LedgerForm
) -> Iterator[Line]:
    """The lines of the next year's ledger that a year leaves open, in terms of an edition; among
    them requests that came in the year and count as received in the next.

    The day of receipt by Art. 31 stands for the day that it came, so that no channel is needed.
    """
    counting = form.counting
    applicants = {c.key: c.label for c in applicant_choices(edition, counting)}
    results = {c.key: c.label for c in result_choices(edition, counting)}
    for request in requests:
        disputes = dict(_pending(request, edition, form))
        if request.applicant not in applicants:
            continue
        course = request.course
        answered = course.answered is not None and course.answered.year <= year
        if answered and not disputes:
            continue
        days = {
            "came": course.received,
            "correction_asked": course.correction_asked,
            "corrected": course.corrected,
            "extension_told": course.extension_told,
            "extension": course.extension or None,
            "consulted": course.consulted,
            "heard": course.heard,
            "answered": course.answered,
        }
        yield {
            "number": request.number,
            "applicant": applicants[request.applicant],
            "result": results.get(request.result),
            "note": f"{year}年台账",
            **days,
            **disputes,
        }


def _pending(request: Request, edition: Edition, form: LedgerForm) -> Iterator[tuple[str, str]]:
    """The columns of a request's disputes that aren't decided, with what stands in them."""
    for path in dispute_groups(edition, form.counting):
        group = ".".join(node.key for node in path)
        for choice in outcome_choices(edition, form.counting, group):
            if choice.key == f"{group}.{form.counting.pending}" and choice.key in request.disputes:
                yield f"disputes.{group}", choice.label
