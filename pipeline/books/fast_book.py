"""xlsxwriter, writing the same bytes faster.

xlsxwriter asks for each cell what it might be; our workbooks hold text, numbers and formulas of
old functions, which are written here as xlsxwriter writes them, and whatever else is left to it.
Rows that are alike but for a few values (:class:`Line`) are laid out once.  The parts are what
xlsxwriter makes of the same calls, byte by byte; only their compression is faster.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name, xl_range
from xlsxwriter.worksheet import (
    CellBlankTuple,
    CellFormulaTuple,
    CellNumberTuple,
    CellStringTuple,
    Worksheet,
)

from pipeline.ooxml.packing import packed, stored

_LETTERS: Final = tuple(xl_col_to_name(at) for at in range(1024))

_FUNCTION: Final = re.compile(r"([A-Z][A-Z0-9._]*)\(")
_OLD_FUNCTIONS: Final = frozenset(
    [
        "ABS",
        "AND",
        "CHAR",
        "COLUMN",
        "COUNT",
        "COUNTA",
        "COUNTBLANK",
        "COUNTIF",
        "COUNTIFS",
        "DATE",
        "EXACT",
        "FIND",
        "HYPERLINK",
        "IF",
        "IFERROR",
        "INDEX",
        "INT",
        "ISBLANK",
        "ISERROR",
        "ISNUMBER",
        "ISTEXT",
        "LEFT",
        "LEN",
        "LOOKUP",
        "MATCH",
        "MAX",
        "MID",
        "MIN",
        "MOD",
        "N",
        "NA",
        "NOT",
        "OR",
        "REPT",
        "RIGHT",
        "ROUND",
        "ROW",
        "ROWS",
        "SEARCH",
        "SIGN",
        "SUBSTITUTE",
        "SUBTOTAL",
        "SUM",
        "SUMIF",
        "SUMIFS",
        "SUMPRODUCT",
        "T",
        "TEXT",
        "TODAY",
        "TRIM",
        "TRUNC",
        "VALUE",
        "VLOOKUP",
    ]
)
"""Functions that Excel 2007 had: a file names them as they are."""


class Varies(Enum):
    """A cell of a :class:`Line` that each row has its own value for."""

    TEXT = "<v>%d</v>"
    NUMBER = "<v>%.16G</v>"


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A row's cells from column A on: the number of a text, or what varies, and the format."""

    cells: tuple[tuple[int | Varies, Format], ...]
    texts: int

    def pieces(self) -> tuple[str, ...]:
        """The XML between the row's numbers."""
        made = [""]
        for at, (value, style) in enumerate(self.cells):
            made[-1] += f'<c r="{_LETTERS[at]}'
            kind = "" if value is Varies.NUMBER else ' t="s"'
            content = value.value if isinstance(value, Varies) else f"<v>{value}</v>"
            made.append(f'" s="{style._get_xf_index()}"{kind}>{content}</c>')
        return tuple(made)


Filled = tuple[Line, tuple[float, ...]]
"""A row: its line, and the values that vary in it."""


class Sheet(Worksheet):
    """A worksheet, written faster."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: dict[int, Filled] = {}

    # ------------------------------------------------------------- rows that are alike

    def line(self, cells: Sequence[tuple[str | Varies, Format]]) -> Line:
        """The rows that have these cells in these formats."""
        laid = tuple(
            (value if isinstance(value, Varies) else self.text(value), style)
            for value, style in cells
        )
        return Line(laid, sum(value is not Varies.NUMBER for value, _ in cells))

    def text(self, words: str) -> int:
        """The number of a text, which a line has in place of the text."""
        found = int(self.str_table._get_shared_string_index(words))
        self.str_table.count -= 1  # counted where a row has it
        return found

    def write_lines(self, top: int, rows: Sequence[Filled]) -> None:
        """Write rows one below the other: of each its line and the numbers that vary, of a text
        that varies its number."""
        if not rows:
            return
        lines = {line for line, _ in rows}
        self._check_dimensions(top, 0)
        self._check_dimensions(top + len(rows) - 1, max(len(line.cells) for line in lines) - 1)
        self.str_table.count += sum(line.texts for line, _ in rows)
        self._lines.update(enumerate(rows, start=top))

    def add_tall_table(self, area: tuple[int, int, int, int], options: Mapping[str, Any]) -> None:
        """A table of very many rows that holds no other and no merged cell, which is not checked
        cell by cell."""
        top, left, _, right = area
        self.add_table(top, left, top + 1, right, dict(options))
        ranges = dict.fromkeys(("range", "a_range", "autofilter"), xl_range(*area))
        self.tables[-1].update({key: ranges[key] for key in ranges if self.tables[-1].get(key)})

    # -------------------------------------------------- what xlsxwriter does, done faster

    def write_string(self, *told: Any, **named: Any) -> Any:
        write = self._write_string if type(told[0]) is int else super().write_string
        return write(*told, **named)

    def write_number(self, *told: Any, **named: Any) -> Any:
        write = self._write_number if type(told[0]) is int else super().write_number
        return write(*told, **named)

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        if formula[0] != "{" and _OLD_FUNCTIONS.issuperset(_FUNCTION.findall(formula)):
            return formula.removeprefix("=")
        return str(super()._prepare_formula(formula, expand_future_functions))

    def _calculate_spans(self) -> None:
        spans: dict[int, tuple[int, int]] = {}
        ends = [(row, min(cells), max(cells)) for row, cells in self.table.items() if cells]
        ends += [(row, min(cells), max(cells)) for row, cells in self.comments.items() if cells]
        widths: dict[int, int] = {}
        for row, (line, _) in self._lines.items():
            widths[row // 16] = max(len(line.cells), widths.get(row // 16, 0))
        ends += [(group * 16, 0, width - 1) for group, width in widths.items()]
        for row, first, last in ends:
            left, right = spans.get(row // 16, (first, last))
            spans[row // 16] = min(left, first), max(right, last)
        self.row_spans = {at: f"{first + 1}:{last + 1}" for at, (first, last) in spans.items()}

    def _write_rows(self) -> None:
        self._calculate_spans()
        laid: dict[Line, tuple[str, ...]] = {}
        for row in range(self.dim_rowmin, self.dim_rowmax + 1):
            filled = self._lines.get(row)
            cells = self.table.get(row)
            info = self.row_info.get(row)
            span = self.row_spans.get(row // 16)
            if filled is not None:
                line, values = filled
                number = str(row + 1)
                pieces = laid.get(line)
                if pieces is None:  # a format is numbered when it is first written
                    pieces = laid[line] = line.pieces()
                told = number.join(pieces) % values
                if info is None:
                    self.fh.write(f'<row r="{number}" spans="{span}">{told}</row>')
                else:
                    self._write_row(row, span, info)
                    self.fh.write(f"{told}</row>")
            elif cells:
                self._write_row(row, span, info)
                self._write_cells(row, cells)
                self.fh.write("</row>")
            elif info is not None or row in self.comments:
                self._write_empty_row(row, span, info)

    def _write_cells(self, row: int, cells: dict[int, Any]) -> None:
        write, number = self.fh.write, row + 1
        for column in sorted(cells):
            cell = cells[column]
            style = cell.format
            if style is None or column >= len(_LETTERS):
                self._write_cell(row, column, cell)
                continue
            xf = style.xf_index
            start = f'<c r="{_LETTERS[column]}{number}" s="'
            start += f'{style._get_xf_index() if xf is None else xf}"'
            kind = type(cell)
            if kind is CellStringTuple:
                write(f'{start} t="s"><v>{cell.string}</v></c>')
            elif kind is CellNumberTuple:
                write(f"{start}><v>{cell.number:.16G}</v></c>")
            elif kind is CellBlankTuple:
                write(f"{start}/>")
            elif kind is CellFormulaTuple and type(cell.value) in (int, float):
                write(f"{start}><f>{self._escape_data(cell.formula)}</f><v>{cell.value}</v></c>")
            else:
                self._write_cell(row, column, cell)


class Workbook(xlsxwriter.Workbook):
    """A workbook in memory, of sheets that are written faster."""

    worksheet_class = Sheet

    def _store_workbook(self) -> None:
        # As the original, save for what we never have: macros, and files on disk.
        if not self.worksheets():
            self.add_worksheet()
        if self.worksheet_meta.activesheet == 0:
            self.worksheets_objs[0].selected = 1
            self.worksheets_objs[0].hidden = 0
        for sheet in self.worksheets():
            if sheet.index == self.worksheet_meta.activesheet:
                sheet.active = 1
        self._prepare_sst_string_data()
        self._prepare_vml()
        self._prepare_defined_names()
        self._prepare_drawings()
        self._add_chart_data()
        self._prepare_tables()
        self._prepare_metadata()
        packager = self._get_packager()
        packager._add_workbook(self)
        packager._set_tmpdir(self.tmpdir)
        packager._set_in_memory(self.in_memory)
        parts = []
        for content, name, binary in packager._create_package():
            data = content.getvalue()
            parts.append(stored(name, data if binary else data.encode("utf-8")))
        self.filename.write(packed(parts))
