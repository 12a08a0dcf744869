"""A unit's report beside its ledgers: where the tables say another number than the ledger gives.

The ledger is no statutory document and may be kept in part, so a difference is a warning that
the unit may explain; it names the requests that the ledger counts there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from pipeline.declare.ledger import LedgerForm, ledger_form
from pipeline.declare.messages import problem
from pipeline.ledger.counting import counted, published
from pipeline.model.edition import Edition
from pipeline.model.ledger import Publication, Request
from pipeline.model.place import Place
from pipeline.model.problem import Problem
from pipeline.model.submission import Fact, Submission
from pipeline.text.figures import truncate
from pipeline.text.labels import normalise
from pipeline.text.wording import list_some

NAMED = 12
"""So many requests are named behind a difference, and so many files of one ledger too many."""

Whose = tuple[str, str, int]


# ---------------------------------------------------------------- whose ledger a ledger is


def with_ledgers(submissions: Sequence[Submission]) -> tuple[list[Submission], list[Submission]]:
    """The reports, each with its unit's ledger, and the ledgers that are workbooks of their own.

    A report without counted facts takes those that its ledger counts.  Of two ledgers of a unit
    and year neither is taken, which both are told.
    """
    books = [s for s in submissions if s.kept]
    by_unit: dict[Whose, list[Submission]] = {}
    for book in books:
        by_unit.setdefault(_whose(book), []).append(book)
    reports = [_joined(s, by_unit.get(_whose(s), [])) for s in submissions if not s.kept]
    return reports, [_doubled(book, by_unit[_whose(book)]) for book in books]


def _whose(submission: Submission) -> Whose:
    return normalise(submission.county), normalise(submission.unit), submission.year


def _joined(report: Submission, books: Sequence[Submission]) -> Submission:
    own = report.ledger if report.ledger is not None and report.ledger.kept else None
    apart = [book for book in books if book.ledger is not None and book.ledger.kept]
    if len(apart) + (own is not None) > 1:
        files = [report.source] if own is not None else []
        told = _two(report, [*files, *(book.source for book in apart)])
        return replace(report, ledger=None, problems=(*report.problems, told))
    ledger = own or (apart[0].ledger if apart else None)
    if ledger is None:
        return replace(report, ledger=None)
    facts = report.facts or tuple(facts_of(ledger.publications, report.year))
    return replace(report, ledger=ledger, facts=facts)


def _doubled(book: Submission, same: Sequence[Submission]) -> Submission:
    if len(same) < 2 or not book.unit:
        return book
    return replace(book, problems=(*book.problems, _two(book, [one.source for one in same])))


def _two(submission: Submission, files: Sequence[str]) -> Problem:
    return problem(
        "ledger.two",
        unit=truncate(submission.unit),
        year=submission.year,
        files=list_some([truncate(name, 80) for name in files], NAMED),
    )


def facts_of(publications: Sequence[Publication], year: int) -> Iterator[Fact]:
    """The counted facts of active disclosure that a ledger of publications gives."""
    place = Place(ledger_form().publications.sheet, "")
    for (channel, kind), count in published(publications, year).items():
        yield Fact(channel=channel, category=kind, count=count, place=place)


# -------------------------------------------------------------------------- what differs


def ledger_differences(submission: Submission, edition: Edition) -> Iterator[Problem]:
    """The cells of tables three and four, and the counted facts, that the ledger counts
    otherwise, in print order; nothing where no ledger is kept."""
    ledger, form = submission.ledger, ledger_form()
    if ledger is None:
        return
    if ledger.requests:
        yield from _figures(submission, ledger.requests, edition, form)
    if ledger.publications:
        yield from _facts(submission, ledger.publications, form)


def _figures(
    submission: Submission, requests: Sequence[Request], edition: Edition, form: LedgerForm
) -> Iterator[Problem]:
    behind = counted(requests, submission.year, edition, form.counting)
    filled = dict(zip(edition.by_key, submission.values, strict=False))
    for key, found in behind.items():
        figure, value, place = edition.by_key[key], filled.get(key), submission.places.get(key)
        if figure.derived or value is None or place is None or value == len(found):
            continue
        told = problem(
            "ledger.differs",
            sheet=place.sheet,
            cell=place.cell,
            name=figure.name,
            found=str(value),
            expected=str(len(found)),
            requests=_named(found),
        )
        yield replace(told, subject=figure.name)


def _named(requests: Sequence[Request]) -> str:
    if not requests:
        return "，台账中没有这样的申请"
    names = "、".join(truncate(request.number, 24) for request in requests[:NAMED])
    more = f" 等 {len(requests)} 件" if len(requests) > NAMED else ""
    return f"（{names}{more}）"


def _facts(
    submission: Submission, publications: Sequence[Publication], form: LedgerForm
) -> Iterator[Problem]:
    """The counted facts that the ledger counts otherwise: line by line where it knows the
    category, else the channel's sum; and the channels that only the ledger knows."""
    given = [
        f for f in submission.facts if f.place.sheet != form.publications.sheet or f.place.cell
    ]
    if not given:
        return
    items = [one for one in publications if one.date.year == submission.year]
    lines, counts = _lines(items), Counter(normalise(one.channel) for one in items)
    channels: dict[str, list[Fact]] = {}
    for fact in given:
        channels.setdefault(normalise(fact.channel), []).append(fact)
    for channel, facts in channels.items():
        told = list(_lines_differing(facts, lines.get(channel, {})))
        yield from told
        total = sum(fact.count for fact in facts)
        if total != counts[channel] and not told:
            yield _fact_problem(facts[0].channel, facts[0].place, total, counts[channel])
    for name in dict.fromkeys(one.channel for one in items):
        if normalise(name) not in channels:
            place = Place(given[0].place.sheet, "")
            yield _fact_problem(name, place, 0, counts[normalise(name)])


def _lines(items: Sequence[Publication]) -> Mapping[str, Mapping[str, int]]:
    """How many items each channel has by 类型, and by 栏目, whichever is named."""
    found: dict[str, dict[str, int]] = {}
    for one in items:
        lines = found.setdefault(normalise(one.channel), {})
        for name in {normalise(one.kind), normalise(one.column)} - {""}:
            lines[name] = lines.get(name, 0) + 1
    return found


def _lines_differing(facts: Sequence[Fact], lines: Mapping[str, int]) -> Iterator[Problem]:
    for fact in facts:
        count = lines.get(normalise(fact.category)) if fact.category else None
        if count is not None and count != fact.count:
            yield _fact_problem(f"{fact.channel}·{fact.category}", fact.place, fact.count, count)


def _fact_problem(name: str, place: Place, found: int, expected: int) -> Problem:
    told = problem(
        "ledger.facts",
        sheet=place.sheet,
        cell=place.cell,
        name=truncate(name),
        found=str(found),
        expected=str(expected),
    )
    return replace(told, subject=name)
