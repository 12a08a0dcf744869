"""What is wrong with a batch of workbooks: values in, problems out.

Checks are plain functions over Submissions, in the order of :func:`check`.  What intake could
not read is already a problem; here come the schemas of the sheets, the prose that must be
there, the cross-footing rules, and what only shows when the workbooks lie side by side.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from pipeline.citing import Strange, cites, county_known, known_names, strange, unit_values
from pipeline.claims import Doubt, doubts
from pipeline.edition import Edition, Identity, Kind, Measure, Rule, Term
from pipeline.labels import normalise
from pipeline.problems import SEVERITIES, Problem, problem
from pipeline.proofreading import excerpt, proofread
from pipeline.reading import kept_text, shown
from pipeline.rules import NOT_ASSESSABLE, Verdicts, judge, related
from pipeline.schemas import expected, failures, figures_schema, identity_schema
from pipeline.similarity import Repeat, repeats
from pipeline.submission import Passage, Place, Submission
from pipeline.workbook import WorkbookForm
from pipeline.years import by_year, in_terms_of, unit_key, year_before

NOWHERE = Place("", "")


def check(
    submissions: Sequence[Submission],
    editions: Mapping[str, Edition],
    form: WorkbookForm,
    unproofed: Collection[str] = (),
) -> list[tuple[Problem, ...]]:
    """Everything wrong with each workbook, in the order given, what intake found included.

    ``unproofed`` are the keys of the proofreading checks that the office has switched off.
    A workbook that could not be opened keeps its one problem and is checked no further.
    """
    found: list[list[Problem]] = [list(s.problems) for s in submissions]
    readable = [i for i, s in enumerate(submissions) if s.readable]
    for i, problems in _identity(submissions, readable, form):
        found[i] += problems
    for edition in editions.values():
        batch = [i for i in readable if submissions[i].edition == edition.key]
        if not batch:
            continue
        for i, problems in _figures(submissions, batch, edition, found):
            found[i] += problems
        for i in batch:
            found[i] += _prose(submissions[i], edition)
            found[i] += slips(submissions[i], unproofed)
        for i, doubtful in doubtful_claims(submissions, batch, edition, editions, form):
            found[i].append(doubtful)
        for i, problems in _citing(submissions, batch, edition, editions, form):
            found[i] += problems
        for i, problems in cross_footing(submissions, batch, edition, editions, form):
            found[i] += problems
    for i, repeated in repeated_prose(submissions, readable, editions):
        found[i].append(repeated)
    for i, duplicate in _duplicates(submissions, readable):
        found[i].append(duplicate)
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
        if place is NOWHERE and entry.need == "required":
            continue  # its label is missing, which has been told
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
    values, known = _stacked(submissions, edition)
    fields = np.array([i for i, f in enumerate(edition.fields) if f.kind == kind], np.int64)
    return pd.DataFrame(
        {
            "unit": np.repeat(np.arange(len(submissions)), len(fields)),
            "field": np.tile(fields, len(submissions)),
            "value": pd.arrays.IntegerArray(values[:, fields].ravel(), ~known[:, fields].ravel()),
        }
    )


def _stacked(
    submissions: Sequence[Submission | None], edition: Edition
) -> tuple[np.ndarray, np.ndarray]:
    """(submissions, fields) whole numbers and where they are known; None gives an unknown row."""
    width = len(edition.fields)
    rows = [s.values if s is not None and s.values else (None,) * width for s in submissions]
    known = np.array([[v is not None for v in row] for row in rows], np.bool_)
    values = np.array([[v or 0 for v in row] for row in rows], np.int64)
    return values.reshape(len(rows), width), known.reshape(len(rows), width)


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
        if check == "not_nullable":
            continue  # a total whose parts are at fault
        if check == "negative":
            values = dict(zip(edition.by_key, submission.values, strict=True))
            if any((values[part] or 0) < 0 for part in figure.parts):
                continue  # a total made negative by a part, which is told
        text = kept_text(submission.values[field] or 0, figure.kind)
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
        told = any(passage.section == section.key for passage in submission.passages)
        if section.required and not told:
            yield problem("section.missing", sheet=section.sheet, name=section.heading)


def doubtful_claims(
    submissions: Sequence[Submission],
    batch: Sequence[int],
    edition: Edition,
    editions: Mapping[str, Edition],
    form: WorkbookForm,
) -> Iterator[tuple[int, Problem]]:
    """Numbers in the prose that no reading of the tables bears out."""
    earlier = by_year(submissions)
    measures = (*edition.measures, *edition.sums)
    labels = {measure.key: measure.label for measure in measures}
    units = {i: _sums(submissions[i], measures, edition) for i in batch}
    for i in batch:
        unit = submissions[i]
        own = of_county(unit, form)
        known = [units[i]]
        if own:
            known.append(_added_up([units[k] for k in batch if _together(submissions[k], unit)]))
        before = in_terms_of(edition, year_before(unit, earlier), editions)
        prior = _sums(before, measures, edition) if before is not None else None
        for passage in unit.passages:
            for paragraph in passage.paragraphs:
                for doubt in doubts(
                    paragraph,
                    unit.year,
                    known,
                    labels,
                    prior=prior,
                    wide=own,
                    on_request=passage.part.endswith("on_request"),
                ):
                    yield i, _doubt_problem(doubt, passage)


def _doubt_problem(doubt: Doubt, passage: Passage) -> Problem:
    readings = "，".join(f"{words} {number}" for words, number in doubt.readings)
    told = problem(
        "prose.claims",
        sheet=passage.place.sheet,
        cell=passage.place.cell,
        found=doubt.told,
        expected=readings,
        name=doubt.label,
        sentence=shown(doubt.sentence, 60),
        told=doubt.told,
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
) -> Iterator[tuple[int, list[Problem]]]:
    """Names in 【】 that aren't any, or that stand for nothing."""
    earlier = by_year(submissions)
    counties = {(normalise(s.county), s.year) for s in submissions}
    for i in batch:
        unit = submissions[i]
        if not cites(unit):
            continue
        prior = in_terms_of(edition, year_before(unit, earlier), editions)
        own = of_county(unit, form)
        names = known_names(unit, edition, form, own)
        values = set(unit_values(unit, prior, edition, form))
        if own:
            compared = (normalise(unit.county), unit.year - 1) in counties
            values |= county_known(names, form, compared)
        reason = "没有上年的数字" if prior is None else "有关的数字没有读取到"
        problems = [
            _strange_problem(passage, found, reason)
            for passage in unit.passages
            for found in strange(passage, names, values)
        ]
        yield i, problems


def _strange_problem(passage: Passage, found: Strange, reason: str) -> Problem:
    place, written = passage.place, shown(found.written)
    return problem(
        "citing.unknown" if found.nearest else "citing.no_value",
        sheet=place.sheet,
        cell=place.cell,
        found=written,
        written=written,
        nearest=found.nearest,
        reason=reason,
    )


def repeated_prose(
    submissions: Sequence[Submission], readable: Sequence[int], editions: Mapping[str, Edition]
) -> Iterator[tuple[int, Problem]]:
    """内容雷同: what a unit repeats of its own last year, and of the unit it is most like."""
    units = [submissions[i] for i in readable]
    earlier = by_year(units)
    introductions = {key: edition.sections[0].key for key, edition in editions.items()}
    before = [year_before(unit, earlier) for unit in units]
    for i, unit, found in zip(readable, units, repeats(units, before, introductions), strict=True):
        own = [one for one in found if one.year != unit.year]
        others = [one for one in found if one.year == unit.year]
        for group in (own, others):
            if group:
                yield i, _repeat_problem(group[0], len(group) - 1)


def _repeat_problem(found: Repeat, further: int) -> Problem:
    whose = f"“{found.unit}”{found.year}年度" + (f"等 {further + 1} 个单位" if further else "")
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


# ------------------------------------------------------------------------------- cross-footing


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
    values, known = _stacked(units, edition)
    earlier = by_year(submissions)
    before = [year_before(unit, earlier) for unit in units]
    comparable = [in_terms_of(edition, s, editions) for s in before]
    prior, prior_known = _stacked(comparable, edition)
    verdicts = judge(
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
    unit: Submission, edition: Edition, verdicts: Verdicts, position: int, has_prior: bool
) -> Iterator[Problem]:
    """The broken identities of a unit, one fault told once, and what could not be judged."""
    broken = list(verdicts.broken(position))
    culprits = _culprits(unit, edition, verdicts, broken)
    explained = {i for culprit in culprits for i in culprit.explains}
    explained |= _consequences(unit, edition, verdicts, position, broken)
    for culprit in culprits:
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
    yield from _not_assessable(unit, verdicts, position, has_prior)


def _details(verdicts: Verdicts, index: int, broken: Sequence[int]) -> list[int]:
    """The broken identities that are told within another's message."""
    return [i for i in broken if verdicts.rules[i].id in verdicts.rules[index].details]


def _with_details(breach: Problem, details: Sequence[Problem], edition: Edition) -> Problem:
    """A breach that names the places where it comes from, and has their cells."""
    if not details:
        return breach
    short = {rule.id: rule.short for rule in edition.rules}
    told = "；".join(
        short[d.rule].format(subject=d.subject, left=d.found, right=d.expected) for d in details
    )
    cells = (*breach.cells, *(cell for d in details for cell in d.cells))
    message = breach.message.removesuffix(breach.fix) + f"其中{told}。{breach.fix}"
    return replace(breach, message=message, cells=tuple(dict.fromkeys(cells)))


def _consequences(
    unit: Submission, edition: Edition, verdicts: Verdicts, position: int, broken: Sequence[int]
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
        if others and sum(others) == gaps[i]:
            found.add(i)
    return found


def _adds_up(term: Term, edition: Edition, values: Mapping[str, int | None]) -> bool:
    """Whether a term is a total of this year that equals the sum of its parts."""
    field = edition.by_key[term.field]
    if term.prior or not field.derived:
        return False
    parts = [values[key] for key in field.parts]
    return None not in parts and values[term.field] == sum(part or 0 for part in parts)


def _breach(
    unit: Submission, edition: Edition, verdicts: Verdicts, position: int, index: int
) -> Problem:
    rule, identity = verdicts.rules[index], verdicts.identities[index]
    kind = edition.by_key[identity.left[0].field].kind
    left = kept_text(int(verdicts.left[position, index]), kind)
    right_kind = edition.by_key[identity.right[0].field].kind if identity.right else kind
    right = kept_text(int(verdicts.right[position, index]), right_kind)
    cells = _cells(unit, identity)
    # A sum against one figure is told at that figure; else at the first that is compared.
    at = identity.right if len(identity.right) == 1 and not identity.right[0].prior else ()
    place = _place(unit, (*at, *identity.left, *identity.right))
    told = rule.found.format(subject=identity.subject, left=left, right=right) + rule.fix
    return Problem(
        rule=rule.id,
        severity=rule.severity,
        message=f"{place}：{told}" if place.cell else told,
        sheet=place.sheet,
        cell=place.cell,
        cells=cells,
        found=left,
        expected=right,
        fix=rule.fix,
        subject=identity.subject,
    )


def _cells(unit: Submission, identity: Identity) -> tuple[str, ...]:
    places = (unit.places.get(term.field) for term in identity.terms if not term.prior)
    return tuple(place.cell for place in places if place is not None)


def _place(unit: Submission, terms: Iterable[Term]) -> Place:
    places = (unit.places.get(term.field) for term in terms if not term.prior)
    return next((place for place in places if place is not None), NOWHERE)


def _not_assessable(
    unit: Submission, verdicts: Verdicts, position: int, has_prior: bool
) -> Iterator[Problem]:
    """One line for the rules that lack last year's figures, one for those that lack this year's."""
    prior: dict[str, None] = {}
    current: dict[str, None] = {}
    for i in np.flatnonzero(verdicts.outcome[position] == NOT_ASSESSABLE):
        across = verdicts.identities[i].uses_prior
        (prior if across else current)[f"“{verdicts.rules[i].name}”"] = None
    if prior and unit.year:
        reason = (
            f"上年（{unit.year - 1}年度）的报告中没有对应的数字"
            if has_prior
            else f"input 中没有该单位 {unit.year - 1} 年度的工作簿"
        )
        yield problem("rule.not_assessable", names="、".join(prior), reason=reason)
    if current:
        reason = "有关的数字没有读取到，见其他问题"
        yield problem("rule.not_assessable", names="、".join(current), reason=reason)


# ------------------------------------------------- the one cell behind several broken identities


@dataclass(frozen=True, slots=True)
class _Culprit:
    """A figure that, changed to ``value``, mends all the identities it ``explains``."""

    field: str
    value: int
    current: int
    explains: tuple[int, ...]


def _culprits(
    unit: Submission, edition: Edition, verdicts: Verdicts, broken: Sequence[int]
) -> list[_Culprit]:
    """The single cells that explain two or more broken identities and leave none they are part
    of broken: a wrong figure breaks its row, its column and the balance, and is told once.

    Where two cells would do equally well, neither is named.
    """
    open_ = {i for i in broken if _judges_within(verdicts.rules[i], verdicts.identities[i])}
    found: list[_Culprit] = []
    while len(open_) > 1:
        fields = {t.field for i in open_ for t in verdicts.identities[i].terms}
        offers = [
            offer
            for key in sorted(fields)
            if (offer := _mended(unit, edition, verdicts, key, open_)) is not None
        ]
        most = max((len(offer.explains) for offer in offers), default=0)
        best = [offer for offer in offers if len(offer.explains) == most]
        if len(best) != 1:
            break
        found.append(best[0])
        open_ -= set(best[0].explains)
    return found


def _judges_within(rule: Rule, identity: Identity) -> bool:
    return rule.severity == "error" and not identity.uses_prior


def _mended(
    unit: Submission, edition: Edition, verdicts: Verdicts, key: str, open_: set[int]
) -> _Culprit | None:
    values = dict(zip((f.key for f in edition.fields), unit.values, strict=True))
    current = values[key]
    touching = [
        i
        for i, identity in enumerate(verdicts.identities)
        if _judges_within(verdicts.rules[i], identity)
        and any(term.field == key for term in identity.terms)
    ]
    explains = tuple(i for i in touching if i in open_)
    equal = [i for i in explains if verdicts.rules[i].relation == "="]
    if current is None or len(explains) < 2 or not equal:
        return None
    weight, gap = _weight_and_gap(verdicts.identities[equal[0]], key, values)
    if gap is None or weight == 0 or gap % weight:
        return None
    wanted = current - gap // weight
    if wanted < 0 and edition.by_key[key].kind != "signed":
        return None
    changed = {**values, key: wanted}
    if all(_holds(verdicts.rules[i], verdicts.identities[i], changed) for i in touching):
        return _Culprit(key, wanted, current, explains)
    return None


def _weight_and_gap(
    identity: Identity, key: str, values: Mapping[str, int | None]
) -> tuple[int, int | None]:
    """How much the difference of the sides moves with a field, and the difference itself."""
    left, right = _side(identity.left, values), _side(identity.right, values)
    gap = None if left is None or right is None else left - right - identity.constant
    weight = sum(t.coefficient for t in identity.left if t.field == key)
    weight -= sum(t.coefficient for t in identity.right if t.field == key)
    return weight, gap


def _side(terms: Iterable[Term], values: Mapping[str, int | None]) -> int | None:
    total = 0
    for term in terms:
        value = values[term.field]
        if value is None:
            return None
        total += term.coefficient * value
    return total


def _holds(rule: Rule, identity: Identity, values: Mapping[str, int | None]) -> bool:
    left, right = _side(identity.left, values), _side(identity.right, values)
    if left is None or right is None:
        return True
    return bool(related(rule.relation, left, right + identity.constant))


def _culprit_problem(
    unit: Submission, edition: Edition, verdicts: Verdicts, culprit: _Culprit
) -> Problem:
    figure = edition.by_key[culprit.field]
    place = unit.places.get(culprit.field, NOWHERE)
    identities = [verdicts.identities[i] for i in culprit.explains]
    told = "、".join(
        f"“{verdicts.identities[i].subject}”{verdicts.rules[i].name}" for i in culprit.explains
    )
    others = [cell for identity in identities for cell in _cells(unit, identity)]
    return problem(
        "rule.culprit",
        sheet=place.sheet,
        cell=place.cell,
        cells=tuple(dict.fromkeys((place.cell, *others))),
        found=kept_text(culprit.current, figure.kind),
        expected=kept_text(culprit.value, figure.kind),
        name=figure.name,
        count=len(culprit.explains),
        rules=told,
    )


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
