"""Reading the workbooks that units send back: a file in, a Submission out.

Only this module knows how a workbook is read.  Every fault is a problem of that file alone;
nothing here raises for what a clerk did.  The format is told by content, not by suffix: .xlsx,
.xlsm (macros ignored), .xls and WPS's .et, .ods.
"""

from __future__ import annotations

import datetime
import hashlib
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import python_calamine as calamine

from pipeline.edition import Edition, Field, Part, Section, Table, edition_for, unnumbered
from pipeline.intake.fees import fee_top, read_fee
from pipeline.intake.input_files import read_file
from pipeline.intake.labels import address, locate, normalise
from pipeline.intake.reading import (
    Raw,
    Reading,
    kept_text,
    plain_count,
    read_date,
    read_figure,
    shown,
)
from pipeline.intake.sheets import (
    Sheet,
    TooLarge,
    cell_text,
    header_row,
    open_sheets,
    sheet_key,
    why_unopened,
)
from pipeline.intake.valueless import UNKNOWN, valueless
from pipeline.ledger.counting import Ledger
from pipeline.ledger.declared import ledger_form
from pipeline.ledger.holidays import holiday_form
from pipeline.ledger.reading import has_ledger, looks_like_ledger, read_ledger
from pipeline.problems import Problem, problem
from pipeline.roster.roster import roster_form
from pipeline.submission import Explanation, Fact, Passage, Place, Submission
from pipeline.workbook import Entry, WorkbookForm

SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".et", ".ods", ".xltx", ".xltm", ".ett"})
"""What a spreadsheet's name may end in: other files below ``input/`` are not ours to judge."""

NOTE_SUFFIX = ".退回说明.xlsx"
"""What the list ends in that stands beside a returned file that can't be marked."""


ARCHIVES = frozenset({".zip", ".rar", ".7z", ".tar", ".gz", ".tgz"})
"""What a name ends in that may hold workbooks, which we don't unpack but tell of."""


def workbook_files(folder: Path) -> list[Path]:
    """Every spreadsheet below a folder, in a steady order, lock files, hidden ones
    and our own lists aside."""
    return _files(folder, SUFFIXES)


def archive_files(folder: Path) -> list[Path]:
    """Every archive below a folder, in a steady order, hidden ones aside."""
    return _files(folder, ARCHIVES)


def _files(folder: Path, suffixes: frozenset[str]) -> list[Path]:
    return [
        path
        for path in sorted(folder.rglob("*"), key=lambda p: p.relative_to(folder).as_posix())
        if path.suffix.lower() in suffixes and not _passed_over(path.relative_to(folder))
    ]


REVIEW_FOLDER = "送审"
"""Below ``input/``: reports that came back from review, which ``verify`` reads."""


def _passed_over(path: Path) -> bool:
    hidden = any(part.startswith((".", "~$")) for part in path.parts)
    own = path.as_posix() in {f"{form.name}.xlsx" for form in (roster_form(), holiday_form())}
    return hidden or own or path.parts[0] == REVIEW_FOLDER or path.name.endswith(NOTE_SUFFIX)


def read_workbook(
    path: Path, source: str, editions: Mapping[str, Edition], form: WorkbookForm
) -> Submission:
    """Read a workbook file. ``source`` is its path relative to the input folder, for people.

    A file that can't be read gives a Submission with ``readable`` False and one problem.
    """
    content = read_file(path)
    if isinstance(content, Problem):
        return _unreadable(source, "", content)
    return read_bytes(content, source, editions, form)


def read_bytes(
    content: bytes, source: str, editions: Mapping[str, Edition], form: WorkbookForm
) -> Submission:
    """Read a workbook from its bytes; see :func:`read_workbook`."""
    sha256 = hashlib.sha256(content).hexdigest()
    try:
        ledger = ledger_form()
        sheets = open_sheets(content, (form.guide, ledger.guide, ledger.tally, ledger.lists))
    except calamine.PasswordError:
        return _unreadable(source, sha256, problem("file.encrypted"))
    except TooLarge as error:
        return _unreadable(source, sha256, problem("file.too_large", detail=str(error)))
    except MemoryError:
        return _unreadable(source, sha256, problem("file.too_large", detail="内存不够"))
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001  a native reader may panic, outside Exception
        detail = why_unopened(content, error)
        fault = "file.encrypted" if _looks_encrypted(content) else "file.unreadable"
        return _unreadable(source, sha256, problem(fault, detail=detail))
    try:
        return _Reader(sheets, content, source, sha256, editions, form).submission()
    except Exception as error:  # noqa: BLE001  a fault of ours: it must stop no other file
        detail = shown(f"{type(error).__name__}: {error}", 80)
        return _unreadable(source, sha256, problem("file.defect", detail=detail))


def read_content(path: Path) -> bytes | None:
    """A file's bytes; None for one that can't be read, or is too large to be a workbook."""
    content = read_file(path)
    return content if isinstance(content, bytes) else None


def _unreadable(source: str, sha256: str, fault: Problem) -> Submission:
    return Submission(source=source, sha256=sha256, readable=False, problems=(fault,))


def _looks_encrypted(content: bytes) -> bool:
    """Whether an OLE file holds an encrypted package, as Excel and WPS write it."""
    return content.startswith(b"\xd0\xcf\x11\xe0") and (
        "EncryptedPackage".encode("utf-16-le") in content
    )


# ------------------------------------------------------------------------------ the reader


_ERRORS = ("#", "Err:", UNKNOWN)
"""How what stands in a total begins, that the program must not compute in its place."""


class _Reader:
    """The reading of one workbook: collects what is found and what is wrong, sheet by sheet."""

    def __init__(
        self,
        sheets: Sequence[Sheet],
        content: bytes,
        source: str,
        sha256: str,
        editions: Mapping[str, Edition],
        form: WorkbookForm,
    ) -> None:
        own = sheet_key(form.returned.sheet)
        self.sheets = [sheet for sheet in sheets if sheet_key(sheet.name) != own]
        self.returned = [sheet for sheet in sheets if sheet_key(sheet.name) == own]
        self.content = content
        self.source = source
        self.sha256 = sha256
        self.editions = editions
        self.form = form
        self.problems: list[Problem] = []
        self.places: dict[str, Place] = {}
        self.identity: dict[str, str] = {}
        self.blanks: list[_Blank] = []
        self.as_text: set[str] = set()

    def submission(self) -> Submission:
        identity_sheet = self._sheet(self.form.identity)
        if identity_sheet is not None:
            self._read_identity(identity_sheet)
        year = int(self.identity["year"]) if self.identity.get("year", "").isdigit() else 0
        edition = self._edition(year)
        if self._only_ledger():
            return self._ledger_book(year, edition)
        if self._another_book():
            return _unreadable(self.source, self.sha256, problem("file.not_a_form"))
        if edition is None:
            return self._made(year, None)
        values: list[int | None] = []
        written: dict[str, str] = {}
        for table in edition.tables:
            sheet = self._table_sheet(table)
            if sheet is None:
                values += [None] * len(table.fields)
            else:
                values += self._read_table(table, sheet, written)
        passages, facts = self._read_prose(edition)
        fee, faults = read_fee(self.sheets, edition)
        self.problems += faults
        known = dict(zip(edition.by_key, values, strict=True))
        self._settle_blanks(known)
        values = list(_without_short_totals(edition, known, self.as_text).values())
        return self._made(
            year,
            edition,
            values=_with_totals(edition, values),
            written=written,
            passages=tuple(passages),
            facts=tuple(facts),
            fee=fee,
            explanations=(*self._read_explanations(), *self._read_answers()),
            ledger=self._read_ledger(edition),
        )

    def _another_book(self) -> bool:
        """Whether no sheet has a name of ours, as in a workbook kept for something else."""
        known = {sheet_key(name) for name in self._known_sheets()}
        return not self.returned and all(sheet_key(s.name) not in known for s in self.sheets)

    def _only_ledger(self) -> bool:
        """Whether the workbook is a ledger kept through the year, without a report's sheets."""
        known: set[str] = set()
        for edition in self.editions.values():
            known |= {sheet_key(table.sheet) for table in edition.tables}
            known |= {sheet_key(name) for name in edition.prose_sheets}
        if any(sheet_key(sheet.name) in known for sheet in self.sheets):
            return False
        return looks_like_ledger(self.sheets, ledger_form())

    def _ledger_book(self, year: int, edition: Edition | None) -> Submission:
        ledger = self._read_ledger(edition, named=False) if edition is not None else None
        if edition is None or (not year and ledger is not None and ledger.kept):
            place = self.places.get("year", Place(self.form.identity, ""))
            told = problem("ledger.no_year", sheet=place.sheet, cell=place.cell)
            self.problems.append(told)
        return self._made(year, edition, ledger=ledger, kept=True)

    def _read_ledger(self, edition: Edition, named: bool = True) -> Ledger | None:
        """The ledgers; of a report only those whose sheets are ``named`` so."""
        if named and not has_ledger(self.sheets, ledger_form()):
            return None
        ledger, found = read_ledger(self.sheets, edition, ledger_form(), self.form.facts.channels)
        self.problems += found
        return ledger

    def _made(self, year: int, edition: Edition | None, **found: Any) -> Submission:
        return Submission(
            source=self.source,
            sha256=self.sha256,
            year=year,
            edition=edition.key if edition else "",
            identity=self.identity,
            places=self.places,
            problems=tuple(self.problems),
            marked=bool(self.returned) or _COMMENTS in self.content,
            **found,
        )

    def _tell(self, rule: str, sheet: Sheet, row: int, column: int, **words: object) -> None:
        cell = address(row, column)
        self.problems.append(problem(rule, words, sheet=sheet.name, cell=cell))

    def _sheet(self, name: str) -> Sheet | None:
        """The sheet of a name; blanks, a year or a copy's number behind it don't matter."""
        found = [sheet for sheet in self.sheets if sheet_key(sheet.name) == sheet_key(name)]
        if len(found) == 1:
            return found[0]
        if found:
            names = "、".join(f"“{sheet.name}”" for sheet in found)
            self.problems.append(problem("sheet.doubled", name=name, names=names))
        else:
            self.problems.append(problem("sheet.missing", name=name))
        return None

    def _table_sheet(self, table: Table) -> Sheet | None:
        """The sheet of a table: by its name, else the one renamed sheet that has all its labels."""
        known = {sheet_key(name) for name in self._known_sheets()}
        if not any(sheet_key(sheet.name) == sheet_key(table.sheet) for sheet in self.sheets):
            alike = [
                sheet
                for sheet in self.sheets
                if sheet_key(sheet.name) not in known
                and not locate(table, sheet.name, sheet.texts, sheet.numbered).problems
            ]
            if len(alike) == 1:
                self.problems.append(
                    problem("sheet.renamed", sheet=alike[0].name, name=table.sheet)
                )
                return alike[0]
        return self._sheet(table.sheet)

    def _known_sheets(self) -> Iterator[str]:
        yield from (self.form.guide, self.form.identity, self.form.checks.sheet)
        yield from ledger_form().sheets
        for edition in self.editions.values():
            yield from edition.prose_sheets
            yield from (table.sheet for table in edition.tables)

    # ------------------------------------------------------------------------- 基本信息

    def _read_identity(self, sheet: Sheet) -> None:
        for entry in self.form.entries:
            known = {normalise(text) for text in (entry.label, *entry.variants)}
            here = [(r, c) for r, c, text in sheet.texts if normalise(text) in known]
            if not here:
                if entry.need == "required":
                    self.problems.append(
                        problem("label.missing", sheet=sheet.name, axis="行", label=entry.label)
                    )
                continue
            # The label stands left of its value; the same word inside a hint stands further right.
            row, column = min(here, key=lambda place: (place[1], place[0]))
            raw = sheet.at(row, column + 1)
            self.places[entry.key] = Place(sheet.name, address(row, column + 1))
            self.identity[entry.key] = _identity_text(raw, entry)

    def _edition(self, year: int) -> Edition | None:
        """The edition the workbook is laid out in, which must be the one in force for its year."""
        named = self.identity.get("edition", "")
        stated = next((e for e in self.editions.values() if e.document in named), None)
        if not year:
            return stated
        due = edition_for(year, self.editions)
        place = self.places.get("year", Place(self.form.identity, ""))
        if due is None:
            known = "、".join(e.name for e in self.editions.values())
            self.problems.append(
                problem(
                    "identity.no_edition",
                    sheet=place.sheet,
                    cell=place.cell,
                    year=year,
                    known=known,
                )
            )
        elif stated is not None and stated.key != due.key:
            self.problems.append(
                problem(
                    "identity.wrong_edition",
                    sheet=place.sheet,
                    cell=place.cell,
                    year=year,
                    found=stated.name,
                    expected=due.name,
                )
            )
        return stated or due

    # --------------------------------------------------------------------- table sheets

    def _read_table(self, table: Table, sheet: Sheet, written: dict[str, str]) -> list[int | None]:
        located = locate(table, sheet.name, sheet.texts, sheet.numbered)
        self.problems += located.problems
        for label, axis, cells in located.strays:
            filled = [place for place in cells if _is_number(sheet.at(*place))]
            if filled:
                self._tell("label.unknown", sheet, *filled[0], axis=axis, label=shown(label))
        values: list[int | None] = []
        for figure in table.fields:
            place = located.cells.get(figure.key)
            if place is None:
                values.append(None)
                continue
            self.places[figure.key] = Place(sheet.name, address(*place))
            raw = sheet.at(*place)
            plain = plain_count(raw, figure.kind)
            if plain is not None:
                values.append(plain)
                continue
            values.append(self._judged(figure, read_figure(raw, figure.kind), sheet, place))
            if figure.kind == "money_text" and values[-1] is not None:
                written[figure.key] = read_figure(raw, figure.kind).written or "0"
        self._read_confirmation(sheet)
        return values

    def _judged(
        self, figure: Field, reading: Reading, sheet: Sheet, place: tuple[int, int]
    ) -> int | None:
        """The figure's value; what is wrong with the cell becomes a problem."""
        name = figure.name
        if reading.fault == "blank":
            if reading.text.strip():
                self._tell("cell.mark", sheet, *place, name=name, text=reading.text)
                return 0
            self.blanks.append(_Blank(figure, sheet, place))
            # A total that a script left uncomputed: the program computes it.
            return None if figure.derived else 0
        if reading.fault:
            self._tell(f"cell.{reading.fault}", sheet, *place, name=name, text=reading.text)
            return None
        if reading.corrected and reading.value is not None:
            self.as_text.add(figure.key)
            value = reading.written or kept_text(reading.value, figure.kind)
            self._tell("cell.corrected", sheet, *place, name=name, text=reading.text, value=value)
        return reading.value

    def _settle_blanks(self, values: dict[str, int | None]) -> None:
        """Tell of the cells without a value: an input with a formula or an error is not 0, and a
        total with an error is not what the program computes."""
        if not self.blanks:
            return
        by_sheet: dict[str, list[tuple[int, int]]] = {}
        for blank in self.blanks:
            by_sheet.setdefault(blank.sheet.name, []).append(blank.place)
        written = valueless(self.content, by_sheet)
        for blank in self.blanks:
            dash = blank.sheet.at(*blank.place) is not None
            text = None if dash else written.get((blank.sheet.name, *blank.place))
            name = blank.figure.name
            computed = values[blank.figure.key] is None
            if computed and (text is None or not text.startswith(_ERRORS)):
                continue
            if text is None:
                self._tell("cell.blank", blank.sheet, *blank.place, name=name)
            else:
                told = shown(text)
                self._tell("cell.formula_error", blank.sheet, *blank.place, name=name, text=told)
                values[blank.figure.key] = None

    def _read_confirmation(self, sheet: Sheet) -> None:
        wanted = normalise(self.form.confirm.label)
        for row, column, text in sheet.texts:
            if normalise(text) == wanted:
                answer = sheet.at(row, column + 1)
                if answer != self.form.confirm.yes:
                    self._tell("sheet.unconfirmed", sheet, row, column + 1)
                return
        self.problems.append(problem("sheet.unconfirmed", sheet=sheet.name))

    # ------------------------------------------------------------------------ 情况说明

    def _read_explanations(self) -> Iterator[Explanation]:
        """What the unit says to the rules, from the sheet 校验; a workbook may lack it."""
        named = self.form.checks
        found = [s for s in self.sheets if sheet_key(s.name) == sheet_key(named.sheet)]
        if len(found) != 1:
            return
        sheet = found[0]
        header = header_row(sheet, (named.rule, named.subject, named.reason))
        if header is None:
            return
        top, (rule_at, subject_at, reason_at) = header
        for row in range(top + 1, len(sheet.cells)):
            written = sheet.at(row, reason_at)
            if written is None:
                continue
            text = " ".join(cell_text(written).split())
            rule = cell_text(sheet.at(row, rule_at)).strip()
            if text and rule:
                yield Explanation(
                    text=text,
                    place=Place(sheet.name, address(row, reason_at)),
                    rule=rule,
                    subject=cell_text(sheet.at(row, subject_at)).strip(),
                )

    def _read_answers(self) -> Iterator[Explanation]:
        """What the unit says to the problems of a returned copy, each by its hidden code."""
        named = self.form.returned
        for sheet in self.returned:
            header = header_row(sheet, (named.reason, named.code))
            if header is None:
                continue
            top, (reason_at, code_at) = header
            for row in range(top + 1, len(sheet.cells)):
                text = " ".join(cell_text(sheet.at(row, reason_at)).split())
                code = cell_text(sheet.at(row, code_at)).strip()
                if text and code:
                    place = Place(sheet.name, address(row, reason_at))
                    yield Explanation(text=text, place=place, fingerprint=code)

    # --------------------------------------------------------------------- prose sheets

    def _read_prose(self, edition: Edition) -> tuple[list[Passage], list[Fact]]:
        passages: list[Passage] = []
        facts: list[Fact] = []
        for name in edition.prose_sheets:
            sheet = self._sheet(name)
            if sheet is None:
                continue
            sections = [section for section in edition.sections if section.sheet == name]
            bottom = self._facts_top(sheet)
            passages += self._read_passages(sheet, sections, min(bottom, fee_top(sheet, edition)))
            if bottom < len(sheet.cells):
                facts += self._read_facts(sheet, bottom)
        return passages, facts

    def _facts_top(self, sheet: Sheet) -> int:
        """The row of the counted facts' header, or the sheet's end when it has none."""
        facts = self.form.facts
        wanted = {normalise(text) for text in (facts.channel, facts.count, facts.category)}
        by_row: dict[int, set[str]] = {}
        for row, _, text in sheet.texts:
            by_row.setdefault(row, set()).add(normalise(text))
        return next((row for row in sorted(by_row) if wanted <= by_row[row]), len(sheet.cells))

    def _read_passages(
        self, sheet: Sheet, sections: Sequence[Section], bottom: int
    ) -> Iterator[Passage]:
        columns = self._header(sheet, (self.form.prose.part, self.form.prose.text))
        if columns is None:
            return
        top, at = columns
        heading_at = self._column(sheet, top, self.form.prose.heading)
        found: list[_Draft] = []
        section = sections[0]
        for row in range(top + 1, min(bottom, len(sheet.cells))):
            label = cell_text(sheet.at(row, at[0]))
            heading = cell_text(sheet.at(row, heading_at)) if heading_at is not None else ""
            body = self._body(sheet, row, at[1])
            band = _section_named(label, sections) if not body and not heading else None
            if band is not None:
                section = band
                continue
            if normalise(label) == normalise(self.form.facts.caption):
                break
            part = _part_named(label, heading, sections, section)
            if part is not None:
                section = next(s for s in sections if s.key == part.section)
            if not body:
                if part is not None:
                    self.places[part.key] = Place(sheet.name, address(row, at[1]))
                continue
            place = Place(sheet.name, address(row, at[1]))
            if part is None and not heading and not label and found:
                found[-1].paragraphs += body  # a row below, for a further paragraph
            elif part is None and not heading:
                self._tell("prose.unplaced", sheet, row, at[1])
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
        text = cell_text(sheet.at(row, column))
        clean = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in _CONTROL)
        if clean != text:
            self._tell("prose.control", sheet, row, column)
        return [line.strip(" \t　") for line in clean.split("\n") if line.strip(" \t　")]

    def _header(self, sheet: Sheet, labels: tuple[str, ...]) -> tuple[int, list[int]] | None:
        """The row that has all the labels of a header, and their columns."""
        found = header_row(sheet, labels)
        if found is not None:
            return found
        self.problems.append(
            problem("label.missing", sheet=sheet.name, axis="列", label="、".join(labels))
        )
        return None

    def _column(self, sheet: Sheet, row: int, label: str) -> int | None:
        for column, value in enumerate(sheet.cells[row]):
            if isinstance(value, str) and normalise(value) == normalise(label):
                return column
        return None

    def _read_facts(self, sheet: Sheet, top: int) -> Iterator[Fact]:
        spec = self.form.facts
        columns = [self._column(sheet, top, x) for x in (spec.channel, spec.count, spec.category)]
        channel_at, count_at, category_at = (c if c is not None else -1 for c in columns)
        for row in range(top + 1, len(sheet.cells)):
            channel = cell_text(sheet.at(row, channel_at)).strip()
            category = cell_text(sheet.at(row, category_at)).strip()
            raw = sheet.at(row, count_at)
            if channel and normalise(channel) in _TOTAL_WORDS:
                return
            if not channel and not category and raw is None:
                continue
            reading = read_figure(raw, "count")
            if reading.fault == "blank" and channel and not category:
                continue  # a channel offered by the form and not used
            if not channel or reading.fault == "blank":
                detail = "没有渠道" if not channel else "没有条数"
                self._tell("fact.incomplete", sheet, row, count_at, detail=detail)
            elif reading.value is None or reading.value < 0:
                fault = reading.fault or "negative"
                text = reading.text or shown(str(raw))
                self._tell(
                    f"cell.{fault}",
                    sheet,
                    row,
                    count_at,
                    name=f"{spec.caption}·{channel}",
                    text=text,
                )
            else:
                place = Place(sheet.name, address(row, count_at))
                yield Fact(channel=channel, category=category, count=reading.value, place=place)


_COMMENTS = b"xl/comments"
"""The name of a part, which stands uncompressed in an .xlsx package."""

_CONTROL = ("Cc", "Cs")
_TOTAL_WORDS = frozenset({"合计", "总计", "共计"})


@dataclass(frozen=True, slots=True)
class _Blank:
    """An input cell that has no value, as far as the reader sees."""

    figure: Field
    sheet: Sheet
    place: tuple[int, int]


@dataclass(slots=True)
class _Draft:
    """A passage while rows are still being added to it."""

    section: str
    part: str
    heading: str
    paragraphs: list[str]
    place: Place


def _is_number(raw: Raw) -> bool:
    return read_figure(raw, "signed").value not in (None, 0)


def _identity_text(raw: Raw, entry: Entry) -> str:
    """A value of 基本信息 as text: a date as 2021-01-15, a whole number without its .0."""
    day = read_date(raw) if entry.kind == "date" or isinstance(raw, datetime.date) else None
    if day is not None:
        return str(day.year) if entry.kind == "year" else day.isoformat()
    text = unicodedata.normalize("NFC", " ".join(cell_text(raw).split()))
    if entry.kind in ("year", "date", "email", "postcode", "phone"):
        text = unicodedata.normalize("NFKC", text)
    return text.removesuffix("度").removesuffix("年") if entry.kind == "year" else text


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
                if wanted in {
                    normalise(x) for x in (part.label, part.heading, *part.variants) if x
                }:
                    return part
    return None


def _without_short_totals(
    edition: Edition, known: Mapping[str, int | None], as_text: Collection[str]
) -> dict[str, int | None]:
    """The figures, without the totals that fall short only because a spreadsheet's sum leaves
    out numbers typed as text: the program computes those."""
    short = set(as_text)
    for figure in sorted(edition.fields, key=lambda f: f.column[-1].total):
        if figure.derived and short.intersection(figure.parts):
            summed = sum(known[key] or 0 for key in figure.parts if key not in as_text)
            if known[figure.key] == summed:
                short.add(figure.key)
    return {
        key: None if key in short and key not in as_text else value for key, value in known.items()
    }


def _with_totals(edition: Edition, values: list[int | None]) -> tuple[int | None, ...]:
    """Fill in the totals that the workbook left uncomputed, where all their parts are known."""
    known = {f.key: v for f, v in zip(edition.fields, values, strict=True)}
    for figure in sorted(edition.fields, key=lambda f: f.column[-1].total):
        if figure.derived and known[figure.key] is None:
            parts = [known[key] for key in figure.parts]
            if all(part is not None for part in parts):
                known[figure.key] = sum(part for part in parts if part is not None)
    return tuple(known[f.key] for f in edition.fields)
