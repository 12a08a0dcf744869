"""Reading a saved page (.html, .mht) as paragraphs and tables.

lxml reads the markup as forgivingly as a browser does; nothing is fetched, no script runs, and
what a page hides is not read.  Tables that only arrange the page give their contents.
"""

from __future__ import annotations

import codecs
import email
import email.policy
import re
from collections.abc import Iterable, Iterator
from typing import Any

import lxml.html
from lxml import etree

from pipeline.published.document import (
    Block,
    Document,
    DraftCell,
    Paragraph,
    UnreadableReport,
    settled,
)

Element = Any
"""An lxml element."""

_UNSEEN = {"script", "style", "noscript", "template", "head", "iframe", "object", "select"}
_UNSEEN |= {"textarea", "svg", "math", "audio", "video"}
_INLINE = {"a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "em", "font", "i", "ins", "kbd"}
_INLINE |= {"label", "mark", "o:p", "q", "s", "samp", "small", "span", "strike", "strong"}
_INLINE |= {"sub", "sup", "tt", "u", "var"}
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_LEAST_CELLS = 6
"""A table of fewer cells is none of the report's."""

_LEAST_PROSE = 40
"""So many characters after the last table are the rest of the report, not a note to it."""


def read_html(content: bytes) -> Document:
    """Read a saved page from its bytes.

    Raises:
        UnreadableReport: there is no page in it.
    """
    text = decoded(_page(content), _declared(content))
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text).replace("\0", "")
    parser = lxml.html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = lxml.html.document_fromstring(text, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableReport("不是网页") from error
    title = " ".join((root.findtext(".//title") or "").split())
    body = root.find("body")
    end = _article(body) if body is not None else None
    blocks = _Blocks(end)
    if body is not None:
        blocks.walk(body)
    return Document(tuple(blocks.done()), title)


def _page(content: bytes) -> bytes:
    """The page itself, where a browser has saved it with its pictures as one .mht file."""
    if not re.match(
        rb"\s*(From|MIME-Version|Content-Type|Snapshot-Content)", content, re.IGNORECASE
    ):
        return content
    message = email.message_from_bytes(content, policy=email.policy.compat32)
    for part in message.walk():
        if part.get_content_type() == "text/html":
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                return payload
    raise UnreadableReport("里面没有网页")


def _declared(content: bytes) -> str:
    found = _CHARSET.search(content[:20_000])
    return found.group(1).decode("ascii", "replace").lower() if found else ""


def decoded(content: bytes, declared: str = "") -> str:
    """Text from bytes: by its mark, by what it declares, as UTF-8, else in the Chinese standard."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if content.startswith(mark):
            return content.decode(name, "replace")
    chinese = declared in ("gb2312", "gbk", "gb18030", "x-gbk")
    for name in ("gb18030", "utf-8") if chinese else ("utf-8", "gb18030"):
        try:
            return content.decode(name)
        except UnicodeDecodeError:
            continue
    return content.decode("gb18030" if chinese else "utf-8", "replace")


# ------------------------------------------------------------------------------ the content


class _Blocks:
    """The blocks of a page while it is walked through; a paragraph grows until a block ends it.

    Nothing is taken any more once the element ``end`` has been left.
    """

    def __init__(self, end: Element | None = None) -> None:
        self.end = end
        self.over = False
        self.blocks: list[Block] = []
        self.pieces: list[str] = []

    def done(self) -> list[Block]:
        self.flush()
        return self.blocks

    def flush(self) -> None:
        text = " ".join("".join(self.pieces).replace("\xa0", " ").split())
        self.pieces.clear()
        if text and not self.over:
            self.blocks.append(Paragraph(text))

    def walk(self, element: Element) -> None:
        self.pieces.append(element.text or "")
        for child in element:
            self._child(child)
            self.pieces.append(child.tail or "")

    def _child(self, child: Element) -> None:
        tag = child.tag if isinstance(child.tag, str) else ""
        if not tag or tag in _UNSEEN or _hidden(child):
            return
        if tag in _INLINE:
            self.walk(child)
            return
        self.flush()
        if tag == "table":
            found = settled([[_draft(cell) for cell in row] for row in _rows(child)])
            self.blocks += () if self.over else found
        elif tag not in ("br", "hr"):
            self.walk(child)
            self.flush()
        if child is self.end:
            self.over = True


def _hidden(element: Element) -> bool:
    return "hidden" in element.attrib or bool(_HIDDEN.search(element.get("style", "")))


def _rows(table: Element) -> Iterator[list[Element]]:
    for child in table:
        if child.tag == "tr":
            yield [cell for cell in child if cell.tag in ("td", "th") and not _hidden(cell)]
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from _rows(child)


def _draft(cell: Element) -> DraftCell:
    inside = _Blocks()
    inside.walk(cell)
    return DraftCell(
        tuple(inside.done()), _span(cell.get("rowspan", "1")), _span(cell.get("colspan", "1"))
    )


def _span(text: str) -> int:
    """A span as browsers read it: nonsense is 1, and 0 means to the end."""
    digits = re.match(r"\s*(\d{1,4})", text)
    count = int(digits.group(1)) if digits else 1
    return count or 1_000


# ---------------------------------------------------------------------------- where it ends


def _article(body: Element) -> Element | None:
    """The element that holds the report: of all data tables and the prose after them.

    What follows it is the page's footer. None when it can't be told.
    """
    tables = [t for t in body.iter("table") if t.find(".//table") is None and _big(t)]
    if not tables:
        return None
    element = tables[0].getparent()
    for table in tables[1:]:
        above = set(table.iterancestors())
        while element is not None and element not in above:
            element = element.getparent()
    while element is not None and element is not body:
        if _prose_after(tables[-1], element) >= _LEAST_PROSE:
            return element
        element = element.getparent()
    return None


def _big(table: Element) -> bool:
    return sum(1 for _ in table.iter("td", "th")) >= _LEAST_CELLS


def _prose_after(table: Element, inside: Element) -> int:
    """How many characters follow a table within an element."""
    size = 0
    node = table
    while node is not None and node is not inside:
        texts: Iterable[str] = [node.tail or ""]
        texts = [*texts, *("".join(s.itertext()) + (s.tail or "") for s in node.itersiblings())]
        size += sum(len("".join(text.split())) for text in texts)
        node = node.getparent()
    return size
