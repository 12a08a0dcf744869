"""Proof of what a county's report and its summary workbook say of 信息处理费, unit by unit.

The amounts are worked out anew from what the units stated, not by what printed them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from pipeline.aggregate import County
from pipeline.edition import FeeStatement
from pipeline.publishing.proof import letters, parsed
from pipeline.publishing.specimen import main_part
from pipeline.report.fees import fee_label
from pipeline.summary.cells import cell_text

Stated = tuple[str, int | None, int | None]
"""A unit, on how many requests (件) it says that it collected how much (分); None: it says nothing."""

FEN = 100
"""分 in a 元."""


def stated_fees(county: County) -> list[Stated]:
    """What each unit of a county stated, in order; empty where none need state it, or none did."""
    if county.edition.fee is None:
        return []
    lines: list[Stated] = []
    for member in county.members:
        fee = member.fee
        if fee is None or fee.requests is None or fee.amount is None:
            lines.append((member.unit, None, None))
        else:
            lines.append((member.unit, fee.requests, fee.amount))
    return lines if any(requests is not None for _, requests, _ in lines) else []


def heads(statement: FeeStatement) -> list[str]:
    """The header of the list, by which it is found."""
    return [statement.unit, fee_label(statement.requests), fee_label(statement.amount)]


def workbook_fees(listed: Sequence[Sequence[Any]] | None, county: County) -> Iterator[str]:
    """What the summary workbook's list of fees, from its header on, says otherwise."""
    wanted, statement = stated_fees(county), county.edition.fee
    if statement is None or not wanted:
        return
    if listed is None:
        yield f"找不到{statement.caption}的清单。"
        return
    lines = [line[:3] for line in listed[1:] if line and line[0] != ""]
    if len(lines) != len(wanted):
        yield f"{statement.caption}的清单应有 {len(wanted)} 行，文件中为 {len(lines)} 行。"
        return
    for (unit, requests, amount), line in zip(wanted, lines, strict=True):
        told: list[object] = [cell_text(unit), statement.unstated, statement.unstated]
        if requests is not None and amount is not None:
            told[1:] = [float(requests), amount / FEN]
        if list(line) != told:
            yield f"{statement.caption}“{unit}”：数据为 {told[1]}、{told[2]}，文件中为 {line}。"


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
    for unit, requests, amount in wanted:
        rows.append((letters(unit), *_printed(requests, amount, statement.unstated)))
    requests = sum(requests or 0 for _, requests, _ in wanted)
    amount = sum(amount or 0 for _, _, amount in wanted)
    rows.append((letters(statement.total), *_printed(requests, amount, "")))
    for table in parsed(main_part(content)).iter(f"{_W}tbl"):
        lines = table.iter(f"{_W}tr")
        told = [_cells(row) for row in islice(lines, 1)]
        if told == [header]:
            told += map(_cells, lines)
            if told != rows:
                yield from _different(rows, told, statement)


def _cells(row: Any) -> tuple[str, ...]:
    """The texts of a row's cells."""
    return tuple(letters("".join(map(str, cell.itertext()))) for cell in row.iter(f"{_W}tc"))


def _different(
    rows: Sequence[tuple[str, ...]], told: Sequence[tuple[str, ...]], statement: FeeStatement
) -> Iterator[str]:
    if len(rows) != len(told):
        yield f"{statement.caption}的清单应有 {len(rows)} 行，文件中为 {len(told)} 行。"
        return
    for row, found in zip(rows, told, strict=True):
        if row != found:
            yield f"{statement.caption}的清单：数据为 {'、'.join(row)}，文件中为 {'、'.join(found)}。"


def _printed(requests: int | None, amount: int | None, unstated: str) -> tuple[str, str]:
    if requests is None or amount is None:
        return letters(unstated), letters(unstated)
    whole, rest = divmod(amount, FEN)
    return str(requests), f"{whole}.{rest:02d}".rstrip("0").rstrip(".")
