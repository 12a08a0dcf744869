"""A template's specimen: a report in which every figure is another number, by which all the
template's reports are proved.

It is read by its labels with the reader for published reports, which knows nothing of how it was
made: so it is known which figure the template prints where.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from pipeline.model.edition import Edition, Field
from pipeline.model.place import Place
from pipeline.model.submission import Passage, Submission
from pipeline.report.context import unit_context
from pipeline.text.figures import MONEY_SCALE
from pipeline.text.wording import quoted

MAIN_PART = "word/document.xml"

Render = Callable[[Mapping[str, Any]], bytes]
"""Makes a report, as the bytes of a .docx file, from its context."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a table as bytes: what stands between the figures, and which figures they are
    (places in the edition's order)."""

    between: tuple[bytes, ...]
    figures: tuple[int, ...]

    def filled(self, texts: Sequence[bytes]) -> bytes:
        pieces = [b""] * (2 * len(self.figures) + 1)
        pieces[::2] = self.between
        pieces[1::2] = [texts[at] for at in self.figures]
        return b"".join(pieces)

    def stand(self, document: bytes, start: int, texts: Sequence[bytes]) -> bool:
        """Whether these rows, with these figures in them, stand at a place of a document."""
        if not document.startswith(self.between[0], start):
            return False  # Most often told by the header alone.
        return document.startswith(self.filled(texts), start)

    def widened(self, document: bytes, start: int, texts: Sequence[bytes]) -> Rows:
        """These rows with the widths that the same rows have at a place of a document."""
        between, at = [], start
        lengths = [0, *(len(texts[figure]) for figure in self.figures)]
        for piece, passed in zip(self.between, lengths, strict=True):
            at += passed
            end = at + len(piece)
            for width in WIDTH.finditer(document, at):
                if width.start() > end:
                    break
                end += len(width.group())
            between.append(document[at:end])
            at = end
        return Rows(tuple(between), self.figures)


@dataclass(frozen=True, kw_only=True)
class Specimen:
    """What a template prints of an edition.

    ``tables`` are the rows of each table that holds figures; ``faults`` are figures
    that the template prints in another's cell; ``left_out`` are the fields it doesn't print, and
    ``prose`` the sections whose prose it does.  ``whole`` tells that ``tables`` have all the
    figures that it prints, each alone in a piece of text.
    """

    tables: tuple[Rows, ...]
    faults: tuple[str, ...]
    left_out: frozenset[str]
    whole: bool
    prose: frozenset[str]


WIDTH = re.compile(rb'<w:tcW w:w="[0-9]+" w:type="dxa"/>')


def main_part(content: bytes) -> bytes:
    """The text of a report, unpacked from the finished file; its checksum is verified."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.read(MAIN_PART)


_TABLE = re.compile(rb"<w:tbl>")


def row_starts(document: bytes) -> Iterator[int]:
    """Where the first row of each table begins."""
    for table in _TABLE.finditer(document):
        yield max(table.start(), document.find(b"<w:tr", table.start()))


def figure_text(figure: Field, value: int, written: Mapping[str, str] | None) -> bytes:
    """A figure as it must stand in its cell, worked out anew and not by what printed it."""
    kind = figure.kind
    if written is not None and (kind == "money_text" or figure.key in written):
        return escape(written.get(figure.key, "0")).encode("utf-8", "replace")
    if kind == "count":
        return b"%d" % value
    if kind == "signed":
        return b"%+d" % value if value else b"0"
    whole, rest = divmod(value, MONEY_SCALE)
    amount = f"{whole}.{rest:06d}".rstrip("0").rstrip(".")
    return f"{amount}万元".encode() if kind == "money_text" and value else amount.encode()


# ---------------------------------------------------------------------------- how one is made


def specimen_of(render: Render, edition: Edition) -> Specimen:
    """The specimen of a template and an edition, printed and read back."""
    from pipeline.published.differences import differences
    from pipeline.published.reports import read_report

    made = _filled_in(edition)
    content = render(unit_context(made, edition))
    document = WIDTH.sub(b"", main_part(content))
    figures = _figures(edition)
    owners = {
        figure_text(edition.by_key[key], value, made.written): at
        for at, (key, value) in enumerate(figures.items())
    }
    found = (_rows(document, start, owners) for start in row_starts(document))
    tables = tuple(rows for rows in found if rows is not None)
    places = {at for rows in tables for at in rows.figures}
    report = read_report(content, "", {edition.key: edition})
    placed = {key: value for key, value in figures.items() if report.figures.get(key) is not None}
    wrong = differences(report, placed, edition)
    left_out = frozenset(key for key in _lacking(document, edition) if key not in placed)
    return Specimen(
        tables=tables,
        faults=tuple(f"模板把数字印在了别处：{difference.told}" for difference in wrong),
        left_out=left_out,
        whole=len(places) + len(left_out) == len(edition.fields),
        prose=_told(document, edition),
    )


def prints_all(render: Render, edition: Edition) -> bool:
    """Whether a template prints every figure and every section's prose, wherever it does; told
    twenty times as fast as by a specimen."""
    document = main_part(render(unit_context(_filled_in(edition), edition)))
    prose = {section.key for section in edition.sections if not section.table}
    return not _lacking(document, edition) and _told(document, edition) == prose


def named_left_out(specimen: Specimen, edition: Edition) -> tuple[str, ...]:
    """What a template doesn't print: tables and figures by their names, prose by its heading."""
    return (*_unprinted(specimen.left_out, edition), *_untold(specimen.prose, edition))


def _lacking(document: bytes, edition: Edition) -> list[str]:
    """The fields whose figures nowhere stand in a specimen."""
    return [key for at, key in enumerate(edition.by_key) if b"%d" % (_FIRST + at) not in document]


def _told(document: bytes, edition: Edition) -> frozenset[str]:
    """The sections whose prose stands in a specimen."""
    return frozenset(
        section.key
        for section in edition.sections
        if _PROSE.format(section.key).encode() in document
    )


def _unprinted(left_out: Collection[str], edition: Edition) -> Iterator[str]:
    for table in edition.tables:
        lost = [figure for figure in table.fields if figure.key in left_out]
        if len(lost) == len(table.fields):
            yield f"“{table.caption}”一表"
        elif lost:
            yield f"“{table.caption}”一表的{quoted(lost[0].name)}等 {len(lost)} 格"


def _untold(told: Collection[str], edition: Edition) -> Iterator[str]:
    for section in edition.sections:
        if not section.table and section.key not in told:
            yield f"“{section.heading}”的正文" if section.heading else "引言"


_FIRST = 300_001
_PROSE = "示例正文·{}·示例正文"
_FIGURE = re.compile(rb"(?<=>)(\+?[0-9]{6}(?:\xe4\xb8\x87\xe5\x85\x83)?)(?=<)")  # 万元 in UTF-8


def _figures(edition: Edition) -> dict[str, int]:
    """Another number for every field, by its key."""
    return {
        figure.key: (_FIRST + at) * (MONEY_SCALE if figure.kind in ("money", "money_text") else 1)
        for at, figure in enumerate(edition.fields)
    }


def _filled_in(edition: Edition) -> Submission:
    """A report in which every figure is another number, and every section says which it is."""
    return Submission(
        source="",
        sha256="",
        edition=edition.key,
        year=edition.first_year,
        identity={"unit": "示例镇", "county": "示例区"},
        values=tuple(_figures(edition).values()),
        written={
            figure.key: f"{_FIRST + at}万元"
            for at, figure in enumerate(edition.fields)
            if figure.kind == "money_text"
        },
        passages=tuple(
            Passage(
                section=section.key,
                part="",
                heading="",
                paragraphs=(_PROSE.format(section.key),),
                place=Place("", ""),
            )
            for section in edition.sections
            if not section.table
        ),
    )


def _rows(document: bytes, start: int, owners: Mapping[bytes, int]) -> Rows | None:
    """A table's rows, parted at its figures."""
    end = document.index(b"</w:tbl>", start)
    between: list[bytes] = [b""]
    figures: list[int] = []
    for piece in _FIGURE.split(document[start:end]):
        if piece in owners:
            figures.append(owners[piece])
            between.append(b"")
        else:
            between[-1] += piece
    return Rows(tuple(between), tuple(figures)) if figures else None
