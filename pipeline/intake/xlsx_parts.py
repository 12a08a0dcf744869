"""Which part of an .xlsx package holds what."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping

from lxml import etree

STRINGS = "xl/sharedStrings.xml"
"""The part that keeps the texts of all the sheets."""

_BOOK, _LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def sheet_parts(parts: Mapping[str, bytes]) -> dict[str, str]:
    """The part of an .xlsx package that each sheet is kept in, by the sheet's name; none where
    the package says it in a way of its own."""
    try:
        return dict(_sheet_parts(parts))
    except (KeyError, etree.XMLSyntaxError):
        return {}


def _sheet_parts(parts: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    safe = etree.XMLParser(resolve_entities=False, no_network=True)
    links = {
        link.get("Id"): str(link.get("Target"))
        for link in etree.fromstring(parts[_LINKS], safe).iter("{*}Relationship")
    }
    for sheet in etree.fromstring(parts[_BOOK], safe).iter("{*}sheet"):
        target = links.get(sheet.get(_LINK))
        if target is not None:
            path = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
            yield str(sheet.get("name")), path
