"""Proof that a Word report says what the data say, read back from the very bytes to be published.

A template is proved once, by its probe (:mod:`pipeline.readback.template_probe`), which is read
by its labels.  A report is proved when its tables, whatever the width of their columns, are the
probe's with its own figures in them.  A report whose tables differ in any other way is itself
read by its labels, and as its page shows it.

What the office's template leaves out of the probe can't be proved and isn't asked for; it is
named once at the end of a run.  Figures in a table whose labels aren't the national format's are
proved by the place they have in the probe.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import escape as escape_for_html

from pipeline.model.edition import Edition
from pipeline.model.submission import Passage
from pipeline.ooxml.parts import main_part
from pipeline.ooxml.untrusted import UnreadableXml
from pipeline.readback.template_probe import (
    HIDING,
    Render,
    TemplateProbe,
    figure_text,
    name_left_out,
    prints_all,
    probe_template,
    split_tables,
    tables_stand,
    visible_text,
)
from pipeline.report.context import says_nothing
from pipeline.text.figures import format_figure, read_figure
from pipeline.text.wording import quoted


@dataclass
class Proof:
    """The proof of all reports of one template; its probes are made when first asked for."""

    render: Render
    _made: dict[str, tuple[Edition, TemplateProbe]] = field(default_factory=dict, init=False)

    def probe(self, edition: Edition) -> TemplateProbe:
        """What the template prints of an edition."""
        made = self._made.get(edition.key)
        if made is None or made[0] is not edition:
            made = self._made[edition.key] = edition, probe_template(self.render, edition)
        return made[1]

    def left_out(self, edition: Edition) -> tuple[str, ...]:
        """What the template's page doesn't show of an edition, and what therefore is not proved:
        tables and figures by their names, sections of prose by their headings."""
        if edition.key not in self._made and prints_all(self.render, edition):
            return ()
        return tuple(name_left_out(self.probe(edition), edition))

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
        except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, UnreadableXml) as error:
            return (f"文件读不回来（{error}）。",)
        wanted = dict(zip(edition.by_key, figures, strict=True))
        known = {key: value for key, value in wanted.items() if value is not None}
        if len(known) < len(wanted):
            unknown = (edition.by_key[key].name for key in wanted if key not in known)
            return tuple(f"{quoted(name)}：没有数据。" for name in unknown)
        probe = self.probe(edition)
        faults = list(probe.faults)
        texts = [
            figure_text(figure, value, written)
            for figure, value in zip(edition.fields, known.values(), strict=True)
        ]
        tables, outside = split_tables(document)
        if not (probe.whole and tables_stand(tables, probe.tables, texts)):
            faults += _read_by_labels(content, known, edition, probe)
        faults += _wrongly_written(known, written or {}, edition)
        faults += _lost_prose(content, outside, passages, probe)
        return tuple(faults)


# ----------------------------------------------------------- what differs, read by the labels


def _read_by_labels(
    content: bytes, figures: Mapping[str, int], edition: Edition, probe: TemplateProbe
) -> list[str]:
    from pipeline.published.differences import differences
    from pipeline.published.reports import read_report

    wanted = {key: value for key, value in figures.items() if key not in probe.left_out}
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


def _lost_prose(
    content: bytes, outside: bytes, passages: Sequence[Passage], probe: TemplateProbe
) -> Iterator[str]:
    """Paragraphs that are not in the report; ``outside`` is what it has outside of its tables."""
    wanted = [
        paragraph
        for passage in passages
        if passage.section in probe.prose and not says_nothing(passage.paragraphs)
        for paragraph in passage.paragraphs
    ]
    hiding = any(mark in outside for mark in HIDING)
    missing = wanted if hiding else list(_unseen(outside, wanted))
    text = letters(visible_text(content)) if missing else ""
    for paragraph in missing:
        if letters(paragraph) not in text:
            yield f"正文{quoted(paragraph[:30])}没有印出，或与填报的不同。"


def _unseen(document: bytes, paragraphs: Sequence[str]) -> Iterator[str]:
    """The paragraphs that don't stand, as they are, after the one before: most often none, which
    is found faster than by parsing."""
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
