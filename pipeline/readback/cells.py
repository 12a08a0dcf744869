"""What the proofs of a summary workbook share: finding a listing again, and comparing a cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline.summary.listing import NOTHING
from pipeline.text.figures import format_value
from pipeline.text.wording import quoted

Cells = Sequence[Sequence[Any]]
"""The rows of a sheet, as they are read back: numbers as float, an empty cell as an empty text."""

_TOP = 10
"""A listing's header stands among so many rows."""


def compared(where: str, raw: Any, value: int | None, scale: int) -> Iterator[str]:
    """What a cell says otherwise than a kept whole number; None: there must be no number."""
    # The nearest binary number is all that a spreadsheet can hold of an amount in 万元.
    wanted = None if value is None else value / scale
    found = raw if type(raw) is float else None
    if found != wanted:
        data = "没有数字" if value is None else f"为 {format_value(value, scale)}"
        shown = "空白" if raw in (None, "") else quoted(raw)
        yield f"{where}：数据{data}，文件中为{shown}。"


def headed(sheets: Mapping[str, Cells], header: Sequence[str]) -> Cells | None:
    """The sheet that has a row beginning with a header, from that row on; None where none has."""
    for cells in sheets.values():
        for at, line in enumerate(cells[:_TOP]):
            if [str(value) for value in line[: len(header)]] == list(header):
                return cells[at:]
    return None


def listing(sheets: Mapping[str, Cells], header: Sequence[str]) -> Cells | None:
    """The lines under a header, in whichever sheet it is, without empty ones and the words that
    there is none; None where no sheet has it."""
    cells = headed(sheets, header)
    if cells is None:
        return None
    lines = [line for line in cells[1:] if any(value != "" for value in line)]
    nothing = [[value for value in line if value != ""] for line in lines] == [[NOTHING]]
    return [] if nothing else lines
