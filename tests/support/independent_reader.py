"""A second reader of clerks' workbooks, written apart from the first and with another library.

It knows less: a table is found by its sheet's exact name, a figure where the labels of its row
and its column, spelt as the edition spells them, cross.  What it finds, it must find as intake
does; what it can't find, it says nothing of.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from typing import Any

import openpyxl

from pipeline.model.edition import Block, Edition, Field, Table
from pipeline.model.submission import Submission

Cells = dict[tuple[int, int], Any]
"""(row, column), counted from 1, as openpyxl does."""


def cells_of(content: bytes, sheets: Collection[str], fast: bool = True) -> dict[str, Cells]:
    """The cells with values of the sheets that are there, formulas by the value they had.

    ``fast`` misplaces the cells of a row that isn't written in order.
    """
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=fast, data_only=True)
    found: dict[str, Cells] = {}
    for name in sheets:
        if name in book.sheetnames:
            sheet = book[name]
            if fast:
                sheet.reset_dimensions()  # it would fill up what the file says, whatever that is
            found[name] = {
                (cell.row, cell.column): cell.value
                for row in sheet.iter_rows()
                for cell in row
                if cell.value is not None and cell.value != ""
            }
    return found


def plain(text: Any) -> str:
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", str(text)))


def located(table: Table, cells: Cells) -> dict[str, tuple[int, int]]:
    """Where the figures of a table stand, by field; those left out that stand nowhere or twice."""
    found: dict[str, tuple[int, int]] = {}
    for index, (block, inside) in enumerate(_parted(table, cells)):
        fields = [field for field in table.fields if field.block == index]
        found |= _in_block(table, block, fields, inside)
    return found


def _parted(table: Table, cells: Cells) -> Iterator[tuple[Block, Cells]]:
    tops = []
    for block in table.blocks:
        rows = {r for (r, _), value in cells.items() if plain(value) == plain(block.heading)}
        tops.append(min(rows) if block.heading and len(rows) == 1 else 0)
    for at, block in enumerate(table.blocks):
        if block.heading and not tops[at]:
            continue
        below = [top for top in tops if top > tops[at]]
        end = min(below, default=1 << 30)
        yield block, {place: v for place, v in cells.items() if tops[at] < place[0] < end}


def _in_block(
    table: Table, block: Block, fields: list[Field], cells: Cells
) -> dict[str, tuple[int, int]]:
    stub = len(table.stub)
    rows = {path: r for path, r in _once(_row_paths(cells, stub))}
    ends = {tuple(plain(n.label) for n in f.row) for f in fields}
    body = [r for path, r in rows.items() if path in ends]
    numbers = [r for (r, _), value in cells.items() if isinstance(value, (int, float))]
    top = min(body if stub else numbers, default=0)
    labels = {plain(node.label) for f in fields for node in f.column}
    above = {place: v for place, v in cells.items() if place[0] < top and place[1] > stub}
    heads = {r for (r, _), value in above.items() if plain(value) in labels}
    header = {place: v for place, v in above.items() if place[0] in heads}
    columns = list(_once(_column_paths(header)))
    found: dict[str, tuple[int, int]] = {}
    for field in fields:
        row = rows.get(tuple(plain(node.label) for node in field.row)) if stub else top
        wanted = tuple(plain(node.label) for node in field.column)
        fits = [c for path, c in columns if path[-len(wanted) :] == wanted]
        if row and len(fits) == 1:
            found[field.key] = row, fits[0]
    return found


def _row_paths(cells: Cells, stub: int) -> Iterator[tuple[tuple[str, ...], int]]:
    path: dict[int, str] = {}
    for r in sorted({r for r, _ in cells}):
        own = {c: plain(cells[r, c]) for c in range(1, stub + 1) if (r, c) in cells}
        if not own:
            continue
        path = {c: text for c, text in path.items() if c < min(own)} | own
        yield tuple(path[c] for c in sorted(path)), r


def _column_paths(header: Cells) -> Iterator[tuple[tuple[str, ...], int]]:
    path: dict[int, str] = {}
    for c in sorted({c for _, c in header}):
        own = {r: plain(value) for (r, column), value in header.items() if column == c}
        path = {r: text for r, text in path.items() if r < min(own)} | own
        yield tuple(path[r] for r in sorted(path)), c


def _once(
    paths: Iterator[tuple[tuple[str, ...], int]],
) -> Iterator[tuple[tuple[str, ...], int]]:
    found: dict[tuple[str, ...], list[int]] = {}
    for path, at in paths:
        found.setdefault(path, []).append(at)
    yield from ((path, at[0]) for path, at in found.items() if len(at) == 1)


# ------------------------------------------------------------------------------- the figures

_NOTHING = {"", "-", "--", "—", "——", "/", "\\", "无"}
_UNITS = {"": 1, "件": 1, "条": 1, "项": 1, "个": 1, "次": 1, "宗": 1, "份": 1}
_MONEY = {"": 1_000_000, "元": 100, "万元": 1_000_000, "万": 1_000_000, "亿元": 10**10}


def kept(raw: Any, scale: int) -> int | None:
    """A cell's figure in kept whole numbers (件, 分); None for what this reader doesn't know."""
    if raw is None:
        return 0
    if isinstance(raw, bool):
        return None
    if isinstance(raw, (int, float)):
        amount = Decimal(format(raw, ".15g")) * scale
        return int(amount) if amount == amount.to_integral_value() else None
    text = unicodedata.normalize("NFKC", str(raw))
    text = re.sub("[−–－]", "-", text).strip()
    if re.sub(r"\s", "", text) in _NOTHING:
        return 0
    found = re.fullmatch(r"([+-]?[0-9][0-9,]*(?:\.[0-9]+)?)\s*(\D*)", text)
    units = _MONEY if scale > 1 else _UNITS
    if not found or found.group(2) not in units:
        return None
    amount = Decimal(found.group(1).replace(",", "")) * units[found.group(2)]
    return int(amount) if amount == amount.to_integral_value() else None


def disagreements(
    content: bytes, read: Submission, edition: Edition, tables: Collection[str] = ()
) -> list[str]:
    """Figures that intake read otherwise than this reader, of the named tables (none: all).

    What openpyxl can't open, it can't contradict.
    """
    wanted = [t for t in edition.tables if not tables or t.key in tables]
    fields = {field.key for table in wanted for field in table.fields}
    named = {place.sheet for key, place in read.places.items() if key in fields}
    sheets = {*named, *(table.sheet for table in wanted)}
    found: list[str] = []
    for fast in (True, False):
        try:
            cells = cells_of(content, sheets, fast)
        except Exception:  # noqa: BLE001  whatever openpyxl makes of a spoilt package
            return []
        found = list(_differences(wanted, read, edition, cells))
        if not found:
            break
    return found


def _differences(
    tables: list[Table], read: Submission, edition: Edition, cells: Mapping[str, Cells]
) -> Iterator[str]:
    values = dict(zip(edition.by_key, read.values, strict=True))
    for table in tables:
        by_labels = located(table, cells.get(table.sheet, {}))
        for field in table.fields:
            here = _at(field, read, cells)
            if here is not None and _differs(field, here, values):
                yield f"{field.key}: read {values[field.key]}, its cell has {here!r}"
            if field.key in by_labels:
                crossing = cells[table.sheet].get(by_labels[field.key])
                if _differs(field, crossing, values):
                    told = f"its labels cross at {by_labels[field.key]}, {crossing!r}"
                    yield f"{field.key}: read {values[field.key]}, {told}"


def _at(field: Field, read: Submission, cells: Mapping[str, Cells]) -> Any:
    place = read.places.get(field.key)
    if place is None or place.sheet not in cells:
        return None
    at = openpyxl.utils.cell.coordinate_from_string(place.cell)
    column = openpyxl.utils.column_index_from_string(at[0])
    return cells[place.sheet].get((at[1], column))


def _differs(field: Field, raw: Any, values: Mapping[str, int | None]) -> bool:
    if raw is None and field.derived:
        return False  # a total that nobody has computed: the program adds it up
    return kept(raw, field.scale) != values[field.key]
