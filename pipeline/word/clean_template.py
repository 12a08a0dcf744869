"""A Word template as it may go out: nothing of who made, restyled or reviewed it.

Reports are public.  What Word keeps of its users in a file (names, company, history, comments,
changes and who made them, own properties, building blocks, a picture of the first page) is taken
out of a template before any report is made of it, and the document's properties are given to the
unit and to this program.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from lxml import etree

from pipeline.ooxml.parts import (
    CONTENT_TYPES,
    DOCUMENT,
    Parts,
    find_part,
    read_relationships,
    relationships_part,
)
from pipeline.ooxml.untrusted import read_xml

Element = Any
"""An lxml element; its stubs know too little of namespaces to be of use here."""

PROGRAM: Final = "zfxxgk-annual-report"

PRIVATE: Final = frozenset(
    [
        "comments",
        "commentsExtended",
        "commentsIds",
        "commentsExtensible",
        "people",
        "custom-properties",
        "thumbnail",
        "customXml",
        "glossaryDocument",
        "attachedTemplate",
        "mailMergeSource",
        "mailMergeHeaderSource",
        "recipientData",
        "printerSettings",
        "keyMapCustomizations",
        "vbaProject",
        "attachedToolbars",
        "extended-properties",
    ]
)
"""The kinds of relationship that lead to what doesn't go out."""

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

_DC: Final = "{http://purl.org/dc/elements/1.1/}"
_CORE: Final = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006"
_MAIN_TYPE: Final = (
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
)
_DECLARATION: Final = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def clean_template(parts: Parts) -> dict[str, bytes]:
    """The parts of a template without what tells of people, ready to be filled.

    The main part gets the type of a document where it has that of a template (.dotx); changes are
    accepted; a table of contents is marked to be refreshed when the report is opened.

    Raises:
        UnreadableXml: a part is no well-formed XML.
    """
    cleaned = {name: parts[name] for name in _reachable(parts)}
    main = find_part(parts, DOCUMENT)
    contents = _has_contents_table(parts.get(main, b""))
    settings = find_part(parts, "settings", main)
    for name, content in cleaned.items():
        if name == settings:
            cleaned[name] = _clean_settings(content, contents)
        elif name.endswith(".rels"):
            cleaned[name] = _without_private(content)
        elif name.endswith(".xml") and b"wordprocessingml/2006/main" in content:
            cleaned[name] = _clean_text(content)
    own = find_part(parts, "core-properties")
    core = own or "docProps/core.xml"
    cleaned[core] = _core_properties(parts.get(own))
    program = f"<Application>{PROGRAM}</Application>".encode()
    properties = f'<Properties xmlns="{_OFFICE}/extended-properties">'.encode()
    cleaned["docProps/app.xml"] = _DECLARATION + properties + program + b"</Properties>"
    cleaned[relationships_part("")] = _related(cleaned[relationships_part("")], core)
    cleaned[CONTENT_TYPES] = _content_types(parts[CONTENT_TYPES], cleaned, main, core)
    return cleaned


def _reachable(parts: Parts) -> list[str]:
    """The parts that something leads to, those that don't go out aside, in their order."""
    found, ahead = {CONTENT_TYPES}, [""]
    while ahead:
        part = ahead.pop()
        found |= {part, relationships_part(part)}
        ahead += [
            link.target
            for link in read_relationships(parts, part)
            if not link.external and link.kind not in PRIVATE and link.target not in found
        ]
    return [name for name in parts if name in found]


def _without_private(links: bytes) -> bytes:
    root = read_xml(links)
    private = [x for x in root if x.get("Type", "").rpartition("/")[2] in PRIVATE]
    for link in private:
        root.remove(link)
    return _written(root) if private else links


def _related(links: bytes, core: str) -> bytes:
    """The package's own relationships with those to its properties."""
    root = read_xml(links)
    for kind, target in (
        (f"{_CORE.replace('/metadata', '/relationships/metadata')}", core),
        (f"{_OFFICE}/relationships/extended-properties", "docProps/app.xml"),
    ):
        if not any(link.get("Type") == kind for link in root):
            key = f"rIdOwn{len(root)}"
            tag = root.tag.replace("Relationships", "Relationship")
            etree.SubElement(root, tag, Id=key, Type=kind, Target=target)
    return _written(root)


def _content_types(types: bytes, parts: Mapping[str, bytes], main: str, core: str) -> bytes:
    root = read_xml(types)
    tag = f"{root.tag.rpartition('}')[0]}}}Override"
    listed = {x.get("PartName", "").lstrip("/"): x for x in root if x.tag == tag}
    for name, override in listed.items():
        if name not in parts:
            root.remove(override)
    for name, kind in (
        (main, _MAIN_TYPE),
        (core, "application/vnd.openxmlformats-package.core-properties+xml"),
        (
            "docProps/app.xml",
            "application/vnd.openxmlformats-officedocument.extended-properties+xml",
        ),
    ):
        if name in listed and name in parts:
            listed[name].set("ContentType", kind)
        else:
            etree.SubElement(root, tag, PartName=f"/{name}", ContentType=kind)
    return _written(root)


# ---------------------------------------------------------------------------- properties

_KEPT: Final = ("title", "subject", "language", "category", "keywords")
"""The properties that are of the report; another stays only where it is filled in."""


def _core_properties(content: bytes | None) -> bytes:
    """A document's properties: its title and the like, the unit as author, this program as who
    wrote it last."""
    if content is None:
        content = (
            f'<cp:coreProperties xmlns:cp="{_CORE}" xmlns:dc="http://purl.org/dc/elements/1.1/">'
            "<dc:title>{{ 标题 }}</dc:title></cp:coreProperties>"
        ).encode()
    root = read_xml(content)
    creator = "{{ 单位 }}"
    for child in list(root):
        name = etree.QName(child).localname
        filled = "{{" in (child.text or "")
        if name == "creator" and filled:
            creator = str(child.text)
        if name == "creator" or not (filled or name in _KEPT):
            root.remove(child)
    etree.SubElement(root, f"{_DC}creator").text = creator
    etree.SubElement(root, f"{{{_CORE}}}lastModifiedBy").text = PROGRAM
    return _written(root)


_PERSONAL_SETTINGS: Final = [
    "rsids",
    "attachedTemplate",
    "mailMerge",
    "docVars",
    "trackRevisions",
    "docId",
    "documentId",
    "removePersonalInformation",
    "saveThroughXslt",
    "writeProtection",
]
_AFTER_UPDATE: Final = frozenset(
    [
        "hdrShapeDefaults",
        "footnotePr",
        "endnotePr",
        "compat",
        "docVars",
        "rsids",
        "mathPr",
        "attachedSchema",
        "themeFontLang",
        "clrSchemeMapping",
        "doNotIncludeSubdocsInStats",
        "shapeDefaults",
        "decimalSymbol",
        "listSeparator",
    ]
)
"""What stands behind updateFields in the settings (ECMA-376-1, 17.15.1.78)."""


def _clean_settings(content: bytes, contents: bool) -> bytes:
    root = read_xml(content)
    personal = [x for x in root if etree.QName(x).localname in _PERSONAL_SETTINGS]
    for element in personal:
        root.remove(element)
    if contents and root.find(f"{_W}updateFields") is None:
        update = etree.Element(f"{_W}updateFields")
        update.set(f"{_W}val", "true")
        names = [etree.QName(x).localname for x in root]
        at = next((i for i, name in enumerate(names) if name in _AFTER_UPDATE), len(names))
        root.insert(at, update)
    return _written(root) if personal or contents else content


_CONTENTS: Final = re.compile(rb"(?:<w:instrText[^>]*>|w:instr=\")\s*TOC\b")


def _has_contents_table(document: bytes) -> bool:
    """Whether a document has a table of contents, which no report's headings have been put in."""
    return bool(_CONTENTS.search(document))


# ------------------------------------------------------------------------------- the text

_HISTORY: Final = re.compile(
    rb' w:rsid\w*="[^"]*"| w14:(?:paraId|textId)="[^"]*"|<w:rsid w:val="[^"]*"/>'
)
"""What tells in which sittings a text was written; ids, which a loop would repeat."""

_REVIEWED: Final = re.compile(
    rb"<w:(?:ins|del|moveFrom\w*|moveTo\w*|comment\w+|\w+Change|cellIns|cellDel|cellMerge)[ />]"
)
_TAKEN_OUT: Final = [
    "moveFromRangeStart",
    "moveFromRangeEnd",
    "moveToRangeStart",
    "moveToRangeEnd",
    "commentRangeStart",
    "commentRangeEnd",
    "commentReference",
    "annotationRef",
    "pPrChange",
    "rPrChange",
    "tblPrChange",
    "trPrChange",
    "tcPrChange",
    "sectPrChange",
    "tblGridChange",
    "tblPrExChange",
    "numberingChange",
    "cellIns",
    "cellMerge",
]


def _clean_text(content: bytes) -> bytes:
    """A part of the text without its history; changes are accepted, comments taken out."""
    content = _HISTORY.sub(b"", content)
    if not _REVIEWED.search(content):
        return content
    root: Element = read_xml(content)
    for element in [*root.iter(*(f"{_W}{name}" for name in _TAKEN_OUT))]:
        run = element.getparent()
        run.remove(element)
        if run.tag == f"{_W}r" and all(child.tag == f"{_W}rPr" for child in run):
            run.getparent().remove(run)
    for element in [*root.iter(f"{_W}del", f"{_W}moveFrom", f"{_W}cellDel")]:
        _accept_deletion(element)
    for element in [*root.iter(f"{_W}ins", f"{_W}moveTo")]:
        for child in list(element):
            element.addprevious(child)
        element.getparent().remove(element)
    return _written(root)


def _accept_deletion(element: Element) -> None:
    """Take out what a mark says is deleted: itself, or the end of a paragraph, a row, a cell."""
    parent = element.getparent()
    if parent is None:
        return
    name = etree.QName(parent).localname
    parent.remove(element)
    if name in ("trPr", "tcPr"):
        whole = parent.getparent()
        whole.getparent().remove(whole)
    elif name == "rPr" and parent.getparent().tag == f"{_W}pPr":
        paragraph = parent.getparent().getparent()
        following = paragraph.getnext()
        if following is not None and following.tag == f"{_W}p":
            # What is left of it is the beginning of the next one.
            at = 1 if len(following) and following[0].tag == f"{_W}pPr" else 0
            for child in [x for x in paragraph if x.tag != f"{_W}pPr"][::-1]:
                following.insert(at, child)
            paragraph.getparent().remove(paragraph)


def _written(root: Element) -> bytes:
    return _DECLARATION + etree.tostring(root, encoding="unicode").encode()
