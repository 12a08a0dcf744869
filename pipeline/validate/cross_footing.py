"""Cross-footing (勾稽关系): the edition's rules that a unit breaks, each fault told once.

A wrong figure breaks its row, its column, the balance and often the totals.  Where a cell or two
explain them all they are named (:mod:`pipeline.validate.error_localisation`); where a breach only sums up
others, it is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from pipeline.aggregate.years import index_by_year, restate_in_edition, year_before
from pipeline.declare.messages import problem
from pipeline.model.edition import Edition, Identity, Term
from pipeline.model.place import Place
from pipeline.model.problem import Problem
from pipeline.model.submission import Submission
from pipeline.model.workbook_form import WorkbookForm
from pipeline.text.figures import format_figure
from pipeline.text.wording import fill_words, quoted
from pipeline.validate.error_localisation import SuspectCells, find_suspect_cells
from pipeline.validate.rules import NOT_ASSESSABLE, RuleResults, evaluate_rules

NOWHERE = Place("", "")


def stacked(
    submissions: Sequence[Submission | None], edition: Edition
) -> tuple[np.ndarray, np.ndarray]:
    """(submissions, fields) whole numbers and where they are known; None gives an unknown row."""
    width = len(edition.fields)
    rows = [s.values if s is not None else (None,) * width for s in submissions]
    known = np.array([[v is not None for v in row] for row in rows], np.bool_)
    values = np.array([[v or 0 for v in row] for row in rows], np.int64)
    return values.reshape(len(rows), width), known.reshape(len(rows), width)


def cross_footing(
    submissions: Sequence[Submission],
    batch: Sequence[int],
    edition: Edition,
    editions: Mapping[str, Edition],
    form: WorkbookForm,
) -> Iterator[tuple[int, list[Problem]]]:
    """The rules of an edition that each submission of a batch breaks, or that can't be judged.

    Those of the year before are found among ``submissions``; ``batch`` are positions there.
    """
    units = [submissions[i] for i in batch]
    values, known = stacked(units, edition)
    earlier = index_by_year(submissions)
    before = [year_before(unit, earlier) for unit in units]
    comparable = [restate_in_edition(edition, s, editions) for s in before]
    prior, prior_known = stacked(comparable, edition)
    verdicts = evaluate_rules(
        edition,
        values,
        known,
        prior,
        prior_known,
        np.array([unit.year for unit in units], np.int64),
        tuple(level(unit, form) for unit in units),
    )
    for position, index in enumerate(batch):
        has_prior = before[position] is not None
        yield index, list(_told(units[position], edition, verdicts, position, has_prior))


def level(submission: Submission, form: WorkbookForm) -> str:
    """The 行政级别 of a unit; the first choice of the form when none is given."""
    return submission.identity.get("level") or form.entry("level").choices[0]


def _told(
    unit: Submission, edition: Edition, verdicts: RuleResults, position: int, has_prior: bool
) -> Iterator[Problem]:
    """The broken identities of a unit, one fault told once, and what could not be judged."""
    broken = list(verdicts.broken(position))
    named = find_suspect_cells(unit, edition, verdicts, position, broken)
    explained = {i for culprit in named for i in culprit.explains}
    explained |= _consequences(unit, edition, verdicts, position, broken)
    for culprit in named:
        yield _culprit_problem(unit, edition, verdicts, culprit)
    breached = {(verdicts.rules[i].id, verdicts.identities[i].subject) for i in broken}
    within = {i for other in broken for i in _details(verdicts, other, broken)}
    for i in broken:
        rule, identity = verdicts.rules[i], verdicts.identities[i]
        follows = any((other, identity.subject) in breached for other in rule.follows)
        if i not in explained and i not in within and not follows:
            details = [
                _breach(unit, edition, verdicts, position, detail)
                for detail in _details(verdicts, i, broken)
            ]
            yield _with_details(_breach(unit, edition, verdicts, position, i), details, edition)
    yield from _not_assessable(unit, edition, verdicts, position, has_prior)


def _details(verdicts: RuleResults, index: int, broken: Sequence[int]) -> list[int]:
    """The broken identities that are told within another's message."""
    return [i for i in broken if verdicts.rules[i].id in verdicts.rules[index].details]


def _with_details(breach: Problem, details: Sequence[Problem], edition: Edition) -> Problem:
    """A breach that names the places where it comes from, and has their cells."""
    if not details:
        return breach
    short = {rule.id: rule.short for rule in edition.rules}
    told = "；".join(
        fill_words(short[d.rule], {"subject": d.subject, "left": d.found, "right": d.expected})
        for d in details
    )
    cells = (*breach.cells, *(cell for d in details for cell in d.cells))
    message = breach.message.removesuffix(breach.remedy) + f"其中{told}。{breach.remedy}"
    return replace(breach, message=message, cells=tuple(dict.fromkeys(cells)))


def _consequences(
    unit: Submission, edition: Edition, verdicts: RuleResults, position: int, broken: Sequence[int]
) -> set[int]:
    """The breaches between totals that only sum up other breaches of the same rule.

    A wrong figure whose totals are right breaks the balance of its column and, by as much, that
    of the totals.
    """
    values = dict(zip(edition.by_key, unit.values, strict=True))
    gaps = {i: int(verdicts.left[position, i] - verdicts.right[position, i]) for i in broken}
    between = {
        i
        for i in broken
        if all(_adds_up(term, edition, values) for term in verdicts.identities[i].terms)
    }
    found = set()
    for i in between:
        others = [
            gaps[k]
            for k in broken
            if k not in between and verdicts.rules[k].id == verdicts.rules[i].id
        ]
        if sum(others) == gaps[i]:
            found.add(i)
    return found


def _adds_up(term: Term, edition: Edition, values: Mapping[str, int | None]) -> bool:
    """Whether a term is a total of this year that equals the sum of its parts."""
    field = edition.by_key[term.field]
    parts = [values[key] for key in field.parts]
    return (
        field.derived
        and not term.prior
        and None not in parts
        and values[term.field] == sum(part or 0 for part in parts)
    )


def _breach(
    unit: Submission, edition: Edition, verdicts: RuleResults, position: int, index: int
) -> Problem:
    rule, identity = verdicts.rules[index], verdicts.identities[index]
    kind = edition.by_key[identity.left[0].field].kind
    left = format_figure(int(verdicts.left[position, index]), kind)
    right_kind = edition.by_key[identity.right[0].field].kind if identity.right else kind
    right = format_figure(int(verdicts.right[position, index]), right_kind)
    cells = _cells(unit, identity)
    # A sum against one figure is told at that figure; else at the first that is compared.
    at = identity.right if len(identity.right) == 1 and not identity.right[0].prior else ()
    place = _place(unit, (*at, *identity.left, *identity.right))
    words = {"subject": identity.subject, "left": left, "right": right}
    told = fill_words(rule.message, words) + rule.remedy
    return Problem(
        rule=rule.id,
        severity=rule.severity,
        message=f"{place}：{told}" if place.cell else told,
        sheet=place.sheet,
        cell=place.cell,
        cells=cells,
        found=left,
        expected=right,
        remedy=rule.remedy,
        subject=identity.subject,
    )


def _cells(unit: Submission, identity: Identity) -> tuple[str, ...]:
    places = (unit.places.get(term.field) for term in identity.terms if not term.prior)
    return tuple(place.cell for place in places if place is not None)


def _place(unit: Submission, terms: Iterable[Term]) -> Place:
    places = (unit.places.get(term.field) for term in terms if not term.prior)
    return next((place for place in places if place is not None), NOWHERE)


def _not_assessable(
    unit: Submission, edition: Edition, verdicts: RuleResults, position: int, has_prior: bool
) -> Iterator[Problem]:
    """One line for the rules that lack last year's figures, one for those that lack this year's."""
    unread = {key for key, value in zip(edition.by_key, unit.values, strict=True) if value is None}
    prior: dict[str, None] = {}
    current: dict[str, None] = {}
    for i in np.flatnonzero(verdicts.outcome[position] == NOT_ASSESSABLE):
        terms = verdicts.identities[i].terms
        lacks_now = any(term.field in unread for term in terms if not term.prior)
        (current if lacks_now else prior)[quoted(verdicts.rules[i].name)] = None
    if prior and unit.year:
        reason = (
            f"上年（{unit.year - 1}年度）的报告中没有对应的数字"
            if has_prior
            else f"没有本单位 {unit.year - 1} 年度的工作簿"
        )
        yield problem("rule.not_assessable", names="、".join(prior), reason=reason)
    if current:
        reason = "有关的数字没有读取到，见其他问题"
        yield problem("rule.not_assessable", names="、".join(current), reason=reason)


def _culprit_problem(
    unit: Submission, edition: Edition, verdicts: RuleResults, culprit: SuspectCells
) -> Problem:
    """A single cell is told with what it should be; two are told together, at the first."""
    cells = culprit.cells
    figures = [edition.by_key[cell.field] for cell in cells]
    places = [unit.places.get(cell.field, NOWHERE) for cell in cells]
    identities = [verdicts.identities[i] for i in culprit.explains]
    told = "、".join(
        quoted(verdicts.identities[i].subject) + verdicts.rules[i].name for i in culprit.explains
    )
    involved = [cell for identity in identities for cell in _cells(unit, identity)]
    found = [
        format_figure(cell.current, figure.kind)
        for cell, figure in zip(cells, figures, strict=True)
    ]
    right = [
        format_figure(cell.value, figure.kind) for cell, figure in zip(cells, figures, strict=True)
    ]
    words = {"name": figures[0].name, "count": len(culprit.explains), "rules": told}
    if len(cells) > 1:
        at = f"（{places[1]}）" if places[1].cell else ""
        words |= {"other": figures[1].name, "at": at}
        words |= {"first": found[0], "second": found[1], "one": right[0], "two": right[1]}
    return problem(
        "rule.culprit" if len(cells) == 1 else "rule.culprits",
        words,
        sheet=places[0].sheet,
        cell=places[0].cell,
        cells=tuple(dict.fromkeys((*(place.cell for place in places), *involved))),
        found="、".join(found),
        expected="、".join(right),
    )
