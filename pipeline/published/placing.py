"""Placing the cells of a published table: by its labels and its structure, never by address.

A table whose cells' borders are known (Word, a page) is placed where its rows and columns meet.
Where offices spelt a single label wrong, its number and its place between its neighbours say
which it is, and that it is misspelt is told.  What can't be placed for certain is left out.
Copied text, which has lost the borders, is placed by :mod:`pipeline.published.placing_lines`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from pipeline.model.edition import Block, Field, LabelPath, Table, dotted
from pipeline.published.document import Cell, Grid
from pipeline.sheets.labels import Texts, locate
from pipeline.text.figures import BLANKS, read_figure
from pipeline.text.labels import normalise

ALIKE = 0.6
"""How like its official label a misspelt row's must be, beside standing in its place."""

NEARLY = 0.85
"""How like a column's title a misspelt one must be, the other columns being there."""


@dataclass(frozen=True, slots=True)
class PlacedCell:
    """A figure's cell: its text, and where it stood, in words."""

    text: str
    where: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """The cells of a table by field key, and what was odd about its labels.

    ``misspelt`` has (as printed, official); ``strays`` are the labels of rows and columns that
    hold figures and that the national format doesn't have; ``uncertain`` are rows whose cells
    were found but can't be told apart, each with the reason.
    """

    cells: Mapping[str, PlacedCell]
    misspelt: tuple[tuple[str, str], ...] = ()
    strays: tuple[str, ...] = ()
    uncertain: tuple[tuple[str, str], ...] = ()

    @property
    def fits(self) -> int:
        """How well a table's layout explains what was found: placed figures less oddities."""
        return len(self.cells) - 7 * len(self.strays) - len(self.misspelt)


NOTHING = Placed(cells={})


def is_figure(text: str) -> bool:
    """Whether a cell's text is a figure of some kind, or stands for nothing."""
    return read_figure(text, "signed").fault in ("", "not_whole", "blank", "too_large") or (
        read_figure(text, "money_text").fault == ""
    )


def stacked(grids: Sequence[Grid]) -> Grid:
    """Tables one below the other as a single one: a page break parts a table in two.

    A header that is repeated at the top of a further part is left out.
    """
    cells: list[Cell] = []
    top = 0
    for grid in grids:
        above = _repeated(grid, grids[0]) if top else 0
        cells += [
            replace(cell, row=cell.row + top - above) for cell in grid.cells if cell.row >= above
        ]
        top += grid.rows - above
    return Grid(top, max((grid.columns for grid in grids), default=0), tuple(cells))


def _repeated(grid: Grid, first: Grid) -> int:
    """How many rows of labels a grid repeats at its top of those of the first one."""
    rows = 0
    while rows < min(grid.rows, first.rows):
        own, other = (
            [(c.column, c.rowspan, c.colspan, normalise(c.text)) for c in g.cells if c.row == rows]
            for g in (grid, first)
        )
        if own != other or any(is_figure(c.text) for c in grid.cells if c.row == rows):
            break
        rows += 1
    # A label that reaches further down is no header's.
    reach = max((c.row + c.rowspan for c in grid.cells if c.row < rows), default=0)
    return rows if reach <= rows else 0


def placed_in_grid(table: Table, grid: Grid) -> Placed:
    """Place a table's figures in a grid of cells."""
    texts, numbered = _texts(grid)
    located = locate(table, table.key, texts, numbered)
    misspelt: list[tuple[str, str]] = []
    for found, official in _misspelt(table, texts, set(located.cells)):
        misspelt.append((found, official))
        texts = tuple((r, c, official if text == found else text) for r, c, text in texts)
    if misspelt:
        located = locate(table, table.key, texts, numbered)
    by_place = {(cell.row, cell.column): cell for cell in grid.cells}
    cells = {
        key: PlacedCell(by_place[place].text, f"第{place[0] + 1}行第{place[1] + 1}列")
        for key, place in located.cells.items()
        if place in by_place
    }
    columns = (
        label
        for label, axis, places in located.strays
        if axis == "列" and any(_says_something(by_place.get(place)) for place in places)
    )
    rows = _stray_rows(grid, {row for row, _ in located.cells.values()})
    return Placed(cells=cells, misspelt=tuple(misspelt), strays=(*rows, *columns))


def _stray_rows(grid: Grid, known: set[int]) -> Iterator[str]:
    """The labels of rows that hold figures and are none of the table's, from its first on."""
    for row in sorted({cell.row for cell in grid.cells} - known):
        cells = [cell for cell in grid.cells if cell.row == row]
        labels = [cell.text for cell in cells if cell.text.strip() and not is_figure(cell.text)]
        beside = known and min(known) < row <= max(known) + 1
        if beside and any(_says_something(cell) for cell in cells):
            yield labels[-1] if labels else f"第{row + 1}行"


def _texts(grid: Grid) -> tuple[Texts, tuple[int, ...]]:
    """The cells that are labels, and the rows that hold figures."""
    texts = tuple(
        (cell.row, cell.column, cell.text)
        for cell in grid.cells
        if cell.text.strip() and not is_figure(cell.text)
    )
    numbered = sorted({cell.row for cell in grid.cells if _says_something(cell)})
    return texts, tuple(numbered)


def _says_something(cell: Cell | None) -> bool:
    return cell is not None and "".join(cell.text.split()) not in BLANKS and is_figure(cell.text)


# ----------------------------------------------------------------------------- misspelt labels


def _misspelt(table: Table, texts: Texts, placed: set[str]) -> Iterator[tuple[str, str]]:
    """Labels that stand where exactly one official row label is missing, and are much like it."""
    for index, block in enumerate(table.blocks):
        here = [f for f in table.fields if f.block == index]
        yield from _misspelt_column(block, [f for f in here if f.key in placed], texts)
        known = {dotted(f.row) for f in here if f.key in placed}
        order = [path for path in block.row_leaves if path]
        for at, path in enumerate(order):
            if dotted(path) in known:
                continue
            before = order[at - 1] if at else None
            after = order[at + 1] if at + 1 < len(order) else None
            if any(n is not None and dotted(n) not in known for n in (before, after)):
                continue
            between = _between(texts, before, after)
            alike = [text for text in between if _alike(text, path[-1].label)]
            if len(alike) == 1:
                yield alike[0], path[-1].label


def _misspelt_column(
    block: Block, placed: Sequence[Field], texts: Texts
) -> Iterator[tuple[str, str]]:
    """The one column of a block whose title is missing, where a text is nearly that title."""
    known = {dotted(f.column) for f in placed}
    missing = [path[-1] for path in block.column_leaves if dotted(path) not in known]
    if not placed or len(missing) != 1:
        return
    official = normalise(missing[0].label)
    near = {t for _, _, t in texts if _nearly(normalise(t), official)}
    if len(near) == 1:
        yield near.pop(), missing[0].label


def _nearly(text: str, official: str) -> bool:
    return text != official and SequenceMatcher(None, text, official).ratio() >= NEARLY


def _between(texts: Texts, before: LabelPath | None, after: LabelPath | None) -> list[str]:
    top = _row_of(texts, before) if before else -1
    bottom = _row_of(texts, after) if after else 1 << 30
    return [text for row, _, text in texts if top < row < bottom]


def _row_of(texts: Texts, path: LabelPath) -> int:
    wanted = {normalise(text) for text in (path[-1].label, *path[-1].variants)}
    return next((row for row, _, text in texts if normalise(text) in wanted), -1)


_NUMBER = re.compile(r"^\W*([一二三四五六七八九十]+|\d+)\W")


def _alike(text: str, official: str) -> bool:
    """Whether a label is another's misspelling: its number the same, its letters mostly."""
    numbers = [found.group(1) if found else "" for found in map(_NUMBER.match, (text, official))]
    ratio = SequenceMatcher(None, normalise(text), normalise(official)).ratio()
    return numbers[0] == numbers[1] and ratio >= ALIKE


# ----------------------------------------------------------------------------- what is missing


def missing_labels(table: Table, placed: Placed) -> list[str]:
    """The rows (of a table without, the figures) of which nothing was placed, by name."""
    gone: dict[str, bool] = {}
    for figure in table.fields:
        name = figure.row[-1].name if figure.row else figure.name
        gone[name] = gone.get(name, True) and figure.key not in placed.cells
    return [name for name, missing in gone.items() if missing]
