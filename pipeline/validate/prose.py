"""What is wrong with the prose of workbooks: what is missing, claimed, cited, slipped, repeated.

What prose says is found out in :mod:`pipeline.prose`; here it is set against the tables, and told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from pipeline.aggregate.years import index_by_year, restate_in_edition, year_before
from pipeline.declare.messages import problem
from pipeline.model.edition import Edition, Measure, Section
from pipeline.model.place import Place
from pipeline.model.problem import Problem
from pipeline.model.submission import Passage, Submission
from pipeline.model.workbook_form import WorkbookForm
from pipeline.prose.citing import (
    ScopeMismatch,
    Strange,
    county_known,
    county_prefix,
    has_citations,
    known_names,
    mismatched_scopes,
    of_change,
    strange,
    unit_values,
)
from pipeline.prose.claims import ProseMismatch, Tables, find_mismatches
from pipeline.prose.proofreading import excerpt, proofread
from pipeline.prose.remnants import find_remnants
from pipeline.text.figures import BLANKS, truncate
from pipeline.text.labels import normalise
from pipeline.text.wording import quoted
from pipeline.validate.context import EMPTY_CONTEXT, CheckContext, is_own_workbook
from pipeline.validate.similarity import THRESHOLD, Repeat, repeats


def missing_prose(submission: Submission, edition: Edition) -> Iterator[Problem]:
    """The parts and sections that the national format demands and that are not there."""
    sheets = {p.sheet for p in submission.places.values()}
    filled = {passage.part for passage in submission.passages if passage.paragraphs}
    for section in edition.sections:
        if section.sheet and not any(section.sheet in sheet for sheet in sheets):
            continue  # the sheet itself is missing, which has been told
        for part in section.parts:
            if part.required and part.key not in filled:
                place = submission.places.get(part.key, Place(section.sheet, ""))
                yield problem("prose.missing", sheet=place.sheet, cell=place.cell, name=part.label)
        told = [passage for passage in submission.passages if passage.section == section.key]
        if section.required and all(map(_says_nothing, told)):
            yield problem("section.missing", sheet=section.sheet, name=section.heading)
        elif section.empty == "":
            for passage in filter(_says_nothing, told):
                yield _nothing_said(passage, section)


_NOTHING = BLANKS | {"暂无", "没有", "略"}
"""What stands in a part of the prose that says nothing of it."""


def _says_nothing(passage: Passage) -> bool:
    text = "".join("".join(passage.paragraphs).split())
    return text.rstrip("。.！!") in _NOTHING


def _nothing_said(passage: Passage, section: Section) -> Problem:
    labels = {part.key: part.label for part in section.parts}
    return problem(
        "prose.nothing",
        sheet=passage.place.sheet,
        cell=passage.place.cell,
        name=passage.heading or labels.get(passage.part, section.heading),
        text=truncate("".join(passage.paragraphs)),
    )


def doubtful_claims(
    submissions: Sequence[Submission],
    batch: Sequence[int],
    edition: Edition,
    editions: Mapping[str, Edition],
    form: WorkbookForm,
    around: CheckContext = EMPTY_CONTEXT,
) -> Iterator[tuple[int, Problem]]:
    """Numbers in the prose that no reading of the tables bears out.

    The prose of a county's own workbook is printed above the county's sums: what only its own
    figures bear out must be said to be 本级.
    """
    earlier = index_by_year(submissions)
    measures = (*edition.measures, *edition.sums, *edition.counts)
    named = {measure.key: measure for measure in measures}
    units = {i: _sums(submissions[i], measures, edition) for i in batch}
    for i in batch:
        unit = submissions[i]
        own = is_own_workbook(unit, form)
        known = [units[i]]
        sums: list[Mapping[str, int]] = []
        if own:
            added = [k for k in batch if submissions[k].source not in around.apart]
            here = [units[k] for k in added if _together(submissions[k], unit)]
            here += [_sums(one, measures, edition) for one in around.below if _together(one, unit)]
            sums = [_added_up(here)] if here else []
        before = restate_in_edition(edition, year_before(unit, earlier), editions)
        prior = _sums(before, measures, edition) if before is not None else None
        for passage in unit.passages:
            for paragraph in passage.paragraphs:
                tables = Tables(
                    year=unit.year,
                    known=known if sums == known else [*known, *sums],
                    measures=named,
                    prior=prior,
                    wide=own,
                    on_request=passage.part.endswith("on_request"),
                )
                by_nobody = list(find_mismatches(paragraph, tables))
                for doubt in by_nobody:
                    yield i, _doubt_problem("prose.claims", doubt, passage)
                told = {(doubt.sentence, doubt.label) for doubt in by_nobody}
                ours = replace(tables, known=sums)
                for doubt in find_mismatches(paragraph, ours) if sums else ():
                    said = _OWN_SCOPE in doubt.sentence
                    if not said and (doubt.sentence, doubt.label) not in told:
                        yield i, _doubt_problem("prose.scope", doubt, passage)


_OWN_SCOPE = "本级"
"""By this word a sentence of a county's prose speaks of the county government's own figures."""


def _doubt_problem(rule: str, doubt: ProseMismatch, passage: Passage) -> Problem:
    plainest: dict[str, str] = {}
    for words, number in doubt.readings:
        plainest.setdefault(number, words)
    readings = "，".join(f"{words}为 {number}" for number, words in plainest.items())
    claim = f"{doubt.label}写的是 {doubt.told}" if doubt.told else f"意思是{doubt.label}"
    told = problem(
        rule,
        sheet=passage.place.sheet,
        cell=passage.place.cell,
        found=doubt.told,
        expected=readings,
        claim=claim,
        sentence=truncate(doubt.sentence, 60),
        readings=readings,
    )
    return replace(told, subject=doubt.label)


def _sums(unit: Submission, measures: Iterable[Measure], edition: Edition) -> dict[str, int]:
    """The measures of a unit whose figures are all known."""
    figures = {
        key: value
        for key, value in zip(edition.by_key, unit.values, strict=False)
        if value is not None
    }
    return {
        measure.key: measure.value(figures)
        for measure in measures
        if all(term.field in figures for term in measure.terms)
    }


def _added_up(units: Sequence[Mapping[str, int]]) -> dict[str, int]:
    shared = set.intersection(*(set(unit) for unit in units))
    return {key: sum(unit[key] for unit in units) for key in sorted(shared)}


def _together(one: Submission, other: Submission) -> bool:
    return one.year == other.year and normalise(one.county) == normalise(other.county)


def slips(submission: Submission, off: Collection[str] = ()) -> Iterator[Problem]:
    """Slips in the prose, each spot once. ``off`` are the checks that are switched off."""
    for passage in submission.passages:
        for paragraph in passage.paragraphs:
            for found in proofread(paragraph, submission.year, off):
                told = problem(
                    "prose.proofreading",
                    sheet=passage.place.sheet,
                    cell=passage.place.cell,
                    found=truncate(paragraph[found.start : found.end]),
                    name=found.name,
                    told=truncate(found.told),
                    excerpt=truncate(excerpt(paragraph, found)),
                    advice=found.fix,
                )
                yield replace(told, subject=found.name)


def remnants(submission: Submission, edition: Edition) -> Iterator[Problem]:
    """What is left in the prose of another year or unit, or of an unfinished draft, each once."""
    first = edition.sections[0].key if edition.sections else ""
    for passage in submission.passages:
        introduction = passage.section == first
        for paragraph in passage.paragraphs:
            for found in find_remnants(
                paragraph, submission.year, submission.unit, introduction=introduction
            ):
                told = problem(
                    found.rule,
                    sheet=passage.place.sheet,
                    cell=passage.place.cell,
                    found=truncate(found.mark),
                    sentence=truncate(found.sentence, 60),
                    mark=truncate(found.mark),
                    year=submission.year,
                    unit=truncate(submission.unit),
                )
                yield replace(told, subject=truncate(found.mark))


def wrongly_cited(
    submissions: Sequence[Submission],
    batch: Sequence[int],
    edition: Edition,
    editions: Mapping[str, Edition],
    form: WorkbookForm,
    around: CheckContext,
) -> Iterator[tuple[int, list[Problem]]]:
    """Names in 【】 that aren't any, or that stand for nothing."""
    earlier = index_by_year(submissions)
    counties = {(normalise(s.county), s.year) for s in (*submissions, *around.below)}
    for i in batch:
        unit = submissions[i]
        if not has_citations(unit):
            continue
        prior = restate_in_edition(edition, year_before(unit, earlier), editions)
        own = is_own_workbook(unit, form)
        names = known_names(unit, edition, form, own)
        values = set(unit_values(unit, prior, edition, form))
        compared = (normalise(unit.county), unit.year - 1) in counties
        if own:
            values |= county_known(names, values, form, compared)
        problems = [
            _strange_problem(passage, found, prior is not None, form)
            for passage in unit.passages
            for found in strange(passage, names, values)
        ]
        if own:
            problems += [
                _scope_problem(passage, found, unit.county, form)
                for passage in unit.passages
                for found in mismatched_scopes(passage, unit.county, edition, form)
            ]
        yield i, problems


def _scope_problem(
    passage: Passage, found: ScopeMismatch, county: str, form: WorkbookForm
) -> Problem:
    return problem(
        "citing.scope",
        sheet=passage.place.sheet,
        cell=passage.place.cell,
        found=truncate(found.written),
        expected=found.wanted,
        sentence=truncate(found.sentence, 60),
        written=truncate(found.written),
        wanted=found.wanted,
        wide=county_prefix(county, form),
    )


def _strange_problem(
    passage: Passage, found: Strange, has_prior: bool, form: WorkbookForm
) -> Problem:
    """``has_prior`` tells that the unit's figures of last year are there; so then are some of its
    county's, whose change has a value."""
    alone = of_change(found.written, form) and not has_prior
    without_value = "citing.no_last_year" if alone else "citing.unread"
    rule = "citing.unknown" if found.nearest else without_value
    place, written = passage.place, truncate(found.written)
    words = {"written": written, "nearest": found.nearest}
    return problem(rule, words, sheet=place.sheet, cell=place.cell, found=written)


def repeated_prose(
    submissions: Sequence[Submission],
    readable: Sequence[int],
    editions: Mapping[str, Edition],
    threshold: int = THRESHOLD,
) -> Iterator[tuple[int, Problem]]:
    """内容雷同: what a unit repeats of its own last year, and of the unit it is most like."""
    units = [submissions[i] for i in readable]
    earlier = index_by_year(units)
    introductions = {key: edition.sections[0].key for key, edition in editions.items()}
    before = [year_before(unit, earlier) for unit in units]
    for i, unit, found in zip(
        readable, units, repeats(units, before, introductions, threshold), strict=True
    ):
        own = [one for one in found if one.year != unit.year]
        others = [one for one in found if one.year == unit.year]
        for group in (own, others):
            if group:
                yield i, _repeat_problem(group[0], len(group) - 1)


def _repeat_problem(found: Repeat, further: int) -> Problem:
    whose = f"{quoted(truncate(found.unit))}{found.year}年度" + (
        f"等 {further + 1} 个单位" if further else ""
    )
    first = found.pairs[0]
    told = problem(
        "prose.repeats",
        sheet=first.place.sheet,
        cell=first.place.cell,
        found=f"{found.percent}%",
        percent=found.percent,
        whose=whose,
        own=truncate(first.own),
    )
    return replace(told, aside=tuple((pair.own, pair.other) for pair in found.pairs))
