"""A template's probe: a report in which every figure is another number, by which all the
template's reports are proved.

It is read by its labels with the reader for published reports, which knows nothing of how it was
made: so it is known which figure the template prints where.  Only what its page shows counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any
from xml.sax.saxutils import escape

from pipeline.model.edition import Edition, Field
from pipeline.model.place import Place
from pipeline.model.submission import Passage, Submission
from pipeline.ooxml.parts import main_part, read_parts
from pipeline.ooxml.visible_text import visible_document
from pipeline.report.context import unit_context
from pipeline.text.figures import MONEY_SCALE
from pipeline.text.wording import quoted

Render = Callable[[Mapping[str, Any]], bytes]
"""Makes a report, as the bytes of a .docx file, from its context."""


@dataclass(frozen=True, slots=True)
class ProbeTable:
    """The rows of a table as bytes without their cells' widths, parted at the figures; which
    figures those are (places in the edition's order)."""

    between: tuple[bytes, ...]
    figures: tuple[int, ...]

    def filled(self, texts: Sequence[bytes]) -> bytes:
        """The rows with these figures, in the edition's order, in them."""
        pieces = [b""] * (2 * len(self.figures) + 1)
        pieces[::2] = self.between
        pieces[1::2] = [texts[at] for at in self.figures]
        return b"".join(pieces)


@dataclass(frozen=True, kw_only=True)
class TemplateProbe:
    """What a template prints of an edition.

    ``tables`` are those that hold figures; ``faults`` are figures that the template prints in
    another's cell; ``left_out`` are the fields that its page doesn't show, and ``prose`` the
    sections whose prose it does.  ``whole`` tells that ``tables`` have all the figures that the
    page shows.
    """

    tables: tuple[ProbeTable, ...]
    faults: tuple[str, ...]
    left_out: frozenset[str]
    whole: bool
    prose: frozenset[str]


_WIDTH = re.compile(rb'<w:tcW w:w="[0-9]+" w:type="dxa"/>')
"""A cell's width, which depends on how long the figures are."""


def split_tables(document: bytes) -> tuple[list[bytes], bytes]:
    """The rows of each table of a document without their cells' widths, and what stands outside
    of the tables."""
    outside, *pieces = _WIDTH.sub(b"", document).split(b"<w:tbl>")
    tables = []
    for piece in pieces:
        table, _, after = piece.partition(b"</w:tbl>")
        tables.append(table[table.find(b"<w:tr") :])
        outside += after
    return tables, outside


def tables_stand(
    tables: Sequence[bytes], wanted: Sequence[ProbeTable], texts: Sequence[bytes]
) -> bool:
    """Whether a document has the tables of a probe, in order, with these figures in them; between
    them may stand a list that the probe hasn't, as that of fees."""
    here = iter(tables)
    return all(table.filled(texts) in here for table in wanted)


HIDING = (
    *(b"vanish", b"strike", b"<w:del ", b"<w:moveFrom ", b"<w:hidden", b"<w:sym"),
    *(b"AlternateContent", b"Ignorable"),
)
"""Where a part has none of these, its page shows all of its texts."""

_TEXT = re.compile(rb"<w:t(?: [^>]*)?>([^<]*)</w:t>")


def visible_text(content: bytes) -> str:
    """What the page of a report shows, as one text, pieces apart by line breaks."""
    parts = read_parts(content)
    if not any(mark in part for part in parts.values() for mark in HIDING):
        return unescape(b"\n".join(_TEXT.findall(main_part(content))).decode("utf-8"))
    root, _ = visible_document(parts)
    return "\n".join(map(str, root.itertext())) if root is not None else ""


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


def probe_template(render: Render, edition: Edition) -> TemplateProbe:
    """The probe of a template and an edition, printed and read back."""
    from pipeline.published.differences import differences
    from pipeline.published.reports import read_report

    submission = _probe_submission(edition)
    content = render(unit_context(submission, edition))
    figures = _probe_figures(edition)
    places = {
        figure_text(edition.by_key[key], value, submission.written): at
        for at, (key, value) in enumerate(figures.items())
    }
    rows, _ = split_tables(main_part(content))
    tables = [_part_at_figures(table, places) for table in rows]
    report = read_report(content, "", {edition.key: edition})
    placed = {key: value for key, value in figures.items() if report.figures.get(key) is not None}
    wrong = differences(report, placed, edition)
    text = visible_text(content)
    left_out = frozenset(key for key in _missing_figures(text, edition) if key not in placed)
    found = {figure for table in tables for figure in table.figures}
    return TemplateProbe(
        tables=tuple(table for table in tables if table.figures),
        faults=tuple(f"模板把数字印在了别处：{difference.told}" for difference in wrong),
        left_out=left_out,
        whole=len(found) + len(left_out) == len(edition.fields),
        prose=_printed_prose(text, edition),
    )


def prints_all(render: Render, edition: Edition) -> bool:
    """Whether a template's page shows every figure and every section's prose, wherever it does;
    worked out in a fraction of a probe's time."""
    text = visible_text(render(unit_context(_probe_submission(edition), edition)))
    prose = {section.key for section in edition.sections if not section.table}
    return not _missing_figures(text, edition) and _printed_prose(text, edition) == prose


def name_left_out(probe: TemplateProbe, edition: Edition) -> Iterator[str]:
    """What a template's page doesn't show: tables and figures by their names, prose by its
    heading."""
    for table in edition.tables:
        missing = [figure for figure in table.fields if figure.key in probe.left_out]
        if len(missing) == len(table.fields):
            yield f"“{table.caption}”一表"
        elif missing:
            yield f"“{table.caption}”一表的{quoted(missing[0].name)}等 {len(missing)} 格"
    for section in edition.sections:
        if not section.table and section.key not in probe.prose:
            yield f"“{section.heading}”的正文" if section.heading else "引言"


def _missing_figures(text: str, edition: Edition) -> list[str]:
    """The fields whose figures stand nowhere in a probe's text."""
    return [key for at, key in enumerate(edition.by_key) if str(_FIRST + at) not in text]


def _printed_prose(text: str, edition: Edition) -> frozenset[str]:
    """The sections whose prose stands in a probe's text."""
    keys = (section.key for section in edition.sections)
    return frozenset(key for key in keys if _PROSE.format(key) in text)


_FIRST = 300_001
_PROSE = "示例正文·{}·示例正文"


def _probe_figures(edition: Edition) -> dict[str, int]:
    """Another number for every field, by its key."""
    return {
        figure.key: (_FIRST + at) * (MONEY_SCALE if figure.kind in ("money", "money_text") else 1)
        for at, figure in enumerate(edition.fields)
    }


def _probe_submission(edition: Edition) -> Submission:
    """A report in which every figure is another number, and every section says which it is."""
    return Submission(
        source="",
        sha256="",
        edition=edition.key,
        year=edition.first_year,
        identity={"unit": "示例镇", "county": "示例区"},
        values=tuple(_probe_figures(edition).values()),
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


_FIGURE = re.compile(rb"(?<=>)(\+?[0-9]{6}(?:\xe4\xb8\x87\xe5\x85\x83)?)(?=<)")  # 万元 in UTF-8


def _part_at_figures(rows: bytes, places: Mapping[bytes, int]) -> ProbeTable:
    """The rows of a probe's table, parted at their figures."""
    between: list[bytes] = [b""]
    figures: list[int] = []
    for piece in _FIGURE.split(rows):
        if piece in places:
            figures.append(places[piece])
            between.append(b"")
        else:
            between[-1] += piece
    return ProbeTable(tuple(between), tuple(figures))
