"""The summary workbook's list of 信息处理费 by unit."""

from __future__ import annotations

from typing import Any

from pipeline.books.cells import Value
from pipeline.prose.fees import county_fees, county_sentence, fee_label
from pipeline.summary.book import Book, Column
from pipeline.summary.formulas import in_units
from pipeline.summary.listing import write_listing


def states_fees(book: Book) -> bool:
    """Whether any unit states what it collected."""
    return county_fees(book.county.members, book.edition.fee) is not None


def write_fees(book: Book, ws: Any) -> None:
    """A row for each unit: requests (件) and amount (元), as the county's report lists them."""
    statement = book.edition.fee
    fees = county_fees(book.county.members, statement)
    assert statement is not None
    assert fees is not None
    rows: list[list[Value]] = []
    for unit, fee in fees.lines:
        told: list[Value] = [
            statement.unstated if fee is None else in_units(getattr(fee, node.key) or 0, node.scale)
            for node in statement.nodes
        ]
        rows.append([unit, *told])
    unstated = len(fees.lines) - fees.stated
    write_listing(
        book,
        ws,
        table="信息处理费表",
        title=book.title + statement.caption,
        note=county_sentence(book.county.name, fees, statement)
        + (f"另有 {unstated} 个单位没有填报。" if unstated else ""),
        columns=[
            Column(header=statement.unit, width=34),
            Column(
                header=fee_label(statement.requests), width=18, style="figure", number_format="0"
            ),
            Column(
                header=fee_label(statement.amount),
                width=18,
                style="figure",
                number_format="#,##0.00",
            ),
        ],
        rows=rows,
    )
