"""Where the things of a workbook's sheets are: the one place that says it to those who write them,
to the formulas and to the ledgers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.edition import Kind, Table
from pipeline.intake.labels import address
from pipeline.tables import Grid, grid
from pipeline.workbook import WorkbookForm

Spot = tuple[int, int]
"""A row and a column of a sheet, counted from 0."""

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


def rectangles(spots: Iterable[Spot]) -> list[tuple[int, int, int, int]]:
    """Cells as few rectangles (top, left, bottom, right): runs across, then equal runs joined."""
    runs: list[list[int]] = []
    for row, column in sorted(set(spots)):
        if runs and runs[-1][0] == row and runs[-1][2] == column - 1:
            runs[-1][2] = column
        else:
            runs.append([row, column, column])
    found: list[tuple[int, int, int, int]] = []
    for row, left, right in runs:
        above = next((a for a in found if (a[1], a[3]) == (left, right) and a[2] == row - 1), None)
        if above is None:
            found.append((row, left, row, right))
        else:
            found[found.index(above)] = (above[0], left, row, right)
    return found


def area_text(area: tuple[int, int, int, int]) -> str:
    """``D7:I29``, or ``D7`` for one cell."""
    top, left, bottom, right = area
    first, last = address(top, left), address(bottom, right)
    return first if first == last else f"{first}:{last}"


def reference(sheet: str, spot: Spot) -> str:
    """``'依申请公开'!D7``."""
    return f"'{sheet}'!{address(*spot)}"


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


# ------------------------------------------------------------------------ how a place is written


def fixed(spot: Spot) -> str:
    """``$D$7``: a place that stays when a formula is copied."""
    letters = address(0, spot[1])[:-1]
    return f"${letters}${spot[0] + 1}"
