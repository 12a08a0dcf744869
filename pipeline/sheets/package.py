"""Where an .xlsx package keeps what: its sheets, texts and formats, found by relationship.

Parts are found as ECMA-376 (part 2, 6.5) has it, from the package's own relationships on, whatever
they are called: a reader that looks for usual names would show another workbook than a spreadsheet
does.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from urllib.parse import unquote

from lxml import etree

from pipeline.ooxml.untrusted import UnreadableXml, read_xml

MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT: Final = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_RELATIONSHIP: Final = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
    "{http://purl.oclc.org/ooxml/officeDocument/relationships}id",
)
_LINK: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetPart:
    """A sheet of cells: its name, the part it is kept in, and whether it is hidden."""

    name: str
    part: str
    hidden: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Contents:
    """What a workbook's main part says: its sheets in order, and the parts that they share.

    ``stale`` tells that a program wrote the results of formulas without computing them, and asks
    for that on opening.
    """

    sheets: tuple[SheetPart, ...]
    strings: str
    styles: str
    since_1904: bool
    stale: bool


def contents_of(parts: Mapping[str, bytes]) -> Contents:
    """What an .xlsx package holds, by its parts.

    Raises:
        zipfile.BadZipFile: a part that must be there isn't, is damaged, or is said to be twice.
    """
    names = frozenset(parts)
    try:
        links = _relationships(parts[existing("_rels/.rels", names)], "")
        main = [target for kind, target in links.values() if kind == "officeDocument"]
        if len(main) != 1:
            raise zipfile.BadZipFile(f"{len(main)} main parts")
        part = existing(main[0], names)
        folder, name = posixpath.split(part)
        links_of = existing(posixpath.join(folder, "_rels", f"{name}.rels"), names)
        return _contents(part, parts[part], parts[links_of], names)
    except UnreadableXml as error:
        raise zipfile.BadZipFile("the workbook's parts are damaged") from error


def existing(target: str, names: frozenset[str]) -> str:
    """The part of a name, which is the same in capitals (ECMA-376, part 2, 6.2.2).

    Raises:
        zipfile.BadZipFile: there is none.
    """
    if target in names:
        return target
    found = [name for name in names if name.casefold() == target.casefold()]
    if len(found) != 1:
        raise zipfile.BadZipFile(f"no {target}")
    return found[0]


@lru_cache(maxsize=64)
def _relationships(links: bytes, folder: str) -> Mapping[str, tuple[str, str]]:
    """Kind and target of what a part is related to within its package, by id."""
    found: dict[str, tuple[str, str]] = {}
    for link in read_xml(links).iter(_LINK):
        name = str(link.get("Id"))
        if name in found:
            raise zipfile.BadZipFile("a relationship stands twice")
        target = str(link.get("Target", "")).replace("\\", "/")
        inside = link.get("TargetMode") != "External"
        path = posixpath.normpath(posixpath.join("/", folder, unquote(target))).lstrip("/")
        found[name] = (str(link.get("Type", "")).rsplit("/", 1)[-1], path if inside else "")
    return found


@lru_cache(maxsize=64)
def _contents(part: str, book: bytes, links: bytes, names: frozenset[str]) -> Contents:
    """Cached: workbooks that were issued alike say it alike."""
    related = _relationships(links, posixpath.dirname(part))
    root = read_xml(book)
    space = etree.QName(root).namespace
    if space not in (MAIN, STRICT):
        raise zipfile.BadZipFile("no workbook")
    sheets = []
    for sheet in root.iterfind(f"{{{space}}}sheets/{{{space}}}sheet"):
        kind, target = related.get(_link(sheet), ("", ""))
        if not kind:
            raise zipfile.BadZipFile("a sheet without a part")
        if kind == "worksheet":
            hidden = sheet.get("state", "visible") != "visible"
            name = str(sheet.get("name"))
            sheets.append(SheetPart(name=name, part=existing(target, names), hidden=hidden))
    if len({sheet.name.casefold() for sheet in sheets}) < len(sheets):
        raise zipfile.BadZipFile("two sheets of one name")
    one = {kind: [t for own, t in related.values() if own == kind] for kind in _SHARED}
    if any(len(targets) > 1 for targets in one.values()):
        raise zipfile.BadZipFile("a shared part stands twice")
    strings, styles = ("".join(one[kind]) for kind in _SHARED)
    return Contents(
        sheets=tuple(sheets),
        strings=existing(strings, names) if strings else "",
        styles=existing(styles, names) if styles else "",
        since_1904=_is_set(root.find(f"{{{space}}}workbookPr"), "date1904"),
        stale=_is_set(root.find(f"{{{space}}}calcPr"), "fullCalcOnLoad"),
    )


_SHARED: Final = ("sharedStrings", "styles")


def _link(sheet: Any) -> str:
    found = [sheet.get(name) for name in _RELATIONSHIP if sheet.get(name) is not None]
    if len(found) != 1:
        raise zipfile.BadZipFile("a sheet without a part")
    return str(found[0])


def _is_set(element: Any, attribute: str) -> bool:
    return element is not None and element.get(attribute) in ("1", "true", "on")
