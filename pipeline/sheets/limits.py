"""How large a workbook may be that is read at all."""

from __future__ import annotations

from typing import Final

MAX_ROWS: Final = 20_000
MAX_COLUMNS: Final = 512
MAX_CELLS: Final = 500_000
"""A standardized workbook has about 60 rows a sheet; a workbook whose sheets, laid out as
rectangles, come to more cells is not one."""


class TooLarge(Exception):
    """A workbook or a sheet that is none of ours; the message says how large."""


FAR: Final = "有的单元格或空行远在表格之外"
