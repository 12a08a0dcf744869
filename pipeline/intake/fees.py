"""Reading the 信息处理费 table of a workbook: two cells, each known by its label."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.intake.cells import read_cell
from pipeline.model.edition import Edition, Node
from pipeline.model.place import Place
from pipeline.model.problem import Problem
from pipeline.model.submission import ProcessingFee
from pipeline.prose.fees import fee_label
from pipeline.sheets.workbook import Sheet, sheet_key
from pipeline.text.labels import address


def read_fee(
    sheets: Sequence[Sheet], edition: Edition
) -> tuple[ProcessingFee | None, list[Problem]]:
    """What a workbook states, and what is wrong with its cells; None where it has no table."""
    statement = edition.fee
    if statement is None:
        return None, []
    section = next(s for s in edition.sections if s.key == statement.section)
    places: dict[str, Place] = {}
    values: dict[str, int | None] = {}
    problems: list[Problem] = []
    for sheet in sheets:
        if sheet_key(sheet.name) != sheet_key(section.sheet):
            continue
        for node in statement.nodes:
            at = next(_cells(sheet, node), None)
            if at is not None:
                places[node.key] = Place(sheet.name, address(*at))
                name = f"{statement.caption}·{node.label}"
                values[node.key] = _value(sheet, at, node, name, problems)
    if not places:
        return None, []
    return ProcessingFee(values.get("requests"), values.get("amount"), places), problems


def fee_top(sheet: Sheet, edition: Edition) -> int:
    """The row where the table begins, with its caption; the sheet's end where there is none."""
    nodes = edition.fee.nodes if edition.fee is not None else ()
    rows = [row for node in nodes for row, _ in _cells(sheet, node)]
    return min(rows) - 1 if rows else len(sheet.cells)


def _cells(sheet: Sheet, node: Node) -> Iterator[tuple[int, int]]:
    """The cells right of a label of the table."""
    for row, column in sheet.places(fee_label(node)):
        yield row, column + 1


def _value(
    sheet: Sheet,
    at: tuple[int, int],
    node: Node,
    name: str,
    problems: list[Problem],
) -> int | None:
    reading, found = read_cell(sheet, at, name, node.kind or "count")
    problems += found
    return reading.value
