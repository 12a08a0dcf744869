"""The record of a run for machines: ``output/run.json``. Its keys are a contract.

``schema_version``
    is raised when a key goes or means something else; new keys may come without.
``program``, ``editions``, ``templates``
    what the run was made with: versions, and hashes (SHA-256) of the code and declarations, of
    each edition's consolidated declaration, of each Word template.
``units``
    a workbook each: who and which year, ``source`` (below ``input/``) and its ``sha256``, its
    ``status`` (:data:`pipeline.outcomes.unit.STATUSES`), ``problems``, ``answers``, ``outputs``
    (below ``output/``), ``figures`` (whole 件 or 分 by field key), ``fee`` (信息处理费: 件 and 分),
    and ``layout``: the place of its cells among ``layouts``.
``ledgers``
    the same of ledgers that are workbooks of their own.
``counties``
    a county, or a level above, and a year: ``units`` that were added up, and beside them their
    ``sources`` (a workbook, or the summary of a level below), ``figures``, ``fee``, ``draft``
    (why the report is one), ``completeness``.
``layouts``
    ``cells`` by sheet and field key, each layout once: the cell behind every figure.

So every figure of a county leads to its units, each of these to a file, its hash and a cell.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from pipeline.edition import Edition
from pipeline.outcomes.county import CountyOutcome
from pipeline.outcomes.unit import UnitOutcome
from pipeline.provenance import Layouts
from pipeline.roster.completeness import RECEIVED, Completeness, told_lacking
from pipeline.submission import ProcessingFee

RECORD = "run.json"
SCHEMA_VERSION = 1


def last_record(path: Path) -> Mapping[str, object]:
    """An earlier run's record; empty where there is none, or none that can be read."""
    try:
        record = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


REMEMBERED = ("unit", "county", "year", "answers", "outputs")
"""What a run needs to know of the outcomes of the one before."""


def last_outcomes(path: Path, keys: Collection[str] = REMEMBERED) -> Mapping[str, object]:
    """An earlier run's record, of its outcomes these keys only; empty as :func:`last_record`.

    Read line by line: a country's record is half a gigabyte.
    """
    try:
        with path.open("rb") as file:
            record: dict[str, object] = {}
            for kind, outcome in _outcomes(file):
                kept = {key: outcome[key] for key in keys if key in outcome}
                cast("list[object]", record.setdefault(kind, [])).append(kept)
    except (OSError, ValueError):
        record = {}
    return record or last_record(path)  # another program may have laid it out anew


def _outcomes(lines: Iterable[bytes]) -> Iterator[tuple[str, Mapping[str, object]]]:
    """The outcomes of a record that :func:`run_record` wrote, each with the list it is in."""
    kind = ""
    for line in lines:
        text = line.strip().removesuffix(b",")
        if text.startswith(b'"') and text.endswith(b": ["):
            kind = str(json.loads(text[:-3]))
        elif text == b"]":
            kind = ""
        elif kind:
            outcome = json.loads(text)
            if not isinstance(outcome, dict):
                raise ValueError
            yield kind, outcome


def made_before(record: Mapping[str, object]) -> set[str]:
    """The outputs that an earlier run's record names, relative to the output folder."""
    found: set[str] = set()
    for kind in ("units", "counties"):
        outcomes = record.get(kind)
        for outcome in outcomes if isinstance(outcomes, list) else ():
            outputs = outcome.get("outputs") if isinstance(outcome, dict) else None
            found |= {name for name in outputs or () if isinstance(name, str)}
    return found


def made_by(units: Sequence[UnitOutcome], counties: Sequence[CountyOutcome]) -> set[str]:
    """The files that a run made, relative to the output folder."""
    made = {name for unit in units for name in unit.outputs}
    return made | {name for county in counties for name in county.outputs}


def run_record(
    units: Sequence[UnitOutcome],
    counties: Sequence[CountyOutcome],
    editions: Mapping[str, Edition],
    made_with: Mapping[str, object],
) -> Iterator[bytes]:
    """The record as UTF-8 JSON, piece by piece, the same bytes for the same run.

    A unit and a county have a line each: a country's record needn't be in memory as a whole.
    ``made_with`` is what :func:`pipeline.provenance.made_with` tells.
    """
    layouts = Layouts(editions)
    yield _json({"schema_version": SCHEMA_VERSION, **made_with})[:-1]
    judged = (_unit(one, editions, layouts) for one in units if one.status != "kept")
    kept = (_unit(one, editions, layouts) for one in units if one.status == "kept")
    for key, lines in (("units", judged), ("ledgers", kept), ("counties", map(_county, counties))):
        yield b",\n" + _json(key) + b": ["
        comma = b""
        for line in lines:
            yield comma + b"\n" + _json(line)
            comma = b","
        yield b"\n]"
    yield b',\n"layouts": ' + _json(layouts.told()) + b"}\n"


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")


def _county(outcome: CountyOutcome) -> dict[str, Any]:
    return {
        "county": outcome.county,
        "year": outcome.year,
        "edition": outcome.edition,
        "units": list(outcome.units),
        "sources": list(outcome.sources),
        "outputs": list(outcome.outputs),
        "defects": [asdict(defect) for defect in outcome.defects],
        "figures": dict(outcome.figures),
        "fee": _fee(outcome.fee),
        "draft": outcome.draft,
        "completeness": _completeness(outcome.completeness),
    }


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


def _fee(fee: ProcessingFee | None) -> dict[str, int | None] | None:
    return None if fee is None else {"requests": fee.requests, "amount": fee.amount}


def _unit(
    outcome: UnitOutcome, editions: Mapping[str, Edition], layouts: Layouts
) -> dict[str, Any]:
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
        "defects": [asdict(defect) for defect in outcome.defects],
        "figures": {
            figure.key: value
            for figure, value in zip(fields, submission.values, strict=True)
            if value is not None
        },
        "fee": _fee(submission.fee),
        "layout": layouts.number(submission.edition, outcome.cells),
    }
