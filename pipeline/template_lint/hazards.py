"""What a Word template has that doesn't belong into a report: tags where nothing is filled in,
fields and links that fetch something from elsewhere when somebody opens the report."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import unquote

from lxml import etree

from pipeline.ooxml.parts import CONTENT_TYPES, Parts, read_relationships
from pipeline.ooxml.untrusted import UnreadableXml, read_xml
from pipeline.template_lint.fault import TemplateFault, an_error
from pipeline.template_lint.tags import TAG, text_parts
from pipeline.text.figures import truncate
from pipeline.word.compiled import FILLED_PROPERTIES

Element = Any
"""An lxml element; its stubs know too little of namespaces to be of use here."""

_PLACES: Final = (
    ("endnotes", "尾注"),
    ("comments", "批注"),
    ("diagrams/", "SmartArt 图形"),
    ("charts/", "图表"),
    ("docProps/custom", "自定义属性"),
    ("docProps/", "文件属性"),
    (".rels", "链接地址"),
    ("glossary/", "自动图文集"),
    ("settings", "文档设置"),
)
"""What people call a part, by a piece of its name."""

FETCHING: Final = frozenset(
    [
        "DDE",
        "DDEAUTO",
        "INCLUDE",
        "INCLUDEPICTURE",
        "INCLUDETEXT",
        "LINK",
        "IMPORT",
        "DATABASE",
        "RD",
        "MACROBUTTON",
    ]
)
"""The fields that fetch something from elsewhere, or run something."""


def find_hazards(parts: Parts) -> Iterator[TemplateFault]:
    """The faults of a template's package, part by part.

    Raises:
        UnreadableXml: a part of the text is no well-formed XML.
    """
    filled = dict(text_parts(parts))
    for name in parts:
        yield from _fetched(name, parts)
        if name.endswith((".xml", ".rels", ".vml")) and name != CONTENT_TYPES:
            yield from _unfilled(name, parts[name], filled.get(name, ""))
    for name, label in filled.items():
        if label != "文件属性":
            yield from _fields(read_xml(parts[name]), label)


def _unfilled(name: str, content: bytes, label: str) -> Iterator[TemplateFault]:
    """The tags of a part in which nothing is filled in; ``label`` is empty, or what people call
    the part where something is."""
    if label not in ("", "文件属性"):
        return
    try:
        root = read_xml(content)
    except UnreadableXml:
        return  # What is no XML is a fault of the whole package.
    for element in list(root) if label else ():
        if etree.QName(element).localname in FILLED_PROPERTIES:
            root.remove(element)
    texts = ["".join(map(str, root.itertext()))]
    texts += [str(value) for element in root.iter() for value in element.attrib.values()]
    place = next((called for piece, called in _PLACES if piece in name), name)
    for text in texts:
        for tag in TAG.findall(unquote(text)):
            yield an_error(
                place,
                f"标签“{truncate(tag)}”写在{place}里，那里不会填入内容，会原样印出。"
                "请删去，或移到正文、页眉、页脚、脚注里。",
            )


def _fetched(name: str, parts: Parts) -> Iterator[TemplateFault]:
    """The relationships of a part that lead to something outside, or to a program."""
    for link in read_relationships(parts, name):
        target = truncate(link.target, 60)
        if link.kind == "attachedTemplate" and not _is_remote(link.target):
            continue  # Where Word keeps the office's own template; it doesn't go out.
        if link.external and link.kind != "hyperlink":
            yield an_error(
                "",
                f"模板引用了文件以外的内容（{target}），打开年报时会去取。请改为嵌入，或者删去。",
            )
        elif link.kind in ("vbaProject", "oleObject", "aFChunk", "control"):
            yield an_error("", f"模板里有宏、控件或嵌入的对象（{target}），请删去。")


def _is_remote(target: str) -> bool:
    """Whether an address is on a network: a web page, a shared folder."""
    local = re.match(r"(?i)file:/{3}(?!/)|[a-z]:[\\/]|[^:/\\]+$", target)
    return local is None


def _fields(root: Element, label: str) -> Iterator[TemplateFault]:
    codes: list[str] = [str(simple.get(_instr(simple), "")) for simple in root.iter("{*}fldSimple")]
    for element in root.iter("{*}fldChar", "{*}instrText"):
        if etree.QName(element).localname == "instrText":
            codes.append(codes.pop() + (element.text or "") if codes else element.text or "")
        elif "begin" in element.attrib.values():
            codes.append("")
    for code in codes:
        word = next(iter(code.upper().split()), "")
        if word in FETCHING:
            yield an_error(
                label,
                f"域“{truncate(code.strip(), 40)}”会在打开年报时去取文件以外的内容，请删去这个域。",
            )


def _instr(element: Element) -> str:
    return str(element.tag).replace("}fldSimple", "}instr")
