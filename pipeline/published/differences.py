"""Where the tables of a report don't hold the figures that they should."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.model.edition import Edition, Field
from pipeline.published.reports import PublishedReport, ordinal_of
from pipeline.text.figures import format_figure
from pipeline.text.wording import quoted


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
                ours=format_figure(ours, figure.kind),
                theirs=theirs or "没有找到这一格",
            )


def _said(report: PublishedReport, figure: Field) -> str | None:
    """What a report has for a figure, in words; None where its cell was not found."""
    if figure.key not in report.figures:
        return None
    value = report.figures[figure.key]
    if value is not None:
        return f"为 {format_figure(value, figure.kind)}"
    blank = report.blanks.get(figure.key)
    if blank is not None:
        return f"写的是{quoted(blank)}" if blank else "是空白"
    return "不是可以确认的数字"
