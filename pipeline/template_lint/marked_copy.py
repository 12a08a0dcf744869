"""A copy of a template with its faults as comments, each at its paragraph."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from lxml import etree

from pipeline.ooxml.packing import packed, stored
from pipeline.ooxml.parts import (
    CONTENT_TYPES,
    DOCUMENT,
    find_part,
    read_parts,
    relationships_part,
)
from pipeline.ooxml.untrusted import read_xml
from pipeline.template_lint.fault import TemplateFault
from pipeline.template_lint.tags import paragraph_place

Element = Any
"""An lxml element; its stubs know too little of namespaces to be of use here."""

AUTHOR: Final = "模板检查"
_NAMESPACE: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_W: Final = f"{{{_NAMESPACE}}}"
_KIND: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments"
_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
_SEVERITIES: Final = {"error": "错误", "warning": "警告"}


def mark_template(content: bytes, faults: Sequence[TemplateFault]) -> bytes:
    """The template with a comment for each fault.

    What isn't at a paragraph of the text (the whole file, a header, a part without paragraphs)
    stands at the first one, with its place before it.

    Raises:
        zipfile.BadZipFile, KeyError, UnreadableXml: it is no Word document.
    """
    parts = read_parts(content)
    main = find_part(parts, DOCUMENT)
    document: Element = read_xml(parts[main])
    comments, name = _comments(parts, main)
    first = document.find(f".//{_W}p")
    if first is None:
        return content
    places: dict[str, Element] = {}
    for paragraph in document.iter(f"{_W}p"):
        places.setdefault(paragraph_place(paragraph, "正文"), paragraph)
    used = [int(x.get(f"{_W}id", "0")) for x in comments]
    for key, fault in enumerate(faults, max(used, default=-1) + 1):
        paragraph = places.get(fault.place, first)
        where = "" if fault.place in places or not fault.place else f"{fault.place}："
        comments.append(_comment(key, f"{_SEVERITIES[fault.severity]}　{where}{fault.message}"))
        _anchor(paragraph, key)
    for part, root in ((main, document), (name, comments)):
        parts[part] = etree.tostring(root, encoding="UTF-8", standalone=True)
    return packed([stored(*part) for part in parts.items()])


def _comments(parts: dict[str, bytes], main: str) -> tuple[Element, str]:
    """The comments of a document and the name of their part, which is made where there is none."""
    name = find_part(parts, "comments", main)
    if name:
        return read_xml(parts[name]), name
    folder = main.rpartition("/")[0]
    name = f"{folder}/template_comments.xml".lstrip("/")
    links = relationships_part(main)
    parts[links] = _with_child(
        parts[links], "Relationship", Id="rIdMarked", Type=_KIND, Target=f"/{name}"
    )
    parts[CONTENT_TYPES] = _with_child(
        parts[CONTENT_TYPES], "Override", PartName=f"/{name}", ContentType=_TYPE
    )
    return etree.Element(f"{_W}comments", nsmap={"w": _NAMESPACE}), name


def _with_child(content: bytes, tag: str, **attributes: str) -> bytes:
    root: Element = read_xml(content)
    etree.SubElement(root, f"{{{etree.QName(root).namespace}}}{tag}", attributes)
    return etree.tostring(root, encoding="UTF-8", standalone=True)


def _comment(key: int, text: str) -> Element:
    comment = _made("comment", id=str(key), author=AUTHOR, initials="检")
    paragraph = etree.SubElement(comment, f"{_W}p")
    run = etree.SubElement(paragraph, f"{_W}r")
    etree.SubElement(run, f"{_W}t").text = text
    return comment


def _anchor(paragraph: Element, key: int) -> None:
    """Let a comment be of a whole paragraph."""
    at = 1 if len(paragraph) and paragraph[0].tag == f"{_W}pPr" else 0
    paragraph.insert(at, _made("commentRangeStart", id=str(key)))
    paragraph.append(_made("commentRangeEnd", id=str(key)))
    run = etree.SubElement(paragraph, f"{_W}r")
    run.append(_made("commentReference", id=str(key)))


def _made(name: str, **values: str) -> Element:
    element = etree.Element(f"{_W}{name}")
    for key, value in values.items():
        element.set(f"{_W}{key}", value)
    return element
