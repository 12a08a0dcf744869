"""How XML that somebody gave us is parsed: a workbook's, a report's, an office's template's.

Every part of .docx, .xlsx and .ods that is parsed by us comes through here; what a library reads
itself (calamine, openpyxl, docxtpl) doesn't.  No entity is resolved, nothing is fetched,
and a part with a document type is refused: OPC forbids it in every part (ECMA-376-2, 8.1.4), no
office program writes one, and with it goes all that a DTD could do, defaults for attributes and
entities inside their values included.
"""

from __future__ import annotations

from lxml import etree


class UnreadableXml(ValueError):
    """Bytes that are no well-formed XML, or have a document type; the message says which."""


def read_xml(content: bytes) -> etree._Element:
    """The root of an XML document.

    Comments and processing instructions are left out: nobody sees them in an office program, and
    a text with one in its midst is one text.  Depth, the length of a text and what entities come
    to while a document type is passed over are held within libxml2's limits.

    Raises:
        UnreadableXml: it isn't well-formed, goes beyond those limits, or has a document type.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableXml(str(error)) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableXml("a document type")
    return root
