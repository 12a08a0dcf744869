"""Proof that a county's summary workbook says what the data say, read back from its bytes.

The figures are read with another library than wrote them, and found by their labels: the
national tables as a clerk's workbook is read, the units' figures by the unit and the heading of
the column.  What is compared is the value that every formula carries; that the formulas give it
is shown by recalculating them in the tests.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import python_calamine as calamine

from pipeline.aggregate.totals import County
from pipeline.books.cells import cell_text
from pipeline.model.edition import Field, Table
from pipeline.readback.cells import Cells, compared, headed, listing
from pipeline.readback.fees import workbook_fees
from pipeline.readback.long_table import HEADS, proved_long
from pipeline.readback.totals import recompute_totals
from pipeline.readback.years import year_faults
from pipeline.sheets.labels import locate
from pipeline.sheets.unpacking import unpacked
from pipeline.summary.book import TABLE_TOP, WHO
from pipeline.summary.lists import LONG_LIMIT
from pipeline.text.wording import quoted


def summary_faults(
    content: bytes, county: County, earlier: Sequence[County] = ()
) -> tuple[str, ...]:
    """What a summary workbook, as the bytes of the finished file, says otherwise than the data.

    ``earlier`` is the county in the years before, with which it compares this one.
    """
    proved = proved_long(unpacked(content), county)
    with calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
        sheets = {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in book.sheet_names
            if name not in proved
        }
    return (*_faults(sheets, county, earlier), *_long_faults(sheets, county, bool(proved)))


def _faults(
    sheets: Mapping[str, Cells], county: County, earlier: Sequence[County]
) -> Iterator[str]:
    totals = recompute_totals(county)
    for table in county.edition.tables:
        yield from _national(table, sheets.get(table.sheet, ()), totals)
    details = headed(sheets, [column.header for column in WHO])
    if details is None:
        yield "找不到各单位的数字。"
    else:
        yield from _details(details, county)
    yield from workbook_fees(sheets, county)
    yield from year_faults(sheets, county, earlier)


def _national(table: Table, cells: Cells, totals: Mapping[str, int]) -> Iterator[str]:
    """A national table's figures, found by their labels."""
    # Above the table stands what differs from county to county; the labels' places don't.
    texts = tuple(
        (row, column, value)
        for row, line in enumerate(cells)
        for column, value in enumerate(line)
        if row >= TABLE_TOP and isinstance(value, str) and value.strip()
    )
    numbered = tuple(
        row for row, line in enumerate(cells) if any(isinstance(value, float) for value in line)
    )
    places = locate(table, table.sheet, texts, numbered).cells
    for figure in table.fields:
        place = places.get(figure.key)
        raw = cells[place[0]][place[1]] if place is not None else None
        yield from _compared(table.sheet, figure, raw, totals[figure.key])


def _details(cells: Cells, county: County) -> Iterator[str]:
    """The figures of every unit: a row each, under the headings of the figures."""
    heads = [str(text) for text in cells[0]]
    columns = [
        at
        for at, head in enumerate(heads)
        if at >= len(WHO) and head and not head.endswith("（原填写）")
    ]
    fields = county.edition.fields
    sheets = {table.key: table.sheet for table in county.edition.tables}
    if len(columns) != len(fields) or not all(
        heads[at].startswith(sheets[figure.table])
        for at, figure in zip(columns, fields, strict=True)
    ):
        yield "单位明细的栏目不全。"
        return
    scales = [figure.scale for figure in fields]
    rows = cells[1 : 1 + len(county.members)]
    if len(rows) != len(county.members):
        yield "单位明细的单位不全。"
        return
    for row, member in zip(rows, county.members, strict=True):
        if [str(row[0]), str(row[2])] != [cell_text(member.unit), cell_text(member.source)]:
            named = f"{quoted(member.unit)}（{member.source}）"
            yield f"单位明细中{named}一行是{quoted(row[0])}（{row[2]}）。"
            continue
        printed = [row[at] for at in columns]
        values = [value or 0 for value in member.values]
        wanted = [value / scale for value, scale in zip(values, scales, strict=True)]
        if printed != wanted or set(map(type, printed)) != {float}:
            for figure, raw, value in zip(fields, printed, values, strict=True):
                yield from _compared(member.unit, figure, raw, value)


def _long_faults(sheets: Mapping[str, Cells], county: County, proved: bool) -> Iterator[str]:
    """What 长表 says otherwise where its bytes haven't proved it."""
    lines = listing(sheets, HEADS)
    due = len(county.members) * len(county.edition.fields) <= LONG_LIMIT
    if lines is not None:
        yield from _long(lines, county)
    elif due and not proved:
        yield "找不到长表。"


def _long(lines: Cells, county: County) -> Iterator[str]:
    """The figures one to a line: as many, in order, each with its unit's name."""
    expected = [
        (cell_text(member.unit), figure, value or 0)
        for member in county.members
        for figure, value in zip(county.edition.fields, member.values, strict=True)
    ]
    if len(lines) != len(expected):
        yield "长表的行数不对。"
        return
    for line, (unit, figure, value) in zip(lines, expected, strict=True):
        if line[0] != unit:
            yield f"长表中{quoted(unit)}的一行是{quoted(line[0])}。"
        yield from _compared(f"长表 {unit}", figure, line[4], value)


def _compared(where: str, figure: Field, raw: Any, value: int) -> Iterator[str]:
    return compared(f"{where}{quoted(figure.name)}", raw, value, figure.scale)
