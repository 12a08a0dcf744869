"""Whether nobody wrote anything below a heading, seen without laying out the sheet.

The sheet of the checks is two thirds of a workbook, formulas nearly all of it, and holds something
that only the clerk can say in a single column, which most leave empty.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

from lxml import etree

STRINGS = "xl/sharedStrings.xml"
"""The part that keeps the texts of all the sheets."""

_BOOK, _LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRING = re.compile(rb"<si[\s/>]")


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


def unanswered(sheet: bytes, strings: bytes, heading: str) -> bool:
    """Whether the column below a heading is empty.  False also where it can't be told: the heading
    stands nowhere or twice, or is written in an unusual way."""
    texts = strings.split(f">{heading}</t>".encode())
    if len(texts) != 2:
        return False
    at = len(_STRING.findall(texts[0])) - 1
    headings = re.findall(rb'<c r="([A-Z]+)[0-9]+"[^>]* t="s"[^>]*><v>%d</v>' % at, sheet)
    if len(headings) != 1:
        return False
    filled = re.findall(rb'<c r="%s[0-9]+"(?:[^>]*[^/>])?>' % headings[0], sheet)
    return len(filled) == 1
