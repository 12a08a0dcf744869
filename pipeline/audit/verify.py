"""Comparing a report that came back, or was published, with the run that made it.

Every number must still be the run's; prose may have been changed, which is shown and is no
fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from pipeline.audit.recorded import Made, Matched
from pipeline.audit.verify_fees import fee_differences
from pipeline.model.edition import Edition
from pipeline.model.problem import Problem
from pipeline.model.workbook_form import WorkbookForm
from pipeline.published.differences import Difference, differences
from pipeline.published.reports import PublishedReport
from pipeline.validate.published import broken_rules


@dataclass(frozen=True, kw_only=True, slots=True)
class Verification:
    """What comparing a report gave. ``made`` is None when the run has no such report.

    ``known`` and ``alike`` are those of :class:`pipeline.audit.recorded.Matched`.
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
