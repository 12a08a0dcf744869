"""Reading a workbook's prose and the counted facts that stand below it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.declare.messages import problem
from pipeline.intake.cells import read_cell
from pipeline.intake.fees import fee_top
from pipeline.model.edition import Edition, Part, Section, unnumbered
from pipeline.model.place import Place
from pipeline.model.problem import Problem
from pipeline.model.submission import Fact, Passage
from pipeline.model.workbook_form import WorkbookForm
from pipeline.sheets.appearance import Spot
from pipeline.sheets.workbook import Sheet, cell_text, header_row
from pipeline.text.figures import Raw, truncate, without_invisible
from pipeline.text.labels import address, normalise

_CONTROL = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
LONGEST = 100_000
"""Characters of prose in a workbook: ten times a long report, three full cells."""

_TOTAL_WORDS = frozenset({"合计", "总计", "共计"})


@dataclass(slots=True)
class _Draft:
    """A passage while rows are still being added to it."""

    section: str
    part: str
    heading: str
    paragraphs: list[str]
    place: Place


@dataclass
class Prose:
    """The prose of a workbook, while its sheets are being read one after the other.

    ``places`` has the cell of each part of the edition that has one, by its key.
    """

    form: WorkbookForm
    problems: list[Problem]
    passages: list[Passage] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    places: dict[str, Place] = field(default_factory=dict)
    _length: int = 0

    def read(self, edition: Edition, sheet: Sheet, name: str) -> None:
        """Read the sheet that the edition calls by a name."""
        sections = [section for section in edition.sections if section.sheet == name]
        facts = self.form.facts
        header = header_row(sheet, (facts.channel, facts.count, facts.category))
        bottom = header[0] if header is not None else len(sheet.cells)
        self.passages += self._passages(sheet, sections, min(bottom, fee_top(sheet, edition)))
        if header is not None:
            self.facts += self._facts(sheet, *header)

    def _tell(self, rule: str, sheet: Sheet, row: int, column: int, **words: object) -> None:
        cell = address(row, column)
        self.problems.append(problem(rule, words, sheet=sheet.name, cell=cell))

    def _passages(
        self, sheet: Sheet, sections: Sequence[Section], bottom: int
    ) -> Iterator[Passage]:
        labels = (self.form.prose.part, self.form.prose.text)
        columns = header_row(sheet, labels)
        if columns is None:
            told = problem("label.missing", sheet=sheet.name, axis="列", label="、".join(labels))
            self.problems.append(told)
            return
        top, (part_at, text_at) = columns
        heading_at = _column(sheet, top, self.form.prose.heading)
        found: list[_Draft] = []
        section = sections[0]
        for row in range(top + 1, min(bottom, len(sheet.cells))):
            label = cell_text(sheet.at(row, part_at))
            heading = cell_text(sheet.at(row, heading_at)) if heading_at is not None else ""
            body = self._body(sheet, row, text_at)
            band = _section_named(label, sections) if not body and not heading else None
            if band is not None:
                section = band
                continue
            if normalise(label) == normalise(self.form.facts.caption):
                break
            part = _part_named(label, heading, sections, section)
            if part is not None:
                section = next(s for s in sections if s.key == part.section)
            place = Place(sheet.name, address(row, text_at))
            if not body:
                if part is not None:
                    self.places[part.key] = place
            elif part is None and not heading and not label and found:
                found[-1].paragraphs += body  # a row below, for a further paragraph
            elif part is None and not heading:
                self._tell("prose.unplaced", sheet, row, text_at)
            else:
                self.places[part.key if part else f"{section.key}.{row}"] = place
                printed_heading = (heading or part.heading) if part else heading
                found.append(
                    _Draft(
                        section.key,
                        part.key if part else "",
                        unnumbered(printed_heading).strip(),
                        body,
                        place,
                    )
                )
        for draft in found:
            yield Passage(
                section=draft.section,
                part=draft.part,
                heading=draft.heading,
                paragraphs=tuple(draft.paragraphs),
                place=draft.place,
            )

    def _body(self, sheet: Sheet, row: int, column: int) -> list[str]:
        """The paragraphs of a text cell: each line typed in it is one."""
        if self._tell_no_text(sheet, (row, column), self.form.prose.text):
            return []
        text = cell_text(sheet.at(row, column))
        self._length += len(text)
        if self._length > LONGEST:
            if self._length - len(text) <= LONGEST:
                self._tell("prose.too_long", sheet, row, column, most=LONGEST)
            return []
        look = sheet.appearance.marked.get((row, column), "") if text else ""
        if look:
            rule = "prose.struck" if "删除线" in look else "prose.raised"
            self._tell(rule, sheet, row, column, look=look)
        clean = without_invisible(_CONTROL.sub("", text))
        if clean != text:
            self._tell("prose.control", sheet, row, column)
        lines = (line.strip(" \t　") for line in clean.split("\n"))
        return [line for line in lines if line]

    def _facts(self, sheet: Sheet, top: int, columns: Sequence[int]) -> Iterator[Fact]:
        channel_at, count_at, category_at = columns
        facts = self.form.facts
        for row in range(top + 1, len(sheet.cells)):
            channel = cell_text(sheet.at(row, channel_at)).strip()
            category = cell_text(sheet.at(row, category_at)).strip()
            raw = sheet.at(row, count_at)
            if channel and normalise(channel) in _TOTAL_WORDS:
                return
            blank = raw is None and not sheet.error(row, count_at)
            if not channel and not category and blank:
                continue
            for at in (channel_at, category_at):
                self._tell_no_text(sheet, (row, at), f"{facts.caption}·{sheet.at(top, at)}")
            name = f"{facts.caption}·{channel or category}"
            reading, found = read_cell(sheet, (row, count_at), name, "count")
            self.problems += found
            if reading.fault not in ("", "blank"):
                continue
            if reading.fault == "blank" and channel and not category:
                continue  # a channel offered by the form and not used
            if not channel or reading.value is None:
                detail = "没有渠道" if not channel else "没有条数"
                self._tell("fact.incomplete", sheet, row, count_at, detail=detail)
            elif reading.value < 0:
                words = {"name": name, "text": str(reading.value)}
                self._tell("cell.negative", sheet, row, count_at, **words)
            else:
                place = Place(sheet.name, address(row, count_at))
                yield Fact(channel=channel, category=category, count=reading.value, place=place)

    def _tell_no_text(self, sheet: Sheet, spot: Spot, name: str) -> bool:
        """Tell of a cell for words that has an error or a date; whether it has one."""
        raw, error = sheet.at(*spot), sheet.error(*spot)
        if error:
            self._tell("cell.formula_error", sheet, *spot, name=name, text=truncate(error))
        elif raw is not None and not isinstance(raw, str) and not _is_whole(raw):
            self._tell("prose.no_text", sheet, *spot, name=name, text=truncate(cell_text(raw)))
        else:
            return False
        return True


def _is_whole(raw: Raw) -> bool:
    return type(raw) in (int, float) and float(raw).is_integer()  # type: ignore[arg-type]


def _column(sheet: Sheet, row: int, label: str) -> int | None:
    return next((column for at, column in sheet.places(label) if at == row), None)


def _section_named(label: str, sections: Sequence[Section]) -> Section | None:
    """The section whose heading stands alone in a row as a band."""
    wanted = normalise(unnumbered(label))
    return next((s for s in sections if s.heading and normalise(s.heading) == wanted), None)


def _part_named(
    label: str, heading: str, sections: Sequence[Section], current: Section
) -> Part | None:
    """The part a row is for: by its label, else by its heading; the section it stands in first."""
    ordered = [current, *(s for s in sections if s is not current)]
    for text in (label, heading):
        wanted = normalise(unnumbered(text.strip()))
        if not wanted:
            continue
        for section in ordered:
            for part in section.parts:
                if wanted in _spellings(part):
                    return part
    return None


def _spellings(part: Part) -> Iterator[str]:
    for text in (part.label, part.heading, *part.variants):
        if text:
            yield normalise(text)
