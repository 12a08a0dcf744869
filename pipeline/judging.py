"""Judging workbooks: every check on all of them together, and what their units say to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from pipeline.answers import Answer, answered
from pipeline.record import UnitOutcome, status
from pipeline.settings import Settings
from pipeline.submission import Submission

Remembered = Mapping[tuple[str, str, int], tuple[Answer, ...]]
"""The answers that an earlier run remembered, by county, unit and year."""


def judge(
    submissions: Sequence[Submission],
    settings: Settings,
    before: Remembered = MappingProxyType({}),
) -> list[UnitOutcome]:
    """Check all workbooks together, and set beside each problem what the unit says to it.

    ``before`` are the answers that the last run remembered; see :mod:`pipeline.answers`.
    """
    from pipeline.checks import check

    outcomes = []
    for s, found in zip(
        submissions,
        check(submissions, settings.editions, settings.form, settings.unproofed),
        strict=True,
    ):
        earlier = before.get((s.county, s.unit, s.year), ())
        edition = settings.editions.get(s.edition)
        problems, answers = answered(found, s.explanations, earlier, edition)
        outcomes.append(
            UnitOutcome(
                submission=s, problems=problems, status=status(s, problems), answers=answers
            )
        )
    return outcomes
