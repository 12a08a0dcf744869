"""The record of a run for machines: ``output/run.json``. Its keys are a contract."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from pipeline.answers import Answer
from pipeline.completeness import RECEIVED, Completeness, told_lacking
from pipeline.edition import Edition
from pipeline.problems import Problem
from pipeline.submission import Fact, Submission

RECORD = "run.json"
SCHEMA_VERSION = 1

Status = Literal["accepted", "returned", "unreadable", "kept"]

STATUSES: Mapping[Status, str] = MappingProxyType(
    {"accepted": "通过", "returned": "退回", "unreadable": "无法读取", "kept": "台账"}
)
"""What became of a workbook, as people read it; a ledger of its own is no report to be judged."""


@dataclass(frozen=True, kw_only=True)
class UnitOutcome:
    """What became of one workbook. ``outputs`` are relative to the output folder."""

    submission: Submission
    problems: tuple[Problem, ...]
    status: Status
    answers: tuple[Answer, ...] = ()
    outputs: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CountyOutcome:
    """What was made for one county and year, or for a level above, and from which units.

    ``figures`` are its sums, kept whole numbers (件, 分) by field key, and ``facts`` its counted
    facts.  ``draft`` says why its report is a draft, empty when it isn't, or there is none.
    """

    county: str
    year: int
    units: tuple[str, ...]
    outputs: tuple[str, ...]
    edition: str = ""
    figures: Mapping[str, int] = field(default_factory=dict)
    facts: tuple[Fact, ...] = ()
    draft: str = ""
    completeness: Completeness = field(default_factory=Completeness)


def status(submission: Submission, problems: Sequence[Problem]) -> Status:
    """accepted (warnings allowed), returned with open errors, or unreadable as a workbook."""
    if not submission.readable:
        return "unreadable"
    return (
        "returned" if any(p.severity == "error" and not p.answer for p in problems) else "accepted"
    )


def kept_outcome(book: Submission) -> UnitOutcome:
    """What became of a ledger that is a workbook of its own."""
    return UnitOutcome(submission=book, problems=book.problems, status="kept")


def last_record(path: Path) -> Mapping[str, object]:
    """An earlier run's record; empty where there is none, or none that can be read."""
    try:
        record = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def made_before(record: Mapping[str, object]) -> set[str]:
    """The outputs that an earlier run's record names, relative to the output folder."""
    found: set[str] = set()
    for kind in ("units", "counties"):
        outcomes = record.get(kind)
        for outcome in outcomes if isinstance(outcomes, list) else ():
            outputs = outcome.get("outputs") if isinstance(outcome, dict) else None
            found |= {name for name in outputs or () if isinstance(name, str)}
    return found


def run_record(
    units: Sequence[UnitOutcome],
    counties: Sequence[CountyOutcome],
    editions: Mapping[str, Edition],
) -> bytes:
    """The record as UTF-8 JSON, the same bytes for the same run."""
    record = {
        "schema_version": SCHEMA_VERSION,
        "units": [_unit(outcome, editions) for outcome in units if outcome.status != "kept"],
        "ledgers": [_unit(outcome, editions) for outcome in units if outcome.status == "kept"],
        "counties": [
            {
                "county": outcome.county,
                "year": outcome.year,
                "edition": outcome.edition,
                "units": list(outcome.units),
                "outputs": list(outcome.outputs),
                "figures": dict(outcome.figures),
                "draft": outcome.draft,
                "completeness": _completeness(outcome.completeness),
            }
            for outcome in counties
        ],
    }
    text = json.dumps(record, ensure_ascii=False, indent=1)
    return (text + "\n").encode("utf-8", "replace")


def _completeness(found: Completeness) -> dict[str, Any]:
    """Where the units of a county stand; counts are None where no roster says who must report."""
    counts: dict[str, int | None] = {
        "expected": len(found.lines),
        "received": found.count(*RECEIVED),
        "accepted": found.count("通过"),
        "returned": found.count("退回"),
        "missing": found.count("未报"),
        "late": found.count("逾期"),
        "doubled": found.count("重复"),
    }
    return {
        **(counts if found.listed else dict.fromkeys(counts)),
        "added": found.added,
        "complete": found.complete,
        "lacking": list(found.lacking),
        "told": told_lacking(found, len(found.lacking)),
        "unsigned": {unit: list(labels) for unit, labels in found.unsigned},
        "published": {
            line.unit: {"on": line.on, "at": line.at, "by": line.by, "status": line.status}
            for line in found.published
        },
    }


def _unit(outcome: UnitOutcome, editions: Mapping[str, Edition]) -> dict[str, Any]:
    submission = outcome.submission
    edition = editions.get(submission.edition)
    fields = edition.fields if edition is not None and submission.values else ()
    return {
        "unit": submission.unit,
        "county": submission.county,
        "year": submission.year or None,
        "edition": submission.edition,
        "source": submission.source,
        "sha256": submission.sha256,
        "status": outcome.status,
        "problems": [
            {
                "sheet": p.sheet,
                "cell": p.cell,
                "rule": p.rule,
                "severity": p.severity,
                "message": p.message,
                "fingerprint": p.fingerprint,
                "answer": p.answer,
            }
            for p in outcome.problems
        ],
        "answers": [asdict(answer) for answer in outcome.answers],
        "outputs": list(outcome.outputs),
        "figures": {
            figure.key: value
            for figure, value in zip(fields, submission.values, strict=True)
            if value is not None
        },
    }
