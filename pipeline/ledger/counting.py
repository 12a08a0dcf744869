"""Tables three and four, counted from the requests of a ledger (依申请公开台账), and the counted
facts of active disclosure, from what a ledger says was published (主动公开台账).

A request received in the year is 本年新收; one from before that was open when the year began is
上年结转.  It counts under its result in the year in which it was answered (办结), and is 结转下年度
as long as it wasn't by the end of the year.  A correction (补正) doesn't make it a new request.
Reviews and lawsuits count whenever the ledger tells of them: it is the year's ledger.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from pipeline.declare.ledger import Counting
from pipeline.model.edition import Edition
from pipeline.model.ledger import Publication, Request


def counted(
    requests: Iterable[Request], year: int, edition: Edition, counting: Counting
) -> Mapping[str, tuple[Request, ...]]:
    """The requests behind every figure of tables three and four, totals included, by field key.

    Raises:
        ValueError: a request names a column or a row that the edition doesn't have.
    """
    fields = [
        field
        for key in (counting.requests, counting.disputes)
        for field in edition.table(key).fields
    ]
    behind: dict[str, list[Request]] = {field.key: [] for field in fields}
    for request in requests:
        for key in _cells(request, year, counting):
            if key not in behind:
                raise ValueError(f"edition {edition.key} has no field {key}")
            behind[key].append(request)
    # A total along one axis may be a part of the total along the other.
    for field in sorted(fields, key=lambda f: f.column[-1].total):
        if field.derived:
            behind[field.key] = [one for part in field.parts for one in behind[part]]
    return {key: tuple(found) for key, found in behind.items()}


def _cells(request: Request, year: int, counting: Counting) -> Iterator[str]:
    """The fields that a request counts in."""
    table, applicant = counting.requests, request.applicant
    received, answered = request.course.received, request.course.answered
    if received.year <= year and (answered is None or answered.year >= year):
        new = received.year == year
        yield f"{table}.{counting.received if new else counting.carried_in}.{applicant}"
        if open_at_end(request, year):
            yield f"{table}.{counting.carried_out}.{applicant}"
        else:
            yield f"{table}.{request.result}.{applicant}"
    for outcome in request.disputes:
        yield f"{counting.disputes}.{outcome}"


def open_at_end(request: Request, year: int) -> bool:
    """Whether a request had come by the end of a year and wasn't answered by then."""
    received, answered = request.course.received, request.course.answered
    return received.year <= year and (answered is None or answered.year > year)


def published(publications: Iterable[Publication], year: int) -> Mapping[tuple[str, str], int]:
    """How many items (条) each channel and kind had in a year, in the order first seen."""
    return Counter((one.channel, one.kind) for one in publications if one.date.year == year)


def latest(publications: Iterable[Publication]) -> Mapping[str, datetime.date]:
    """The day of the latest item of each column."""
    found: dict[str, datetime.date] = {}
    for one in publications:
        found[one.column] = max(one.date, found.get(one.column, one.date))
    return found
