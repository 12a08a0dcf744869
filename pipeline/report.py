"""What a report says: the plain values that fill a Word template.

A context has the title, the introduction, the sections in order with their prose and tables,
and the signature.  It knows nothing of Word.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Self

from pipeline.aggregate import County
from pipeline.edition import Edition, Field, Section, Table, printed
from pipeline.submission import Passage, Submission
from pipeline.tables import Cell, Grid, grid

Printed = Callable[[Field], str]


def unit_context(submission: Submission, edition: Edition, draft: str = "") -> dict[str, Any]:
    """The context of one accepted unit's report. ``draft``: as for a county's."""
    values = dict(zip((f.key for f in edition.fields), submission.values, strict=True))

    def text(figure: Field) -> str:
        if figure.kind == "money_text":
            return submission.written.get(figure.key, "0")
        return printed(values[figure.key] or 0, figure.scale, figure.kind == "signed")

    return _context(submission, submission.unit, submission.year, edition, text, draft)


def county_context(county: County, draft: str = "") -> dict[str, Any]:
    """The context of a county's report: its sums, with the prose of the county's own workbook.

    ``draft`` stands in the header of every page, over the watermark 草稿, where it isn't empty.
    """

    def text(figure: Field) -> str:
        value = int(county.total[figure.key])
        amount = printed(value, figure.scale, figure.kind == "signed")
        return f"{amount}万元" if figure.kind == "money_text" and value else amount

    return _context(county.own, county.name, county.year, county.edition, text, draft)


def _context(
    own: Submission | None,
    name: str,
    year: int,
    edition: Edition,
    text: Printed,
    draft: str,
) -> dict[str, Any]:
    identity = own.identity if own is not None else {}
    passages = own.passages if own is not None else ()
    sections = [_section(s, passages, edition, text) for s in edition.sections]
    title = identity.get("title") or edition.title.format(unit=name, year=year)
    return {
        "标题": title,
        "分行标题": title_lines(title, name),
        "草稿": draft,
        "单位": name,
        "年度": year,
        "依据": edition.document,
        "引言": [
            p for s in sections if not s["标题"] for part in s["各部分"] for p in part["各段"]
        ],
        "各章": [section for section in sections if section["标题"]],
        "落款": {
            "单位": name,
            "日期": _chinese_date(identity.get("signed_on", "")),
            "名称长": len(name) > SIGNATURE_LINE,
        },
    }


TITLE_LINE = 20
"""So many characters of 二号 fit in a line of the text area of GB/T 9704-2012."""


SIGNATURE_LINE = 14
"""So many characters of a unit's name can be centred over a date that ends four from the right."""


def title_lines(title: str, unit: str) -> str:
    """A title too long for one line, broken after the unit's name: no word is torn apart."""
    width = sum(0.5 if character.isascii() else 1 for character in title)
    rest = title.removeprefix(unit)
    return title if width < TITLE_LINE or rest in (title, "") else f"{unit}\n{rest}"


def _chinese_date(text: str) -> str:
    """``2021-01-05`` as it stands under a document: 2021年1月5日."""
    parts = text.split("-")
    if len(parts) != 3 or not all(part.isdigit() for part in parts):
        return text
    year, month, day = (int(part) for part in parts)
    return f"{year}年{month}月{day}日"


def _section(
    section: Section, passages: Sequence[Passage], edition: Edition, text: Printed
) -> dict[str, Any]:
    parts = [
        {"标题": passage.heading, "各段": list(passage.paragraphs)}
        for passage in passages
        if passage.section == section.key
    ]
    if not parts and section.empty:
        parts = [{"标题": "", "各段": [section.empty]}]
    return {
        "标题": section.heading,
        "各部分": parts,
        "表": _table(edition.table(section.table), text) if section.table else None,
    }


class Span(int):
    """How many columns a cell takes; knows also its share of the table's width, its place in a
    vertical merge, and whether its text runs downwards (``upright``)."""

    merge: str
    width: float
    upright: bool

    def __new__(cls, columns: int, width: float, merge: str, upright: bool = False) -> Self:
        span = super().__new__(cls, columns)
        span.width, span.merge, span.upright = width, merge, upright
        return span


def _table(table: Table, text: Printed) -> dict[str, Any]:
    laid = grid(table)
    widths = _widths(laid, text)
    rows = _rows(laid, widths, text)
    return {
        "名称": table.caption,
        "列数": laid.columns,
        "列宽": widths,
        "表头": rows[: laid.head],
        "各行": rows[laid.head :],
    }


SMALL_LINE = 42
"""So many characters of 五号, in which a table of many columns is set, fit in a line."""

EDGES = 0.5
"""The margins of a cell, in such characters."""

UPRIGHT = 1.6
"""The width of a column whose labels run downwards, in such characters."""


def _widths(laid: Grid, text: Printed) -> tuple[float, ...]:
    """The columns' shares of the width: as declared, but no figure is torn over two lines.

    A label written downwards leaves its room to the labels beside it.
    """
    declared = [width / sum(laid.widths) for width in laid.widths]
    if any(_upright(cell, laid) for cell in laid.cells):
        narrow = min(declared[0], UPRIGHT / SMALL_LINE)
        declared[laid.stub - 1] += declared[0] - narrow
        declared[0] = narrow
    needed = [0.0] * laid.columns
    for cell in laid.cells:
        if cell.column >= laid.stub and cell.colspan == 1:
            characters = _unbroken(cell, text) + EDGES
            needed[cell.column] = max(needed[cell.column], characters / SMALL_LINE)
    wide = {at for at in range(laid.columns) if needed[at] > declared[at]}
    left = max(1 - sum(needed[at] for at in wide), 0.2)
    others = sum(share for at, share in enumerate(declared) if at not in wide) or 1.0
    return tuple(
        needed[at] if at in wide else share / others * left for at, share in enumerate(declared)
    )


def _unbroken(cell: Cell, text: Printed) -> float:
    """How wide what must stay on one line is: a figure, or a label of up to three characters."""
    if cell.field is not None:
        return len(text(cell.field)) / 2
    return len(cell.text) if len(cell.text) <= 3 else 0


def _rows(laid: Grid, widths: Sequence[float], text: Printed) -> list[dict[str, Any]]:
    """Each printed row with all its cells, those that continue a cell above included."""
    total = sum(widths)
    rows: list[list[tuple[int, str, dict[str, Any]]]] = [[] for _ in range(laid.rows)]
    for cell in laid.cells:
        width = sum(widths[cell.column : cell.column + cell.colspan]) / total
        upright = _upright(cell, laid)
        pattern = "表头" if upright else _pattern(cell)
        for down in range(cell.rowspan):
            merge = "" if cell.rowspan == 1 else ("continue" if down else "restart")
            said = "" if down else (text(cell.field) if cell.field else cell.text)
            value = {"文字": said, "跨": Span(cell.colspan, width, merge, upright)}
            rows[cell.row + down].append((cell.column, pattern, value))
    made = []
    for row in rows:
        row.sort(key=lambda item: item[0])
        made.append(
            {
                "表头": [value for _, pattern, value in row if pattern == "表头"],
                "标签": [value for _, pattern, value in row if pattern == "标签"],
                "数字": [value for _, pattern, value in row if pattern == "数字"],
            }
        )
    return made


def _pattern(cell: Cell) -> str:
    """Which of the template's cells draws a cell: header, row label or figure."""
    return {"row": "标签", "figure": "数字"}.get(cell.role, "表头")


def _upright(cell: Cell, laid: Grid) -> bool:
    """Whether a label is written downwards: of the first level of several, and high enough."""
    return (
        cell.role == "row"
        and cell.column == 0
        and cell.colspan < laid.stub
        and cell.rowspan > len(cell.text)
    )
