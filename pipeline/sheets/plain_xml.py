"""XML as every reader understands it alike.

The native reader takes ``1<!-- -->2`` in a cell for 1, where a spreadsheet shows 12, and so it
does ``1&#50;``; it passes over entities.  No office program writes any of these in a cell's value.
What has them is written anew before it is read, by a parser that keeps to the standard.
"""

from __future__ import annotations

import re
import zipfile

from lxml import etree

from pipeline.ooxml.untrusted import UnreadableXml, read_xml

MAX_ODD = 8 * 1024 * 1024
"""Bytes of XML that are written anew: its tree takes many times as many."""


def plain_xml(part: bytes) -> bytes:
    """XML without comments, processing instructions, CDATA and characters by number, in UTF-8.

    Raises:
        zipfile.BadZipFile: it is damaged, is far too large for this, or has a document type.
    """
    if not _odd(part):
        return part
    if len(part) > MAX_ODD:
        raise zipfile.BadZipFile("odd XML, and far too much of it")
    try:
        root = read_xml(part)
    except UnreadableXml as error:
        raise zipfile.BadZipFile("a part is damaged") from error
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


_MARK = b"\xef\xbb\xbf"
_DECLARES = re.compile(rb"!(?<=<!)")


def _odd(part: bytes) -> bool:
    """Whether there is more than elements and plain text in XML, or it isn't in UTF-8."""
    text = part.removeprefix(_MARK)
    if not text.startswith(b"<"):
        return True
    after = text.find(b"?>") + 2 if text.startswith(b"<?xml") else 0
    declared = text[:after].lower()
    if b"encoding" in declared and b"utf-8" not in declared:
        return True
    # A single sign that is rare is found far faster than two, of which one is everywhere.
    mark = text.find(b"?", after)
    instructs = mark >= 0 and text.find(b"?>", mark) >= 0
    number = text.find(b"#", after)
    refers = number > 0 and text.find(b"&#", number - 1) >= 0
    return instructs or refers or _DECLARES.search(text) is not None
