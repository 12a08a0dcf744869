"""Reading a report as it was published, by this project or by anyone: a file in, a value out.

A report is a Word file (.docx), a saved page (.html) or text copied from a page (.txt), in any
national edition that is declared.  Every figure is placed by its labels and the table's
structure; one that can't be placed for certain is left out, and told.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.declare.messages import problem
from pipeline.model.edition import Edition, Field, Table, edition_for
from pipeline.model.place import Place
from pipeline.model.problem import Problem
from pipeline.published.document import (
    MAX_BYTES,
    Block,
    Document,
    Grid,
    Paragraph,
    UnreadableReport,
)
from pipeline.published.outline import FoundSection, Outline, outlined
from pipeline.published.placing import NOTHING, Placed, missing_labels, placed_in_grid, stacked
from pipeline.published.placing_lines import placed_in_lines
from pipeline.text.figures import Reading, read_figure, truncate
from pipeline.text.wording import quoted

SUFFIXES = frozenset({".docx", ".docm", ".html", ".htm", ".mht", ".mhtml", ".shtml", ".txt", ".md"})
"""What a published report's name may end in."""

LEAST = 0.5
"""The share of a table's figures below which a section's tables are looked past for others."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishedReport:
    """What a published report says.

    ``year`` is 0 and ``unit`` empty where nothing tells them.  ``edition`` is the key of the
    edition that most of its tables are laid out in, ``layouts`` that of each table found; the
    fields of ``figures`` are that edition's.  ``figures`` has the kept whole number (件, or 分)
    of every cell that was placed, None where the cell is blank or can't be read; ``blanks`` has
    what stood in the blank ones (nothing, or a dash); ``written`` amounts as the report writes
    them; ``places`` where each cell was found.
    """

    source: str
    sha256: str
    readable: bool = True
    title: str = ""
    unit: str = ""
    year: int = 0
    edition: str = ""
    copied: bool = False
    layouts: Mapping[str, str] = field(default_factory=dict)
    sections: tuple[FoundSection, ...] = ()
    figures: Mapping[str, int | None] = field(default_factory=dict)
    blanks: Mapping[str, str] = field(default_factory=dict)
    written: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def section(self, key: str) -> FoundSection | None:
        return next((section for section in self.sections if section.key == key), None)


def report_files(paths: Iterable[Path]) -> list[Path]:
    """The files named, and in folders every file that may be a report, in a steady order."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += [
                inner
                for inner in sorted(path.rglob("*"), key=lambda p: p.as_posix())
                if inner.suffix.lower() in SUFFIXES
                and not any(part.startswith((".", "~$")) for part in inner.relative_to(path).parts)
            ]
        else:
            found.append(path)
    return found


def read_published(path: Path, editions: Mapping[str, Edition]) -> PublishedReport:
    """Read a published report. One that can't be read, or is no annual report, has ``readable``
    False and one problem."""
    try:
        if path.stat().st_size > MAX_BYTES:
            return _unreadable(path.name, "", "文件过大")
        content = path.read_bytes()
    except OSError as error:
        return _unreadable(path.name, "", error.strerror or "无法打开")
    return read_report(content, path.name, editions)


def read_report(content: bytes, source: str, editions: Mapping[str, Edition]) -> PublishedReport:
    """Read a published report from its bytes; ``source`` is its file name, for people."""
    sha256 = hashlib.sha256(content).hexdigest()
    try:
        document = _document(content)
    except UnreadableReport as error:
        return _unreadable(source, sha256, str(error))
    return placed_report(document, source, sha256, editions)


def _unreadable(source: str, sha256: str, detail: str) -> PublishedReport:
    told = problem("published.unreadable", detail=detail)
    return PublishedReport(source=source, sha256=sha256, readable=False, problems=(told,))


def _document(content: bytes) -> Document:
    """The file's blocks, its kind told by its content."""
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        from pipeline.published.docx import read_docx

        return read_docx(content)
    if content.startswith(b"%PDF"):
        raise UnreadableReport("是 PDF 文件")
    start = content[:20_000].lower().replace(b"\0", b"")
    if any(mark in start for mark in (b"<html", b"<!doctype", b"<table", b"<body", b"text/html")):
        from pipeline.published.html import read_html

        return read_html(content)
    from pipeline.published.text import read_text

    return read_text(content)


# ----------------------------------------------------------------------------------- placing


def placed_report(
    document: Document, source: str, sha256: str, editions: Mapping[str, Edition]
) -> PublishedReport:
    """Place a document's text and figures: pure, the same for the same document."""
    newest = list(editions.values())[-1]
    outline = outlined(document, newest, source)
    due = edition_for(outline.year, editions) or newest
    if due is not newest:
        outline = outlined(document, due, source)
    found = {key: _table_placed(key, document, outline, editions, due) for key in _keys(editions)}
    layouts = {key: edition.key for key, (edition, _) in found.items() if edition is not None}
    if not _like_a_report(outline, layouts):
        told = problem("published.not_a_report")
        return PublishedReport(source=source, sha256=sha256, readable=False, problems=(told,))
    reading = _Figures()
    for key, (edition, placed) in found.items():
        if edition is not None:
            reading.take(edition.table(key), placed, ordinal_of(key, edition))
    lost = [ordinal_of(table.key, due) for table in due.tables if table.key not in layouts]
    if lost:
        reading.problems.append(problem("published.no_table", tables="、".join(lost)))
    if document.changes:
        reading.problems.append(problem("published.changes", count=document.changes))
    if document.remarks:
        reading.problems.append(problem("published.remarks", count=document.remarks))
    if document.unseen:
        reading.problems.append(problem("published.unseen", count=document.unseen))
    return PublishedReport(
        source=source,
        sha256=sha256,
        title=outline.title,
        unit=outline.unit,
        year=outline.year,
        edition=_main(layouts, due.key),
        copied=document.copied,
        layouts=layouts,
        sections=outline.sections,
        figures=reading.figures,
        blanks=reading.blanks,
        written=reading.written,
        places=reading.places,
        problems=tuple(reading.problems),
    )


def _like_a_report(outline: Outline, layouts: Mapping[str, str]) -> bool:
    """Whether a text may be an annual report: it has one of the tables, or two of the sections by
    their words, or the title and something that stands where a section must."""
    headed = [section for section in outline.sections if section.heading]
    worded = sum(section.worded for section in headed)
    return bool(layouts) or worded > 1 or (bool(outline.title) and bool(headed))


def _keys(editions: Mapping[str, Edition]) -> list[str]:
    return list(dict.fromkeys(t.key for e in reversed(list(editions.values())) for t in e.tables))


def ordinal_of(key: str, edition: Edition) -> str:
    """What people call a table: 表三 is the table of section three."""
    numbered = [section for section in edition.sections if section.heading]
    at = next(i for i, section in enumerate(numbered) if section.table == key)
    return f"表{'一二三四五六七八九十'[at]}" if at < 10 else f"表{at + 1}"


def _main(layouts: Mapping[str, str], due: str) -> str:
    """The edition that most tables are laid out in; where as many are in another, the one due."""
    counted = Counter(layouts.values())
    return max(counted, key=lambda key: (counted[key], key == due), default="")


def _table_placed(
    key: str,
    document: Document,
    outline: Outline,
    editions: Mapping[str, Edition],
    due: Edition,
) -> tuple[Edition | None, Placed]:
    """A table's figures, and the edition in whose layout most of it is understood."""
    order = sorted(editions.values(), key=lambda edition: edition is not due)
    best: tuple[Edition | None, Placed] = (None, NOTHING)
    for edition in order:
        if any(table.key == key for table in edition.tables):
            table = edition.table(key)
            placed = _placed(table, document, outline)
            understood = placed.cells or placed.uncertain
            if understood and (best[0] is None or placed.fits > best[1].fits):
                best = edition, placed
    return best


def _placed(table: Table, document: Document, outline: Outline) -> Placed:
    """Place a table among its section's blocks; where little is found there, among all."""
    section = next((s for s in outline.sections if s.table == table.key), None)
    inside = section.blocks if section is not None else ()
    tries = [_placed_in(table, inside, document.copied)]
    if len(tries[0].cells) < LEAST * len(table.fields):
        tries += [placed_in_grid(table, b) for b in document.blocks if isinstance(b, Grid)]
        tries.append(_placed_in(table, document.blocks, document.copied))
    return max(tries, key=lambda placed: placed.fits)


def _placed_in(table: Table, blocks: tuple[Block, ...], copied: bool) -> Placed:
    if copied:
        lines = [block for block in blocks if isinstance(block, Paragraph)]
        return placed_in_lines(table, lines)
    grid = stacked([block for block in blocks if isinstance(block, Grid)])
    placed = placed_in_grid(table, grid)
    if grid.cells and len(placed.cells) < len(table.fields):
        # Spans that a page states wrongly move cells sideways; their order is still right.
        in_order = placed_in_lines(table, _as_lines(grid))
        return in_order if in_order.fits > placed.fits else placed
    return placed


def _as_lines(grid: Grid) -> list[Paragraph]:
    rows: dict[int, list[str]] = {}
    for cell in grid.cells:
        rows.setdefault(cell.row, []).append(" ".join(cell.text.split()))
    return [Paragraph("\t".join(row), line=at + 1) for at, row in sorted(rows.items())]


@dataclass(slots=True)
class _Figures:
    """The figures of a report while its tables are gone through."""

    figures: dict[str, int | None] = field(default_factory=dict)
    blanks: dict[str, str] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def take(self, table: Table, placed: Placed, called: str) -> None:
        for found, official in placed.misspelt:
            self.problems.append(
                problem(
                    "published.misspelt", table=called, label=truncate(found), official=official
                )
            )
        for label in placed.strays:
            self.problems.append(problem("published.stray", table=called, label=truncate(label)))
        uncertain = dict(placed.uncertain)
        for name, reason in placed.uncertain:
            self.problems.append(
                problem("published.uncertain", table=called, row=name, reason=reason)
            )
        missing = [name for name in missing_labels(table, placed) if name not in uncertain]
        if missing:
            named = "、".join(map(quoted, missing))
            self.problems.append(problem("published.missing", table=called, rows=named))
        for figure in table.fields:
            cell = placed.cells.get(figure.key)
            if cell is not None:
                self.places[figure.key] = Place(called, cell.where)
                self._read(figure, read_figure(cell.text, figure.kind), called, cell.text)

    def _read(self, figure: Field, reading: Reading, called: str, text: str) -> None:
        self.figures[figure.key] = reading.value
        if reading.fault == "blank":
            self.blanks[figure.key] = text.strip()
        elif reading.fault:
            rule = f"published.{'no_unit' if reading.fault == 'no_unit' else 'unread'}"
            told = problem(rule, table=called, name=figure.name, text=truncate(text))
            self.problems.append(told)
        elif figure.kind == "money_text":
            self.written[figure.key] = reading.written or "0"
