"""Judging workbooks: every check on all of them together, and what their units say to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from pipeline.checking.answers import Answer, answered
from pipeline.outcomes.unit import UnitOutcome, status
from pipeline.roster.beneath import NOTHING_BELOW, Beneath
from pipeline.roster.matching import counted
from pipeline.settings import Settings
from pipeline.submission import Submission

Remembered = Mapping[tuple[str, str, int], tuple[Answer, ...]]
"""The answers that an earlier run remembered, by county, unit and year."""


def judge(
    submissions: Sequence[Submission],
    settings: Settings,
    before: Remembered = MappingProxyType({}),
    beneath: Beneath = NOTHING_BELOW,
) -> list[UnitOutcome]:
    """Check all workbooks together, and set beside each problem what the unit says to it.

    ``before`` are the answers that the last run remembered; see :mod:`pipeline.checking.answers`.
    ``beneath`` are the levels below, to whose sums a level's own prose may refer.
    """
    from pipeline.checking.checks import Around, check

    roster, editions = settings.roster, settings.editions
    around = Around(
        unproofed=settings.unproofed,
        similarity=roster.settings.similarity if roster is not None else None,
        below=tuple(one.sums for one in beneath.added(roster, editions)),
        apart=frozenset(
            s.source for s in submissions if roster is not None and not counted(s, roster)
        ),
    )

    outcomes = []
    for s, found in zip(
        submissions,
        check(submissions, editions, settings.form, around),
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
