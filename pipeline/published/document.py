"""A report as it was published, whatever the file: paragraphs, and tables as grids of cells.

The readers of Word files, saved pages and copied text (``published_docx``, ``published_html``,
``published_text``) end here, and know nothing of what a report says; everything after works on
these values alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MAX_BYTES = 32 * 1024 * 1024
"""No report is larger, packed or unpacked; pictures are not read."""

MAX_ROWS, MAX_COLUMNS = 2_000, 200
"""A table of the report has about 30 rows and 15 columns."""


class UnreadableReport(Exception):
    """A file can't be read as a report; the message says why, in a few Chinese words."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of text. ``number`` is the automatic number printed before it, not part of it.

    In copied text, tabs are kept, and blank lines are empty paragraphs: both may part cells;
    ``line`` is the line of the file, from 1.
    """

    text: str
    number: str = ""
    line: int = 0

    @property
    def printed(self) -> str:
        return f"{self.number}{self.text}"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table, counted from 0, with the rows and columns that it spans."""

    row: int
    column: int
    rowspan: int
    colspan: int
    text: str


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its size, and its cells in reading order."""

    rows: int
    columns: int
    cells: tuple[Cell, ...]


Block = Paragraph | Grid


@dataclass(frozen=True, slots=True)
class Document:
    """A file's blocks in order.

    ``title`` is what the file itself is called by (of a page, what its window shows); ``copied``
    tells that the text was copied, so that tables are lines and automatic numbers are lost.
    ``changes`` are the tracked changes that nobody has accepted, which are read as accepted;
    ``remarks`` the comments and text boxes, which aren't read; ``unseen`` the pieces of text that
    the page doesn't show, or shows and that can't be read.
    """

    blocks: tuple[Block, ...]
    title: str = ""
    copied: bool = False
    changes: int = 0
    remarks: int = 0
    unseen: int = 0


@dataclass(frozen=True, slots=True)
class DraftCell:
    """A cell as a file has it: its spans, and whatever stands in it."""

    blocks: tuple[Block, ...]
    rowspan: int = 1
    colspan: int = 1

    @property
    def text(self) -> str:
        """The cell's text, a nested table of one cell being no more than its text."""
        return "\n".join(line for line in _lines(self.blocks) if line.strip())


def _lines(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block.printed
        else:
            yield from (cell.text for cell in block.cells)


def settled(rows: Sequence[Sequence[DraftCell]]) -> tuple[Block, ...]:
    """What a table stands for: itself, or what stands in it where it only arranges the page.

    A table with another table of several cells in it, or with a single cell, arranges the page.
    Rows and columns that spans cover are laid out as a browser does.
    """
    cells = [cell for row in rows for cell in row]
    nested = any(isinstance(block, Grid) for cell in cells for block in cell.blocks)
    if nested or len(cells) <= 1:
        return tuple(block for cell in cells for block in cell.blocks)
    return (_grid(rows),)


def _grid(rows: Sequence[Sequence[DraftCell]]) -> Grid:
    taken: dict[tuple[int, int], bool] = {}
    cells: list[Cell] = []
    for row, drafts in enumerate(rows[:MAX_ROWS]):
        column = 0
        for draft in drafts:
            while taken.get((row, column)):
                column += 1
            if column >= MAX_COLUMNS:
                break
            colspan = max(1, min(draft.colspan, MAX_COLUMNS - column))
            rowspan = max(1, min(draft.rowspan, len(rows) - row, MAX_ROWS - row))
            for down in range(rowspan):
                for across in range(colspan):
                    taken[row + down, column + across] = True
            cells.append(Cell(row, column, rowspan, colspan, draft.text))
            column += colspan
    return Grid(
        rows=max((cell.row + cell.rowspan for cell in cells), default=0),
        columns=max((cell.column + cell.colspan for cell in cells), default=0),
        cells=tuple(cells),
    )
