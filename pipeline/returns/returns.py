"""Which copies of a workbook go back to its unit, where they stand, and what they list.

A workbook with errors goes back marked (退回), one that is accepted but has warnings nobody has
answered yet goes out marked for those whom they concern (提醒), and one that is accepted and still
carries the marks of an earlier return is handed on without them (通过).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from pipeline.model.edition import Edition
from pipeline.model.problem import Problem
from pipeline.model.unit_outcome import UnitOutcome
from pipeline.publish.copies import CLEANED, REMINDED, RETURNED
from pipeline.text.names import Names, county_folder, safe_name
from pipeline.validate.explanations import is_explainable


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A problem as 退回说明 lists it: its number, whether it can be answered, and what the unit
    has said to it already. ``told`` is the name by which 校验 lists a cross-footing rule, empty
    of other problems: their names say what should be, and read wrong before what is not."""

    number: int
    problem: Problem
    told: str
    answerable: bool
    said: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ReturnList:
    """What stands on the sheet 退回说明. ``accepted``: the workbook has passed all the same;
    ``file`` is the name of the clerk's file."""

    unit: str
    year: int
    file: str
    accepted: bool
    lines: tuple[Line, ...]

    def count(self, severity: str) -> int:
        """How many problems of a severity are still open."""
        open_ = (line.problem for line in self.lines if not line.problem.explanation)
        return sum(found.severity == severity for found in open_)


def folders(outcome: UnitOutcome) -> tuple[str, ...]:
    """The folders that a copy of the workbook belongs in."""
    if outcome.status != "accepted":
        return (RETURNED,)
    reminded = any(p.severity == "warning" and not p.explanation for p in outcome.problems)
    found = (REMINDED,) if reminded else ()
    return (*found, CLEANED) if outcome.submission.marked else found


def return_list(outcome: UnitOutcome, edition: Edition | None) -> ReturnList:
    """What the sheet 退回说明 of a workbook says."""
    submission = outcome.submission
    rules = {rule.id: rule.name for rule in edition.rules} if edition is not None else {}
    said = {e.fingerprint: e.text for e in submission.explanations if e.fingerprint}
    lines = (
        Line(
            number=number,
            problem=found,
            told=rules.get(found.rule, ""),
            answerable=is_explainable(found, edition),
            said=said.get(found.fingerprint, "") or found.explanation,
        )
        for number, found in enumerate(outcome.problems, 1)
    )
    return ReturnList(
        unit=submission.unit,
        year=submission.year,
        file=PurePosixPath(submission.source).name,
        accepted=outcome.status == "accepted",
        lines=tuple(lines),
    )


def stems(units: Sequence[UnitOutcome]) -> list[Mapping[str, str]]:
    """For each workbook and each of its folders, where its copy stands: a path relative to the
    output folder, without a suffix, that no other workbook has."""
    names = Names()
    return [{folder: names.free(_stem(unit, folder)) for folder in folders(unit)} for unit in units]


def _stem(outcome: UnitOutcome, folder: str) -> str:
    submission = outcome.submission
    name = safe_name(PurePosixPath(submission.source).stem, 80)
    if submission.county and submission.year:
        return f"{county_folder(submission.county, submission.year)}/{folder}/{name}"
    if submission.county:
        return f"{safe_name(submission.county)}/{folder}/{name}"
    return f"{folder}/{name}"  # a file that doesn't say whose it is
