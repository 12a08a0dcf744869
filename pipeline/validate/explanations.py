"""情况说明: what a unit says to a problem, and for which figures it was said.

A warning, or an error of a rule whose breach may be real (the carry-over across years), can be
answered.  The answer stands as long as the figures it speaks of don't change: one written in a
returned copy carries the problem's fingerprint; one written beside a rule in the workbook is
bound to the figures it was first read with, which the run's record remembers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from pipeline.declare.messages import problem
from pipeline.model.edition import Edition
from pipeline.model.explanation import BoundExplanation
from pipeline.model.problem import Problem
from pipeline.model.submission import Explanation


def is_explainable(found: Problem, edition: Edition | None) -> bool:
    """Whether a unit may answer a problem instead of changing its figures."""
    if found.severity == "warning":
        return True
    rules = edition.rules if edition is not None else ()
    return any(rule.id == found.rule and rule.answerable for rule in rules)


def attach_explanations(
    problems: Sequence[Problem],
    explanations: Sequence[Explanation],
    before: Collection[BoundExplanation],
    edition: Edition | None,
) -> tuple[tuple[Problem, ...], tuple[BoundExplanation, ...]]:
    """The problems with their answers, and the answers to remember for the next run.

    ``before`` are the same unit's answers as the last run remembered them.  An explanation that
    was given to other figures answers nothing; that it doesn't is told, once for each.
    """
    by_print = {e.fingerprint: e.text for e in explanations}
    by_rule = {(e.rule, e.subject): e for e in explanations}
    bound = {(a.rule, a.subject, a.text): a.fingerprint for a in before}
    told: list[Problem] = []
    kept: list[BoundExplanation] = []
    stale: list[Problem] = []
    for found in problems:
        text = by_print.get(found.fingerprint, "")
        own = by_rule.get((found.rule, found.subject))
        if not is_explainable(found, edition) or not (text or own):
            told.append(found)
            continue
        if not text and own is not None:
            key = (found.rule, found.subject, own.text)
            fingerprint = bound.get(key, found.fingerprint)
            kept.append(
                BoundExplanation(rule=key[0], subject=key[1], text=key[2], fingerprint=fingerprint)
            )
            if fingerprint != found.fingerprint:
                told.append(found)
                stale.append(_stale(own))
                continue
            text = own.text
        told.append(replace(found, explanation=text))
    held = {(answer.rule, answer.subject) for answer in kept}
    # Where the rule holds just now, the answer must not pass for new when it is broken again.
    kept += [
        answer
        for answer in before
        if (answer.rule, answer.subject) not in held
        and (own := by_rule.get((answer.rule, answer.subject))) is not None
        and own.text == answer.text
    ]
    return (*told, *stale), tuple(kept)


def _stale(explanation: Explanation) -> Problem:
    return problem(
        "answer.stale",
        sheet=explanation.place.sheet,
        cell=explanation.place.cell,
        subject=explanation.subject,
    )


def recorded_explanations(
    record: Mapping[str, object],
) -> dict[tuple[str, str, int], tuple[BoundExplanation, ...]]:
    """The answers that an earlier run's record remembers, by county, unit and year.

    A record that is damaged or of another shape remembers nothing.
    """
    found = {}
    units = record.get("units")
    for unit in units if isinstance(units, list) else ():
        try:
            key = (str(unit["county"]), str(unit["unit"]), int(unit["year"] or 0))
            found[key] = tuple(
                BoundExplanation(**{name: str(one[name]) for name in BoundExplanation.__slots__})
                for one in unit["answers"]
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            continue
    return found
