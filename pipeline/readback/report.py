"""Proof that a Word report says what the data say, read back from the very bytes to be published.

A template is proved once, by its specimen (:mod:`pipeline.readback.template_probe`).  From the
specimen come the bytes of its tables, in which only the figures change.  A report is proved when
its tables, unpacked from the finished file, are those bytes with its own figures in them.  The
columns' widths depend on the figures and don't count: they are taken out of a report before it is
compared, and put into the specimen's bytes for the next one of the same widths.  A report whose
tables differ in any other way is itself read by its labels.

What the office's template leaves out of the specimen can't be proved and isn't asked for; it is
named once at the end of a run.  Figures in a table whose labels aren't the national format's are
proved by the place they have in the specimen.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import escape as escape_for_html

from pipeline.model.edition import Edition
from pipeline.model.submission import Passage
from pipeline.ooxml.untrusted import read_xml
from pipeline.readback.template_probe import (
    WIDTH,
    Render,
    Rows,
    Specimen,
    figure_text,
    main_part,
    named_left_out,
    prints_all,
    row_starts,
    specimen_of,
)
from pipeline.report.context import says_nothing
from pipeline.text.figures import format_figure, read_figure
from pipeline.text.wording import quoted

LAYOUTS = 8
"""So many widths of each table are remembered."""


@dataclass
class Proof:
    """The proof of all reports of one template; its specimens are made when first asked for.

    ``_laid_out`` are the rows of each table of a specimen with the widths met so far.
    """

    render: Render
    _made: dict[str, tuple[Edition, Specimen]] = field(default_factory=dict, init=False)
    _laid_out: dict[str, tuple[list[Rows], ...]] = field(default_factory=dict, init=False)

    def specimen(self, edition: Edition) -> Specimen:
        made = self._made.get(edition.key)
        if made is None or made[0] is not edition:
            made = self._made[edition.key] = edition, specimen_of(self.render, edition)
            self._laid_out[edition.key] = tuple([] for _ in made[1].tables)
        return made[1]

    def left_out(self, edition: Edition) -> tuple[str, ...]:
        """What the template doesn't print of an edition, and what therefore is not proved: tables
        and figures by their names, sections of prose by their headings."""
        if edition.key not in self._made and prints_all(self.render, edition):
            return ()
        return named_left_out(self.specimen(edition), edition)

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
            figures: kept whole numbers, in the edition's order; where one isn't known there is
                no report to be proved.
            written: the amounts that are printed as the unit wrote them, by field key; None for a
                county's report, whose amounts are sums in 万元.
            passages: the prose that must be in it.
        """
        try:
            document = main_part(content)
        except (zipfile.BadZipFile, zlib.error, KeyError, EOFError) as error:
            return (f"文件读不回来（{error}）。",)
        wanted = dict(zip(edition.by_key, figures, strict=True))
        known = {key: value for key, value in wanted.items() if value is not None}
        if len(known) < len(wanted):
            unknown = (edition.by_key[key].name for key in wanted if key not in known)
            return tuple(f"{quoted(name)}：没有数据。" for name in unknown)
        specimen = self.specimen(edition)
        faults = list(specimen.faults)
        texts = [
            figure_text(figure, value, written)
            for figure, value in zip(edition.fields, known.values(), strict=True)
        ]
        if not (specimen.whole and self._as_specimen(document, edition, texts)):
            faults += _read_by_labels(content, known, edition, specimen)
        faults += _wrongly_written(known, written or {}, edition)
        faults += _lost_prose(document, passages, specimen)
        return tuple(faults)

    def _as_specimen(self, document: bytes, edition: Edition, texts: Sequence[bytes]) -> bool:
        """Whether the tables are the specimen's, with these figures in them."""
        laid_out = self._laid_out[edition.key]
        if _found(document, laid_out, texts) is not None:
            return True
        tables = self.specimen(edition).tables
        narrow = WIDTH.sub(b"", document)
        found = _found(narrow, [[rows] for rows in tables], texts)
        if found is None:
            return False
        places = dict(zip(row_starts(narrow), row_starts(document), strict=True))
        for rows, start, layouts in zip(tables, found, laid_out, strict=True):
            del layouts[: 1 - LAYOUTS]
            layouts.append(rows.widened(document, places[start], texts))
        return True


def _found(
    document: bytes, tables: Sequence[Sequence[Rows]], texts: Sequence[bytes]
) -> list[int] | None:
    """Where the rows of these tables begin, in order, each in one of its layouts; None where one
    is missing.  Between them may stand a list that the specimen hasn't, as that of fees."""
    starts, found = row_starts(document), []
    for layouts in tables:
        here = (
            start for start in starts if any(rows.stand(document, start, texts) for rows in layouts)
        )
        start = next(here, None)
        if start is None:
            return None
        found.append(start)
    return found


# ----------------------------------------------------------- what differs, read by the labels


def _read_by_labels(
    content: bytes, figures: Mapping[str, int], edition: Edition, specimen: Specimen
) -> list[str]:
    from pipeline.published.differences import differences
    from pipeline.published.reports import read_report

    wanted = {key: value for key, value in figures.items() if key not in specimen.left_out}
    report = read_report(content, "", {edition.key: edition})
    return [difference.told for difference in differences(report, wanted, edition)]


def _wrongly_written(
    figures: Mapping[str, int], written: Mapping[str, str], edition: Edition
) -> Iterator[str]:
    """Figures that are printed as the unit wrote them and are not the figure that is added up."""
    for key, text in written.items():
        figure = edition.by_key[key]
        if read_figure(text, figure.kind).value != figures[key]:
            held = format_figure(figures[key], figure.kind)
            yield f"{quoted(figure.name)}：数据为 {held}，印出的是{quoted(text)}。"


def _lost_prose(document: bytes, passages: Sequence[Passage], specimen: Specimen) -> Iterator[str]:
    """Paragraphs that are not in the report."""
    wanted = [
        paragraph
        for passage in passages
        if passage.section in specimen.prose and not says_nothing(passage.paragraphs)
        for paragraph in passage.paragraphs
    ]
    missing = list(_unseen(document, wanted))
    told = letters("".join(map(str, read_xml(document).itertext()))) if missing else ""
    for paragraph in missing:
        if letters(paragraph) not in told:
            yield f"正文{quoted(paragraph[:30])}没有印出，或与填报的不同。"


def _unseen(document: bytes, paragraphs: Sequence[str]) -> Iterator[str]:
    """The paragraphs that don't stand, as they are, after the one before: most often none, which
    is quicker told than by parsing."""
    at = 0
    for paragraph in paragraphs:
        found = document.find(str(escape_for_html(paragraph)).encode("utf-8", "replace"), at)
        if found < 0:
            yield paragraph
        else:
            at = found


def letters(text: str) -> str:
    """A text without blanks and what no XML may hold."""
    return "".join(c for c in text if c.isprintable() and not c.isspace())
