"""The sheets of an .ods file, with what their cells show beside what they hold (ODF 1.3, part 3)."""

from __future__ import annotations

import datetime
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, TypeVar

from lxml import etree

from pipeline.ooxml.untrusted import UnreadableXml, read_xml
from pipeline.sheets.appearance import Appearance, Formulas, Spot
from pipeline.sheets.limits import FAR, MAX_CELLS, MAX_COLUMNS, MAX_ROWS, TooLarge
from pipeline.text.figures import Raw, is_error

_T = TypeVar("_T")

_TABLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE: Final = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT: Final = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_NUMBERS: Final = frozenset({"float", "percentage", "currency"})


@dataclass(slots=True)
class _Table:
    """A sheet while its cells are being read: what they hold, and what can't be seen in that."""

    cells: list[list[Raw]] = field(default_factory=list)
    shown: dict[Spot, str] = field(default_factory=dict)
    marked: dict[Spot, str] = field(default_factory=dict)
    uncached: dict[Spot, str] = field(default_factory=dict)
    covered: set[Spot] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)


def read_ods(
    content: bytes,
) -> Iterator[tuple[str, list[list[Raw]], Callable[[], Appearance], Formulas]]:
    """Name, cells and appearance of each sheet, by the part ``content.xml``.

    Raises:
        TooLarge: the sheets have more cells than any workbook of ours.
        zipfile.BadZipFile: the part is damaged.
    """
    try:
        root = read_xml(content)
    except UnreadableXml as error:
        raise zipfile.BadZipFile("content.xml is damaged") from error
    struck = _struck_styles(root)
    unseen = {
        style.get(f"{_STYLE}name")
        for style in root.iter(f"{_STYLE}style")
        if any(e.get(f"{_TABLE}display") == "false" for e in style)
    }
    left = MAX_CELLS
    for table in root.iterfind(f"{_OFFICE}body/{_OFFICE}spreadsheet/{_TABLE}table"):
        found = _Table()
        for number, row in _rows(table):
            left -= _read_row(found, row, number, struck)
            if left < 0:
                raise TooLarge(FAR)
        look = Appearance(
            shown=found.shown,
            marked=found.marked,
            covered=frozenset(found.covered),
            hidden_rows=frozenset(found.hidden_rows),
            hidden_columns=frozenset(_hidden_columns(table)),
            hidden=table.get(f"{_TABLE}style-name") in unseen,
        )
        formulas = Formulas(uncached=partial(_itself, found.uncached))
        yield table.get(f"{_TABLE}name", ""), found.cells, partial(_itself, look), formulas


def _itself(value: _T) -> _T:
    return value


def _rows(table: Any) -> Iterator[tuple[int, Any]]:
    """The rows with anything in them by number, repeated ones as often as they are."""
    at = 0
    for row in table.iter(f"{_TABLE}table-row"):
        times = _times(row, "rows")
        if _filled_width(row):
            if at + times > MAX_ROWS:
                raise TooLarge(FAR)
            yield from ((number, row) for number in range(at, at + times))
        at += times


def _filled_width(row: Any) -> int:
    """How many columns of a row there are up to the last cell with anything in it."""
    width = at = 0
    for cell in row:
        at += _times(cell, "columns")
        if (
            len(cell)
            or any(name.startswith(_OFFICE) for name in cell.attrib)
            or cell.get(f"{_TABLE}formula")
        ):
            width = at
    if width > MAX_COLUMNS:
        raise TooLarge(FAR)
    return width


def _times(element: Any, axis: str) -> int:
    text = element.get(f"{_TABLE}number-{axis}-repeated", "1")
    return int(text) if text.isdecimal() and len(text) < 9 else 1


def _read_row(table: _Table, row: Any, number: int, struck: frozenset[str]) -> int:
    """Read a row into the table; how many cells that comes to."""
    width = _filled_width(row)
    rows_before = len(table.cells)
    table.cells += [[] for _ in range(rows_before, number + 1)]
    line = table.cells[number]
    if row.get(f"{_TABLE}visibility", "visible") != "visible":
        table.hidden_rows.add(number)
    for cell in row:
        if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            continue
        shown = _shown(cell)
        value = _value(cell, shown)
        formula = cell.get(f"{_TABLE}formula", "").partition(":")[2]
        for _ in range(min(_times(cell, "columns"), width - len(line))):
            spot = number, len(line)
            line.append(value)
            if isinstance(value, float):
                table.shown[spot] = shown
            if formula and value in (None, ""):
                table.uncached[spot] = formula
            if cell.tag.endswith("}covered-table-cell"):
                table.covered.add(spot)
            look = _look(cell, struck)
            if look:
                table.marked[spot] = look
    return width + number + 1 - rows_before


def _value(cell: Any, shown: str) -> Raw:
    """What a cell holds; an error as its text, whatever number is kept beside it."""
    kind = cell.get(f"{_OFFICE}value-type", "")
    if is_error(shown) or "error" in (
        cell.get(name) for name in cell.attrib if "value-type" in name
    ):
        return shown or "#N/A"
    if kind in _NUMBERS:
        return _number(cell.get(f"{_OFFICE}value", ""))
    if kind == "boolean":
        return bool(cell.get(f"{_OFFICE}boolean-value") == "true")
    if kind == "date":
        return _date(cell.get(f"{_OFFICE}date-value", ""))
    if kind == "time":
        return shown or str(cell.get(f"{_OFFICE}time-value", ""))
    return shown or str(cell.get(f"{_OFFICE}string-value", "")) or None


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise zipfile.BadZipFile("a value of no kind") from error


def _date(text: str) -> Raw:
    try:
        return datetime.datetime.fromisoformat(text)
    except ValueError:
        return text


def _shown(cell: Any) -> str:
    """The text that a cell shows: its paragraphs, without comments and ruby."""
    return "\n".join(_plain(paragraph) for paragraph in cell.iterfind(f"{_TEXT}p"))


def _plain(element: Any) -> str:
    texts = [element.text or ""]
    for child in element:
        if child.tag == f"{_TEXT}s":
            count = child.get(f"{_TEXT}c", "1")
            texts.append(" " * min(int(count) if count.isdecimal() else 1, 1_000))
        elif child.tag == f"{_TEXT}tab":
            texts.append("\t")
        elif child.tag == f"{_TEXT}line-break":
            texts.append("\n")
        elif child.tag not in (f"{_OFFICE}annotation", f"{_TEXT}ruby-text", f"{_TEXT}note"):
            texts.append(_plain(child))
        texts.append(child.tail or "")
    return "".join(texts)


_POSITION: Final = re.compile(r"\s*(super|sub|-?[1-9][0-9]*%)")


def _struck_styles(root: Any) -> frozenset[str]:
    """The names of the text and cell styles in struck-out, raised, lowered or hidden type."""
    found = set()
    for style in root.iter(f"{_STYLE}style"):
        for text in style.iterfind(f"{_STYLE}text-properties"):
            local = {etree.QName(str(name)).localname: value for name, value in text.attrib.items()}
            line = local.get("text-line-through-style", local.get("text-line-through-type", "none"))
            raised = _POSITION.match(local.get("text-position", "")) is not None
            if line != "none" or raised or local.get("display") == "none":
                found.add(style.get(f"{_STYLE}name", ""))
    return frozenset(found)


def _look(cell: Any, struck: frozenset[str]) -> str:
    if cell.get(f"{_TABLE}style-name") in struck:
        return "删除线"
    for element in cell.iter(f"{_TEXT}span", f"{_TEXT}ruby"):
        if element.tag == f"{_TEXT}ruby":
            return "注音"
        if element.get(f"{_TEXT}style-name") in struck:
            return "删除线或上标、下标"
    return ""


def _hidden_columns(table: Any) -> Iterator[int]:
    at = 0
    for column in table.iter(f"{_TABLE}table-column"):
        times = _times(column, "columns")
        if column.get(f"{_TABLE}visibility", "visible") != "visible":
            yield from range(at, min(at + times, MAX_COLUMNS))
        at += times
