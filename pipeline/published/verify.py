"""Comparing a report that came back, or was published, with the run that made it.

Every number must still be the run's; prose may have been changed, which is shown and is no
fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from pipeline.edition import Edition, Field
from pipeline.intake.reading import kept_text
from pipeline.problems import Problem
from pipeline.published.made import Made, Matched
from pipeline.published.reports import PublishedReport, ordinal_of
from pipeline.published.rules import broken_rules
from pipeline.published.verify_fees import fee_differences
from pipeline.wording import quoted
from pipeline.workbook import WorkbookForm


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """A number that isn't the run's: where, what the run has, and what the report says."""

    table: str
    row: str
    column: str
    ours: str
    theirs: str

    @property
    def told(self) -> str:
        place = [quoted(name) for name in (self.row, self.column) if name]
        return f"{' '.join((self.table, *place))}：数据为 {self.ours}，报告中{self.theirs}。"


@dataclass(frozen=True, kw_only=True, slots=True)
class Verification:
    """What comparing a report gave. ``made`` is None when the run has no such report.

    ``known`` and ``alike`` are those of :class:`pipeline.published.made.Matched`.
    ``adds_up`` are the cross-footing rules that the report's own figures break; ``prose`` are
    the paragraphs that were changed: (before, after), one empty where added or taken out.
    """

    report: PublishedReport
    made: Made | None
    known: Sequence[str] = ()
    alike: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()
    adds_up: tuple[Problem, ...] = ()
    prose: tuple[tuple[str, str], ...] = ()

    @property
    def holds(self) -> bool:
        return self.made is not None and not self.differences and not self.adds_up


def verified(
    report: PublishedReport,
    matched: Matched,
    original: PublishedReport | None,
    editions: Mapping[str, Edition],
    form: WorkbookForm,
) -> Verification:
    """Compare a report with what the run made of it.

    ``original`` is the run's own report as it was written, to show changed prose against; None
    when there is none, or when it is the very file that is compared.
    """
    own = matched.made
    if not report.readable or own is None or own.edition not in editions:
        return Verification(report=report, made=None, known=matched.known, alike=matched.alike)
    broken = broken_rules(report, None, editions, form)
    return Verification(
        report=report,
        made=own,
        differences=(
            *differences(report, own.figures, editions[own.edition]),
            *_fee_differences(report, own, editions[own.edition]),
        ),
        adds_up=tuple(told for told in broken if told.severity == "error"),
        prose=tuple(_changed(original, report)) if original is not None else (),
    )


def differences(
    report: PublishedReport, figures: Mapping[str, int], edition: Edition
) -> Iterator[Difference]:
    """Where a report's tables don't say what ``figures`` (kept whole numbers by field) say; of a
    table that isn't there at all it is told once."""
    for table in edition.tables:
        known = [figure for figure in table.fields if figure.key in figures]
        if known and not any(figure.key in report.figures for figure in known):
            yield Difference(
                table=ordinal_of(table.key, edition),
                row="",
                column="",
                ours=f"{len(known)} 个数字",
                theirs="没有找到这张表",
            )
            continue
        yield from _in_table(report, known, figures, edition)


def _in_table(
    report: PublishedReport,
    known: Sequence[Field],
    figures: Mapping[str, int],
    edition: Edition,
) -> Iterator[Difference]:
    for figure in known:
        ours = figures[figure.key]
        theirs = _said(report, figure)
        if theirs is None or report.figures.get(figure.key) != ours:
            yield Difference(
                table=ordinal_of(figure.table, edition),
                row=figure.row[-1].name if figure.row else "",
                column=figure.column[-1].name,
                ours=kept_text(ours, figure.kind),
                theirs=theirs or "没有找到这一格",
            )


def _fee_differences(report: PublishedReport, made: Made, edition: Edition) -> Iterator[Difference]:
    if edition.fee is None:
        return
    section = report.section(edition.fee.section)
    for found in fee_differences(section, edition.fee, made.fee, made.fees):
        yield Difference(
            table=edition.fee.caption,
            row=found.whose,
            column=found.column,
            ours=found.ours,
            theirs=found.theirs,
        )


def _said(report: PublishedReport, figure: Field) -> str | None:
    """What a report has for a figure, in words; None where its cell was not found."""
    if figure.key not in report.figures:
        return None
    value = report.figures[figure.key]
    if value is not None:
        return f"为 {kept_text(value, figure.kind)}"
    blank = report.blanks.get(figure.key)
    if blank is not None:
        return f"写的是{quoted(blank)}" if blank else "是空白"
    return "不是可以确认的数字"


def _changed(before: PublishedReport, after: PublishedReport) -> Iterator[tuple[str, str]]:
    old, new = _prose(before), _prose(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for kind, i, i_end, j, j_end in matcher.get_opcodes():
        if kind == "equal":
            continue
        for offset in range(max(i_end - i, j_end - j)):
            yield (
                old[i + offset] if i + offset < i_end else "",
                new[j + offset] if j + offset < j_end else "",
            )


def _prose(report: PublishedReport) -> list[str]:
    """Headings and paragraphs in order, without numbers and blanks that a copy loses, and without
    the page numbers that it gains."""
    told = [report.title]
    for section in report.sections:
        for part in section.parts if not section.table else ():
            told += [part.heading] if part.heading else []
            told += part.paragraphs
    packed = ("".join(line.split()) for line in told)
    return [line for line in packed if not _PAGE_NUMBER.fullmatch(line)]


_PAGE_NUMBER = re.compile("[—–-]*[0-9]*[—–-]*")
"""A footer, which a page saved from Word has among its paragraphs: ``— 3 —`` or parts of it."""
