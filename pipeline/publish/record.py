"""The record of a run for machines: ``output/run.json``. Its keys are a contract.

``schema_version``
    is raised when a key goes or means something else; new keys may come without.
``program``, ``editions``, ``templates``
    what the run was made with: versions, and hashes (SHA-256) of the code and declarations, of
    each edition's consolidated declaration, of each Word template.
``units``
    a workbook each: who and which year, ``source`` (below ``input/``) and its ``sha256``, its
    ``status`` (:data:`pipeline.model.unit_outcome.STATUSES`), ``problems``, ``answers``, ``outputs``
    (below ``output/``), ``figures`` (whole 件 or 分 by field key), ``fee`` (信息处理费: 件 and 分),
    and ``layout``: the place of its cells among ``layouts``.
``ledgers``
    the same of ledgers that are workbooks of their own.
``counties``
    a county, or a level above, and a year: ``units`` that were added up, and beside them their
    ``sources`` (a workbook, or the summary of a level below), ``figures``, ``fee``, ``draft``
    (why the report is one), ``completeness``, and ``standing``: its direct units that must report
    and where each stands, by which a later run knows them when the roster is another year's.
``layouts``
    ``cells`` by sheet and field key, each layout once: the cell behind every figure.

So every figure of a county leads to its units, each of these to a file, its hash and a cell.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from os import SEEK_END
from pathlib import Path
from typing import Any, BinaryIO

from pipeline.aggregate.completeness import describe_missing
from pipeline.aggregate.roster_history import STANDING, standing_record
from pipeline.model.completeness import RECEIVED, Completeness
from pipeline.model.county_outcome import CountyOutcome
from pipeline.model.edition import Edition
from pipeline.model.submission import ProcessingFee
from pipeline.model.unit_outcome import UnitOutcome
from pipeline.publish.provenance import Layouts

RECORD = "run.json"
SCHEMA_VERSION = 1


# ------------------------------------------------------------------------------ reading one

LISTS = ("units", "ledgers", "counties", "layouts")
"""The keys of a record that are lists, with a line for each entry, in the order they come."""

Entry = Mapping[str, Any]


class NoRecord(ValueError):
    """There is no record of a run, or none that can be read."""


class Record:
    """A run's record as it is kept, of which no more is in memory than is asked for: a country's
    is half a gigabyte.

    One that another program has laid out anew is read as a whole.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        first = file.readline()
        written = self._as_written()
        self._first = first if written else b""
        self._whole = None if written else self._read_whole()

    def head(self) -> Entry:
        """All but the lists: what the run was made with."""
        if self._whole is None:
            return _parsed(self._first.rstrip(b",\n") + b"}")
        return {key: value for key, value in self._whole.items() if key not in LISTS}

    def entries(self, *lists: str) -> Iterator[tuple[str, int, Entry]]:
        """The entries of these lists in the record's order: the list, where the entry is (for
        :meth:`entry`), and the entry.

        Raises:
            NoRecord: the record is damaged.
        """
        if self._whole is None:
            yield from ((key, at, _parsed(line)) for key, at, line in self._lines(lists))
            return
        for at, (key, entry) in enumerate(self._listed()):
            if key in lists:
                yield key, at, _mapping(entry)

    def entry(self, at: int) -> Entry:
        """The entry at a place that :meth:`entries` told."""
        if self._whole is not None:
            return _mapping(self._listed()[at][1])
        self._file.seek(at)
        return _parsed(_text(self._file.readline()))

    def _as_written(self) -> bool:
        """Whether it is laid out as :func:`run_record` lays it out, by its first and last lines."""
        start = self._file.readline()
        self._file.seek(0, SEEK_END)
        self._file.seek(max(0, self._file.tell() - len(_END)))
        return start == _start(LISTS[0]) and self._file.read() == _END

    def _read_whole(self) -> Entry:
        self._file.seek(0)
        return _parsed(self._file.read())

    def _listed(self) -> Sequence[tuple[str, Any]]:
        whole = self._whole or {}
        lists = ((key, whole.get(key)) for key in LISTS)
        return [(key, entry) for key, held in lists if isinstance(held, list) for entry in held]

    def _lines(self, lists: Collection[str]) -> Iterator[tuple[str, int, bytes]]:
        starts = {_start(key): key for key in LISTS}
        key, at = "", len(self._first)
        while True:
            self._file.seek(at)  # another entry may have been asked for meanwhile
            line = self._file.readline()
            if not line:
                return
            if line in starts:
                key = starts[line]
            elif line.startswith(b"]"):
                key = ""
            elif key in lists:
                yield key, at, _text(line)
            at += len(line)


_END = b"\n]}\n"


def _start(key: str) -> bytes:
    return _json(key) + b": [\n"


def _text(line: bytes) -> bytes:
    return line.strip().removesuffix(b",")


def _parsed(text: bytes) -> Entry:
    try:
        return _mapping(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise NoRecord(str(error)) from error


def _mapping(value: object) -> Entry:
    if not isinstance(value, dict):
        raise NoRecord("no object")
    return value


@contextmanager
def open_record(path: Path) -> Iterator[Record]:
    """The record of an earlier run.

    Raises:
        NoRecord: there is none, or none that can be read.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise NoRecord(str(error)) from error
    with file:
        yield Record(file)


REMEMBERED = ("unit", "county", "year", "answers", "outputs", STANDING)
"""What a run needs to know of the outcomes of the one before."""


def last_outcomes(path: Path, keys: Collection[str] = REMEMBERED) -> Mapping[str, list[Entry]]:
    """The units and counties of an earlier run's record, of each these keys only; empty where
    there is no record, or none that can be read."""
    found: dict[str, list[Entry]] = {}
    try:
        with open_record(path) as record:
            for kind, _, outcome in record.entries("units", "counties"):
                kept = {key: outcome[key] for key in keys if key in outcome}
                found.setdefault(kind, []).append(kept)
    except (NoRecord, OSError):
        return {}
    return found


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


# ------------------------------------------------------------------------------ writing one


def run_record(
    units: Sequence[UnitOutcome],
    counties: Sequence[CountyOutcome],
    editions: Mapping[str, Edition],
    made_with: Mapping[str, object],
) -> Iterator[bytes]:
    """The record as UTF-8 JSON, piece by piece, the same bytes for the same run.

    An entry of a list has a line: a country's record needn't be in memory as a whole.
    ``made_with`` is what :func:`pipeline.publish.provenance.made_with` tells.
    """
    layouts = Layouts(editions)
    yield _json({"schema_version": SCHEMA_VERSION, **made_with})[:-1]
    judged = (_unit(one, editions, layouts) for one in units if one.status != "kept")
    kept = (_unit(one, editions, layouts) for one in units if one.status == "kept")
    # Layouts are told last: they are known when all units have been.
    entries = (judged, kept, map(_county, counties), layouts.told())
    for key, lines in zip(LISTS, entries, strict=True):
        yield b",\n" + _json(key) + b": ["
        comma = b""
        for line in lines:
            yield comma + b"\n" + _json(line)
            comma = b","
        yield b"\n]"
    yield b"}\n"


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
        STANDING: standing_record(outcome.completeness),
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
        "told": describe_missing(found, len(found.lacking)),
        "open_warnings": dict(found.open_warnings),
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
                "answer": p.explanation,
            }
            for p in outcome.problems
        ],
        "answers": [asdict(answer) for answer in outcome.explanations],
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
