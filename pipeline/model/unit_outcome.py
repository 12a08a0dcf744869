"""What became of one workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from pipeline.model.explanation import BoundExplanation
from pipeline.model.problem import Problem
from pipeline.model.submission import Submission

Status = Literal["accepted", "returned", "unreadable", "kept"]

STATUSES: Mapping[Status, str] = MappingProxyType(
    {"accepted": "通过", "returned": "退回", "unreadable": "无法读取", "kept": "台账"}
)
"""What became of a workbook, as people read it; a ledger of its own is no report to be judged."""


@dataclass(frozen=True, slots=True)
class Defect:
    """A file that was not published: read back, it said otherwise than the data.

    ``faults`` are in Chinese.  The fault is the program's or the template's, never the unit's.
    """

    file: str
    faults: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class UnitOutcome:
    """What became of one workbook. ``outputs`` are relative to the output folder; ``cells`` are
    those of its figures, see :func:`pipeline.publish.provenance.cells_of`; ``counted`` is whether they are
    added to its level's once it is accepted."""

    submission: Submission
    problems: tuple[Problem, ...]
    status: Status
    explanations: tuple[BoundExplanation, ...] = ()
    outputs: tuple[str, ...] = ()
    cells: str = ""
    defects: tuple[Defect, ...] = ()
    counted: bool = True


def status(submission: Submission, problems: Sequence[Problem]) -> Status:
    """accepted (warnings allowed), returned with open errors, or unreadable as a workbook."""
    if not submission.readable:
        return "unreadable"
    return (
        "returned"
        if any(p.severity == "error" and not p.explanation for p in problems)
        else "accepted"
    )


def kept_outcome(book: Submission) -> UnitOutcome:
    """What became of a ledger that is a workbook of its own."""
    return UnitOutcome(submission=book, problems=book.problems, status="kept")
