"""Proof of what a county's report and its summary workbook say of 信息处理费, unit by unit.

The amounts are worked out anew from what the units stated, not by what printed them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from pipeline.aggregate.totals import County
from pipeline.books.cells import cell_text
from pipeline.model.edition import FeeStatement
from pipeline.ooxml.parts import read_parts
from pipeline.ooxml.visible_text import visible_document
from pipeline.prose.fees import fee_label
from pipeline.readback.cells import Cells, listing
from pipeline.readback.report import letters

Stated = tuple[str, tuple[int, int] | None]
"""A unit, and on how many requests (件) it says that it collected how much (分); None: nothing."""

FEN = 100
"""分 in a 元."""


def stated_fees(county: County) -> list[Stated]:
    """What each unit of a county stated, in order; empty where none did."""
    lines: list[Stated] = []
    for member in county.members:
        fee = member.fee
        if fee is None or fee.requests is None or fee.amount is None:
            lines.append((member.unit, None))
        else:
            lines.append((member.unit, (fee.requests, fee.amount)))
    return lines if any(fee for _, fee in lines) else []


def heads(statement: FeeStatement) -> list[str]:
    """The header of the list, by which it is found."""
    return [statement.unit, fee_label(statement.requests), fee_label(statement.amount)]


def workbook_fees(sheets: Mapping[str, Cells], county: County) -> Iterator[str]:
    """What the list of fees, in the sheets of a summary workbook by name, says otherwise."""
    wanted, statement = stated_fees(county), county.edition.fee
    if statement is None or not wanted:
        return
    listed = listing(sheets, heads(statement))
    if listed is None:
        yield f"找不到{statement.caption}的清单。"
        return
    if len(listed) != len(wanted):
        yield f"{statement.caption}的清单应有 {len(wanted)} 行，文件中为 {len(listed)} 行。"
        return
    for (unit, fee), line in zip(wanted, listed, strict=True):
        expected: list[object] = [cell_text(unit), statement.unstated, statement.unstated]
        if fee is not None:
            expected = [cell_text(unit), float(fee[0]), fee[1] / FEN]
        found = list(line[: len(expected)])
        if found != expected:
            yield f"{statement.caption}的清单：数据为 {_joined(expected)}，文件中为 {_joined(found)}。"


def _joined(cells: Sequence[object]) -> str:
    return "、".join(map(str, cells))


_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def report_fees(content: bytes, county: County) -> Iterator[str]:
    """What the list in a county's report, as the bytes of the finished file, says otherwise.

    A template may leave the list out; one that prints its header must print it whole.
    """
    wanted, statement = stated_fees(county), county.edition.fee
    if statement is None or not wanted:
        return
    header = tuple(map(letters, heads(statement)))
    rows = [header]
    for unit, fee in wanted:
        rows.append((letters(unit), *_printed(fee, statement.unstated)))
    stated = [fee for _, fee in wanted if fee is not None]
    sums = sum(requests for requests, _ in stated), sum(amount for _, amount in stated)
    rows.append((letters(statement.total), *_printed(sums, "")))
    document, _ = visible_document(read_parts(content))
    for table in document.iter(f"{_W}tbl") if document is not None else ():
        lines = table.iter(f"{_W}tr")
        printed = [_cells(row) for row in islice(lines, 1)]
        if printed == [header]:
            yield from _different(rows, [*printed, *map(_cells, lines)], statement)


def _cells(row: Any) -> tuple[str, ...]:
    """The texts of a row's cells."""
    return tuple(letters("".join(map(str, cell.itertext()))) for cell in row.iter(f"{_W}tc"))


def _different(
    rows: Sequence[tuple[str, ...]], printed: Sequence[tuple[str, ...]], statement: FeeStatement
) -> Iterator[str]:
    if len(rows) != len(printed):
        yield f"{statement.caption}的清单应有 {len(rows)} 行，文件中为 {len(printed)} 行。"
        return
    for row, found in zip(rows, printed, strict=True):
        if row != found:
            yield f"{statement.caption}的清单：数据为 {_joined(row)}，文件中为 {_joined(found)}。"


def _printed(fee: tuple[int, int] | None, unstated: str) -> tuple[str, str]:
    if fee is None:
        return letters(unstated), letters(unstated)
    requests, amount = fee
    whole, rest = divmod(amount, FEN)
    return str(requests), f"{whole}.{rest:02d}".rstrip("0").rstrip(".")
