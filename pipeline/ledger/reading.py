"""Reading the ledgers of a workbook: sheets in, a Ledger and what is wrong with it out.

Columns are found by their labels; a line that can't be understood for certain is told at its
cell and counted nowhere.  Personal data is told of and never repeated.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.declare.ledger import (
    Column,
    LedgerForm,
    LedgerSheet,
    applicant_choices,
    columns,
    outcome_choices,
    result_choices,
    spellings,
)
from pipeline.declare.messages import problem
from pipeline.ledger.deadlines import day_of_receipt
from pipeline.model.edition import Edition
from pipeline.model.ledger import Course, Ledger, Publication, Request, Watched
from pipeline.model.problem import Problem
from pipeline.sheets.workbook import Sheet, cell_text, sheet_key
from pipeline.text.figures import Raw, read_date, read_figure, truncate
from pipeline.text.labels import address, normalise
from pipeline.text.wording import quoted

EARLIEST = datetime.date(2008, 5, 1)
"""The day on which the regulations on disclosure came into force: no request is older."""

Value = str | int | datetime.date


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a ledger as read, by column key, and the columns that could not be read."""

    row: int
    values: Mapping[str, Value]
    bad: frozenset[str]

    def text(self, key: str) -> str:
        return str(self.values.get(key, ""))

    def day(self, key: str) -> datetime.date | None:
        value = self.values.get(key)
        return value if isinstance(value, datetime.date) else None

    def whole(self, key: str) -> int:
        value = self.values.get(key, 0)
        return value if isinstance(value, int) else 0


def has_ledger(sheets: Sequence[Sheet], form: LedgerForm) -> bool:
    """Whether a workbook has a sheet of a ledger, by its name."""
    own = {sheet_key(one.sheet) for one in (form.requests, form.publications)}
    return any(sheet_key(sheet.name) in own for sheet in sheets)


def looks_like_ledger(sheets: Sequence[Sheet], form: LedgerForm) -> bool:
    """Whether a workbook has a sheet of a ledger, by its name or by its header."""
    asked = (form.requests.columns, form.publications.columns)
    return has_ledger(sheets, form) or any(
        _header(sheet, columns_) is not None for sheet in sheets for columns_ in asked
    )


def read_ledger(
    sheets: Sequence[Sheet], edition: Edition, form: LedgerForm, channels: Sequence[str]
) -> tuple[Ledger, list[Problem]]:
    """The ledgers that stand in a workbook's sheets; an empty one where there is none.

    ``channels`` are the usual ones of what is published; others are taken as they are written.
    """
    reader = _Reader(edition, form, channels)
    requests = tuple(_unique(reader.requests(sheets), reader))
    publications = tuple(reader.publications(sheets))
    watched = tuple(reader.watched(sheets))
    ledger = Ledger(requests=requests, publications=publications, watched=watched)
    return ledger, reader.problems


def _unique(requests: Iterator[tuple[Request, str, str]], reader: _Reader) -> Iterator[Request]:
    """The requests; a number that stands twice is told, both are counted."""
    seen: dict[str, str] = {}
    for request, sheet, cell in requests:
        first = seen.setdefault(normalise(request.number), cell)
        if first != cell:
            words = {"number": truncate(request.number), "other": first}
            reader.problems.append(problem("ledger.doubled", sheet=sheet, cell=cell, **words))  # type: ignore[arg-type]
        yield request


class _Reader:
    """Collects what is found and what is wrong, sheet by sheet."""

    def __init__(self, edition: Edition, form: LedgerForm, channels: Sequence[str]) -> None:
        self.edition = edition
        self.form = form
        self.channels = {normalise(name): name for name in channels}
        self.problems: list[Problem] = []
        self._personal_headers = frozenset(normalise(text) for text in form.personal.headers)

    def _tell(self, rule: str, sheet: Sheet, row: int, column: int, **words: object) -> None:
        cell = address(row, column)
        self.problems.append(problem(rule, sheet=sheet.name, cell=cell, **words))  # type: ignore[arg-type]

    # ------------------------------------------------------------------------ the lines

    def _entries(
        self, sheets: Sequence[Sheet], ask: LedgerSheet
    ) -> Iterator[tuple[Sheet, Entry, Mapping[str, int]]]:
        """The filled lines of a ledger's sheet, and where its columns are."""
        asked = columns(ask, self.edition, self.form)
        found = [sheet for sheet in sheets if sheet_key(sheet.name) == sheet_key(ask.sheet)]
        if not found:
            found = [sheet for sheet in sheets if _header(sheet, asked) is not None]
        if len(found) > 1:
            names = "、".join(quoted(sheet.name) for sheet in found)
            self.problems.append(problem("sheet.doubled", name=ask.sheet, names=names))
        if len(found) != 1:
            return
        [sheet] = found
        header = _header(sheet, asked)
        if header is None:
            labels = "、".join(quoted(column.label) for column in asked if column.need)
            self.problems.append(problem("ledger.no_header", sheet=sheet.name, labels=labels))
            return
        top, at = header
        self._strange_headers(sheet, top, at)
        inputs = [c for c in asked if c.kind != "computed" and c.key in at]
        for row in range(top + 1, len(sheet.cells)):
            if all(_is_blank(sheet, row, at[c.key]) for c in inputs):
                continue
            yield sheet, self._entry(sheet, row, inputs, at), at

    def _strange_headers(self, sheet: Sheet, top: int, at: Mapping[str, int]) -> None:
        for column, value in enumerate(sheet.cells[top]):
            if column in at.values() or not isinstance(value, str):
                continue
            if normalise(value) in self._personal_headers:
                self._tell("ledger.personal_column", sheet, top, column, name=truncate(value))

    def _entry(
        self, sheet: Sheet, row: int, inputs: Sequence[Column], at: Mapping[str, int]
    ) -> Entry:
        values: dict[str, Value] = {}
        bad: set[str] = set()
        for column in inputs:
            if _is_blank(sheet, row, at[column.key]):
                continue
            raw = sheet.at(row, at[column.key])
            error = sheet.error(row, at[column.key])
            value = self._value(column, raw) if not error else None
            if error:
                bad.add(column.key)
                words = {"name": column.label, "text": truncate(error)}
                self._tell("ledger.formula_error", sheet, row, at[column.key], **words)
            elif value is None:
                bad.add(column.key)
                rule = {"date": "ledger.not_a_date", "whole": "ledger.not_whole"}
                told = rule.get(column.kind, "ledger.not_offered")
                words = {"name": column.label, "text": truncate(cell_text(raw))}
                self._tell(told, sheet, row, at[column.key], **words)
            else:
                values[column.key] = value
                self._personal(column, value, sheet, row, at[column.key])
        struck = [
            c for c in inputs if "删除线" in sheet.appearance.marked.get((row, at[c.key]), "")
        ]
        if struck:
            self._tell("ledger.struck", sheet, row, at[struck[0].key])
        return Entry(row, values, frozenset(bad))

    def _value(self, column: Column, raw: Raw) -> Value | None:
        """A cell as its column asks it; None where it can't be understood for certain."""
        text = " ".join(cell_text(raw).split())
        if column.kind == "date":
            day = read_date(raw)
            return day if day is not None and EARLIEST <= day < datetime.date(2100, 1, 1) else None
        if column.kind == "whole":
            number = read_figure(raw, "count").value
            return number if number is not None and number >= 0 else None
        if column.kind == "choice":
            return self._choice(column.choices, text)
        if column.kind in ("applicant", "result", "dispute"):
            return self._spellings(column).get(normalise(text))
        return text

    def _spellings(self, column: Column) -> Mapping[str, str]:
        counting = self.form.counting
        if column.kind == "applicant":
            return spellings(applicant_choices(self.edition, counting))
        if column.kind == "result":
            return spellings(result_choices(self.edition, counting))
        return spellings(outcome_choices(self.edition, counting, column.group))

    def _choice(self, choices: str, text: str) -> str | None:
        """The choice that a text means; of lists that the office may add to, the text itself."""
        wanted = normalise(text)
        if choices == "published":
            return self.channels.get(wanted, text)
        if choices not in ("channels", "cycles"):
            return text
        offered = self.form.channels if choices == "channels" else self.form.cycles
        for one in offered:
            if wanted in {normalise(name) for name in (one.label, *one.variants)}:
                return one.label
        return None

    def _personal(self, column: Column, value: Value, sheet: Sheet, row: int, at: int) -> None:
        """Tell of what looks like personal data, without a word of it."""
        if column.kind != "text" or column.key == "address" or not isinstance(value, str):
            return
        for name, pattern in self.form.personal.patterns.items():
            if pattern.search(value):
                self._tell("ledger.personal", sheet, row, at, name=column.label, what=name)
                return

    def _needed(self, sheet: Sheet, entry: Entry, ask: LedgerSheet, at: Mapping[str, int]) -> bool:
        """Whether a line has all that it counts by; what is missing is told."""
        missing = [
            column
            for column in columns(ask, self.edition, self.form)
            if column.need and column.key not in entry.values
        ]
        for column in missing:
            if column.key not in entry.bad:
                self._tell("ledger.incomplete", sheet, entry.row, at[column.key], name=column.label)
        return not missing

    # --------------------------------------------------------------------- 依申请公开台账

    def requests(self, sheets: Sequence[Sheet]) -> Iterator[tuple[Request, str, str]]:
        for sheet, entry, at in self._entries(sheets, self.form.requests):
            if not self._needed(sheet, entry, self.form.requests, at):
                continue
            self._out_of_order(sheet, entry, at)
            answered, result = entry.day("answered"), entry.text("result")
            if answered is not None and not result:
                if "result" not in entry.bad and "result" in at:
                    self._tell("ledger.no_result", sheet, entry.row, at["result"])
                continue
            if result and answered is None and "answered" not in entry.bad and "answered" in at:
                self._tell("ledger.no_answer", sheet, entry.row, at["answered"])
            told = entry.day("extension_told")
            if told is not None and not entry.whole("extension") and "extension" in at:
                self._tell("ledger.no_extension", sheet, entry.row, at["extension"])
            request = self._request(entry)
            yield request, sheet.name, address(entry.row, at["number"])

    def _request(self, entry: Entry) -> Request:
        came = entry.day("came")
        assert came is not None
        channel = entry.text("channel")
        by_confirmation = any(c.confirmed for c in self.form.channels if c.label == channel)
        answered = entry.day("answered")
        course = Course(
            received=day_of_receipt(came, entry.day("confirmed"), by_confirmation),
            correction_asked=entry.day("correction_asked"),
            corrected=entry.day("corrected"),
            consulted=entry.day("consulted"),
            heard=entry.day("heard"),
            extension_told=entry.day("extension_told"),
            extension=entry.whole("extension"),
            answered=answered,
        )
        disputes = tuple(
            str(value) for key, value in entry.values.items() if key.startswith("disputes.")
        )
        return Request(
            number=entry.text("number"),
            applicant=entry.text("applicant"),
            course=course,
            result=entry.text("result") if answered is not None else "",
            disputes=disputes,
        )

    def _out_of_order(self, sheet: Sheet, entry: Entry, at: Mapping[str, int]) -> None:
        """Tell of days that can't have come in this order."""
        labels = {c.key: c.label for c in self.form.requests.columns}
        for earlier, later in ORDER:
            first, second = entry.day(earlier), entry.day(later)
            if first is not None and second is not None and second < first:
                words = {"name": labels[later], "other": labels[earlier]}
                self._tell("ledger.out_of_order", sheet, entry.row, at[later], **words)
            elif second is not None and first is None and (earlier, later) in WITHOUT:
                words = {"name": labels[later], "other": labels[earlier]}
                self._tell("ledger.without", sheet, entry.row, at[later], **words)

    # ----------------------------------------------------------------------- 主动公开台账

    def publications(self, sheets: Sequence[Sheet]) -> Iterator[Publication]:
        for sheet, entry, at in self._entries(sheets, self.form.publications):
            if not self._needed(sheet, entry, self.form.publications, at):
                continue
            date = entry.day("date")
            assert date is not None
            yield Publication(
                date=date,
                title=entry.text("title"),
                channel=entry.text("channel"),
                kind=entry.text("kind"),
                column=entry.text("column"),
            )

    def watched(self, sheets: Sequence[Sheet]) -> Iterator[Watched]:
        days = {cycle.label: cycle.days for cycle in self.form.cycles}
        for sheet, entry, at in self._entries(sheets, self.form.watched):
            if self._needed(sheet, entry, self.form.watched, at):
                cycle = entry.text("cycle")
                yield Watched(name=entry.text("name"), cycle=cycle, days=days[cycle])


ORDER = (
    ("came", "confirmed"),
    ("came", "correction_asked"),
    ("correction_asked", "corrected"),
    ("came", "extension_told"),
    ("came", "consulted"),
    ("consulted", "heard"),
    ("came", "answered"),
)
"""Days that come one after the other, or on the same day."""

WITHOUT = frozenset({("correction_asked", "corrected"), ("consulted", "heard")})
"""Those of which the later can't be without the earlier."""


def _header(sheet: Sheet, asked: Sequence[Column]) -> tuple[int, dict[str, int]] | None:
    """The row that names all the columns needed, and where each known column is."""
    known = {normalise(x): c.key for c in asked for x in (c.label, *c.variants)}
    needed = {c.key for c in asked if c.need}
    rows: dict[int, dict[str, int]] = {}
    for row, column, text in sheet.texts:
        key = known.get(normalise(text))
        if key is not None:
            rows.setdefault(row, {}).setdefault(key, column)
    return next(((row, at) for row, at in rows.items() if needed <= at.keys()), None)


def _is_blank(sheet: Sheet, row: int, column: int) -> bool:
    """Whether a cell has nothing in it, no formula without a result either."""
    raw = sheet.at(row, column)
    if raw is None:
        return not sheet.error(row, column)
    return isinstance(raw, str) and not raw.strip()
