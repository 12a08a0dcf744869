"""A published report as the standardized workbook it might have been: what to fill in, what not.

Last year's report then gives this year's carry-over and comparison.  Only what was placed for
certain, and counts in the workbook's edition what it counts in the report's, is filled in; all
else stays empty and is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipeline.aggregate.comparison import field_change
from pipeline.model.edition import Edition, Field, edition_for
from pipeline.model.place import Place
from pipeline.model.submission import Passage, Prefill, ProcessingFee
from pipeline.prose.fees import amounts_told
from pipeline.published.reports import PublishedReport, ordinal_of
from pipeline.text.figures import format_figure
from pipeline.text.wording import quoted


@dataclass(frozen=True, kw_only=True, slots=True)
class Left:
    """Cells of a table that stay empty, by name, and why."""

    table: str
    why: str
    names: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Imported:
    """What to write: the edition of the workbook (None: the year is unknown or has none), its
    filling-in, what stays empty, and totals that the workbook computes otherwise than printed."""

    report: PublishedReport
    edition: Edition | None
    prefill: Prefill
    left: tuple[Left, ...] = ()
    recomputed: tuple[str, ...] = ()

    @property
    def file_stem(self) -> str:
        return f"{self.report.unit}{self.report.year}年度"


def imported(
    report: PublishedReport, editions: Mapping[str, Edition], county: str = ""
) -> Imported:
    """What a report gives the workbook of its year. ``county`` is said by no report."""
    edition = edition_for(report.year, editions) if report.year else None
    if edition is None or not report.readable or not report.unit:
        return Imported(report=report, edition=None, prefill=Prefill())
    figures: dict[str, int] = {}
    open_: dict[tuple[str, str], list[str]] = {}
    for figure in edition.fields:
        why = _why_not(figure, report, editions)
        value = report.figures.get(figure.key)
        if why or value is None:
            table = ordinal_of(figure.table, edition)
            open_.setdefault((table, why), []).append(figure.name)
        else:
            figures[figure.key] = value
    prefill = Prefill(
        identity=_identity(report, edition, county),
        figures=figures,
        written={key: text for key, text in report.written.items() if key in figures},
        passages=tuple(_passages(report, edition)),
        fee=_fee(report, edition),
    )
    return Imported(
        report=report,
        edition=edition,
        prefill=prefill,
        left=tuple(
            Left(table=table, why=why, names=tuple(names)) for (table, why), names in open_.items()
        ),
        recomputed=tuple(_recomputed(figures, edition)),
    )


def _why_not(figure: Field, report: PublishedReport, editions: Mapping[str, Edition]) -> str:
    """Why a figure can't be filled in; empty when it can."""
    layout = report.layouts.get(figure.table)
    if layout is None:
        return "没有找到这张表"
    then = editions[layout]
    if figure.key not in then.by_key:
        return f"{then.name}没有这一项"
    alike = field_change(figure, then, {f.key: 0 for f in then.fields})
    if alike.why:
        return f"{then.name}中口径不同"
    if figure.key in report.blanks:
        return "原文空白"
    return "没有读取" if report.figures.get(figure.key) is None else ""


def _identity(report: PublishedReport, edition: Edition, county: str) -> dict[str, str]:
    identity = {"unit": report.unit, "year": str(report.year)}
    if county:
        identity["county"] = county
    if report.title != edition.title.format(unit=report.unit, year=report.year):
        identity["title"] = report.title
    return identity


def _passages(report: PublishedReport, edition: Edition) -> Iterator[Passage]:
    known = {section.key for section in edition.sections if section.sheet}
    parts = {part.key for part in edition.parts}
    for section in report.sections:
        for part in section.parts if section.key in known else ():
            if part.paragraphs:
                yield Passage(
                    section=section.key,
                    part=part.part if part.part in parts else "",
                    heading=part.heading,
                    paragraphs=part.paragraphs,
                    place=Place("", ""),
                )


def _fee(report: PublishedReport, edition: Edition) -> ProcessingFee | None:
    """The 信息处理费 that the prose tells, where it tells one amount; of how many requests it was
    is only known where there were none."""
    section = report.section(edition.fee.section) if edition.fee is not None else None
    told = amounts_told(section.paragraphs) if section is not None else frozenset()
    if len(told) != 1:
        return None
    (amount,) = told
    return ProcessingFee(None if amount else 0, amount)


def _recomputed(figures: Mapping[str, int], edition: Edition) -> Iterator[str]:
    """Totals that aren't their sum: the workbook computes them, so they will differ."""
    for figure in edition.fields:
        if figure.derived and figure.key in figures and all(p in figures for p in figure.parts):
            total = sum(figures[part] for part in figure.parts)
            if total != figures[figure.key]:
                printed, computed = (
                    format_figure(n, figure.kind) for n in (figures[figure.key], total)
                )
                name = ordinal_of(figure.table, edition) + quoted(figure.name)
                yield f"{name}原文为 {printed}，各项之和为 {computed}"
