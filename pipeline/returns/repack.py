"""What openpyxl can't keep of a workbook, put back from the original package.

openpyxl reads a workbook into its own model and writes that: the values that formulas last had,
rows that grow with their text, ignored errors and what newer versions of Excel add to a sheet are
gone.  They are copied back part by part.  What can't be copied back (pictures, charts, controls,
macros, linked data) makes :func:`keepable` say no, so that nothing is ever dropped silently.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Final

from lxml import etree

from pipeline.ooxml.created import ZIP_DATE
from pipeline.ooxml.untrusted import read_xml
from pipeline.sheets.limits import MAX_CELLS, MAX_COLUMNS, MAX_ROWS
from pipeline.sheets.package import contents_of
from pipeline.text.labels import column_number

MAX_CONTENT: Final = 8 * 1024 * 1024
"""A package whose parts come to more bytes is not taken apart: openpyxl would take over 5 seconds.
A workbook as issued has under 1 MB."""

_KEPT_PARTS: Final = re.compile(
    r"\[Content_Types\]\.xml|(.*/)?_rels/.*\.rels"
    r"|docProps/.*|customXml/.*"
    r"|xl/(workbook|styles|sharedStrings|calcChain)\.xml"
    r"|xl/theme/[^/]*\.xml|xl/worksheets/[^/]*\.xml|xl/tables/[^/]*\.xml"
    r"|xl/(comments/)?comments?\d*\.xml|xl/drawings/([^/]*/)?[^/]*\.vml"
    r"|xl/printerSettings/[^/]*\.bin"
)
"""The parts that openpyxl keeps, that are put back here, or that nobody misses (a thumbnail, a
printer's settings, the order of calculation)."""

_DRAWING: Final = re.compile(r"xl/drawings/drawing\d*\.xml")

_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

_LOST_FOR_GOOD: Final = frozenset(
    {"picture", "oleObjects", "controls", "drawingHF", "legacyDrawingHF"}
)
"""Elements of a sheet that belong to parts which openpyxl drops."""

_VERBATIM: Final = frozenset(
    {
        "sheetCalcPr",
        "sheetProtection",
        "protectedRanges",
        "phoneticPr",
        "dataValidations",
        "headerFooter",
        "cellWatches",
        "ignoredErrors",
        "extLst",
    }
)
"""Elements of a sheet that are the same before and after marking, and are copied as they were."""

_ORDER: Final = [
    "sheetPr",
    "dimension",
    "sheetViews",
    "sheetFormatPr",
    "cols",
    "sheetData",
    "sheetCalcPr",
    "sheetProtection",
    "protectedRanges",
    "scenarios",
    "autoFilter",
    "sortState",
    "dataConsolidate",
    "customSheetViews",
    "mergeCells",
    "phoneticPr",
    "conditionalFormatting",
    "dataValidations",
    "hyperlinks",
    "printOptions",
    "pageMargins",
    "pageSetup",
    "headerFooter",
    "rowBreaks",
    "colBreaks",
    "customProperties",
    "cellWatches",
    "ignoredErrors",
    "smartTags",
    "drawing",
    "legacyDrawing",
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
]
"""The elements of a sheet in the order that ECMA-376 (18.3.1.99) demands."""


def keepable(content: bytes) -> bool:
    """Whether a workbook can be written by openpyxl and repaired without losing anything that
    a person would miss."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        if sum(info.file_size for info in package.infolist()) > MAX_CONTENT:
            return False
        names = package.namelist()
        if len(set(names)) < len(names):
            return False
        # LibreOffice gives a sheet with an autofilter a drawing that has nothing in it.
        drawn = {name for name in names if _DRAWING.fullmatch(name)}
        if any(len(_parsed(package, name)) for name in drawn):
            return False
        if not all(_KEPT_PARTS.fullmatch(name) or name in drawn for name in names):
            return False
        notes = (package.read(name) for name in names if name.endswith(".vml"))
        if any(set(re.findall(rb'ObjectType="(\w+)"', part)) - {b"Note"} for part in notes):
            return False
        return all(_restorable(_parsed(package, part)) for part in _sheet_parts(package).values())


def _merged(merge: etree._Element) -> int:
    """How many cells a merge joins; more than any sheet has where that can't be told."""
    corners = re.findall(r"([A-Z]{1,3})([0-9]{1,7})", merge.get("ref") or "")
    if len(corners) != 2:
        return MAX_CELLS + 1
    (left, top), (right, bottom) = corners
    rows = abs(int(bottom) - int(top)) + 1
    return rows * (abs(column_number(right) - column_number(left)) + 1)


def _is_far(cell: str) -> bool:
    """Whether an address lies beyond any form, or is none."""
    place = re.fullmatch(r"([A-Z]{1,3})([0-9]{1,7})", cell)
    if place is None:
        return True
    return column_number(place.group(1)) > MAX_COLUMNS or int(place.group(2)) > MAX_ROWS


def _restorable(sheet: etree._Element) -> bool:
    if any(_is_far(cell.get("r") or "") for cell in _cells(sheet)):
        return False  # openpyxl walks over each cell up to it
    for element in sheet:
        name = _name(element)
        if name in _LOST_FOR_GOOD:
            return False
        if name == "mergeCells" and sum(map(_merged, element)) > MAX_CELLS:
            return False  # openpyxl lays each of the cells out
        if name == "extLst" and any(
            _OFFICE in str(key) for e in element.iter() for key in e.attrib
        ):
            return False  # it speaks of another part
    return True


def repaired(saved: bytes, original: bytes, added: Mapping[str, bytes]) -> bytes:
    """A package that openpyxl saved, with what it lost put back from the original.

    The same arguments give the same bytes.

    Args:
        added: for each sheet that is not of the original, by its name, the package that it was
            taken from.
    """
    with (
        zipfile.ZipFile(io.BytesIO(saved)) as package,
        zipfile.ZipFile(io.BytesIO(original)) as before,
    ):
        parts = {name: package.read(name) for name in package.namelist()}
        properties = "docProps/core.xml"
        if properties in before.namelist():
            parts[properties] = before.read(properties)
        for name, part in _sheet_parts(package).items():
            if name in added:
                with zipfile.ZipFile(io.BytesIO(added[name])) as source:
                    told = _parsed(source, _sheet_parts(source)[name])
            else:
                told = _parsed(before, _sheet_parts(before)[name])
            parts[part] = _mended(_parsed(package, part), told)
    return _packed(parts)


def _packed(parts: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        # The content types come first in a package, or some readers don't know what it is.
        for name in sorted(parts, key=lambda name: (not name.startswith("["), name)):
            info = zipfile.ZipInfo(name, ZIP_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(info, parts[name])
    return buffer.getvalue()


def _mended(sheet: etree._Element, told: etree._Element) -> bytes:
    _put_values_back(sheet, told)
    _let_rows_grow(sheet, told)
    _put_widths_back(sheet, told)
    for element in list(sheet):
        if _name(element) in _VERBATIM:
            sheet.remove(element)
        elif _name(element) == "pageSetup":
            # The printer's settings it names are not in the package any more.
            element.attrib.pop(f"{{{_OFFICE}}}id", "")
    for element in told:
        if _name(element) in _VERBATIM:
            rank = _ORDER.index(_name(element))
            at = sum(_ORDER.index(_name(e)) <= rank for e in sheet)
            sheet.insert(at, deepcopy(element))
    text: bytes = etree.tostring(sheet, xml_declaration=True, encoding="UTF-8", standalone=True)
    return text


def _put_values_back(sheet: etree._Element, told: etree._Element) -> None:
    """Formulas get the values they had: a reader that doesn't recalculate still sees them."""
    values = {
        cell.get("r"): (cell.get("t"), cell.findtext(f"{{{_MAIN}}}v"))
        for cell in _cells(told)
        if cell.find(f"{{{_MAIN}}}f") is not None
    }
    for cell in _cells(sheet):
        if cell.find(f"{{{_MAIN}}}f") is None:
            continue
        for empty in cell.findall(f"{{{_MAIN}}}v"):
            cell.remove(empty)
        kind, value = values.get(cell.get("r"), (None, None))
        cell.attrib.pop("t", "")
        if value is not None:
            if kind is not None:
                cell.set("t", kind)
            etree.SubElement(cell, f"{{{_MAIN}}}v").text = value


def _let_rows_grow(sheet: etree._Element, told: etree._Element) -> None:
    """openpyxl fixes the height of every row that has one."""
    fixed = {row.get("r") for row in told.iter(f"{{{_MAIN}}}row") if row.get("customHeight")}
    for row in sheet.iter(f"{{{_MAIN}}}row"):
        if row.get("r") not in fixed:
            row.attrib.pop("customHeight", "")


def _put_widths_back(sheet: etree._Element, told: etree._Element) -> None:
    """openpyxl gives a column hidden without a width one of its own."""
    widths = {(c.get("min"), c.get("max")): c.get("width") for c in told.iter(f"{{{_MAIN}}}col")}
    for column in sheet.iter(f"{{{_MAIN}}}col"):
        width = widths.get((column.get("min"), column.get("max")))
        if width is not None:
            column.set("width", width)


def _cells(sheet: etree._Element) -> Iterator[etree._Element]:
    return sheet.iter(f"{{{_MAIN}}}c")


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _sheet_parts(package: zipfile.ZipFile) -> dict[str, str]:
    """The part of each worksheet, by the sheet's name."""
    parts = {
        name: package.read(name) if name.endswith((".rels", "workbook.xml")) else b""
        for name in package.namelist()
    }
    return {sheet.name: sheet.part for sheet in contents_of(parts).sheets}


def _parsed(package: zipfile.ZipFile, part: str) -> etree._Element:
    return read_xml(package.read(part))
