"""The workbook of an audit's findings: the reports from best to worst, and every finding."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.audit.audit import VERDICTS, Audit, ranked
from pipeline.books.drawing import HIGHEST, LINE, lines_of
from pipeline.books.new_book import new_book
from pipeline.books.theme import THEME
from pipeline.declare.messages import rule_name
from pipeline.model.edition import Edition
from pipeline.model.problem import SEVERITIES

RANKING, FINDINGS = "排名", "问题清单"

_RANK_COLUMNS = (
    ("名次", 7),
    ("单位", 28),
    ("年度", 8),
    ("结论", 10),
    ("错误", 7),
    ("警告", 7),
    ("提示", 7),
    ("读到的数字", 12),
    ("与上年核对", 12),
    ("文件", 40),
)
_FINDING_COLUMNS = (
    ("单位", 28),
    ("年度", 8),
    ("程度", 8),
    ("检查项目", 22),
    ("问题", 90),
    ("文件", 40),
)
_FILLS = {
    "error": (THEME.error_fill, THEME.error_ink),
    "warning": (THEME.warning_fill, THEME.warning_ink),
    "wrong": (THEME.error_fill, THEME.error_ink),
    "unreadable": (THEME.error_fill, THEME.error_ink),
    "doubtful": (THEME.warning_fill, THEME.warning_ink),
    "right": (THEME.good_fill, THEME.good_ink),
}


def write_audit_book(audits: Sequence[Audit], editions: Mapping[str, Edition]) -> bytes:
    """The findings as the bytes of an .xlsx file, the same for the same audits.

    ``editions`` give the names of the rules, of equal ids the newest.
    """
    buffer = io.BytesIO()
    book = new_book(buffer, "政府信息公开工作年度报告审计")
    order = ranked(audits)
    names = {rule.id: rule.name for one in editions.values() for rule in one.rules}
    ranks = [_rank(place, audit) for place, audit in enumerate(order, 1)]
    marks = [audit.verdict for audit in order]
    _sheet(book, RANKING, _RANK_COLUMNS, ranks, 3, marks)
    findings, grave = [], []
    for audit in order:
        for told in audit.problems:
            findings.append(
                (
                    audit.report.unit or "（不明）",
                    audit.report.year or "（不明）",
                    SEVERITIES[told.severity],
                    rule_name(told.rule, names),
                    told.message,
                    audit.report.source,
                )
            )
            grave.append(told.severity)
    _sheet(book, FINDINGS, _FINDING_COLUMNS, findings, 2, grave)
    book.close()
    return buffer.getvalue()


def _rank(place: int, audit: Audit) -> tuple[Any, ...]:
    report = audit.report
    return (
        place,
        report.unit or "（不明）",
        report.year or "（不明）",
        VERDICTS[audit.verdict],
        audit.count("error"),
        audit.count("warning"),
        audit.count("notice"),
        sum(value is not None for value in report.figures.values()),
        "是" if audit.compared else "没有上年报告",
        report.source,
    )


def _sheet(
    book: Any,
    name: str,
    columns: Sequence[tuple[str, float]],
    rows: Sequence[tuple[Any, ...]],
    marked: int,
    marks: Sequence[str],
) -> None:
    """A filterable table that prints on A4; the column ``marked`` is coloured by ``marks``."""
    base = {"font_name": THEME.font, "font_size": THEME.size, "text_wrap": True, "valign": "top"}
    base |= {"border": 1, "border_color": THEME.line, "align": "left", "indent": 1}
    plain = book.add_format(base)
    header = book.add_format(
        base | {"bold": True, "bg_color": THEME.brand_light, "font_color": THEME.ink}
    )
    coloured = {
        key: book.add_format(base | {"bg_color": fill, "font_color": ink})
        for key, (fill, ink) in _FILLS.items()
    }
    sheet = book.add_worksheet(name)
    for at, (title, width) in enumerate(columns):
        sheet.set_column(at, at, width)
        sheet.write(0, at, title, header)
    for row, (values, mark) in enumerate(zip(rows, marks, strict=True), 1):
        for at, value in enumerate(values):
            sheet.write(row, at, value, coloured.get(mark, plain) if at == marked else plain)
        lines = (lines_of(str(v), width) for v, (_, width) in zip(values, columns, strict=True))
        sheet.set_row(row, min(max(lines) * LINE + 3, HIGHEST))
    sheet.autofilter(0, 0, max(1, len(rows)), len(columns) - 1)
    sheet.freeze_panes(1, 2)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
