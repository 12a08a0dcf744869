"""Reading the figures of a workbook's tables: found by their labels, each exactly or not at all."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from pipeline.declare.messages import problem
from pipeline.model.edition import Edition, Field, Table
from pipeline.model.place import Place
from pipeline.model.problem import Problem
from pipeline.sheets.labels import locate
from pipeline.sheets.uncached_formulas import UNKNOWN, valueless
from pipeline.sheets.workbook import Sheet
from pipeline.text.figures import Raw, Reading, format_figure, plain_count, read_figure, truncate
from pipeline.text.labels import address

_ERRORS = ("#", "Err:", UNKNOWN)
"""How what stands in a total begins, that the program must not compute in its place."""


@dataclass(frozen=True, slots=True)
class _Blank:
    """An input cell that has no value, as far as the reader sees."""

    figure: Field
    sheet: Sheet
    place: tuple[int, int]


@dataclass
class Figures:
    """The figures of a workbook, while its tables are being read one after the other.

    ``values`` are kept whole numbers by field key, None where nothing certain could be read;
    ``written`` the amounts as the unit wrote them; ``places`` where each figure stands.
    """

    problems: list[Problem]
    values: dict[str, int | None] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    _blanks: list[_Blank] = field(default_factory=list)
    _as_text: set[str] = field(default_factory=set)

    def read(self, table: Table, sheet: Sheet | None) -> None:
        """Read a table; one without a sheet has no figures."""
        if sheet is None:
            self.values |= dict.fromkeys(figure.key for figure in table.fields)
            return
        located = locate(table, sheet.name, sheet.texts, sheet.numbered)
        self.problems += located.problems
        for label, axis, cells in located.strays:
            filled = [place for place in cells if _is_number(sheet.at(*place))]
            if filled:
                self._tell("label.unknown", sheet, filled[0], axis=axis, label=truncate(label))
        self.places |= located.places
        for figure in table.fields:
            place = located.cells.get(figure.key)
            raw = sheet.at(*place) if place is not None else None
            plain = plain_count(raw, figure.kind)
            if plain is None and place is not None:
                plain = self._looked_at(figure, raw, sheet, place)
            self.values[figure.key] = plain
            if plain and place in sheet.disguised:
                value = format_figure(plain, figure.kind)
                self._tell("cell.disguised", sheet, place, name=figure.name, value=value)

    def finished(self, edition: Edition, content: bytes) -> tuple[int | None, ...]:
        """The values in the edition's order, with the totals that the workbook left uncomputed."""
        self._settle_blanks(content)
        known = {key: self.values[key] for key in edition.by_key}
        return _with_totals(edition, _without_short_totals(edition, known, self._as_text))

    def _looked_at(
        self, figure: Field, raw: Raw, sheet: Sheet, place: tuple[int, int]
    ) -> int | None:
        reading = read_figure(raw, figure.kind)
        value = self._judged(figure, reading, sheet, place)
        if figure.kind == "money_text" and value is not None:
            self.written[figure.key] = reading.written or "0"
        return value

    def _judged(
        self, figure: Field, reading: Reading, sheet: Sheet, place: tuple[int, int]
    ) -> int | None:
        """The figure's value; what is wrong with the cell becomes a problem."""
        name = figure.name
        if reading.fault == "blank":
            if reading.text.strip():
                self._tell("cell.mark", sheet, place, name=name, text=reading.text)
                return 0
            self._blanks.append(_Blank(figure, sheet, place))
            # A total that a script left uncomputed: the program computes it.
            return None if figure.derived else 0
        if reading.fault:
            self._tell(f"cell.{reading.fault}", sheet, place, name=name, text=reading.text)
            return None
        if reading.corrected and reading.value is not None:
            self._as_text.add(figure.key)
            value = reading.written or format_figure(reading.value, figure.kind)
            self._tell("cell.corrected", sheet, place, name=name, text=reading.text, value=value)
        return reading.value

    def _settle_blanks(self, content: bytes) -> None:
        """Tell of the cells without a value: an input with a formula or an error is not 0, and a
        total with an error is not what the program computes."""
        if not self._blanks:
            return
        by_sheet: dict[str, list[tuple[int, int]]] = {}
        for blank in self._blanks:
            by_sheet.setdefault(blank.sheet.name, []).append(blank.place)
        written = valueless(content, by_sheet)
        for blank in self._blanks:
            dash = blank.sheet.at(*blank.place) is not None
            text = None if dash else written.get((blank.sheet.name, *blank.place))
            name = blank.figure.name
            computed = self.values[blank.figure.key] is None
            if computed and (text is None or not text.startswith(_ERRORS)):
                continue
            if text is None:
                self._tell("cell.blank", blank.sheet, blank.place, name=name)
            else:
                told = truncate(text)
                self._tell("cell.formula_error", blank.sheet, blank.place, name=name, text=told)
                self.values[blank.figure.key] = None

    def _tell(self, rule: str, sheet: Sheet, place: tuple[int, int], **words: object) -> None:
        self.problems.append(problem(rule, words, sheet=sheet.name, cell=address(*place)))


def _is_number(raw: Raw) -> bool:
    return read_figure(raw, "signed").value not in (None, 0)


def _without_short_totals(
    edition: Edition, known: Mapping[str, int | None], as_text: Collection[str]
) -> dict[str, int | None]:
    """The figures, without the totals that fall short only because a spreadsheet's sum leaves
    out numbers typed as text: the program computes those."""
    if not as_text:
        return dict(known)
    short = set(as_text)
    for figure in _innermost_first(edition):
        if figure.derived and short.intersection(figure.parts):
            summed = sum(known[key] or 0 for key in figure.parts if key not in as_text)
            if known[figure.key] == summed:
                short.add(figure.key)
    return {
        key: None if key in short and key not in as_text else value for key, value in known.items()
    }


def _with_totals(edition: Edition, known: dict[str, int | None]) -> tuple[int | None, ...]:
    """Fill in the totals that the workbook left uncomputed, where all their parts are known."""
    if None in known.values():
        for figure in _innermost_first(edition):
            if figure.derived and known[figure.key] is None:
                parts = [known[key] for key in figure.parts]
                if all(part is not None for part in parts):
                    known[figure.key] = sum(part for part in parts if part is not None)
    return tuple(known.values())


def _innermost_first(edition: Edition) -> list[Field]:
    """The fields, totals after what they are totals of."""
    return sorted(edition.fields, key=lambda figure: figure.column[-1].total)
