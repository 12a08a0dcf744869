"""Proof that a Word report says what the data say, read back from the very bytes to be published.

A template is proved once, by a specimen: a report in which every figure is another number, read
by its labels with the reader for published reports, which knows nothing of how it was made.
From the specimen come the bytes of its tables, in which only the figures change.  A report is
proved when its tables, unpacked from the finished file, are those bytes with its own figures in
them.  The columns' widths depend on the figures and don't count: they are taken out of a report
before it is compared, and put into the specimen's bytes for the next one of the same widths.  A
report whose tables differ in any other way is itself read by its labels.

What the office's template leaves out of the specimen can't be proved and isn't asked for; it is
named in ``left_out``, and once at the end of a run.  Figures in a table whose labels aren't the national format's are proved by
the place they have in the specimen.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree
from markupsafe import escape as escape_for_html

from pipeline.edition import MONEY_SCALE, Edition, Field
from pipeline.intake.reading import read_figure
from pipeline.report.context import says_nothing, unit_context
from pipeline.submission import Passage, Place, Submission
from pipeline.wording import quoted

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

    def end(self, document: bytes, start: int, texts: Sequence[bytes]) -> int:
        """Where these rows, with these figures in them, end if they begin at a place of a
        document; -1 if something else stands there."""
        if not document.startswith(self.between[0], start):
            return -1
        filled = self.filled(texts)
        return start + len(filled) if document.startswith(filled, start) else -1

    def widened(self, document: bytes, start: int, texts: Sequence[bytes]) -> Rows:
        """These rows with the widths that the same rows have at a place of a document."""
        between, at = [], start
        for piece, figure in zip(self.between, (*self.figures, None), strict=True):
            end = at + len(piece)
            for width in _WIDTH.finditer(document, at):
                if width.start() > end:
                    break
                end += len(width.group())
            between.append(document[at:end])
            at = end + (0 if figure is None else len(texts[figure]))
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


@dataclass
class Proof:
    """The proof of all reports of one template; its specimens are made when first asked for."""

    render: Render
    _made: dict[str, tuple[Edition, Specimen]] = field(default_factory=dict, init=False)
    _laid_out: dict[str, tuple[list[Rows], ...]] = field(default_factory=dict, init=False)

    def specimen(self, edition: Edition) -> Specimen:
        made = self._made.get(edition.key)
        if made is None or made[0] is not edition:
            made = self._made[edition.key] = edition, _specimen(self.render, edition)
            self._laid_out[edition.key] = tuple([] for _ in made[1].tables)
        return made[1]

    def left_out(self, edition: Edition) -> tuple[str, ...]:
        """What the template doesn't print of an edition, and what therefore is not proved: tables
        and figures by their names, sections of prose by their headings."""
        if edition.key not in self._made and not _lacks(
            main_part(self.render(unit_context(_filled_in(edition), edition))), edition
        ):
            return ()  # A specimen takes twenty times as long.
        specimen = self.specimen(edition)
        return (*_unprinted(specimen.left_out, edition), *_untold(specimen.prose, edition))

    def faults(
        self,
        content: bytes,
        edition: Edition,
        figures: Sequence[int | None],
        written: Mapping[str, str] | None,
        passages: Sequence[Passage] = (),
    ) -> tuple[str, ...]:
        """What a report, as the bytes of the finished file, says otherwise than the data.

        Args:
            figures: kept whole numbers, in the edition's order.
            written: the amounts that are printed as the unit wrote them, by field key; None for a
                county's report, whose amounts are sums in 万元.
            passages: the prose that must be in it.
        """
        try:
            document = main_part(content)
        except (zipfile.BadZipFile, zlib.error, KeyError, EOFError) as error:
            return (f"文件读不回来（{error}）。",)
        specimen = self.specimen(edition)
        faults = list(specimen.faults)
        texts = [
            _text(figure, value, written)
            for figure, value in zip(edition.fields, figures, strict=True)
        ]
        if not (specimen.whole and self._as_specimen(document, edition, texts)):
            faults += _read_by_labels(content, figures, edition, specimen)
        faults += _wrongly_written(figures, written or {}, edition)
        faults += _lost_prose(document, passages, specimen)
        return tuple(faults)

    def _as_specimen(self, document: bytes, edition: Edition, texts: Sequence[bytes]) -> bool:
        """Whether the tables are the specimen's, with these figures in them."""
        laid_out = self._laid_out[edition.key]
        if _found(document, laid_out, texts) is not None:
            return True
        tables = self.specimen(edition).tables
        narrow = _WIDTH.sub(b"", document)
        found = _found(narrow, [[rows] for rows in tables], texts)
        if found is None:
            return False
        places = dict(zip(_row_starts(narrow), _row_starts(document), strict=True))
        for rows, start, layouts in zip(tables, found, laid_out, strict=True):
            del layouts[: 1 - LAYOUTS]
            layouts.append(rows.widened(document, places[start], texts))
        return True


LAYOUTS = 8
"""So many widths of each table are remembered."""

_WIDTH = re.compile(rb'<w:tcW w:w="[0-9]+" w:type="dxa"/>')


def main_part(content: bytes) -> bytes:
    """The text of a report, unpacked from the finished file; its checksum is verified."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.read(MAIN_PART)


def _found(
    document: bytes, tables: Sequence[Sequence[Rows]], texts: Sequence[bytes]
) -> list[int] | None:
    """Where the rows of these tables begin, in order, each in one of its layouts; None where one
    is missing.  Between them may stand a list that the specimen hasn't, as that of fees."""
    found, starts = [], _row_starts(document)
    for layouts in tables:
        end = -1
        for start in starts:
            end = max((rows.end(document, start, texts) for rows in layouts), default=-1)
            if end >= 0:
                found.append(start)
                break
        if end < 0:
            return None
        starts = _row_starts(document, end)
    return found


def _row_starts(document: bytes, after: int = 0) -> Iterator[int]:
    """Where the first row of each table begins that itself begins after a place."""
    at = document.find(b"<w:tbl>", after)
    while at >= 0:
        yield max(at, document.find(b"<w:tr", at))
        at = document.find(b"<w:tbl>", at + 1)


def _text(figure: Field, value: int | None, written: Mapping[str, str] | None) -> bytes:
    """A figure as it must stand in its cell, worked out anew and not by what printed it."""
    kind = figure.kind
    if kind == "count" and value is not None:
        return b"%d" % value
    if kind == "money_text" and written is not None:
        return escape(written.get(figure.key, "0")).encode("utf-8", "replace")
    if value is None:
        return b""
    if kind == "signed":
        return b"%+d" % value if value else b"0"
    whole, rest = divmod(value, MONEY_SCALE)
    amount = f"{whole}.{rest:06d}".rstrip("0").rstrip(".")
    return f"{amount}万元".encode() if kind == "money_text" and value else amount.encode()


# ----------------------------------------------------------- what differs, read by the labels


def _read_by_labels(
    content: bytes, figures: Sequence[int | None], edition: Edition, specimen: Specimen
) -> list[str]:
    from pipeline.published.reports import read_report
    from pipeline.published.verify import differences

    wanted = {
        key: value
        for key, value in zip(edition.by_key, figures, strict=True)
        if value is not None and key not in specimen.left_out
    }
    report = read_report(content, "", {edition.key: edition})
    return [difference.told for difference in differences(report, wanted, edition)]


def _wrongly_written(
    figures: Sequence[int | None], written: Mapping[str, str], edition: Edition
) -> Iterator[str]:
    """Amounts that are printed as the unit wrote them and are not the figure that is added up."""
    if not written:
        return
    values = dict(zip(edition.by_key, figures, strict=True))
    for key, text in written.items():
        figure, value = edition.by_key[key], values[key]
        if read_figure(text, "money_text").value != value:
            yield f"{quoted(figure.name)}：数据为 {value} 分，印出的是{quoted(text)}。"


def _lost_prose(document: bytes, passages: Sequence[Passage], specimen: Specimen) -> Iterator[str]:
    """Paragraphs that are not in the report."""
    at, missing = 0, []
    for passage in passages:
        if passage.section not in specimen.prose or says_nothing(passage.paragraphs):
            continue
        for paragraph in passage.paragraphs:
            found = document.find(str(escape_for_html(paragraph)).encode("utf-8", "replace"), at)
            if found < 0:
                missing.append(paragraph)
            at = max(at, found)
    told = letters("".join(map(str, parsed(document).itertext()))) if missing else ""
    for paragraph in missing:
        if letters(paragraph) not in told:
            yield f"正文{quoted(paragraph[:30])}没有印出，或与填报的不同。"


def parsed(document: bytes) -> etree._Element:
    """The elements of a report's text."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    return etree.fromstring(document, parser)


def letters(text: str) -> str:
    """A text without blanks and what no XML may hold."""
    return "".join(c for c in text if c.isprintable() and not c.isspace())


# --------------------------------------------------------------------------------- the specimen


def _specimen(render: Render, edition: Edition) -> Specimen:
    from pipeline.published.reports import read_report
    from pipeline.published.verify import differences

    made = _filled_in(edition)
    content = render(unit_context(made, edition))
    document = _WIDTH.sub(b"", main_part(content))
    owners = {
        _text(figure, value, made.written): at
        for at, (figure, value) in enumerate(zip(edition.fields, made.values, strict=True))
    }
    found = (_rows(document, start, owners) for start in _row_starts(document))
    tables = tuple(rows for rows in found if rows is not None)
    places = {at for rows in tables for at in rows.figures}
    report = read_report(content, "", {edition.key: edition})
    placed = {
        key: value
        for key, value in zip(edition.by_key, made.values, strict=True)
        if value is not None and report.figures.get(key) is not None
    }
    wrong = differences(report, placed, edition)
    left_out = frozenset(key for key in _lacking(document, edition) if key not in placed)
    return Specimen(
        tables=tables,
        faults=tuple(f"模板把数字印在了别处：{difference.told}" for difference in wrong),
        left_out=left_out,
        whole=len(places) + len(left_out) == len(edition.fields),
        prose=_told(document, edition),
    )


def _lacks(document: bytes, edition: Edition) -> bool:
    """Whether a specimen's text lacks any figure or any section's prose."""
    prose = {section.key for section in edition.sections if not section.table}
    return bool(_lacking(document, edition)) or _told(document, edition) != prose


def _lacking(document: bytes, edition: Edition) -> list[str]:
    """The fields whose figures nowhere stand in a specimen."""
    return [key for at, key in enumerate(edition.by_key) if b"%d" % (_FIRST + at) not in document]


def _told(document: bytes, edition: Edition) -> frozenset[str]:
    """The sections whose prose stands in a specimen."""
    return frozenset(
        section.key
        for section in edition.sections
        if _SPECIMEN_PROSE.format(section.key).encode() in document
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
_SPECIMEN_PROSE = "示例正文·{}·示例正文"
_FIGURE = re.compile(rb"(?<=>)(\+?[0-9]{6}(?:\xe4\xb8\x87\xe5\x85\x83)?)(?=<)")  # 万元 in UTF-8


def _filled_in(edition: Edition) -> Submission:
    """A report in which every figure is another number, and every section says which it is."""
    values = [
        (_FIRST + at) * (MONEY_SCALE if figure.kind in ("money", "money_text") else 1)
        for at, figure in enumerate(edition.fields)
    ]
    return Submission(
        source="",
        sha256="",
        edition=edition.key,
        year=edition.first_year,
        identity={"unit": "示例镇", "county": "示例区"},
        values=tuple(values),
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
                paragraphs=(_SPECIMEN_PROSE.format(section.key),),
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
    for at, piece in enumerate(_FIGURE.split(document[start:end])):
        if at % 2 and piece in owners:
            figures.append(owners[piece])
            between.append(b"")
        else:
            between[-1] += piece
    return Rows(tuple(between), tuple(figures)) if figures else None
