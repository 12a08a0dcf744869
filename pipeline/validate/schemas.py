"""The pandera schemas of a workbook's sheets, derived from the declarations.

Frames come in already typed (intake has read each cell exactly or not at all), so that no failed
coercion hides another fault of its column; missing values and equal wrong values are each
reported with their row.  A schema validates a whole batch of units in one call: a call costs a
millisecond for each column, so figures stand below each other, and the row leads back to the
unit and its cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pandas as pd
import pandera.pandas as pa

from pipeline.model.workbook_form import Entry, WorkbookForm
from pipeline.text.figures import LARGEST, Kind

SIGNED = frozenset({"signed"})

_PATTERNS = {
    "year": (r"20[0-9]{2}", "应为四位年份，如 2020"),
    "date": (r"20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])", "应为日期，如 2026-1-15"),
    "postcode": (r"\d{6}", "应为 6 位数字"),
    "email": (r"[^@\s]+@[^@\s]+\.[^@\s]+", "不像电子邮箱地址"),
    "phone": (r"[\d\-—()+转 、,/]{7,40}", "不像电话号码"),
}


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed check: the row of the frame, the column, the check."""

    row: int
    column: str
    check: str
    value: object


def _named(name: str, check: pa.Check) -> pa.Check:
    check.name = check.error = name
    return check


@lru_cache(maxsize=8)
def figures_schema(kind: Kind) -> pa.DataFrameSchema:
    """Figures of one kind, tidy: a row for each, with the positions of its unit and its field.

    ``value`` is a nullable integer; null means nothing certain was read, which is a failure, as
    is a negative count or a number beyond what can be.
    """
    largest = LARGEST[kind]
    checks = [_named("too_large", pa.Check.in_range(-largest, largest))]
    if kind not in SIGNED:
        checks.append(_named("negative", pa.Check.ge(0)))
    return pa.DataFrameSchema(
        {
            "unit": pa.Column("int64", coerce=False),
            "field": pa.Column("int64", coerce=False),
            "value": pa.Column("Int64", checks, nullable=False),
        },
        name=kind,
    )


@lru_cache(maxsize=4)
def identity_schema(form: WorkbookForm) -> pa.DataFrameSchema:
    """The sheet 基本信息: a text column for each entry, empty where nothing was filled in."""
    return pa.DataFrameSchema({entry.key: _entry_column(entry) for entry in form.entries})


def _entry_column(entry: Entry) -> pa.Column:
    checks = []
    if entry.need != "optional":
        checks.append(_named("filled", pa.Check(lambda text: text != "")))
    if entry.kind in _PATTERNS:
        pattern, _ = _PATTERNS[entry.kind]
        checks.append(_named("valid", pa.Check(_matches(pattern))))
    if entry.kind == "choice":
        allowed = ("", *entry.choices)
        checks.append(_named("valid", pa.Check.isin(allowed)))
    if entry.kind == "text":
        checks.append(_named("short", pa.Check(lambda text: text.str.len() <= MAX_TEXT)))
    return pa.Column(str, checks, nullable=False)


MAX_TEXT = 200
"""No name, address or title is longer."""


def _matches(pattern: str) -> Callable[[Any], Any]:
    return lambda text: (text == "") | text.str.fullmatch(pattern)


def expected(entry: Entry) -> str:
    """What a valid entry looks like, for a message."""
    if entry.kind == "choice":
        return "应从“" + "”“".join(entry.choices) + "”中选"
    if entry.kind in _PATTERNS:
        return _PATTERNS[entry.kind][1]
    return f"超过 {MAX_TEXT} 字"


def failures(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> Iterator[Failure]:
    """Every failed check of a frame, all at once.

    Raises:
        pandera.errors.SchemaErrors: the frame is not of the schema's columns and types, which
            is a bug of ours and not a fault of a workbook.
    """
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases
        if cases["index"].isna().any():
            raise
        for case in cases.itertuples(index=False):
            yield Failure(int(case.index), str(case.column), str(case.check), case.failure_case)
