"""The printed form of a table: a grid of cells with their merges, derived from the edition.

The blank workbook, the Word report, the county summary and the page all draw the same grid, so
that the national format is laid out in one place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from pipeline.model.edition import Block, Field, Node, Table, field_key

Role = Literal["heading", "stub_heading", "banner", "column", "row", "figure"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """A printed cell. ``row`` and ``column`` count from 0; a figure's text is its field."""

    row: int
    column: int
    rowspan: int = 1
    colspan: int = 1
    text: str = ""
    role: Role
    field: Field | None = None
    node: Node | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """A table as printed: its size, its cells in reading order, its column widths (characters).

    ``head`` is the number of rows of the first header, which a page break repeats; 0 when each
    block brings its own.
    """

    rows: int
    columns: int
    stub: int
    head: int
    widths: tuple[float, ...]
    cells: tuple[Cell, ...]

    def by_row(self) -> list[list[Cell]]:
        """The cells that begin in each row, left to right."""
        rows: list[list[Cell]] = [[] for _ in range(self.rows)]
        for cell in self.cells:
            rows[cell.row].append(cell)
        return [sorted(row, key=lambda cell: cell.column) for row in rows]


def _depth(nodes: tuple[Node, ...]) -> int:
    return 1 + max((_depth(node.children) for node in nodes if node.children), default=0)


def _leaf_width(node: Node) -> int:
    return sum(_leaf_width(child) for child in node.children) if node.children else node.span


@lru_cache(maxsize=64)
def grid(table: Table) -> Grid:
    """Lay a table out as the national format prints it."""
    stub = len(table.stub)
    columns = stub + max(sum(_leaf_width(node) for node in b.columns) for b in table.blocks)
    cells: list[Cell] = []
    top = 0
    for index, block in enumerate(table.blocks):
        drawn = list(_block(table, index, block, top, columns))
        cells += drawn
        top = 1 + max(cell.row + cell.rowspan - 1 for cell in drawn)
    plain = len(table.blocks) == 1
    head = min(cell.row for cell in cells if cell.role in ("figure", "row")) if plain else 0
    return Grid(
        rows=top,
        columns=columns,
        stub=stub,
        head=head,
        widths=_widths(table, columns),
        cells=tuple(sorted(cells, key=lambda cell: (cell.row, cell.column))),
    )


def _widths(table: Table, columns: int) -> tuple[float, ...]:
    """Column widths: the stub's, then those that the leaf columns declare (12 when none does)."""
    widths = [12.0] * (columns - len(table.stub))
    for block in table.blocks:
        at = 0
        for path in block.column_leaves:
            if path[-1].width is not None and path[-1].span == 1:
                widths[at] = path[-1].width
            at += path[-1].span
    return (*table.stub, *widths)


def _block(table: Table, index: int, block: Block, top: int, columns: int) -> Iterator[Cell]:
    stub = len(table.stub)
    row = top
    if block.heading:
        yield Cell(row=row, column=0, colspan=columns, text=block.heading, role="heading")
        row += 1
    header_top = row
    if block.banner:
        yield Cell(row=row, column=stub, colspan=columns - stub, text=block.banner, role="banner")
        row += 1
    depth = _depth(block.columns)
    yield from _column_labels(block.columns, row, stub, depth)
    row += depth
    if stub:
        yield Cell(
            row=header_top,
            column=0,
            rowspan=row - header_top,
            colspan=stub,
            text=block.stub_heading,
            role="stub_heading",
        )
    yield from _row_labels(block.rows, row, 0, stub)
    for down, row_path in enumerate(block.row_leaves):
        at = stub
        for path in block.column_leaves:
            key = field_key(table.key, row_path, path)
            figure = next(f for f in table.fields if f.key == key and f.block == index)
            yield Cell(
                row=row + down,
                column=at,
                colspan=path[-1].span,
                role="figure",
                field=figure,
            )
            at += path[-1].span


def _column_labels(nodes: tuple[Node, ...], row: int, column: int, depth: int) -> Iterator[Cell]:
    for node in nodes:
        yield Cell(
            row=row,
            column=column,
            rowspan=1 if node.children else depth,
            colspan=_leaf_width(node),
            text=node.label,
            role="column",
            node=node,
        )
        yield from _column_labels(node.children, row + 1, column, depth - 1)
        column += _leaf_width(node)


def _row_labels(nodes: tuple[Node, ...], row: int, column: int, stub: int) -> Iterator[Cell]:
    for node in nodes:
        height = sum(1 for _ in node.leaves())
        yield Cell(
            row=row,
            column=column,
            rowspan=height,
            colspan=1 if node.children else stub - column,
            text=node.label,
            role="row",
            node=node,
        )
        yield from _row_labels(node.children, row, column + 1, stub)
        row += height
