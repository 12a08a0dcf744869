"""The sheets of a workbook as values: names and cells, whatever the format of the file.

Nothing is known here of what a sheet is for; a file that is no workbook raises.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import python_calamine as calamine

from pipeline.sheets.extent import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, reaches_too_far
from pipeline.sheets.labels import Texts
from pipeline.sheets.number_formats import Places, disguised_cells
from pipeline.sheets.plain_xml import plain_xml
from pipeline.sheets.unanswered import unanswered
from pipeline.sheets.unpacking import TooLarge, packed_again, unpacked
from pipeline.sheets.xlsx_parts import STRINGS, cells_only, needed, sheet_parts
from pipeline.text.figures import Raw, truncate
from pipeline.text.labels import normalise

Grid = Sequence[Sequence[Raw]]


@dataclass(frozen=True)
class Sheet:
    """A sheet's name and its cells from A1 on; rows may be of different lengths.

    ``disguised`` are the cells whose format shows another number than they hold.
    """

    name: str
    cells: Grid
    disguised: Places = frozenset()

    def at(self, row: int, column: int) -> Raw:
        if row >= len(self.cells) or column >= len(self.cells[row]):
            return None
        value = self.cells[row][column]
        return None if value == "" else value

    @cached_property
    def texts(self) -> Texts:
        return tuple(
            (r, c, value)
            for r, line in enumerate(self.cells)
            for c, value in enumerate(line)
            if value and type(value) is str and not value.isspace()
        )

    @cached_property
    def _labels(self) -> Mapping[str, list[tuple[int, int]]]:
        found: dict[str, list[tuple[int, int]]] = {}
        for row, column, text in self.texts:
            if len(text) <= _LONGEST_LABEL:
                found.setdefault(normalise(text), []).append((row, column))
        return found

    def places(self, label: str) -> Sequence[tuple[int, int]]:
        """Where a label stands, as (row, column), in reading order."""
        return self._labels.get(normalise(label), ())

    @cached_property
    def numbered(self) -> tuple[int, ...]:
        """The rows that hold numbers."""
        return tuple(
            r for r, line in enumerate(self.cells) if not _NUMBERS.isdisjoint(map(type, line))
        )


_NUMBERS = frozenset({int, float})
_LONGEST_LABEL = 200


def open_sheets(
    content: bytes,
    passed_over: Collection[str] = (),
    answers: tuple[str, str] | None = None,
) -> list[Sheet]:
    """The sheets with cells of a workbook, save those of the names passed over.

    Args:
        answers: a sheet that matters only for what is written below a heading, and the heading;
            without its cells where that is nothing.

    The native reader gets a package of those parts only that were looked at.

    Raises:
        TooLarge: it unpacks to more, or a sheet has more cells, than any of ours.
        zipfile.BadZipFile: it is damaged.
        NotImplementedError: it is packed, or written, in a way that we don't read.
        Exception: whatever the native reader finds wrong with the file, a panic of it included.
    """
    if not content.startswith(b"PK"):
        return _laid_out(_alone(content), {sheet_key(name) for name in passed_over}, ())
    parts = unpacked(content)
    if "xl/workbook.bin" in parts:
        raise NotImplementedError("是 .xlsb 格式")
    aside = {sheet_key(name) for name in passed_over}
    named = sheet_parts(parts)
    empty = [name for name, part in named.items() if _unanswered(name, part, parts, answers)]
    for name, part in named.items():
        if name in empty or sheet_key(name) in aside:
            parts.pop(part, None)
    parts = {name: cells_only(part) for name, part in parts.items() if needed(name)}
    parts = {name: _plain(name, part) for name, part in parts.items()}
    _refuse_far_cells(parts)
    sheets = _laid_out(packed_again(parts.items()), aside, empty)
    return [replace(s, disguised=disguised_cells(parts, named.get(s.name, ""))) for s in sheets]


def _plain(name: str, part: bytes) -> bytes:
    return plain_xml(part) if name.casefold().endswith((".xml", ".rels")) else part


def _unanswered(
    name: str, part: str, parts: Mapping[str, bytes], answers: tuple[str, str] | None
) -> bool:
    if answers is None or sheet_key(name) != sheet_key(answers[0]):
        return False
    return unanswered(parts.get(part, b""), parts.get(STRINGS, b""), answers[1])


def _alone(content: bytes) -> bytes:
    """An OLE file, which can't be a bomb, without the mark by which a package is found in it.

    The native reader would read a package behind anything that stands before it, which nobody
    has looked at.  A document that was put into an .xls isn't read anyway.

    Raises:
        zipfile.BadZipFile: it is no OLE file.
    """
    if not content.startswith(_OLE):
        raise zipfile.BadZipFile("no workbook begins like this")
    return content.replace(_PACKAGE_END, bytes(len(_PACKAGE_END)))


def _refuse_far_cells(parts: Mapping[str, bytes]) -> None:
    if reaches_too_far(parts):
        raise TooLarge("有的单元格或空行远在表格之外")


_OLE, _PACKAGE_END = b"\xd0\xcf\x11\xe0", b"PK\x05\x06"


def _laid_out(content: bytes, aside: Collection[str], empty: Collection[str]) -> list[Sheet]:
    with calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
        sheets = []
        for index, meta in enumerate(book.sheets_metadata):
            if meta.typ != calamine.SheetTypeEnum.WorkSheet or sheet_key(meta.name) in aside:
                continue
            if meta.name in empty:
                sheets.append(Sheet(meta.name, []))
                continue
            sheet = book.get_sheet_by_index(index)
            end = sheet.end
            if end is not None:
                rows, columns = end[0] + 1, end[1] + 1
                if rows > MAX_ROWS or columns > MAX_COLUMNS or rows * columns > MAX_CELLS:
                    raise TooLarge(f"工作表“{truncate(meta.name)}”有 {rows} 行 {columns} 列")
            cells = sheet.to_python(skip_empty_area=False) if end is not None else []
            sheets.append(Sheet(meta.name, cells))
        return sheets


def why_unopened(content: bytes, error: BaseException) -> str:
    """Why a reader could not open a file, in words that a clerk can act on."""
    if isinstance(error, (NotImplementedError, TooLarge)) and not str(error).isascii():
        return str(error)
    if not content:
        return "文件是空的"
    if not content.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        return "内容不是工作簿，可能是改了扩展名的其他文件"
    return "文件已损坏，或没有下载、复制完整"


def header_row(sheet: Sheet, labels: Sequence[str]) -> tuple[int, list[int]] | None:
    """The first row that has all the labels, and their columns."""
    columns = [dict(reversed(sheet.places(label))) for label in labels]
    for row, _ in sheet.places(labels[0]):
        if all(row in found for found in columns):
            return row, [found[row] for found in columns]
    return None


@lru_cache(maxsize=4096)
def sheet_key(name: str) -> str:
    """A sheet's name without blanks, a year and what a copy adds: 依申请公开 2020年 (2)."""
    plain = unicodedata.normalize("NFKC", name)
    return normalise(re.sub(r"\(\d+\)|\d+|年度?|副本", "", plain))


def cell_text(raw: Raw) -> str:
    """A cell as text: a whole number without its .0, line ends as one character."""
    if raw is None:
        return ""
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    return str(raw).replace("\r\n", "\n").replace("\r", "\n").replace("_x000D_\n", "\n")
