"""Which columns the cells of a copied row stand in, where blank ones may have been lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product
from math import comb, prod

from pipeline.model.edition import Field, Table
from pipeline.text.figures import read_figure

MOST_READINGS = 20_000
"""How many ways of reading the doubtful rows are tried at most."""


def a_cell_a_column(cells: tuple[str, ...], fields: Sequence[Field]) -> tuple[str, ...] | None:
    """A row's cells where there is one for each column; None where there are more or fewer.

    A cell that spans columns may be copied as many: followed by blanks, or repeated.
    """
    cells = _trimmed(cells, len(fields))
    if len(cells) == len(fields):
        return cells
    spans = [figure.column[-1].span for figure in fields]
    row: list[str] = []
    at = 0
    for span in spans:
        group = cells[at : at + span]
        if not group or any(text not in ("", group[0]) for text in group[1:]):
            return None
        row.append(group[0])
        at += span
    return tuple(row) if max(spans) > 1 and not any(cells[at:]) else None


def _trimmed(cells: tuple[str, ...], count: int) -> tuple[str, ...]:
    """Cells without the blank one that a bar at a row's end leaves."""
    return cells[:-1] if len(cells) == count + 1 and not cells[-1] else cells


def decided_rows(
    table: Table,
    cells: Mapping[str, str],
    doubtful: Sequence[tuple[Sequence[Field], Sequence[str]]],
) -> list[tuple[str, ...] | None]:
    """The cells of each doubtful row where the table's sums allow one reading alone; None where
    they don't.  ``cells`` are the texts of those that are certain, by field.

    Lost cells were blank, and count as 0.  Where readings that are equal in numbers differ in
    which cell is 0 and which blank, it is blank.
    """
    none: list[tuple[str, ...] | None] = [None] * len(doubtful)
    known = {key: _whole(text) for key, text in cells.items()}
    readings = [list(_readings(*row)) for row in doubtful]
    if not doubtful or prod(len(choices) for choices in readings) > MOST_READINGS:
        return none
    holding: dict[tuple[int | None, ...], list[tuple[tuple[str, ...], ...]]] = {}
    for chosen in product(*readings):
        values = dict(known)
        for (fields, _), texts in zip(doubtful, chosen, strict=True):
            values |= {f.key: _whole(text) for f, text in zip(fields, texts, strict=True)}
        if _adds_up(table, values):
            numbers = tuple(
                values[f.key] if values[f.key] is not None else 0
                for fields, _ in doubtful
                for f in fields
            )
            holding.setdefault(numbers, []).append(chosen)
    if len(holding) != 1:
        return none
    (ways,) = holding.values()
    return [
        tuple(texts[0] if len(set(texts)) == 1 else "" for texts in zip(*row, strict=True))
        for row in zip(*ways, strict=True)
    ]


def _whole(text: str) -> int | None:
    return read_figure(text, "signed").value


def _readings(fields: Sequence[Field], cells: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Every way in which a row's cells may stand in its columns, its totals there and agreeing.

    Without a total nothing speaks for a reading: a lost cell need not have been blank.
    """
    texts = [text for text in cells if text]
    own = {figure.key for figure in fields}
    sums = [f for f in fields if f.derived and set(f.parts) <= own]
    if not sums or len(texts) > len(fields) or comb(len(fields), len(texts)) > MOST_READINGS:
        return
    for places in combinations(range(len(fields)), len(texts)):
        row = [""] * len(fields)
        for place, text in zip(places, texts, strict=True):
            row[place] = text
        values = {f.key: _whole(text) for f, text in zip(fields, row, strict=True)}
        if all(values[f.key] is not None and _sums(f, values) for f in sums):
            yield tuple(row)


def _adds_up(table: Table, values: Mapping[str, int | None]) -> bool:
    return all(_sums(figure, values) for figure in table.fields if figure.derived)


def _sums(figure: Field, values: Mapping[str, int | None]) -> bool:
    """Whether a total is the sum of its parts; true where it is blank or a part isn't known."""
    total = values.get(figure.key)
    if total is None or any(part not in values for part in figure.parts):
        return True
    return total == sum(values[part] or 0 for part in figure.parts)
