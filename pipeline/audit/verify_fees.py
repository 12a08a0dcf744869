"""信息处理费 in a report, against what the run has: the sum told, and a county's list by unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipeline.model.edition import FeeStatement, Node
from pipeline.prose.fees import amounts_told, fee_label, fee_text
from pipeline.published.document import Grid
from pipeline.published.outline import FoundSection
from pipeline.text.figures import read_figure
from pipeline.text.labels import normalise

Fee = Mapping[str, int]
"""``requests`` (件) and ``amount`` (分), as the record keeps them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FeeDifference:
    """A count or amount that isn't the run's: whose (empty: the sum told in words), in which column
    (empty: the whole row), what the run has, and how the report differs."""

    whose: str
    column: str
    ours: str
    theirs: str


def fee_differences(
    section: FoundSection | None,
    statement: FeeStatement | None,
    own: Fee | None,
    by_unit: Mapping[str, Fee],
) -> Iterator[FeeDifference]:
    """What differs in a report's statement; prose and a list that aren't there don't, but a list
    has a row for each unit that the run knows the fee of, and no other with figures.

    ``own`` is what the run has of the report's unit or county, ``by_unit`` of a county's units.
    """
    if section is None or statement is None or own is None:
        return
    told = amounts_told(section.paragraphs)
    if told and own["amount"] not in told:
        yield FeeDifference(
            whose="",
            column=statement.amount.label,
            ours=_said(own["amount"], statement.amount),
            theirs="为 " + "、".join(_said(amount, statement.amount) for amount in sorted(told)),
        )
    grids = [block for block in section.blocks if isinstance(block, Grid)]
    if not any(_columns(grid, statement) for grid in grids):
        return
    known = {**by_unit, statement.total: own}
    by_name = {normalise(name): fee for name, fee in known.items()}
    for grid in grids:
        yield from _in_list(grid, statement, by_name)
    listed = {normalise(name) for grid in grids for name in _names(grid).values()}
    for name, fee in known.items():
        if normalise(name) not in listed:
            ours = "、".join(_said(fee[node.key], node) for node in statement.nodes)
            yield FeeDifference(whose=name, column="", ours=ours, theirs="没有这一行")


def _columns(grid: Grid, statement: FeeStatement) -> dict[int, Node]:
    """The columns of counts and of amounts; none where a grid isn't the list."""
    titles = {normalise(fee_label(node)): node for node in statement.nodes}
    return {
        cell.column: titles[normalise(cell.text)]
        for cell in grid.cells
        if normalise(cell.text) in titles
    }


def _names(grid: Grid) -> dict[int, str]:
    """The name that begins each row."""
    return {cell.row: cell.text.strip() for cell in grid.cells if cell.column == 0}


def _in_list(
    grid: Grid, statement: FeeStatement, known: Mapping[str, Fee]
) -> Iterator[FeeDifference]:
    columns, names = _columns(grid, statement), _names(grid)
    for cell in grid.cells:
        node = columns.get(cell.column)
        if node is None:
            continue
        name = names.get(cell.row, "")
        fee = known.get(normalise(name))
        value = read_figure(cell.text, node.kind or "count").value
        if fee is None and value is None:
            continue  # the header, or a unit that stated nothing
        if fee is None or value != fee[node.key]:
            yield FeeDifference(
                whose=name,
                column=node.label,
                ours=_said(fee[node.key], node) if fee is not None else "无（没有这个单位）",
                theirs=f"为 {cell.text.strip() or '空白'}",
            )


def _said(value: int, node: Node) -> str:
    return f"{fee_text(value, node)}{node.unit}"
