"""Finding the rows and columns of a table by what its labels say, never by address.

Addresses break, silently, when a clerk inserts a row.  Labels are matched exactly after
normalising, with the variants the edition knows; a label that is missing, doubled or unknown
moves no figure into another row: what can't be placed for certain is a problem.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from pipeline.declare.messages import problem
from pipeline.model.edition import (
    Block,
    Field,
    LabelPath,
    Node,
    Table,
    aliases,
    dotted,
    field_key,
)
from pipeline.model.place import Place
from pipeline.model.problem import Problem
from pipeline.text.labels import address, normalise

Texts = tuple[tuple[int, int, str], ...]
"""The text cells of a sheet as (row, column, text), counted from 0, in reading order."""


def _official(nodes: Iterable[Node]) -> frozenset[str]:
    """The spellings, numbering kept, of all labels of a forest."""
    found: set[str] = set()
    for node in nodes:
        found |= {normalise(text) for text in (node.label, *node.variants)}
        found |= _official(node.children)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Located:
    """Where the figures of a table stand in a sheet.

    ``cells`` has (row, column) by field key, ``fields`` the other way round, ``places`` the same
    as addresses; ``inputs`` are the addresses of figures that are no totals, with their cells,
    ``fractions`` the cells of amounts; ``strays`` are rows and columns inside the table
    that no label explains, each a problem if it holds figures: (label, axis, its cells).
    """

    cells: Mapping[str, tuple[int, int]]
    fields: Mapping[tuple[int, int], Field]
    inputs: Mapping[str, tuple[int, int]]
    fractions: frozenset[tuple[int, int]]
    places: Mapping[str, Place]
    strays: tuple[tuple[str, str, tuple[tuple[int, int], ...]], ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Lines:
    """A forest matched to the rows (columns) of a sheet: the line of each leaf, and the rest."""

    at: dict[str, int]
    unknown: dict[int, str]
    problems: list[Problem]


def _descend(forest: tuple[Node, ...], texts: list[str]) -> LabelPath | None:
    path: list[Node] = []
    for text in texts:
        below = path[-1].children if path else forest
        step = next((node for node in below if text in aliases(node)), None)
        if step is None:
            return None
        path.append(step)
    return tuple(path)


def _match(
    sheet: str, lines: Mapping[int, list[str]], forest: tuple[Node, ...], axis: str
) -> _Lines:
    """Match each line (its label texts, outermost level first) to a leaf of the forest.

    A merged label is written in its first cell only, so a line inherits the labels of the
    levels outside its own first one from the lines before it.
    """
    places: dict[str, list[int]] = {}
    unknown: dict[int, str] = {}
    current: list[str] = []
    for index in sorted(lines):
        texts = lines[index]
        first = next((i for i, text in enumerate(texts) if text), None)
        if first is None:
            continue
        current = [*current[:first], *[""] * (first - len(current)), *texts[first:]]
        path = _descend(forest, [normalise(text) for text in current if text])
        if path is None:
            unknown[index] = next(text for text in reversed(texts) if text)
        elif not path[-1].children:
            places.setdefault(dotted(path), []).append(index)
    found = _Lines({}, unknown, [])
    for node in forest:
        for path in node.leaves():
            here = places.get(dotted(path), [])
            if len(here) == 1:
                found.at[dotted(path)] = here[0]
            elif not here:
                found.problems.append(
                    problem("label.missing", sheet=sheet, axis=axis, label=path[-1].label)
                )
            else:
                named = "、".join(_line_name(index, axis) for index in here)
                found.problems.append(
                    problem(
                        "label.doubled",
                        sheet=sheet,
                        axis=axis,
                        label=path[-1].label,
                        places=named,
                    )
                )
    return found


def _line_name(index: int, axis: str) -> str:
    return f"第{index + 1}行" if axis == "行" else f"{address(0, index)[:-1]}列"


@lru_cache(maxsize=512)
def locate(table: Table, sheet: str, texts: Texts, numbered: tuple[int, ...]) -> Located:
    """Find every field of a table in a sheet from its text cells.

    ``numbered`` are the rows that hold numbers: a row of figures without a label is found by
    them.  Cached: most of a district's sheets are laid out just as they were issued.
    """
    cells: dict[str, tuple[int, int]] = {}
    strays: list[tuple[str, str, tuple[tuple[int, int], ...]]] = []
    problems: list[Problem] = []
    for block, region in _regions(table, sheet, texts, problems):
        _locate_block(table, block, sheet, region, numbered, cells, strays, problems)
    places = {key: Place(sheet, address(*place)) for key, place in cells.items()}
    fields = {cells[field.key]: field for field in table.fields if field.key in cells}
    inputs = {places[f.key].cell: spot for spot, f in fields.items() if not f.derived}
    fractions = frozenset(spot for spot, field in fields.items() if field.scale != 1)
    return Located(cells, fields, inputs, fractions, places, tuple(strays), tuple(problems))


def _regions(
    table: Table, sheet: str, texts: Texts, problems: list[Problem]
) -> list[tuple[Block, Texts]]:
    """The text cells of each block: from its heading to the next one's."""
    if not any(block.heading for block in table.blocks):
        return [(block, texts) for block in table.blocks]
    tops: dict[int, Block] = {}
    for block in table.blocks:
        wanted = normalise(block.heading)
        rows = sorted({row for row, _, text in texts if normalise(text) == wanted})
        if len(rows) == 1:
            tops[rows[0]] = block
            continue
        if not rows:
            problems.append(problem("label.missing", sheet=sheet, axis="行", label=block.heading))
        else:
            places = "、".join(_line_name(row, "行") for row in rows)
            problems.append(
                problem("label.doubled", sheet=sheet, axis="行", label=block.heading, places=places)
            )
    order = sorted(tops)
    ends = [*order[1:], 1 << 30][: len(order)]
    return [
        (tops[top], tuple(t for t in texts if top < t[0] < end))
        for top, end in zip(order, ends, strict=True)
    ]


def _locate_block(
    table: Table,
    block: Block,
    sheet: str,
    texts: Texts,
    numbered: tuple[int, ...],
    cells: dict[str, tuple[int, int]],
    strays: list[tuple[str, str, tuple[tuple[int, int], ...]]],
    problems: list[Problem],
) -> None:
    row_words, column_words = _official(block.rows), _official(block.columns)
    banner = normalise(block.banner)
    body_rows = [row for row, _, text in texts if normalise(text) in row_words]
    body_top = min(body_rows, default=1 << 30)
    if not block.rows:
        # No label says where the figures begin: the first row of numbers below a header does.
        named = [row for row, _, text in texts if normalise(text) in column_words]
        body_top = min((row for row in numbered if named and row > min(named)), default=1 << 30)
    header = sorted(
        {row for row, _, text in texts if row < body_top and normalise(text) in column_words}
    )
    by_place = {(row, column): text for row, column, text in texts}
    width = 1 + max((column for _, column, _ in texts), default=-1)
    upright = {
        column: [
            "" if normalise(text) == banner else text
            for text in (by_place.get((row, column), "") for row in header)
        ]
        for column in range(width)
    }
    columns = _match(sheet, upright, block.columns, "列")
    problems += columns.problems
    if not columns.at:
        return
    left = min(columns.at.values())
    under = max(header) + 1
    if not block.rows:
        rows_below = _filled_rows(texts, numbered, under, columns.at)
        if not rows_below:
            problems.append(
                problem("label.missing", sheet=sheet, axis="行", label=f"{table.caption}的数字")
            )
            return
        for path in block.column_leaves:
            if dotted(path) in columns.at:
                cells[field_key(table.key, (), path)] = (rows_below[0], columns.at[dotted(path)])
        figures = sorted(columns.at.values())
        strays += [("", "行", tuple((row, column) for column in figures)) for row in rows_below[1:]]
        return
    bottom = 1 + max((row for row, _, _ in texts), default=0)
    across = {
        row: [by_place.get((row, column), "") for column in range(left)]
        for row in range(under, bottom)
    }
    rows = _match(sheet, across, block.rows, "行")
    problems += rows.problems
    for row_path in block.row_leaves:
        for column_path in block.column_leaves:
            row, column = rows.at.get(dotted(row_path)), columns.at.get(dotted(column_path))
            if row is not None and column is not None:
                cells[field_key(table.key, row_path, column_path)] = (row, column)
    strays += _strays(rows, columns, range(under, bottom))


def _strays(
    rows: _Lines, columns: _Lines, body: range
) -> list[tuple[str, str, tuple[tuple[int, int], ...]]]:
    """Rows and columns between the known ones that no label explains."""
    known_rows, known_columns = rows.at.values(), columns.at.values()
    if not known_rows:
        return []
    inside = [r for r in body if min(known_rows) < r < max(known_rows) and r not in known_rows]
    found = [
        (rows.unknown.get(r, ""), "行", tuple((r, c) for c in sorted(known_columns)))
        for r in inside
    ]
    left, right = min(known_columns), max(known_columns)
    found += [
        (label, "列", tuple((r, c) for r in sorted(known_rows)))
        for c, label in columns.unknown.items()
        if left < c < right
    ]
    return found


def _filled_rows(
    texts: Texts, numbered: tuple[int, ...], under: int, columns: Mapping[str, int]
) -> list[int]:
    """The rows of figures below a header whose one row has no label: the first row with
    anything in it, and any further one that holds numbers."""
    own = set(columns.values())
    written = {row for row, column, _ in texts if row >= under and column in own}
    filled = sorted(written | {row for row in numbered if row >= under})
    return filled[:1] + [row for row in filled[1:] if row in numbered]
