"""The sheets of a workbook as values: names and cells, whatever the format of the file.

Nothing is known here of what a sheet is for; a file that is no workbook raises.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial

import python_calamine as calamine

from pipeline.sheets.appearance import Appearance, Formulas, Spot
from pipeline.sheets.cells_xml import Foreign, PlainSheet, PlainTexts, plain_sheet, plain_texts
from pipeline.sheets.labels import Texts
from pipeline.sheets.limits import MAX_CELLS, TooLarge
from pipeline.sheets.ods import read_ods
from pipeline.sheets.package import SheetPart, contents_of
from pipeline.sheets.unanswered import unanswered
from pipeline.sheets.unpacking import packed_again, unpacked
from pipeline.sheets.xls import read_xls
from pipeline.sheets.xlsx import (
    NO_FORMATS,
    Formats,
    appearance_of,
    computed_formulas,
    formats_of,
    plain_package,
    uncached_formulas,
)
from pipeline.text.figures import Raw, is_error
from pipeline.text.labels import normalise

Grid = Sequence[Sequence[Raw]]


@dataclass(frozen=True)
class Sheet:
    """A sheet's name and its cells from A1 on; rows may be of different lengths.

    An error stands in a cell as its text (``#REF!``); ``inspect`` looks at how the cells look.
    """

    name: str
    cells: Grid
    inspect: Callable[[], Appearance] = Appearance
    formulas: Formulas = field(default_factory=Formulas)

    @cached_property
    def appearance(self) -> Appearance:
        """How the cells look, where that is not what they hold."""
        return self.inspect()

    @cached_property
    def uncached(self) -> Mapping[Spot, str]:
        """The formulas that have no result."""
        return self.formulas.uncached()

    @cached_property
    def stale(self) -> frozenset[str]:
        """The addresses of the formulas whose results nobody has computed."""
        return self.formulas.stale()

    def error(self, row: int, column: int) -> str:
        """The error, or the formula without a result, that stands in a cell; empty for others."""
        raw = self.at(row, column)
        if raw is None:
            return self.uncached.get((row, column), "")
        return raw if type(raw) is str and is_error(raw) else ""

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

    Raises:
        TooLarge: it unpacks to more, or its sheets have more cells, than any of ours.
        Encrypted: it needs a password.
        Foreign: among its cells stands what only some programs show.
        zipfile.BadZipFile: it is damaged.
        NotImplementedError: it is packed, or written, in a way that we don't read.
        Exception: whatever a reader finds wrong with the file, a native panic included.
    """
    aside = {sheet_key(name) for name in passed_over}
    if content.startswith(_OLE):
        return _named((Sheet(*found) for found in read_xls(_alone(content))), aside)
    if not content.startswith(b"PK"):
        raise zipfile.BadZipFile("no workbook begins like this")
    parts = unpacked(content)
    if "content.xml" in parts:
        return _named((Sheet(*found) for found in read_ods(parts["content.xml"])), aside)
    return _xlsx_sheets(parts, aside, answers)


def _named(found: Iterable[Sheet], aside: Collection[str]) -> list[Sheet]:
    return [sheet for sheet in found if sheet_key(sheet.name) not in aside]


def _xlsx_sheets(
    parts: Mapping[str, bytes], aside: Collection[str], answers: tuple[str, str] | None
) -> list[Sheet]:
    """The native reader gets a package of those cells only that were looked at."""
    if "xl/workbook.bin" in parts:
        raise NotImplementedError("是 .xlsb 格式")
    contents = contents_of(parts)
    strings = parts.get(contents.strings, b"")
    texts = plain_texts(strings) if strings else PlainTexts(b"", {})
    styles = parts.get(contents.styles, b"")
    formats = formats_of(styles) if styles else NO_FORMATS
    wanted = [one for one in contents.sheets if sheet_key(one.name) not in aside]
    plain: dict[str, PlainSheet] = {}
    for one in wanted:
        if not _is_unanswered(one.name, parts[one.part], strings, answers):
            plain[one.name] = plain_sheet(parts[one.part])
    package = packed_again(plain_package([*plain.items()], texts, formats, contents.since_1904))
    cells = _cells(package) if plain else {}
    return [
        _xlsx_sheet(one, cells[one.name], plain[one.name], texts, formats, contents.stale)
        if one.name in plain
        else Sheet(one.name, ())
        for one in wanted
    ]


def _xlsx_sheet(
    one: SheetPart,
    cells: Grid,
    plain: PlainSheet,
    texts: PlainTexts,
    formats: Formats,
    stale: bool,
) -> Sheet:
    formulas = Formulas(
        uncached=partial(uncached_formulas, plain.cells),
        stale=partial(computed_formulas, plain.cells) if stale else frozenset,
    )
    look = partial(appearance_of, plain, texts, formats, one.hidden)
    return Sheet(one.name, cells, look, formulas)


def _is_unanswered(
    name: str, sheet: bytes, strings: bytes, answers: tuple[str, str] | None
) -> bool:
    if answers is None or sheet_key(name) != sheet_key(answers[0]):
        return False
    return unanswered(sheet, strings, answers[1])


def _alone(content: bytes) -> bytes:
    """An OLE file without the mark by which a package is found in it: a reader would read what
    nobody has looked at."""
    return content.replace(_PACKAGE_END, bytes(len(_PACKAGE_END)))


_OLE, _PACKAGE_END = b"\xd0\xcf\x11\xe0", b"PK\x05\x06"


def _cells(package: bytes) -> Mapping[str, Grid]:
    """The cells of each sheet of a plain package, by its name."""
    found: dict[str, Grid] = {}
    left = MAX_CELLS
    with calamine.CalamineWorkbook.from_filelike(io.BytesIO(package)) as book:
        for index, name in enumerate(book.sheet_names):
            sheet = book.get_sheet_by_index(index)
            end = sheet.end
            if end is None:
                found[name] = ()
                continue
            left -= (end[0] + 1) * (end[1] + 1)
            if left < 0:
                raise TooLarge(f"各工作表铺开后超过 {MAX_CELLS} 格")
            found[name] = sheet.to_python(skip_empty_area=False)
    return found


def why_unopened(content: bytes, error: BaseException) -> str:
    """Why a reader could not open a file, in words that a clerk can act on."""
    if isinstance(error, Foreign):
        return f"{error}有别的程序加的内容，各种软件显示的不一样"
    if isinstance(error, (NotImplementedError, TooLarge)) and not str(error).isascii():
        return str(error)
    if not content:
        return "文件是空的"
    if b"opendocument" in content[:2_000] and content.lstrip().startswith(b"<"):
        return "是 .fods 格式"
    if b"Index/Document.iwa" in content:
        return "是苹果 Numbers 的格式"
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
