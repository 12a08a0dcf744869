"""Tables three and four, counted from the requests of a ledger (依申请公开台账).

A request received in the year is 本年新收; one from before that was open when the year began is
上年结转.  It counts under its result in the year in which it was answered (办结), and is 结转下年度
as long as it wasn't by the end of the year.  A correction (补正) doesn't make it a new request.
Reviews and lawsuits count whenever the ledger tells of them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pipeline.deadlines import Course, Periods
from pipeline.edition import Edition, LabelPath

DECLARATION = Path(__file__).parent / "ledger.toml"


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """A request: ``applicant`` is a column of table three, ``result`` a row of it (empty while
    there is none), ``disputes`` are columns of table four, all by dotted key."""

    number: str
    applicant: str
    course: Course
    result: str = ""
    disputes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Counting:
    """The keys of the tables and rows that are counted."""

    requests: str
    received: str
    carried_in: str
    results: str
    carried_out: str
    disputes: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerForm:
    """The declaration of the ledger."""

    counting: Counting
    periods: Periods


@lru_cache(maxsize=1)
def ledger_form() -> LedgerForm:
    """The declaration of the ledger, from ``ledger.toml``."""
    declared = tomllib.loads(DECLARATION.read_text(encoding="utf-8"))
    return LedgerForm(
        counting=Counting(**declared["counting"]), periods=Periods(**declared["periods"])
    )


def applicants(edition: Edition, counting: Counting) -> tuple[LabelPath, ...]:
    """The kinds of applicant: the columns of table three that are no totals."""
    [block] = edition.table(counting.requests).blocks
    return tuple(path for path in block.column_leaves if not path[-1].total)


def results(edition: Edition, counting: Counting) -> tuple[LabelPath, ...]:
    """What may become of a request: the rows of results in table three that are no totals."""
    [block] = edition.table(counting.requests).blocks
    leaves = (path for path in block.row_leaves if path[0].key == counting.results)
    return tuple(path for path in leaves if not path[-1].total)


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
        if answered is None or answered.year > year:
            yield f"{table}.{counting.carried_out}.{applicant}"
        else:
            yield f"{table}.{request.result}.{applicant}"
    for outcome in request.disputes:
        yield f"{counting.disputes}.{outcome}"
