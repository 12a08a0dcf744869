"""What is wrong with a batch of workbooks: values in, problems out.

Checks are plain functions over Submissions, in the order of :func:`check`.  What intake could
not read is already a problem; here come the schemas of the sheets, the prose that must be
there, the cross-footing rules, and what only shows when the workbooks lie side by side.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd

from pipeline.checking.cross_footing import NOWHERE, cross_footing, stacked
from pipeline.checking.fees import fee_problems
from pipeline.checking.schemas import expected, failures, figures_schema, identity_schema
from pipeline.edition import Edition, Kind, Measure, Section
from pipeline.intake.labels import normalise
from pipeline.intake.reading import BLANKS, kept_text, shown
from pipeline.ledger.checks import ledger_differences
from pipeline.place import Place
from pipeline.problems import SEVERITIES, Problem, problem
from pipeline.prose.citing import (
    Strange,
    cites,
    county_known,
    known_names,
    of_change,
    strange,
    unit_values,
)
from pipeline.prose.claims import Doubt, doubts
from pipeline.prose.proofreading import excerpt, proofread
from pipeline.prose.similarity import THRESHOLD, Repeat, repeats
from pipeline.roster.signing import out_of_order, year_apart
from pipeline.submission import Passage, Submission
from pipeline.wording import quoted
from pipeline.workbook import WorkbookForm
from pipeline.years import by_year, in_terms_of, unit_key, year_before


@dataclass(frozen=True, kw_only=True, slots=True)
class Around:
    """What the office knows besides the workbooks.

    ``unproofed`` are the keys of the proofreading checks that it has switched off, and
    ``similarity`` the share of repeated prose, in percent, from which it is told (None: the
    usual).  ``below`` are the sums of levels below, each as if it were a workbook of this one;
    ``apart`` are the sources of workbooks that are not added up.
    """

    unproofed: Collection[str] = ()
    similarity: int | None = None
    below: tuple[Submission, ...] = ()
    apart: frozenset[str] = frozenset()


NOTHING_ELSE = Around()


def check(
    submissions: Sequence[Submission],
    editions: Mapping[str, Edition],
    form: WorkbookForm,
    around: Around = NOTHING_ELSE,
) -> list[tuple[Problem, ...]]:
    """Everything wrong with each workbook, in the order given, what intake found included.

    A workbook that could not be opened keeps its one problem and is checked no further.
    """
    found: list[list[Problem]] = [list(s.problems) for s in submissions]
    readable = [i for i, s in enumerate(submissions) if s.readable]
    for i, problems in _identity(submissions, readable, form):
        found[i] += problems
    for i in readable:
        found[i] += out_of_order(submissions[i], form)
        found[i] += year_apart(submissions[i], form)
    for edition in editions.values():
        batch = [i for i in readable if submissions[i].edition == edition.key]
        if not batch:
            continue
        for i, problems in _figures(submissions, batch, edition, found):
            found[i] += problems
        for i in batch:
            found[i] += _prose(submissions[i], edition)
            found[i] += slips(submissions[i], around.unproofed)
            found[i] += ledger_differences(submissions[i], edition)
        for i, doubtful in doubtful_claims(submissions, batch, edition, editions, form, around):
            found[i].append(doubtful)
        own = {i for i in batch if of_county(submissions[i], form)}
        for i, stated in fee_problems(submissions, batch, edition, own):
            found[i].append(stated)
        for i, problems in _citing(submissions, batch, edition, editions, form, around):
            found[i] += problems
        for i, problems in cross_footing(submissions, batch, edition, editions, form):
            found[i] += problems
    for i, repeated in repeated_prose(
        submissions, readable, editions, around.similarity or THRESHOLD
    ):
        found[i].append(repeated)
    for i, duplicate in _duplicates(submissions, readable):
        found[i].append(duplicate)
    for i, doubled in _doubled_prose(submissions, readable, form):
        found[i].append(doubled)
    return [tuple(sorted(problems, key=_order)) for problems in found]


_SEVERITY_ORDER = {severity: order for order, severity in enumerate(SEVERITIES)}


def _order(found: Problem) -> int:
    return _SEVERITY_ORDER[found.severity]


# --------------------------------------------------------------------- 基本信息, by its schema


def _identity(
    submissions: Sequence[Submission], batch: Sequence[int], form: WorkbookForm
) -> Iterator[tuple[int, list[Problem]]]:
    columns = {
        entry.key: [submissions[i].identity.get(entry.key, "") for i in batch]
        for entry in form.entries
    }
    frame = pd.DataFrame(columns, index=list(batch), dtype=str)
    for failure in failures(identity_schema(form), frame):
        entry = form.entry(failure.column)
        submission = submissions[failure.row]
        place = submission.places.get(entry.key, NOWHERE)
        if place is NOWHERE and (entry.need == "required" or not submission.places):
            continue  # its label, or all of the sheet, is missing, which has been told
        sheet, cell = place.sheet or form.identity, place.cell
        if failure.check == "filled":
            rule = "identity.missing" if entry.need == "required" else "identity.empty"
            yield failure.row, [problem(rule, sheet=sheet, cell=cell, name=entry.label)]
        else:
            rule = "identity.invalid" if entry.need == "required" else "identity.doubtful"
            text = shown(submission.identity.get(entry.key, ""))
            told = problem(
                rule, sheet=sheet, cell=cell, name=entry.label, text=text, expected=expected(entry)
            )
            yield failure.row, [told]


# ------------------------------------------------------------------ the tables, by their schemas


def figures_frame(submissions: Sequence[Submission], edition: Edition, kind: Kind) -> pd.DataFrame:
    """The figures of a kind, tidy: a row for each unit and field.

    ``unit`` and ``field`` (int64) are positions among the submissions and the edition's fields;
    ``value`` (Int64: 件, or 分 for money) is null where nothing certain was read.
    """
    values, known = stacked(submissions, edition)
    fields = np.array([i for i, f in enumerate(edition.fields) if f.kind == kind], np.int64)
    return pd.DataFrame(
        {
            "unit": np.repeat(np.arange(len(submissions)), len(fields)),
            "field": np.tile(fields, len(submissions)),
            "value": pd.arrays.IntegerArray(values[:, fields].ravel(), ~known[:, fields].ravel()),
        }
    )


def _figures(
    submissions: Sequence[Submission],
    batch: Sequence[int],
    edition: Edition,
    told: Sequence[Sequence[Problem]],
) -> Iterator[tuple[int, list[Problem]]]:
    units = [submissions[i] for i in batch]
    found: list[tuple[int, int, str]] = []
    for kind in dict.fromkeys(figure.kind for figure in edition.fields):
        frame = figures_frame(units, edition, kind)
        for failure in failures(figures_schema(kind), frame):
            row = frame.iloc[failure.row]
            found.append((int(row["unit"]), int(row["field"]), failure.check))
    for unit, field, check in sorted(found):
        submission, figure = units[unit], edition.fields[field]
        place = submission.places.get(figure.key)
        if place is None or any(p.place == str(place) for p in told[batch[unit]]):
            continue  # the cell, or its missing label, has been told
        value = submission.values[field]
        if value is None:
            continue  # a total whose parts are at fault
        if check == "negative":
            values = zip(edition.by_key, submission.values, strict=True)
            below = {key for key, value in values if value is not None and value < 0}
            if below.intersection(figure.parts):
                continue  # a total made negative by a part, which is told
        text = kept_text(value, figure.kind)
        said = problem(
            f"cell.{check}", sheet=place.sheet, cell=place.cell, name=figure.name, text=text
        )
        yield batch[unit], [said]


# ----------------------------------------------------------------------------------- the prose


def _prose(submission: Submission, edition: Edition) -> Iterator[Problem]:
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
        text=shown("".join(passage.paragraphs)),
    )


def doubtful_claims(
    submissions: Sequence[Submission],
    batch: Sequence[int],
    edition: Edition,
    editions: Mapping[str, Edition],
    form: WorkbookForm,
    around: Around = NOTHING_ELSE,
) -> Iterator[tuple[int, Problem]]:
    """Numbers in the prose that no reading of the tables bears out.

    The prose of a county's own workbook is printed above the county's sums: what only its own
    figures bear out must be said to be 本级.
    """
    earlier = by_year(submissions)
    measures = (*edition.measures, *edition.sums)
    labels = {measure.key: measure.label for measure in measures}
    units = {i: _sums(submissions[i], measures, edition) for i in batch}
    for i in batch:
        unit = submissions[i]
        own = of_county(unit, form)
        known = [units[i]]
        sums: list[Mapping[str, int]] = []
        if own:
            added = [k for k in batch if submissions[k].source not in around.apart]
            here = [units[k] for k in added if _together(submissions[k], unit)]
            here += [_sums(one, measures, edition) for one in around.below if _together(one, unit)]
            sums = [_added_up(here)] if here else []
        before = in_terms_of(edition, year_before(unit, earlier), editions)
        prior = _sums(before, measures, edition) if before is not None else None
        for passage in unit.passages:
            for paragraph in passage.paragraphs:
                doubted = partial(
                    doubts,
                    paragraph,
                    unit.year,
                    labels=labels,
                    prior=prior,
                    wide=own,
                    on_request=passage.part.endswith("on_request"),
                )
                by_nobody = list(doubted([*known, *sums]))
                for doubt in by_nobody:
                    yield i, _doubt_problem("prose.claims", doubt, passage)
                told = {(doubt.sentence, doubt.label) for doubt in by_nobody}
                for doubt in doubted(sums) if sums else ():
                    said = _OWN_SCOPE in doubt.sentence
                    if not said and (doubt.sentence, doubt.label) not in told:
                        yield i, _doubt_problem("prose.scope", doubt, passage)


_OWN_SCOPE = "本级"
"""By this word a sentence of a county's prose speaks of the county government's own figures."""


def _doubt_problem(rule: str, doubt: Doubt, passage: Passage) -> Problem:
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
        sentence=shown(doubt.sentence, 60),
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
                yield problem(
                    "prose.proofreading",
                    sheet=passage.place.sheet,
                    cell=passage.place.cell,
                    found=shown(paragraph[found.start : found.end]),
                    name=found.name,
                    told=shown(found.told),
                    excerpt=shown(excerpt(paragraph, found)),
                    advice=found.fix,
                )


def _citing(
    submissions: Sequence[Submission],
    batch: Sequence[int],
    edition: Edition,
    editions: Mapping[str, Edition],
    form: WorkbookForm,
    around: Around,
) -> Iterator[tuple[int, list[Problem]]]:
    """Names in 【】 that aren't any, or that stand for nothing."""
    earlier = by_year(submissions)
    counties = {(normalise(s.county), s.year) for s in (*submissions, *around.below)}
    for i in batch:
        unit = submissions[i]
        if not cites(unit):
            continue
        prior = in_terms_of(edition, year_before(unit, earlier), editions)
        own = of_county(unit, form)
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
        yield i, problems


def _strange_problem(
    passage: Passage, found: Strange, has_prior: bool, form: WorkbookForm
) -> Problem:
    """``has_prior`` tells that the unit's figures of last year are there; so then are some of its
    county's, whose change has a value."""
    alone = of_change(found.written, form) and not has_prior
    without_value = "citing.no_last_year" if alone else "citing.unread"
    rule = "citing.unknown" if found.nearest else without_value
    place, written = passage.place, shown(found.written)
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
    earlier = by_year(units)
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
    whose = f"{quoted(found.unit)}{found.year}年度" + (
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
        own=shown(first.own),
    )
    return replace(told, aside=tuple((pair.own, pair.other) for pair in found.pairs))


def of_county(submission: Submission, form: WorkbookForm) -> bool:
    """Whether a workbook is the county's own (本级), whose prose the county's report tells."""
    return submission.identity.get("scope") == form.entry("scope").choices[1]


# ------------------------------------------------------------- what shows only side by side


def _duplicates(
    submissions: Sequence[Submission], readable: Sequence[int]
) -> Iterator[tuple[int, Problem]]:
    """Workbooks of one unit and year: which one counts is never guessed."""
    groups: dict[tuple[str, str, int], list[int]] = {}
    for i in readable:
        if submissions[i].unit and submissions[i].year:
            key = (*unit_key(submissions[i]), submissions[i].year)
            groups.setdefault(key, []).append(i)
    for group in groups.values():
        if len(group) > 1:
            files = "、".join(submissions[i].source for i in group)
            for i in group:
                unit, year = submissions[i].unit, submissions[i].year
                yield i, problem("file.duplicate", unit=unit, year=year, files=files)


def _doubled_prose(
    submissions: Sequence[Submission], readable: Sequence[int], form: WorkbookForm
) -> Iterator[tuple[int, Problem]]:
    """Units of one county and year that each say to be the county's own: whose prose the
    county's report tells is never guessed."""
    groups: dict[tuple[str, int], list[int]] = {}
    for i in readable:
        if of_county(submissions[i], form) and submissions[i].year:
            key = (normalise(submissions[i].county), submissions[i].year)
            groups.setdefault(key, []).append(i)
    for group in groups.values():
        if len({unit_key(submissions[i]) for i in group}) < 2:
            continue  # the same unit twice is told as such
        units = "、".join(dict.fromkeys(submissions[i].unit for i in group))
        for i in group:
            place = submissions[i].places.get("scope", NOWHERE)
            own = form.entry("scope").choices[1]
            yield (
                i,
                problem(
                    "file.own_doubled",
                    sheet=place.sheet,
                    cell=place.cell,
                    county=submissions[i].county,
                    year=submissions[i].year,
                    name=form.entry("scope").label,
                    own=own,
                    units=units,
                    other=form.entry("scope").choices[0],
                ),
            )
