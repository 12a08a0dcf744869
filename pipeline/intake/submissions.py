"""Reading the workbooks that units send back: a file in, a Submission out.

Only this module knows how a workbook is read.  Every fault is a problem of that file alone;
nothing here raises for what a clerk did.  The format is told by content, not by suffix: .xlsx,
.xlsm (macros ignored), .xls and WPS's .et, .ods.
"""

from __future__ import annotations

import datetime
import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.declare.ledger import ledger_form
from pipeline.declare.messages import problem, without_too_many
from pipeline.intake.active_content import active_content
from pipeline.intake.explanations import read_answers, read_explanations
from pipeline.intake.fees import read_fee
from pipeline.intake.figures import Figures
from pipeline.intake.prose import Prose
from pipeline.ledger.reading import has_ledger, looks_like_ledger, read_ledger
from pipeline.model.edition import Edition, Table, edition_for
from pipeline.model.ledger import Ledger
from pipeline.model.place import Place
from pipeline.model.problem import Problem
from pipeline.model.submission import Submission
from pipeline.model.workbook_form import Entry, WorkbookForm
from pipeline.sheets.files import read_file
from pipeline.sheets.labels import locate
from pipeline.sheets.limits import TooLarge
from pipeline.sheets.workbook import Sheet, cell_text, open_sheets, sheet_key, why_unopened
from pipeline.sheets.xls import Encrypted
from pipeline.text.figures import Raw, fold_width, read_date, truncate, without_invisible
from pipeline.text.labels import address
from pipeline.text.typed_text import printable


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
        passed_over = (form.guide, ledger.guide, ledger.tally, ledger.lists)
        sheets = open_sheets(content, passed_over, (form.checks.sheet, form.checks.reason))
    except Encrypted:
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
    except TooLarge as error:
        return _unreadable(source, sha256, problem("file.too_large", detail=str(error)))
    except Exception as error:  # noqa: BLE001  a fault of ours: it must stop no other file
        detail = truncate(f"{type(error).__name__}: {error}", 80)
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
        self.problems: list[Problem] = active_content(content)
        self.places: dict[str, Place] = {}
        self.identity: dict[str, str] = {}

    def submission(self) -> Submission:
        identity_sheet = self._sheet(self.form.identity)
        if identity_sheet is not None:
            self._read_identity(identity_sheet)
        said = self.identity.get("year", "")
        year = int(said) if re.fullmatch("20[0-9]{2}", said) else 0
        edition = self._edition(year)
        if self._only_ledger():
            return self._ledger_book(year, edition)
        if self._another_book():
            return _unreadable(self.source, self.sha256, problem("file.not_a_form"))
        if edition is None:
            return self._made(year, None)
        figures, prose = Figures(self.problems), Prose(self.form, self.problems)
        for table in edition.tables:
            sheet = self._table_sheet(table)
            figures.read(table, sheet)
            if sheet is not None:
                self._read_confirmation(sheet)
        for name in edition.prose_sheets:
            sheet = self._sheet(name)
            if sheet is not None:
                prose.read(edition, sheet, name)
        fee, faults = read_fee(self.sheets, edition)
        self.problems += faults
        values = figures.finished(edition)
        self.places |= figures.places | prose.places
        return self._made(
            year,
            edition,
            values=values,
            written=figures.written,
            passages=tuple(prose.passages),
            facts=tuple(prose.facts),
            fee=fee,
            explanations=(
                *read_explanations(self.sheets, self.form.checks),
                *read_answers(self.returned, self.form.returned),
            ),
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
            problems=tuple(without_too_many(self.problems)),
            marked=bool(self.returned) or _COMMENTS in self.content,
            **found,
        )

    def _sheet(self, name: str) -> Sheet | None:
        """The sheet of a name; blanks, a year or a copy's number behind it don't matter."""
        found = [sheet for sheet in self.sheets if sheet_key(sheet.name) == sheet_key(name)]
        if len(found) == 1:
            return found[0]
        if found:
            names = "、".join(
                f"“{sheet.name}”" + ("（隐藏的）" if sheet.appearance.hidden else "")
                for sheet in found
            )
            self.problems.append(problem("sheet.doubled", name=name, names=names))
        else:
            self._tell_missing(name)
        return None

    def _tell_missing(self, name: str) -> None:
        """Tell that a sheet is missing, and which one is probably it under another name."""
        known = {sheet_key(name) for name in self._known_sheets()}
        labels = self._labels_of(name)
        likely = [
            (_share(sheet, labels), sheet.name)
            for sheet in self.sheets
            if sheet_key(sheet.name) not in known
        ]
        share, other = max(likely, default=(0.0, ""))
        if share > HALF:
            words = {"name": name, "other": truncate(other)}
            self.problems.append(problem("sheet.renamed_unread", words, sheet=other))
        else:
            self.problems.append(problem("sheet.missing", name=name))

    def _labels_of(self, name: str) -> frozenset[str]:
        """The labels by which a sheet of ours is known."""
        if name == self.form.identity:
            return frozenset(entry.label for entry in self.form.entries if entry.need != "optional")
        for edition in self.editions.values():
            for table in edition.tables:
                if table.sheet == name:
                    return _labels(table)
            parts = [part.label for s in edition.sections if s.sheet == name for part in s.parts]
            if parts:
                columns = self.form.prose
                return frozenset((*parts, columns.part, columns.heading, columns.text))
        return frozenset()

    def _table_sheet(self, table: Table) -> Sheet | None:
        """The sheet of a table: by its name, else the one renamed sheet that has all its labels."""
        known = {sheet_key(name) for name in self._known_sheets()}
        alike = [
            sheet
            for sheet in self.sheets
            if sheet_key(sheet.name) not in known
            and not locate(table, sheet.name, sheet.texts, sheet.numbered).problems
        ]
        if any(sheet_key(sheet.name) == sheet_key(table.sheet) for sheet in self.sheets):
            for other in alike:
                told = problem(
                    "sheet.another", sheet=table.sheet, other=truncate(other.name), name=table.sheet
                )
                self.problems.append(told)
        elif len(alike) == 1:
            self.problems.append(problem("sheet.renamed", sheet=alike[0].name, name=table.sheet))
            return alike[0]
        return self._sheet(table.sheet)

    def _known_sheets(self) -> Iterator[str]:
        yield from (self.form.guide, self.form.identity, self.form.checks.sheet)
        yield from ledger_form().sheets
        for edition in self.editions.values():
            yield from edition.prose_sheets
            yield from (table.sheet for table in edition.tables)

    def _read_confirmation(self, sheet: Sheet) -> None:
        """Tell of a table that nobody has confirmed."""
        confirm = self.form.confirm
        for row, column in sheet.places(confirm.label)[:1]:
            if cell_text(sheet.at(row, column + 1)).strip() != confirm.yes:
                cell = address(row, column + 1)
                told = problem("sheet.unconfirmed", sheet=sheet.name, cell=cell)
                self.problems.append(told)
            return
        self.problems.append(problem("sheet.unconfirmed", sheet=sheet.name))

    # ------------------------------------------------------------------------- 基本信息

    def _read_identity(self, sheet: Sheet) -> None:
        for entry in self.form.entries:
            here = [at for text in (entry.label, *entry.variants) for at in sheet.places(text)]
            if not here:
                if entry.need == "required":
                    self.problems.append(
                        problem("label.missing", sheet=sheet.name, axis="行", label=entry.label)
                    )
                continue
            # The label stands left of its value; the same word inside a hint stands further right.
            row, column = min(here, key=lambda place: (place[1], place[0]))
            place = self.places[entry.key] = Place(sheet.name, address(row, column + 1))
            error = truncate(sheet.error(row, column + 1))
            if error:
                words = {"name": entry.label, "text": error}
                told = problem("cell.formula_error", words, sheet=place.sheet, cell=place.cell)
                self.problems.append(told)
            raw = None if error else sheet.at(row, column + 1)
            self.identity[entry.key] = _identity_text(raw, entry)

    def _edition(self, year: int) -> Edition | None:
        """The edition the workbook is laid out in, which must be the one in force for its year."""
        named = self.identity.get("edition", "")
        stated = next((e for e in self.editions.values() if e.document in named), None)
        if not year:
            return stated or self._likely_edition()
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
        return stated or due or self._likely_edition()

    def _likely_edition(self) -> Edition | None:
        """The edition whose tables stand in the workbook, so that its figures are looked at even
        where the year is missing; the newest of those that are equally likely."""

        def likeness(edition: Edition) -> int:
            labels = [_labels(table) for table in edition.tables]
            return sum(_share(sheet, own) > HALF for own in labels for sheet in self.sheets)

        found = max(reversed([*self.editions.values()]), key=likeness, default=None)
        return found if found is not None and likeness(found) else None


HALF = 0.5
"""A sheet with more than this share of the labels of one of ours is probably that."""


def _labels(table: Table) -> frozenset[str]:
    leaves = (path for block in table.blocks for path in (*block.row_leaves, *block.column_leaves))
    return frozenset(node.label for path in leaves for node in path)


def _share(sheet: Sheet, labels: Collection[str]) -> float:
    """Which share of some labels stands in a sheet."""
    return sum(bool(sheet.places(label)) for label in labels) / len(labels) if labels else 0.0


_COMMENTS = b"xl/comments"
"""The name of a part, which stands uncompressed in an .xlsx package."""


def _identity_text(raw: Raw, entry: Entry) -> str:
    """A value of 基本信息 as text: a date as 2021-01-15, a whole number without its .0."""
    day = read_date(raw) if entry.kind == "date" or isinstance(raw, datetime.date) else None
    if day is not None:
        return str(day.year) if entry.kind == "year" else day.isoformat()
    plain = without_invisible(printable(cell_text(raw)))
    text = unicodedata.normalize("NFC", " ".join(plain.split()))
    if entry.kind in ("year", "date", "email", "postcode", "phone"):
        text = fold_width(text)
    return text.removesuffix("度").removesuffix("年") if entry.kind == "year" else text
