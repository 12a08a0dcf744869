"""Reading 名册.xlsx: a file in, a roster and what is wrong with it out."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import python_calamine as calamine

from pipeline.labels import address, normalise
from pipeline.problems import Problem, problem
from pipeline.reading import Raw, read_date, shown
from pipeline.roster import Ask, Roster, RosterForm, RosterUnit, roster_form

Cells = Sequence[Sequence[Raw]]

MAX_BYTES = 8 * 1024 * 1024
MAX_CELLS = 500_000


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
    if not path.is_file():
        return RosterReading()
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValueError("文件过大")
        sheets = _sheets(path.read_bytes())
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # noqa: BLE001  a native reader may panic, outside Exception
        told = problem("roster.unreadable", detail=shown(str(error) or type(error).__name__, 80))
        return RosterReading(source=path.name, problems=(told,))
    roster, problems = _Reader(form, sheets).roster()
    return RosterReading(source=path.name, roster=roster, problems=tuple(problems))


def _sheets(content: bytes) -> dict[str, Cells]:
    sheets: dict[str, Cells] = {}
    with calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            end = sheet.end
            if end is not None and (end[0] + 1) * (end[1] + 1) > MAX_CELLS:
                raise ValueError(f"工作表“{shown(name)}”过大")
            cells = sheet.to_python(skip_empty_area=False) if end is not None else []
            sheets[normalise(name)] = cells
    return sheets


class _Reader:
    def __init__(self, form: RosterForm, sheets: dict[str, Cells]) -> None:
        self.form = form
        self.sheets = sheets
        self.problems: list[Problem] = []

    def roster(self) -> tuple[Roster | None, list[Problem]]:
        units = self._units()
        if not units and not self.problems:
            return None, []
        settings = self._settings()
        county = settings.get("county", "")
        year = settings.get("year", "").removesuffix("度").removesuffix("年")
        if not county:
            self._setting_fault("county", county)
        if not re.fullmatch(r"20\d\d", year):
            self._setting_fault("year", year)
        if self.problems:
            return None, self.problems
        return Roster(county=county, year=int(year), units=tuple(units)), []

    def _setting_fault(self, key: str, text: str) -> None:
        ask = next(ask for ask in self.form.settings if ask.key == key)
        self._tell("roster.invalid", self.form.settings_sheet, "", ask, text)

    def _tell(self, rule: str, sheet: str, cell: str, ask: Ask, text: str) -> None:
        words = {"name": ask.label, "text": shown(text), "hint": ask.hint}
        self.problems.append(problem(rule, words, sheet=sheet, cell=cell))

    def _settings(self) -> dict[str, str]:
        known = {normalise(ask.label): ask.key for ask in self.form.settings}
        found = {}
        for row in self.sheets.get(normalise(self.form.settings_sheet), ()):
            key = known.get(normalise(_text(row[0]))) if row else None
            if key is not None and len(row) > 1:
                found[key] = _text(row[1])
        return found

    def _units(self) -> list[RosterUnit]:
        cells = self.sheets.get(normalise(self.form.units), ())
        required = self.form.columns[0]
        header = self._header(cells)
        if header is None:
            words = {"name": required.label, "sheet_name": self.form.units}
            self.problems.append(problem("roster.no_header", words))
            return []
        top, at = header
        units: list[RosterUnit] = []
        owners: dict[str, str] = {}
        for down, row in enumerate(cells[top + 1 :], top + 1):
            said = {ask.key: (ask, i, row[i]) for i, ask in at.items() if i < len(row)}
            if not any(_text(value) for _, _, value in said.values()):
                continue
            unit = self._unit(said, down)
            if unit is None:
                continue
            for name in {normalise(n): n for n in (unit.name, *unit.short)}.values():
                other = owners.setdefault(normalise(name), unit.name)
                if other is not unit.name:
                    cell = address(down, 0)
                    words = {"name": shown(name), "other": shown(other)}
                    self.problems.append(
                        problem("roster.doubled", words, sheet=self.form.units, cell=cell)
                    )
            units.append(unit)
        return units

    def _header(self, cells: Cells) -> tuple[int, dict[int, Ask]] | None:
        """The row of the header, and what each of its columns asks."""
        known = {normalise(ask.label): ask for ask in self.form.columns}
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
            if not text:
                if ask.need == "required":
                    self._tell("roster.invalid", self.form.units, cell, ask, text)
                    return None
            elif ask.kind == "yes_no":
                if text not in (self.form.yes, self.form.no):
                    self._tell("roster.invalid", self.form.units, cell, ask, text)
                values[key] = text != self.form.no
            elif ask.kind == "date":
                values[key] = read_date(raw)
                if values[key] is None:
                    self._tell("roster.invalid", self.form.units, cell, ask, text)
            elif key == "short":
                values[key] = tuple(s.strip() for s in re.split("[、，,;；]", text) if s.strip())
            else:
                values[key] = text
        if "unit" not in values:
            return None
        return RosterUnit(name=str(values.pop("unit")), **values)  # type: ignore[arg-type]


def _named(value: Raw, known: dict[str, Ask]) -> bool:
    return isinstance(value, str) and normalise(value) in known


def _text(raw: Raw) -> str:
    if raw is None:
        return ""
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    return " ".join(str(raw).split())
