"""Reading 名册.xlsx: a file in, a roster and what is wrong with it out."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.declare.messages import problem
from pipeline.declare.roster import Ask, RosterForm, roster_form
from pipeline.model.hierarchy import faults
from pipeline.model.problem import Problem
from pipeline.model.roster import Roster, RosterSettings
from pipeline.model.roster_unit import RosterUnit
from pipeline.sheets.files import read_file
from pipeline.sheets.workbook import Sheet, open_sheets, why_unopened
from pipeline.text.figures import Raw, is_error, read_date, truncate
from pipeline.text.labels import address, normalise
from pipeline.text.wording import quoted

Cells = Sequence[Sequence[Raw]]


@dataclass(frozen=True, kw_only=True, slots=True)
class RosterReading:
    """The roster, None where there is none or it can't be used, and what is wrong with it."""

    source: str = ""
    roster: Roster | None = None
    problems: tuple[Problem, ...] = ()


def read_roster(folder: Path) -> RosterReading:
    """The roster that lies in the input folder; an empty one counts as none.

    A roster with errors is not used in part: nobody is told missing by a list that is wrong.
    """
    form = roster_form()
    path = folder / f"{form.name}.xlsx"
    if not os.path.lexists(path):
        return RosterReading()
    content = read_file(path)
    if isinstance(content, Problem):
        told = problem("roster.unreadable", detail=content.words.rstrip("。"))
        return RosterReading(source=path.name, problems=(told,))
    try:
        sheets = _sheets(content)
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # noqa: BLE001  a native reader may panic, outside Exception
        told = problem("roster.unreadable", detail=why_unopened(content, error))
        return RosterReading(source=path.name, problems=(told,))
    roster, problems = _Reader(form, sheets).roster()
    return RosterReading(source=path.name, roster=roster, problems=tuple(problems))


def _sheets(content: bytes) -> dict[str, Cells]:
    return {normalise(sheet.name): _with_formulas(sheet) for sheet in open_sheets(content)}


def _with_formulas(sheet: Sheet) -> Cells:
    """The cells of a sheet, formulas without a result as their text: they are not blank."""
    if not sheet.uncached:
        return sheet.cells
    return [
        [sheet.uncached.get((row, column), raw) for column, raw in enumerate(line)]
        for row, line in enumerate(sheet.cells)
    ]


def _is_unread(text: str) -> bool:
    """Whether a text is an error, or a formula without a result."""
    return text.startswith("=") or is_error(text)


class _Reader:
    def __init__(self, form: RosterForm, sheets: dict[str, Cells]) -> None:
        self.form = form
        self.sheets = sheets
        self.problems: list[Problem] = []
        self.at: dict[str, int] = {}
        self.told_due: set[int] = set()

    def roster(self) -> tuple[Roster | None, list[Problem]]:
        said = self._lines()
        if not said and not self.problems:
            return None, []
        settings = self._settings()
        county = settings.pop("county", "")
        year = settings.pop("year", 0)
        units = [unit for _, unit in said]
        if isinstance(county, str) and not self.problems:
            self._placed(county, said)
        if self.problems:
            return None, self.problems
        deadline = settings.pop("deadline", None)
        made = Roster(
            county=county,
            year=year,
            units=tuple(replace(u, deadline=u.deadline or deadline) for u in units),
            settings=RosterSettings(**settings),
        )
        return _with_levels_not_due(made, self.told_due), []

    def _placed(self, county: str, said: Sequence[tuple[int, RosterUnit]]) -> None:
        """Tell what is wrong with the places of the lines in the tree."""
        columns = [ask.key for ask in self.form.columns]
        for fault in faults(county, [unit for _, unit in said]):
            at = 0 if fault.rule == "roster.doubled" else columns.index("parent")
            cell = address(said[fault.line][0], self.at.get(columns[at], at))
            near = f"（相近的有{quoted(truncate(fault.other))}）" if fault.other else ""
            words = {"name": truncate(fault.name), "other": truncate(fault.other), "near": near}
            self.problems.append(
                problem(fault.rule, sheet=self.form.units, cell=cell, **words)  # type: ignore[arg-type]
            )

    def _tell(self, rule: str, sheet: str, cell: str, ask: Ask, text: str) -> None:
        words = {"name": ask.label, "text": truncate(text), "hint": ask.hint}
        self.problems.append(problem(rule, words, sheet=sheet, cell=cell))

    def _tell_value(self, sheet: str, cell: str, ask: Ask, text: str) -> None:
        """Tell that a cell has nothing, or nothing of what it asks."""
        self._tell("roster.invalid" if text else "roster.missing", sheet, cell, ask, text)

    def _settings(self) -> dict[str, Any]:
        """The settings by key; what an empty or missing line means by default."""
        labels = {
            normalise(label): ask.key
            for ask in self.form.settings
            for label in (ask.label, *ask.variants)
        }
        found: dict[str, tuple[Raw, str]] = {}
        for down, row in enumerate(self.sheets.get(normalise(self.form.settings_sheet), ())):
            key = labels.get(normalise(_text(row[0]))) if row else None
            if key is not None and len(row) > 1:
                found[key] = row[1], address(down, 1)
        values: dict[str, Any] = {}
        for ask in self.form.settings:
            raw, cell = found.get(ask.key, (None, ""))
            if not _text(raw):
                raw = ask.default.format(next=(values.get("year") or 1999) + 1)
            value = _setting(raw, ask, self.form)
            if value is None and (_text(raw) or ask.need == "required"):
                self._tell_value(self.form.settings_sheet, cell, ask, _text(raw))
            values[ask.key] = value if value is not None or ask.kind != "year" else 0
        return values

    def _lines(self) -> list[tuple[int, RosterUnit]]:
        """The lines of the sheet of units, each with its row."""
        cells = self.sheets.get(normalise(self.form.units), ())
        required = self.form.columns[0]
        header = self._header(cells)
        if header is None:
            words = {"name": required.label, "sheet_name": self.form.units}
            self.problems.append(problem("roster.no_header", **words))  # type: ignore[arg-type]
            return []
        top, at = header
        self.at = {ask.key: column for column, ask in at.items()}
        lines: list[tuple[int, RosterUnit]] = []
        for down, row in enumerate(cells[top + 1 :], top + 1):
            said = {ask.key: (ask, i, row[i]) for i, ask in at.items() if i < len(row)}
            if not any(_text(value) for _, _, value in said.values()):
                continue
            unit = self._unit(said, down)
            if unit is not None:
                if "due" in said and _text(said["due"][2]):
                    self.told_due.add(len(lines))
                lines.append((down, unit))
        return lines

    def _header(self, cells: Cells) -> tuple[int, dict[int, Ask]] | None:
        """The row of the header, and what each of its columns asks."""
        known = {
            normalise(label): ask
            for ask in self.form.columns
            for label in (ask.label, *ask.variants)
        }
        for top, row in enumerate(cells):
            at = {i: known[normalise(_text(v))] for i, v in enumerate(row) if _named(v, known)}
            if self.form.columns[0] in at.values():
                return top, at
        return None

    def _unit(self, said: dict[str, tuple[Ask, int, Raw]], row: int) -> RosterUnit | None:
        values: dict[str, object] = {}
        for key, (ask, column, raw) in said.items():
            text = _text(raw)
            cell = address(row, column)
            if not text or _is_unread(text):
                if text or ask.need == "required":
                    self._tell_value(self.form.units, cell, ask, text)
                if ask.need == "required":
                    return None
            elif ask.kind == "yes_no":
                if text not in (self.form.yes, self.form.no):
                    self._tell_value(self.form.units, cell, ask, text)
                values[key] = text != self.form.no
            elif ask.kind == "date":
                values[key] = read_date(raw)
                if values[key] is None:
                    self._tell_value(self.form.units, cell, ask, text)
            elif key == "short":
                values[key] = tuple(s.strip() for s in re.split("[、，,;；]", text) if s.strip())
            else:
                values[key] = text
        if "unit" not in values:
            return None
        return RosterUnit(name=str(values.pop("unit")), **values)  # type: ignore[arg-type]


def _with_levels_not_due(roster: Roster, told: Collection[int]) -> Roster:
    """The roster with the lines of levels not due, unless their line says so (``told``)."""
    own = {id(level.line) for level in roster.levels}
    units = tuple(
        replace(unit, due=False) if id(unit) in own and at not in told else unit
        for at, unit in enumerate(roster.units)
    )
    return replace(roster, units=units)


def _setting(raw: Raw, ask: Ask, form: RosterForm) -> Any:
    """A setting's value; None where nothing, or nothing of its kind, is said."""
    text = _text(raw)
    if _is_unread(text):
        return None
    if ask.kind == "year":
        year = text.removesuffix("度").removesuffix("年")
        return int(year) if re.fullmatch("20[0-9]{2}", year) else None
    if ask.kind == "date":
        return read_date(raw)
    if ask.kind == "yes_no":
        return {form.yes: True, form.no: False}.get(text)
    if ask.kind == "percent":
        return _percent(raw)
    return text or None


def _percent(raw: Raw) -> int | None:
    """A whole share from 1 to 100; a cell formatted as percent holds a hundredth of it."""
    text = _text(raw).removesuffix("%")
    if isinstance(raw, float) and 0 < raw < 1:
        text = _text(round(raw * 100, 6))
    return int(text) if re.fullmatch("[0-9]{1,3}", text) and 1 <= int(text) <= 100 else None


def _named(value: Raw, known: dict[str, Ask]) -> bool:
    return isinstance(value, str) and normalise(value) in known


def _text(raw: Raw) -> str:
    if raw is None:
        return ""
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    return " ".join(str(raw).split())
