"""信息处理费 in a report, against what the run has: the sum told, and a county's list by unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipeline.edition import FeeStatement, Node
from pipeline.intake.labels import normalise
from pipeline.intake.reading import read_figure
from pipeline.published.document import Grid
from pipeline.published.outline import FoundSection
from pipeline.report.fees import amounts_told, fee_label, fee_text

Fee = Mapping[str, int]
"""``requests`` (件) and ``amount`` (分), as the record keeps them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FeeDifference:
    """A count or amount that isn't the run's: whose (empty: the sum told in words), and the two."""

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
    """What differs in a report's statement; prose and a list that aren't there don't.

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
            theirs="、".join(_said(amount, statement.amount) for amount in sorted(told)),
        )
    known = {normalise(name): fee for name, fee in by_unit.items()}
    known[normalise(statement.total)] = own
    for grid in (block for block in section.blocks if isinstance(block, Grid)):
        yield from _in_list(grid, statement, known)


def _in_list(
    grid: Grid, statement: FeeStatement, known: Mapping[str, Fee]
) -> Iterator[FeeDifference]:
    titles = {normalise(fee_label(node)): node for node in statement.nodes}
    columns = {
        cell.column: titles[normalise(cell.text)]
        for cell in grid.cells
        if normalise(cell.text) in titles
    }
    names = {cell.row: cell.text.strip() for cell in grid.cells if cell.column == 0}
    for cell in grid.cells:
        node = columns.get(cell.column)
        name = names.get(cell.row, "")
        fee = known.get(normalise(name))
        if node is None or fee is None:
            continue
        if read_figure(cell.text, node.kind or "count").value != fee[node.key]:
            yield FeeDifference(
                whose=name,
                column=node.label,
                ours=_said(fee[node.key], node),
                theirs=cell.text.strip() or "空白",
            )


def _said(value: int, node: Node) -> str:
    return f"{fee_text(value, node)}{node.unit}"
