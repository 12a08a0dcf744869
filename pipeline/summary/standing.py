"""The summary workbook's lists of who has reported, whom to remind and who has published."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipeline.aggregate.completeness import PUBLICATIONS, reminder
from pipeline.books.cells import OPEN_COPY, Value, to_copy
from pipeline.model.completeness import ACCEPTED, STATUSES, Publication, Standing
from pipeline.summary.book import DASH, Book, Column
from pipeline.summary.listing import write_listing

STATUS_COLUMN = 2
"""Where the word for the state stands in both lists, from 0."""

_LEVEL = Column(header="所属", width=16, style="word")
_UNIT = Column(header="单位", width=26)
_KIND = Column(header="类型", width=10, style="word")
_STATUS = Column(header="状态", width=9, style="word")
_DUE = Column(header="截止日期", width=13, style="word")
_CONTACT = (
    Column(header="联系人", width=12, style="word"),
    Column(header="电话", width=16, style="word"),
)


def write_standing(book: Book, ws: Any) -> None:
    """A line for each unit that should report, and where it stands."""
    lines = book.content.standing
    several = _several(line.level for line in lines)
    rows: list[list[Value]] = [
        [
            *_who(line, line.status, several),
            line.due,
            _signed(line),
            "是" if line.counted else "否",
            line.contact,
            line.phone,
            line.source,
        ]
        for line in lines
    ]
    write_listing(
        book,
        ws,
        table="报送情况表",
        title=book.title + "报送情况",
        note=f"应报 {len(lines)} 个单位。{_words(status_counts(lines))}签批不齐的不能定稿。",
        columns=[
            *_columns(_STATUS, several),
            _DUE,
            Column(header="签批", width=18),
            Column(header="计入汇总", width=9, style="word"),
            *_CONTACT,
            Column(header="来源文件", width=34),
        ],
        rows=rows,
    )


def _signed(line: Standing) -> str:
    if line.status != ACCEPTED:
        return DASH
    return f"缺{'、'.join(line.unsigned)}" if line.unsigned else "齐"


def _several(levels: Any) -> bool:
    """Whether the lines are of more than one level, which then is a column."""
    return len(set(levels)) > 1


def _columns(status: Column, several: bool) -> list[Column]:
    return [_UNIT, _KIND, status, *([_LEVEL] if several else [])]


def _who(line: Standing | Publication, status: str, several: bool) -> list[Value]:
    return [line.unit, line.kind, status, *([line.level] if several else [])]


def _words(counts: dict[str, int]) -> str:
    return "，".join(f"{status} {count} 个" for status, count in counts.items() if count) + "。"


def status_counts(lines: Sequence[Standing]) -> dict[str, int]:
    """The usual words first, then any other that occurs."""
    return _counts(STATUSES, [line.status for line in lines])


def publication_counts(lines: Sequence[Publication]) -> dict[str, int]:
    """How many reports are published in time, late, not yet, and overdue."""
    return _counts(PUBLICATIONS, [line.status for line in lines])


def _counts(usual: Sequence[str], statuses: Sequence[str]) -> dict[str, int]:
    counts = dict.fromkeys(usual, 0)
    for status in statuses:
        counts[status] = counts.get(status, 0) + 1
    return counts


def write_reminders(book: Book, ws: Any) -> None:
    """Who is still to report, whom to call, and a sentence to send."""
    waiting = book.waiting
    several = _several(line.level for line in book.content.standing)
    errors: dict[str, int] = {}
    for unit, _, found in book.content.problems:
        errors[unit] = errors.get(unit, 0) + (found.severity == "error" and not found.explanation)
    columns = [
        *_columns(_STATUS, several),
        _DUE,
        *_CONTACT,
        Column(header="已收文件", width=22),
        Column(header="错误数", width=9, style="figure", number_format="0"),
        Column(header="催报用语", width=46),
    ]
    rows: list[list[Value]] = []
    links: dict[tuple[int, int], tuple[str, str]] = {}
    for line in waiting:
        report = book.edition.title.format(unit=line.unit, year=book.county.year)
        copy = to_copy(book.content.copies.get(line.source, ""))
        if copy:
            links[len(rows), [c.header for c in columns].index("已收文件")] = copy, OPEN_COPY
        count = errors.get(line.unit, 0)
        rows.append(
            [
                *_who(line, line.status, several),
                line.due,
                line.contact,
                line.phone,
                line.source,
                count if count else DASH,
                reminder(line, report),
            ]
        )
    told = f"还有 {len(waiting)} 个单位没有通过。" if waiting else "应报单位全部通过，不需要催报。"
    write_listing(
        book,
        ws,
        table="催报单表",
        title=book.title + "催报单",
        note=told + "“催报用语”可复制发给联系人。",
        columns=columns,
        rows=rows,
        links=links,
    )


def write_published(book: Book, ws: Any) -> None:
    """A line for each report that is to be published: by when, when and where it was."""
    lines = book.content.published
    several = _several(line.level for line in lines)
    write_listing(
        book,
        ws,
        table="公布情况表",
        title=book.title + "公布情况",
        note=f"应公布 {len(lines)} 份。{_words(publication_counts(lines))}"
        "公布日期和网址取自名册；年报公布以后填进名册，再运行一次。",
        columns=[
            *_columns(Column(header="公布情况", width=13, style="word"), several),
            Column(header="公布期限", width=13, style="word"),
            Column(header="公布日期", width=13, style="word"),
            Column(header="公布网址", width=60),
        ],
        rows=[
            [*_who(line, line.status, several), line.by, line.on or DASH, line.at or DASH]
            for line in lines
        ],
    )
