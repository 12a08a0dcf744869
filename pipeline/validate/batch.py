"""Judging workbooks: every check on all of them together, and what their units say to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from pipeline.aggregate.child_levels import NO_CHILD_LEVELS, ChildLevels
from pipeline.aggregate.roster_history import Years
from pipeline.declare.messages import problem
from pipeline.model.explanation import BoundExplanation
from pipeline.model.problem import Problem
from pipeline.model.settings import Settings
from pipeline.model.submission import Submission
from pipeline.model.unit_outcome import UnitOutcome, status
from pipeline.roster.matching import counted
from pipeline.text.figures import truncate
from pipeline.text.names import county_key
from pipeline.validate.explanations import attach_explanations

Remembered = Mapping[tuple[str, str, int], tuple[BoundExplanation, ...]]
"""The answers that an earlier run remembered, by county, unit and year."""


def validate_batch(
    submissions: Sequence[Submission],
    settings: Settings,
    before: Remembered = MappingProxyType({}),
    beneath: ChildLevels = NO_CHILD_LEVELS,
    listed: Mapping[str, Years] = MappingProxyType({}),
) -> list[UnitOutcome]:
    """Check all workbooks together, and set beside each problem what the unit says to it.

    ``before`` are the answers that the last run remembered; see :mod:`pipeline.validate.explanations`.
    ``beneath`` are the levels below, to whose sums a level's own prose may refer; ``listed`` are
    the units of earlier years' rosters, by :func:`pipeline.text.names.county_key`.
    """
    from pipeline.validate.checks import check
    from pipeline.validate.context import CheckContext

    roster, editions = settings.roster, settings.editions
    around = CheckContext(
        unproofed=settings.unproofed,
        similarity=roster.settings.similarity if roster is not None else None,
        below=tuple(one.sums for one in beneath.added(roster, editions)),
        apart=frozenset(
            s.source
            for s in submissions
            if not counted(s, roster, listed.get(county_key(s.county), {}).get(s.year, ()))
        ),
    )

    def checked(some: Sequence[Submission]) -> list[tuple[Problem, ...]]:
        return check(some, editions, settings.form, around)

    outcomes = []
    submissions, problems_of = _checked_or_aside(submissions, checked)
    for s, found in zip(submissions, problems_of, strict=True):
        earlier = before.get((s.county, s.unit, s.year), ())
        edition = settings.editions.get(s.edition)
        problems, answers = attach_explanations(found, s.explanations, earlier, edition)
        outcomes.append(
            UnitOutcome(
                submission=s,
                problems=problems,
                status=status(s, problems),
                explanations=answers,
                counted=s.source not in around.apart,
            )
        )
    return outcomes


def _checked_or_aside(
    submissions: Sequence[Submission],
    checked: Callable[[Sequence[Submission]], list[tuple[Problem, ...]]],
) -> tuple[Sequence[Submission], list[tuple[Problem, ...]]]:
    """The workbooks and what is wrong with each; one that a check of ours fails at can't be read,
    and keeps no other from being judged."""
    try:
        return submissions, checked(submissions)
    except Exception:
        tried = [_without_fault(one, checked) for one in submissions]
        if all(one is other for one, other in zip(tried, submissions, strict=True)):
            raise  # none of them fails by itself
        return tried, checked(tried)


def _without_fault(
    submission: Submission, checked: Callable[[Sequence[Submission]], list[tuple[Problem, ...]]]
) -> Submission:
    try:
        checked([submission])
    except Exception as error:  # noqa: BLE001  a fault of ours: it must stop no other file
        told = problem("file.defect", detail=truncate(f"{type(error).__name__}: {error}", 80))
        return replace(submission, readable=False, passages=(), problems=(told,))
    return submission
