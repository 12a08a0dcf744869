"""Which part of an .xlsx package holds what."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from functools import lru_cache

from pipeline.ooxml.untrusted import UnreadableXml, read_xml

STRINGS = "xl/sharedStrings.xml"
"""The part that keeps the texts of all the sheets."""

_BOOK, _LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def sheet_parts(parts: Mapping[str, bytes]) -> Mapping[str, str]:
    """The part of an .xlsx package that each sheet is kept in, by the sheet's name; none where
    the package says it in a way of its own."""
    book, links = parts.get(_BOOK), parts.get(_LINKS)
    return _sheet_parts(book, links) if book is not None and links is not None else {}


@lru_cache(maxsize=64)
def _sheet_parts(book: bytes, links: bytes) -> Mapping[str, str]:
    """Cached: workbooks that were issued alike say it alike."""
    try:
        targets = {
            link.get("Id"): str(link.get("Target"))
            for link in read_xml(links).iter("{*}Relationship")
        }
        sheets = list(read_xml(book).iter("{*}sheet"))
    except UnreadableXml:
        return {}
    return {
        str(sheet.get("name")): _path(targets[sheet.get(_LINK)])
        for sheet in sheets
        if sheet.get(_LINK) in targets
    }


def _path(target: str) -> str:
    return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")


def needed(part: str) -> bool:
    """Whether a part, by its name, may hold anything of a cell."""
    return not part.startswith(("docProps/", "xl/theme/", "xl/drawings/", "xl/media/"))


_END = b"</sheetData>"


def cells_only(part: bytes) -> bytes:
    """A sheet without what follows its cells, which a reader of cells never comes to: rules for
    colours and for what may be typed are the larger half of it."""
    end = part.rfind(_END)
    return part if end < 0 else part[: end + len(_END)] + b"</worksheet>"
