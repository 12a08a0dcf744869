"""What is wrong with a batch of workbooks: values in, problems out.

Checks are plain functions over Submissions, in the order of :func:`check`.  What intake could
not read is already a problem; here come the schemas of the sheets, the prose that must be
there, the cross-footing rules, and what only shows when the workbooks lie side by side.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from pipeline.aggregate.years import unit_key
from pipeline.declare.messages import problem, without_too_many
from pipeline.model.edition import Edition
from pipeline.model.problem import SEVERITIES, Problem
from pipeline.model.submission import Submission
from pipeline.model.workbook_form import WorkbookForm
from pipeline.roster.signing import out_of_order, year_apart
from pipeline.text.figures import Kind, format_figure, truncate
from pipeline.text.labels import normalise
from pipeline.text.wording import list_some
from pipeline.validate.context import EMPTY_CONTEXT, CheckContext, is_own_workbook
from pipeline.validate.cross_footing import NOWHERE, cross_footing, stacked
from pipeline.validate.fees import fee_problems
from pipeline.validate.ledger import ledger_differences
from pipeline.validate.prose import (
    doubtful_claims,
    missing_prose,
    remnants,
    repeated_prose,
    slips,
    wrongly_cited,
)
from pipeline.validate.schemas import expected, failures, figures_schema, identity_schema
from pipeline.validate.similarity import THRESHOLD


def check(
    submissions: Sequence[Submission],
    editions: Mapping[str, Edition],
    form: WorkbookForm,
    around: CheckContext = EMPTY_CONTEXT,
) -> list[tuple[Problem, ...]]:
    """Everything wrong with each workbook, in the order given, what intake found included; of
    what is wrong in very many places alike, so many are told and the others counted.

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
            found[i] += missing_prose(submissions[i], edition)
            found[i] += remnants(submissions[i], edition)
            found[i] += slips(submissions[i], around.unproofed)
            found[i] += ledger_differences(submissions[i], edition)
        for i, doubtful in doubtful_claims(submissions, batch, edition, editions, form, around):
            found[i].append(doubtful)
        own = {i for i in batch if is_own_workbook(submissions[i], form)}
        for i, stated in fee_problems(submissions, batch, edition, own):
            found[i].append(stated)
        for i, problems in wrongly_cited(submissions, batch, edition, editions, form, around):
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
    named = {rule.id: rule.name for edition in editions.values() for rule in edition.rules}
    return [tuple(without_too_many(sorted(problems, key=_order), named)) for problems in found]


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
        lost = not any(one.key in submission.places for one in form.entries)
        if place is NOWHERE and (entry.need == "required" or lost):
            continue  # its label, or all of the sheet, is missing, which has been told
        sheet, cell = place.sheet or form.identity, place.cell
        if failure.check == "filled":
            rule = "identity.missing" if entry.need == "required" else "identity.empty"
            yield failure.row, [problem(rule, sheet=sheet, cell=cell, name=entry.label)]
        else:
            rule = "identity.invalid" if entry.need == "required" else "identity.doubtful"
            text = truncate(submission.identity.get(entry.key, ""))
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
        text = format_figure(value, figure.kind)
        said = problem(
            f"cell.{check}", sheet=place.sheet, cell=place.cell, name=figure.name, text=text
        )
        yield batch[unit], [said]


# ------------------------------------------------------------- what shows only side by side

MOST_NAMED = 20
"""So many files, or units, are named of those that are in each other's way."""


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
            files = list_some([submissions[i].source for i in group], MOST_NAMED)
            for i in group:
                unit, year = truncate(submissions[i].unit), submissions[i].year
                yield i, problem("file.duplicate", unit=unit, year=year, files=files)


def _doubled_prose(
    submissions: Sequence[Submission], readable: Sequence[int], form: WorkbookForm
) -> Iterator[tuple[int, Problem]]:
    """Units of one county and year that each say to be the county's own: whose prose the
    county's report tells is never guessed."""
    groups: dict[tuple[str, int], list[int]] = {}
    for i in readable:
        if is_own_workbook(submissions[i], form) and submissions[i].year:
            key = (normalise(submissions[i].county), submissions[i].year)
            groups.setdefault(key, []).append(i)
    for group in groups.values():
        if len({unit_key(submissions[i]) for i in group}) < 2:
            continue  # the same unit twice is told as such
        units = list(dict.fromkeys(truncate(submissions[i].unit) for i in group))
        for i in group:
            place = submissions[i].places.get("scope", NOWHERE)
            own = form.entry("scope").choices[1]
            yield (
                i,
                problem(
                    "file.own_doubled",
                    sheet=place.sheet,
                    cell=place.cell,
                    county=truncate(submissions[i].county),
                    year=submissions[i].year,
                    name=form.entry("scope").label,
                    own=own,
                    units=list_some(units, MOST_NAMED),
                    other=form.entry("scope").choices[0],
                ),
            )
