"""A cell of a workbook, as messages and records name it."""

from __future__ import annotations

from typing import NamedTuple


class Place(NamedTuple):
    """A cell of the clerk's workbook: the sheet's name as it is there, and the address."""

    sheet: str
    cell: str

    def __str__(self) -> str:
        return f"{self.sheet}!{self.cell}"
