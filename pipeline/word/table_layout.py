"""How a table of a report is laid out: its columns' widths, its rows, the spans and merges of its
cells.

All reports of an edition have a table alike but for its figures, so that everything else is laid
out once.  How a template draws it is said by its tags; :mod:`pipeline.word.template_tables` keeps
what comes of that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Self

from pipeline.model.edition import Field, Table
from pipeline.model.table_grid import Cell, Grid, grid


class Span(int):
    """How many columns a cell takes; knows also its share of the table's width, and its place in
    a vertical merge."""

    merge: str
    width: float

    def __new__(cls, columns: int, width: float, merge: str) -> Self:
        span = super().__new__(cls, columns)
        span.width, span.merge = width, merge
        return span


class PrintedTable(Mapping[str, Any]):
    """A table of a report: 名称, 列数, 行数, 列宽, and the rows of 表头 and 各行 with their cells.

    ``figures`` are as printed, in reading order; all the rest is the ``layout``.  The rows are
    made when a template asks for them.
    """

    def __init__(self, layout: TableLayout, figures: Sequence[Any]) -> None:
        self.layout, self.figures = layout, figures

    @cached_property
    def _rows(self) -> list[dict[str, Any]]:
        return [row.filled(self.figures) for row in self.layout.rows]

    def __getitem__(self, key: str) -> Any:
        return _KEYS[key](self)

    def __iter__(self) -> Iterator[str]:
        return iter(_KEYS)

    def __len__(self) -> int:
        return len(_KEYS)


_KEYS: dict[str, Callable[[PrintedTable], Any]] = {
    "名称": lambda table: table.layout.caption,
    "列数": lambda table: len(table.layout.widths),
    "行数": lambda table: len(table.layout.rows),
    "列宽": lambda table: table.layout.widths,
    "表头": lambda table: table._rows[: table.layout.head],
    "各行": lambda table: table._rows[table.layout.head :],
}


@dataclass(frozen=True, slots=True)
class _Row:
    """A printed row with all its cells, those that continue a cell above included.

    ``labels`` are by the template's cell that draws them; ``figures`` are each the place among
    the table's figures, and the columns it takes.
    """

    labels: Mapping[str, tuple[dict[str, Any], ...]]
    figures: tuple[tuple[int, Span], ...]

    def filled(self, figures: Sequence[Any]) -> dict[str, Any]:
        figure_cells = [{"文字": figures[at], "跨": span} for at, span in self.figures]
        return {**self.labels, "数字": figure_cells}


@dataclass(frozen=True, eq=False, slots=True)
class TableLayout:
    """What reports have alike in a table.  ``widths`` are the columns' shares of the width."""

    caption: str
    widths: tuple[float, ...]
    head: int
    rows: tuple[_Row, ...]


def printed_table(table: Table, text: Callable[[Field], str]) -> PrintedTable:
    """A table with its figures, each as ``text`` prints it."""
    narrow = _narrow_columns(table)
    figures = tuple(map(text, figure_fields(table)))
    lengths = tuple(map(len, figures))
    longest = [0] * len(narrow)
    for at, (places, fitting) in enumerate(narrow):
        length = max((lengths[place] for place in places), default=0)
        if length > fitting:
            longest[at] = length
    return PrintedTable(_layout(table, tuple(longest)), figures)


@lru_cache(maxsize=64)
def figure_fields(table: Table) -> tuple[Field, ...]:
    """The fields of a table's figures, in reading order."""
    return tuple(cell.field for cell in grid(table).cells if cell.field is not None)


# ------------------------------------------------------------------------- columns' widths

SMALL_LINE = 42
"""So many characters of 五号, in which a table of many columns is set, fit in a line."""

EDGES = 0.5
"""The margins of a cell, in such characters."""

STACKED = 1.6
"""The width of a column whose labels stand one character below the other, in such characters."""

LONGEST = 64
"""No figure has so many digits."""


def _needed(characters: float) -> float:
    """The share of the width for so many characters on one line."""
    return (characters + EDGES) / SMALL_LINE


@lru_cache(maxsize=64)
def _narrow_columns(table: Table) -> tuple[tuple[tuple[int, ...], int], ...]:
    """For each column: its own figures' places, and how long a figure fits as declared."""
    laid = grid(table)
    places: list[list[int]] = [[] for _ in range(laid.columns)]
    figures = [cell for cell in laid.cells if cell.field is not None]
    for place, cell in enumerate(figures):
        if cell.colspan == 1:
            places[cell.column].append(place)
    return tuple(
        (tuple(own), sum(_needed(length / 2) <= share for length in range(1, LONGEST)))
        for own, share in zip(places, _declared(laid), strict=True)
    )


def _declared(laid: Grid) -> list[float]:
    """The columns' shares of the width as declared.

    A label of stacked characters leaves its room to the labels beside it.
    """
    declared = [width / sum(laid.widths) for width in laid.widths]
    if any(_stacked(cell, laid) for cell in laid.cells):
        narrow = min(declared[0], STACKED / SMALL_LINE)
        declared[laid.stub - 1] += declared[0] - narrow
        declared[0] = narrow
    return declared


def _widths(laid: Grid, longest: Sequence[int]) -> tuple[float, ...]:
    """The columns' shares: as declared, but no figure, of so many digits at the most, and no
    label of up to three characters is torn over two lines."""
    declared = _declared(laid)
    needed = [_needed(digits / 2) for digits in longest]
    for cell in laid.cells:
        if cell.field is None and cell.column >= laid.stub and cell.colspan == 1:
            characters = len(cell.text) if len(cell.text) <= 3 else 0
            needed[cell.column] = max(needed[cell.column], _needed(characters))
    wide = {at for at in range(laid.columns) if needed[at] > declared[at]}
    left = max(1 - sum(needed[at] for at in wide), 0.2)
    others = sum(share for at, share in enumerate(declared) if at not in wide) or 1.0
    return tuple(
        needed[at] if at in wide else share / others * left for at, share in enumerate(declared)
    )


# --------------------------------------------------------------------------------- layout


@lru_cache(maxsize=1024)
def _layout(table: Table, longest: tuple[int, ...]) -> TableLayout:
    """A table laid out for figures of so many digits, by column; 0 where they fit anyhow."""
    laid = grid(table)
    widths = _widths(laid, longest)
    total = sum(widths)
    labels: list[dict[str, list[tuple[int, dict[str, Any]]]]]
    labels = [{"表头": [], "标签": []} for _ in range(laid.rows)]
    figures: list[list[tuple[int, Span]]] = [[] for _ in range(laid.rows)]
    places = iter(range(len(laid.cells)))
    for cell in laid.cells:
        width = sum(widths[cell.column : cell.column + cell.colspan]) / total
        if cell.field is not None:
            figures[cell.row].append((next(places), Span(cell.colspan, width, "")))
            continue
        pattern = "标签" if cell.role == "row" and not _stacked(cell, laid) else "表头"
        for down in range(cell.rowspan):
            merge = "" if cell.rowspan == 1 else ("continue" if down else "restart")
            span = Span(cell.colspan, width, merge)
            value = {"文字": "" if down else cell.text, "跨": span}
            labels[cell.row + down][pattern].append((cell.column, value))
    return TableLayout(
        caption=table.caption,
        widths=widths,
        head=laid.head,
        rows=tuple(
            _Row({name: _in_order(cells) for name, cells in row.items()}, tuple(places))
            for row, places in zip(labels, figures, strict=True)
        ),
    )


def listed_table(caption: str, rows: Sequence[Sequence[str]]) -> PrintedTable:
    """A plain list as a table: the first row its header, the first column its labels."""
    header, *below = (tuple(row) for row in rows)
    figures = [text for row in below for text in row[1:]]
    return PrintedTable(_list_layout(caption, header, tuple(row[0] for row in below)), figures)


LABELS = 0.5
"""The share of the width that a list's labels take."""


@lru_cache(maxsize=64)
def _list_layout(caption: str, header: tuple[str, ...], labels: tuple[str, ...]) -> TableLayout:
    count = len(header) - 1
    widths = (LABELS, *[(1 - LABELS) / count] * count)
    spans = [Span(1, width, "") for width in widths]
    titles = tuple({"文字": text, "跨": span} for text, span in zip(header, spans, strict=True))
    rows = [_Row({"表头": titles, "标签": ()}, ())]
    for row, label in enumerate(labels):
        places = tuple((row * count + at, span) for at, span in enumerate(spans[1:]))
        rows.append(_Row({"表头": (), "标签": ({"文字": label, "跨": spans[0]},)}, places))
    return TableLayout(caption=caption, widths=widths, head=1, rows=tuple(rows))


def _in_order(cells: list[tuple[int, dict[str, Any]]]) -> tuple[dict[str, Any], ...]:
    return tuple(value for _, value in sorted(cells, key=lambda item: item[0]))


def _stacked(cell: Cell, laid: Grid) -> bool:
    """Whether a label stands upright, a character a line: the first level's, where it is high.

    The column is narrow for it.  Text that is turned by the format's own means is lost by some
    programs together with all that follows, when its cell goes over a page's end.
    """
    return (
        cell.role == "row"
        and cell.column == 0
        and cell.colspan < laid.stub
        and cell.rowspan > len(cell.text)
    )
