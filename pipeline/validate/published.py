"""Whether a published report's tables add up, by the rules that workbooks are checked with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from pipeline.aggregate.comparison import counted_alike
from pipeline.model.edition import Edition, edition_for
from pipeline.model.place import Place
from pipeline.model.problem import Problem
from pipeline.model.submission import Passage, Submission
from pipeline.model.workbook_form import WorkbookForm
from pipeline.published.reports import PublishedReport
from pipeline.validate.cross_footing import cross_footing
from pipeline.validate.prose import doubtful_claims

UNKNOWN_LEVEL = "不明"
"""Of a unit whose name doesn't tell its level: rules confined to a level say nothing of it."""


def as_submission(
    report: PublishedReport, edition: Edition, unit: str = "", level: str = UNKNOWN_LEVEL
) -> Submission:
    """A report as the workbook it might have been: the tables laid out in an edition.

    A published zero is often left blank: blank cells count as 0, blank totals as their sum.
    ``unit`` is the name to go by, the report's own when empty.
    """
    known: dict[str, int | None] = {}
    for figure in edition.fields:
        here = report.layouts.get(figure.table) == edition.key
        value = report.figures.get(figure.key) if here else None
        if here and figure.key in report.blanks and not figure.derived:
            value = 0
        known[figure.key] = value
    for figure in sorted(edition.fields, key=lambda f: f.column[-1].total):
        if figure.derived and figure.key in report.blanks and known[figure.key] is None:
            parts = [known[key] for key in figure.parts]
            if all(part is not None for part in parts):
                known[figure.key] = sum(part for part in parts if part is not None)
    places = {key: Place(place.sheet, "") for key, place in report.places.items()}
    return Submission(
        source=report.source,
        sha256=report.sha256,
        edition=edition.key,
        year=report.year,
        identity={"unit": unit or report.unit, "year": str(report.year), "level": level},
        values=tuple(known[figure.key] for figure in edition.fields),
        written=report.written,
        passages=tuple(_passages(report)),
        places=places,
    )


def _passages(report: PublishedReport) -> list[Passage]:
    return [
        Passage(
            section=section.key,
            part=part.part,
            heading=part.heading,
            paragraphs=part.paragraphs,
            place=Place(section.heading or report.title, ""),
        )
        for section in report.sections
        if not section.table
        for part in section.parts
    ]


def broken_rules(
    report: PublishedReport,
    prior: PublishedReport | None,
    editions: Mapping[str, Edition],
    form: WorkbookForm,
    level: str = UNKNOWN_LEVEL,
) -> list[Problem]:
    """The rules that a report breaks, each table judged by the edition it is laid out in.

    ``prior`` is the same unit's report of the year before, where there is one.
    """
    found: list[Problem] = []
    for edition, batch in _batches(report, prior, editions, level):
        for _, problems in cross_footing(batch, [0], edition, editions, form):
            found += [told for told in problems if told.rule != "rule.not_assessable"]
    return found


def doubts_of_prose(
    report: PublishedReport,
    prior: PublishedReport | None,
    editions: Mapping[str, Edition],
    form: WorkbookForm,
    wide: bool,
) -> list[Problem]:
    """What the prose claims that the report's tables don't bear out; the arguments as above.

    ``wide`` tells that the report speaks for a whole county (or above), not for one unit.
    """
    scope = form.entry("scope").choices[wide]
    found: dict[str, Problem] = {}
    for edition, batch in _batches(report, prior, editions, UNKNOWN_LEVEL):
        own = replace(batch[0], identity={**batch[0].identity, "scope": scope})
        for _, told in doubtful_claims([own, *batch[1:]], [0], edition, editions, form):
            found.setdefault(told.message, told)
    return list(found.values())


def _batches(
    report: PublishedReport,
    prior: PublishedReport | None,
    editions: Mapping[str, Edition],
    level: str,
) -> Iterator[tuple[Edition, list[Submission]]]:
    """The report, and last year's where there is one, in each edition that it is laid out in; one
    without tables in that of its year, for what its prose says."""
    due = edition_for(report.year, editions)
    for key in dict.fromkeys(report.layouts.values()) or ([due.key] if due is not None else []):
        edition = editions[key]
        batch = [as_submission(report, edition, level=level)]
        if prior is not None and prior.edition:
            batch.append(_before(prior, edition, editions, report.unit))
        yield edition, batch


def _before(
    prior: PublishedReport, edition: Edition, editions: Mapping[str, Edition], unit: str
) -> Submission:
    """Last year's report in this year's fields: only what both editions count alike."""
    then = editions[prior.edition]
    before = as_submission(prior, then, unit)
    known = dict(zip(then.by_key, before.values, strict=True))
    alike = counted_alike(edition, then)
    values = tuple(known[key] if key in alike else None for key in edition.by_key)
    return replace(before, edition=edition.key, values=values)
