"""Where the things of a workbook's sheets are: the one place that says it to those who write them,
to the formulas and to the ledgers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.books.cells import Spot, area_text, rectangles, reference
from pipeline.model.edition import Table
from pipeline.model.table_grid import Grid, grid
from pipeline.model.workbook_form import WorkbookForm
from pipeline.text.figures import Kind

# ------------------------------------------------------------------------ a sheet of a table

TITLE_ROW, STATUS_ROW, HINT_ROW, GRID_TOP = range(4)


@dataclass(frozen=True, kw_only=True, slots=True)
class TableLayout:
    """The places of a table sheet: its figures by field key, its lights, its confirmation.

    ``areas`` are the rectangles (top, left, bottom, right) of figures of one kind, ``totals``
    the formulas of the derived figures.
    """

    table: Table
    grid: Grid
    places: Mapping[str, Spot]
    areas: tuple[tuple[Kind, tuple[int, int, int, int]], ...]
    totals: Mapping[str, str]

    @property
    def sheet(self) -> str:
        return self.table.sheet

    @property
    def figures_top(self) -> int:
        """The row of the first figure below the first header."""
        return min(row for row, _ in self.places.values())

    @property
    def light_column(self) -> int:
        """Right of the grid, with a narrow column between."""
        return self.grid.columns + 1

    @property
    def light_row(self) -> int:
        """Below the grid, with a low row between."""
        return GRID_TOP + self.grid.rows + 1

    @property
    def confirm(self) -> Spot:
        """The label of 本表已核对; its answer is in the cell right of it."""
        return STATUS_ROW, max(self.grid.columns - 2, 1)

    @property
    def status(self) -> str:
        return reference(self.sheet, (STATUS_ROW, 0))

    @property
    def confirmed(self) -> str:
        return reference(self.sheet, (self.confirm[0], self.confirm[1] + 1))


def table_layout(table: Table) -> TableLayout:
    """Lay a table sheet out."""
    drawn = grid(table)
    figures = [(cell, cell.field) for cell in drawn.cells if cell.field is not None]
    places = {f.key: (GRID_TOP + cell.row, cell.column) for cell, f in figures}
    kinds: dict[Kind, list[Spot]] = {}
    for field in table.fields:
        kinds.setdefault(field.kind, []).append(places[field.key])
    areas = tuple((kind, area) for kind, spots in kinds.items() for area in rectangles(spots))
    totals = {
        f.key: f"=SUM({','.join(area_text(a) for a in rectangles(places[p] for p in f.parts))})"
        for f in table.fields
        if f.derived
    }
    return TableLayout(table=table, grid=drawn, places=places, areas=areas, totals=totals)


# -------------------------------------------------------------------------- the sheet 校验


class Columns:
    """The columns of the sheet 校验."""

    RULE, NAME, TABLE, SUBJECT, SEVERITY, TOLD, LEFT, RELATION, RIGHT, OUTCOME, LINK, REASON = (
        range(12)
    )
    CODE, BROKEN, REMINDERS, INVALID = range(12, 16)


HEADER_ROW = 3
FIRST_ROW = HEADER_ROW + 1


def last_row(count: int) -> int:
    """The last row of so many rules in 校验; there is one even when there is no rule."""
    return FIRST_ROW + max(count, 1) - 1


# ------------------------------------------------------------------------ the sheet 基本信息

ENTRY_TOP = 4
"""The row of the first entry."""


def entry_spots(form: WorkbookForm) -> dict[str, Spot]:
    """The input cells of the sheet 基本信息, by entry key."""
    return {entry.key: (ENTRY_TOP + i, 1) for i, entry in enumerate(form.entries)}
