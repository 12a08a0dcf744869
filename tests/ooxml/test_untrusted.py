"""XML that somebody gave us is parsed in one way, in one place, and no document type gets in."""

import ast
import io
import time
import zipfile
from collections.abc import Iterator

import pytest

from pipeline.ooxml.untrusted import UnreadableXml, read_xml
from pipeline.ooxml.validity import faults
from pipeline.published.document import UnreadableReport
from pipeline.published.docx import read_docx
from pipeline.returns.repack import keepable
from pipeline.sheets.workbook import open_sheets
from pipeline.template_lint.check import check_template
from tests.support.districts import EDITIONS
from tests.support.issued_books import issued
from tests.support.paths import ROOT

LADDER = b"".join(b'<!ENTITY e%d "%s">' % (i, b"&e%d;" % (i - 1) * 10) for i in range(1, 10))
DOCTYPES = {
    "bare": b"<!DOCTYPE x>",
    "empty": b"<!DOCTYPE x []>",
    "elsewhere": b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
    "a file": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>',
    "a parameter": b'<!DOCTYPE x [<!ENTITY % e SYSTEM "file:///etc/hostname"> %e;]>',
    "a default": b'<!DOCTYPE x [<!ATTLIST x a CDATA "1">]>',
    "behind a comment": b"<!-- " + b"-" * 9_000 + b"x --><!DOCTYPE x>",
}


@pytest.mark.parametrize("doctype", DOCTYPES.values(), ids=DOCTYPES)
def test_a_document_type_is_refused(doctype):
    with pytest.raises(UnreadableXml):
        read_xml(doctype + b"<x>1</x>")


def test_a_document_type_in_another_encoding_is_refused():
    told = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x><x/>'
    with pytest.raises(UnreadableXml, match="document type"):
        read_xml(told.encode("utf-16"))


def test_what_only_looks_like_a_document_type_is_text():
    assert read_xml(b"<x><![CDATA[<!DOCTYPE x>]]></x>").text == "<!DOCTYPE x>"
    assert read_xml(b"<!-- <!DOCTYPE x> --><x>1</x>").text == "1"


@pytest.mark.parametrize("use", [b"<x>&e9;</x>", b'<x a="&e9;"/>'], ids=["text", "attribute"])
def test_a_bomb_takes_no_time(use):
    began = time.process_time()
    with pytest.raises(UnreadableXml):
        read_xml(b'<!DOCTYPE x [<!ENTITY e0 "ha">' + LADDER + b"]>" + use)
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    "content", [b"", b"x", b"<x>", b"<x/><x/>", b"<x>&e;</x>", b"<x>" * 5_000 + b"</x>" * 5_000]
)
def test_what_is_not_well_formed_or_endlessly_deep_is_refused(content):
    with pytest.raises(UnreadableXml):
        read_xml(content)


def test_a_text_with_a_comment_in_its_midst_is_one_text():
    root = read_xml("<x>四<!-- x -->十<?x y?>二</x>".encode())
    assert (root.text, len(root)) == ("四十二", 0)


def test_a_large_part_is_read_whole():
    """Beyond the ten megabytes that libxml2 allows a single text."""
    assert len(read_xml(b"<x>" + b"<t>0123456789</t>" * 800_000 + b"</x>")) == 800_000


# ------------------------------------------------------------------- what becomes of such a part


def with_doctype(content: bytes, part: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as package, zipfile.ZipFile(made, "w") as target:
        for name in package.namelist():
            text = package.read(name)
            if name == part:
                head, end, rest = text.partition(b"?>")
                text = head + end + b"<!DOCTYPE x []>" + rest
            target.writestr(name, text)
    return made.getvalue()


TEMPLATE = (ROOT / "templates" / "年报.docx").read_bytes()


def test_a_template_with_a_document_type_is_refused(tmp_path):
    path = tmp_path / "年报.docx"
    path.write_bytes(with_doctype(TEMPLATE, "word/document.xml"))
    (fault,) = check_template(path, EDITIONS).faults
    assert fault.severity == "error"
    assert "已经损坏" in fault.message
    assert faults(path.read_bytes())[0] == "word/document.xml: a document type"


def test_a_published_report_with_a_document_type_is_refused():
    with pytest.raises(UnreadableReport, match="不是完好的"):
        read_docx(with_doctype(TEMPLATE, "word/styles.xml"))


def test_a_workbook_with_a_document_type_is_never_rewritten():
    book = issued("2021")
    assert keepable(book)
    with pytest.raises(UnreadableXml):
        keepable(with_doctype(book, "xl/worksheets/sheet1.xml"))


def test_a_spreadsheet_with_a_document_type_is_damaged():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        package.writestr("content.xml", b"<!DOCTYPE x><x/>")
    parts = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet3.xml")
    for content in (made.getvalue(), *(with_doctype(issued("2021"), part) for part in parts)):
        with pytest.raises(zipfile.BadZipFile):
            open_sheets(content)


# ------------------------------------------------------------------------- nobody does otherwise

PARSING = frozenset(
    [
        *("fromstring", "fromstringlist", "parse", "iterparse", "parse_xml", "XML", "XMLID"),
        *("XMLParser", "XMLPullParser", "ETCompatXMLParser", "set_default_parser"),
        *("HTML", "HTMLParser", "HTMLPullParser", "XInclude", "XSLT"),
    ]
)
WRITES = "xml.sax.saxutils"
TREES = ("etree", "ElementTree", "html")
PARSERS = ("xml", "defusedxml", "bs4", "xmltodict", "lxml.html", "lxml.objectify", "lxml.sax")
HTML = {"published/html.py": {"import lxml.html", "HTMLParser"}}
"""A web page is no XML: it is read as forgivingly as a browser does."""


def parses(text: str) -> Iterator[str]:
    """What a module uses to parse XML with."""
    for node in ast.walk(ast.parse(text)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            module = node.module or ""
            names = [module, *(f"{module}.{alias.name}" for alias in node.names)]
            yield from (alias.name for alias in node.names if alias.name in PARSING)
        elif isinstance(node, ast.Attribute) and node.attr in PARSING:
            # Jinja has a `parse` too.
            yield from [node.attr] if node.attr != "parse" or _name(node.value) in TREES else []
        for name in names:
            of = any(name == one or name.startswith(f"{one}.") for one in PARSERS)
            if of and not name.startswith(WRITES):
                yield f"import {name}"


def _name(value: ast.expr) -> str:
    return value.id if isinstance(value, ast.Name) else getattr(value, "attr", "")


def test_xml_is_parsed_in_one_place_only():
    folder = ROOT / "pipeline"
    found = {
        path.relative_to(folder).as_posix(): set(parses(path.read_text("utf-8")))
        for path in folder.rglob("*.py")
    }
    elsewhere = {name: used for name, used in found.items() if used}
    assert elsewhere.pop("ooxml/untrusted.py") == {"XMLParser", "fromstring"}
    assert elsewhere == HTML


@pytest.mark.parametrize(
    "text",
    [
        "from lxml import etree\netree.fromstring(b'<x/>')",
        "from lxml import etree as e\nread = e.XML",
        "from lxml.etree import fromstring as read",
        "from lxml import etree\netree.parse('x')",
        "from lxml import objectify",
        "import xml.etree.ElementTree as tree",
        "def f():\n    from xml.dom import minidom",
        "from docx.oxml import parse_xml",
    ],
)
def test_another_way_to_parse_would_be_seen(text):
    assert list(parses(text))
