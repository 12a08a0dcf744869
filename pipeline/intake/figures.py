"""Reading the figures of a workbook's tables: found by their labels, each exactly or not at all."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.declare.messages import problem
from pipeline.intake.cells import check_appearance, reading_notice
from pipeline.model.edition import Edition, Field, Table
from pipeline.model.place import Place
from pipeline.model.problem import Problem
from pipeline.sheets.labels import Located, locate
from pipeline.sheets.workbook import Sheet
from pipeline.text.figures import Raw, Reading, format_figure, plain_count, read_figure, truncate
from pipeline.text.labels import address, column_letters
from pipeline.text.wording import list_some


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
        self._tell_appearance(sheet, located)

    def finished(self, edition: Edition) -> tuple[int | None, ...]:
        """The values in the edition's order, with the totals that the workbook left uncomputed."""
        known = {key: self.values[key] for key in edition.by_key}
        return _with_totals(edition, _without_short_totals(edition, known, self._as_text))

    def _looked_at(
        self, figure: Field, raw: Raw, sheet: Sheet, place: tuple[int, int]
    ) -> int | None:
        reading = read_figure(raw, figure.kind)
        value = self._value(figure, reading, sheet, place)
        if value is not None and (reading.written or figure.kind == "money_text"):
            self.written[figure.key] = reading.written or "0"
        return value

    def _value(
        self, figure: Field, reading: Reading, sheet: Sheet, place: tuple[int, int]
    ) -> int | None:
        """The figure's value; what is wrong with the cell becomes a problem."""
        name = figure.name
        if reading.fault == "blank":
            if reading.text.strip():
                self._tell("cell.mark", sheet, place, name=name, text=reading.text)
                return 0
            formula = sheet.error(*place)
            if formula and not figure.derived:
                text = truncate(formula)
                self._tell("cell.formula_error", sheet, place, name=name, text=text)
                return None
            # A total that a script left uncomputed: the program computes it.
            if figure.derived:
                return None
            self._tell("cell.blank", sheet, place, name=name)
            return 0
        if reading.fault:
            self._tell(f"cell.{reading.fault}", sheet, place, name=name, text=reading.text)
            return None
        rule = reading_notice(reading)
        if not rule and reading.written and figure.kind != "money_text":
            rule = "cell.annotated"
        if rule and reading.value is not None:
            self._as_text.add(figure.key)
            value = format_figure(reading.value, figure.kind)
            if rule != "cell.annotated":
                value = reading.written or value
            self._tell(rule, sheet, place, name=name, text=reading.text, value=value)
        return reading.value

    def _tell_appearance(self, sheet: Sheet, located: Located) -> None:
        """Tell of the figures that a person sees otherwise than they are read, or not at all."""
        look, fields = sheet.appearance, located.fields
        # Totals are checked by adding up; an amount may be rounded by a format of any kind.
        stale = {located.inputs[cell] for cell in sheet.stale & located.inputs.keys()}
        odd = (look.odd & fields.keys()) | located.fractions | stale
        for spot in sorted(odd):
            figure = fields[spot]
            value = self.values[figure.key]
            told = check_appearance(sheet, spot, figure.name, value, figure.kind)
            if told is not None:
                self.problems.append(told)
                if told.severity == "error":
                    self.values[figure.key] = None
        if look.hides:
            filled = [spot for spot, figure in fields.items() if self.values[figure.key]]
            self._tell_hidden(sheet, sorted(filled))

    def _tell_hidden(self, sheet: Sheet, filled: Sequence[tuple[int, int]]) -> None:
        look = sheet.appearance
        if look.hidden and filled:
            self.problems.append(problem("sheet.hidden", sheet=sheet.name))
        unseen = [spot for spot in filled if look.is_hidden(spot)]
        if unseen:
            rows = {f"第{row + 1}行": None for row, _ in unseen if row in look.hidden_rows}
            columns = {
                f"{column_letters(at + 1)}列": None for _, at in unseen if at in look.hidden_columns
            }
            cells = tuple(address(*spot) for spot in unseen)
            words = {"lines": list_some([*rows, *columns], 8)}
            told = problem("cell.hidden", words, sheet=sheet.name, cell=cells[0], cells=cells)
            self.problems.append(told)

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
