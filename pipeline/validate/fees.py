"""What is wrong with the 信息处理费 that units state: blanks, contradictions, other amounts told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

import pandas as pd

from pipeline.declare.messages import problem
from pipeline.model.edition import Edition, FeeStatement
from pipeline.model.place import Place
from pipeline.model.problem import Problem
from pipeline.model.submission import ProcessingFee, Submission
from pipeline.prose.fees import amounts_told, fee_text, section_paragraphs
from pipeline.text.labels import normalise
from pipeline.validate.schemas import failures, figures_schema

NOWHERE = Place("", "")


def fee_problems(
    submissions: Sequence[Submission],
    batch: Sequence[int],
    edition: Edition,
    own: Collection[int],
) -> Iterator[tuple[int, Problem]]:
    """The faults of each workbook's statement; ``batch`` are positions among ``submissions``.

    ``own`` are those of counties' own workbooks (本级), whose prose may tell the county's sum.
    """
    statement = edition.fee
    if statement is None:
        return
    yield from _by_schema(submissions, batch, statement)
    units = [submissions[i] for i in batch]
    for i in batch:
        county = _county_sum(submissions[i], units) if i in own else None
        for found in _of_one(submissions[i], statement, county):
            yield i, found


def _county_sum(own: Submission, units: Iterable[Submission]) -> int:
    """What all units of a county's year collected, in 分."""
    return sum(
        unit.fee.amount or 0
        for unit in units
        if unit.fee is not None
        and unit.year == own.year
        and normalise(unit.county) == normalise(own.county)
    )


def _by_schema(
    submissions: Sequence[Submission], batch: Sequence[int], statement: FeeStatement
) -> Iterator[tuple[int, Problem]]:
    for node in statement.nodes:
        stated = [(i, submissions[i].fee) for i in batch]
        known = [
            (i, fee, value)
            for i, fee in stated
            if fee is not None and (value := getattr(fee, node.key)) is not None
        ]
        frame = pd.DataFrame(
            {
                "unit": pd.array([i for i, *_ in known], "int64"),
                "field": pd.array([0] * len(known), "int64"),
                "value": pd.array([value for *_, value in known], "Int64"),
            }
        )
        for failure in failures(figures_schema(node.kind or "count"), frame):
            i, fee, value = known[failure.row]
            place = fee.places.get(node.key, NOWHERE)
            text = fee_text(value, node)
            yield (
                i,
                problem(
                    f"cell.{failure.check}",
                    sheet=place.sheet,
                    cell=place.cell,
                    name=f"{statement.caption}·{node.label}",
                    text=text,
                ),
            )


def _of_one(
    submission: Submission, statement: FeeStatement, county: int | None
) -> Iterator[Problem]:
    fee = submission.fee
    told = amounts_told(section_paragraphs(submission.passages, statement.section))
    if fee is None:
        if not told:
            yield problem("fee.no_table", name=statement.caption)
        return
    blank = [
        node
        for node in statement.nodes
        if getattr(fee, node.key) is None
        and not any(p.place == str(fee.places.get(node.key)) for p in submission.problems)
    ]
    if blank:
        place = fee.places.get(blank[0].key, NOWHERE)
        names = "、".join(node.label for node in blank)
        yield problem("fee.missing", sheet=place.sheet, cell=place.cell, name=names)
    yield from _contradictions(fee, statement)
    if fee.amount is not None and told and not told & {fee.amount, county}:
        yield _otherwise_told(submission, statement, fee, told)


def _contradictions(fee: ProcessingFee, statement: FeeStatement) -> Iterator[Problem]:
    if (fee.amount or 0) > 0 and fee.requests == 0:
        place = fee.places.get("requests", NOWHERE)
        amount = fee_text(fee.amount, statement.amount)
        yield problem("fee.no_requests", sheet=place.sheet, cell=place.cell, amount=amount)
    if (fee.requests or 0) > 0 and fee.amount == 0:
        place = fee.places.get("amount", NOWHERE)
        requests = fee_text(fee.requests, statement.requests)
        yield problem("fee.no_amount", sheet=place.sheet, cell=place.cell, count=requests)


def _otherwise_told(
    submission: Submission, statement: FeeStatement, fee: ProcessingFee, told: frozenset[int]
) -> Problem:
    place = next(
        (
            passage.place
            for passage in submission.passages
            if passage.section == statement.section and amounts_told(passage.paragraphs)
        ),
        NOWHERE,
    )
    said = "、".join(f"{fee_text(amount, statement.amount)}元" for amount in sorted(told))
    own = fee_text(fee.amount, statement.amount)
    return problem(
        "fee.prose",
        sheet=place.sheet,
        cell=place.cell,
        found=said,
        expected=f"{own}元",
        told=said,
        amount=own,
    )
