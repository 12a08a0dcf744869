"""Comparing a report that came back, or was published, with the run that made it.

Every number must still be the run's; prose may have been changed, which is shown and is no
fault.  What the run made is known from its record (``run.json``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from pipeline.edition import Edition, Field
from pipeline.intake.labels import normalise
from pipeline.intake.reading import kept_text
from pipeline.problems import Problem
from pipeline.published.reports import PublishedReport, ordinal_of
from pipeline.published.rules import broken_rules
from pipeline.published.verify_fees import Fee, fee_differences
from pipeline.wording import quoted
from pipeline.workbook import WorkbookForm


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """What the run recorded of one unit's report, or of a county's.

    ``figures`` are kept whole numbers by field key; ``report`` is the report's file, relative to
    the output folder, empty when the workbook was returned.  ``fee`` is its 信息处理费 and ``fees``
    those of a county's units by name, each ``requests`` (件) and ``amount`` (分).
    """

    name: str
    year: int
    edition: str
    figures: Mapping[str, int]
    report: str
    fee: Fee | None = None
    fees: Mapping[str, Fee] = field(default_factory=dict)


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

    ``alike`` are the files of several that it might be.
    ``adds_up`` are the cross-footing rules that the report's own figures break; ``prose`` are
    the paragraphs that were changed: (before, after), one empty where added or taken out.
    """

    report: PublishedReport
    made: Made | None
    known: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()
    adds_up: tuple[Problem, ...] = ()
    prose: tuple[tuple[str, str], ...] = ()

    @property
    def holds(self) -> bool:
        return self.made is not None and not self.differences and not self.adds_up


def made_reports(record: Mapping[str, object]) -> list[Made]:
    """The reports that a run's record knows the figures of; none of a record of another shape."""
    found = []
    fees = _fees(record)
    for group, name in (("counties", "county"), ("units", "unit")):
        for entry in _entries(record, group):
            made = _made(entry, name, fees)
            if made is not None:
                found.append(made)
    return found


def _entries(record: Mapping[str, object], group: str) -> list[Any]:
    entries = record.get(group)
    return entries if isinstance(entries, list) else []


def _fees(record: Mapping[str, object]) -> dict[str, tuple[str, Fee]]:
    """What each workbook, and each level by its summary, stated: (its name, its fee) by file."""
    found: dict[str, tuple[str, Fee]] = {}
    for group, name in (("units", "unit"), ("counties", "county")):
        for entry in _entries(record, group):
            fee = _fee(entry.get("fee"))
            source = entry.get("source") or next(reversed(entry.get("outputs") or []), "")
            if fee is not None and source:
                found[source] = (str(entry.get(name)), fee)
    return found


def _fee(told: object) -> Fee | None:
    """A fee of the record; None for one that isn't stated whole."""
    if not isinstance(told, dict) or None in told.values() or len(told) != 2:
        return None
    return told


def _made(entry: Mapping[str, Any], name: str, fees: Mapping[str, tuple[str, Fee]]) -> Made | None:
    try:
        outputs = [str(output) for output in entry["outputs"]]
        return Made(
            name=str(entry[name]),
            year=int(entry["year"] or 0),
            edition=str(entry["edition"]),
            figures={str(key): int(value) for key, value in entry["figures"].items()},
            report=next((output for output in outputs if output.endswith(".docx")), ""),
            fee=_fee(entry.get("fee")),
            fees=dict(fees[s] for s in entry.get("sources", ()) if s in fees),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def of_report(report: PublishedReport, made: Sequence[Made], own_file: str = "") -> Made | None:
    """The one recorded report of a report's unit and year; a name is matched, never guessed.

    Of several that fit, one of the very name, as 示例县 and 示例县人民政府 both report; of
    several of one name, the one that was written to ``own_file``, relative to the output folder.
    """
    fits = fitting(report, made)
    same = [m for m in fits if normalise(m.name) == normalise(report.unit)]
    for narrowed in (fits, same, [m for m in same or fits if m.report == own_file]):
        if len(narrowed) == 1:
            return narrowed[0]
    return None


def fitting(report: PublishedReport, made: Sequence[Made]) -> list[Made]:
    """The recorded reports of a report's year whose name is its unit's, in one of its forms."""
    wanted = unit_name(report.unit)
    return [m for m in made if wanted and m.year == report.year and unit_name(m.name) == wanted]


def unit_name(name: str) -> str:
    """A unit's name to match by: 王店镇 and 王店镇人民政府 are the same."""
    plain = normalise(name)
    for ending in ("人民政府", "办事处"):
        plain = plain.removesuffix(ending)
    return plain


def verified(
    report: PublishedReport,
    made: Sequence[Made],
    original: PublishedReport | None,
    editions: Mapping[str, Edition],
    form: WorkbookForm,
    own_file: str = "",
) -> Verification:
    """Compare a report with what the run made; ``own_file`` as for :func:`of_report`.

    ``original`` is the run's own report as it was written, to show changed prose against; None
    when there is none, or when it is the very file that is compared.
    """
    own = of_report(report, made, own_file)
    if not report.readable or own is None or own.edition not in editions:
        known = tuple(m.name for m in made if m.year == report.year)
        alike = tuple(m.report for m in fitting(report, made)) if own is None else ()
        return Verification(report=report, made=None, known=known, alike=alike)
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
