"""The check of a .docx sees what Word would have to repair; and every output passes it."""

import io
import zipfile
from pathlib import Path

import pytest
from docx import Document

from pipeline.ooxml.validity import faults
from tests.support.paths import TEMPLATES
from tests.support.word_reports import CONTEXTS
from tests.word.test_word import compile_template

WHOLE = compile_template(TEMPLATES / "年报.docx").render(CONTEXTS[0])


def changed(part: str, old: str, new: str, count: int = 1) -> bytes:
    """The report of 王店镇 with a text of a part replaced."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as source, zipfile.ZipFile(made, "w") as target:
        for name in source.namelist():
            content = source.read(name).decode("utf-8")
            if name == part:
                assert old in content
                content = content.replace(old, new, count)
            target.writestr(name, content)
    return made.getvalue()


def without(part: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as source, zipfile.ZipFile(made, "w") as target:
        for name in source.namelist():
            if name != part:
                target.writestr(name, source.read(name))
    return made.getvalue()


def header_without_paragraph() -> bytes:
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as source:
        text = source.read("word/header1.xml").decode("utf-8")
    return changed("word/header1.xml", text[text.index("<w:p>") : text.index("</w:hdr>")], "")


BODY, STYLES, RELS = "word/document.xml", "word/styles.xml", "word/_rels/document.xml.rels"
BROKEN = {
    "not well-formed": changed(BODY, "</w:body>", ""),
    "a document type": changed(BODY, "<w:document", "<!DOCTYPE x []><w:document"),
    "order in a paragraph": changed(
        BODY, '<w:pStyle w:val="Title"/>', '<w:jc w:val="left"/><w:pStyle w:val="Title"/>'
    ),
    "properties after a run": changed(
        BODY, '<w:p><w:pPr><w:pStyle w:val="Title"/></w:pPr>', "<w:p><w:r/><w:pPr/>"
    ),
    "order in a cell": changed(BODY, "<w:tcPr>", '<w:tcPr><w:vAlign w:val="top"/>'),
    "order in a table": changed(BODY, "<w:tblPr>", '<w:tblPr><w:tblLook w:val="0"/>'),
    "order in a style": changed(STYLES, "<w:qFormat/>", '<w:qFormat/><w:basedOn w:val="Normal"/>'),
    "a cell without paragraph": changed(BODY, "</w:p></w:tc>", "</w:p><w:tbl/></w:tc>"),
    "a span too wide": changed(BODY, '<w:gridSpan w:val="4"/>', '<w:gridSpan w:val="5"/>'),
    "a cell too many": changed(BODY, "</w:tc></w:tr>", "</w:tc><w:tc><w:p/></w:tc></w:tr>"),
    "a column too many": changed(BODY, "</w:tblGrid>", "<w:gridCol/></w:tblGrid>"),
    "a merge of nothing": changed(
        BODY, '<w:vMerge w:val="restart"/>', '<w:vMerge w:val="continue"/>'
    ),
    "a style that isn't there": changed(BODY, 'w:val="Heading1"', 'w:val="Heading9"'),
    "a style of another kind": changed(BODY, 'w:val="OfficialTable"', 'w:val="Heading1"'),
    "built on nothing": changed(STYLES, 'basedOn w:val="Footer"', 'basedOn w:val="Nothing"'),
    "a style twice": changed(STYLES, 'w:styleId="Heading2"', 'w:styleId="Heading1"'),
    "a style's name twice": changed(STYLES, 'w:val="heading 2"', 'w:val="Heading 1"'),
    "a numbering that isn't there": changed(STYLES, 'w:numId w:val="1"', 'w:numId w:val="7"'),
    "an abstract numbering": changed(
        "word/numbering.xml", 'abstractNumId w:val="0"', 'abstractNumId w:val="3"'
    ),
    "a part without type": changed("[Content_Types].xml", 'PartName="/word/styles', 'PartName="/x'),
    "a relationship twice": changed(RELS, 'Id="rId2"', 'Id="rId1"'),
    "a relationship to nothing": changed(RELS, 'Target="footer1.xml"', 'Target="footer9.xml"'),
    "a reference to nothing": changed(BODY, 'r:id="rId5"', 'r:id="rId55"'),
    "a part that isn't there": without("word/header1.xml"),
    "no content types": without("[Content_Types].xml"),
    "no main part": without("_rels/.rels"),
    "a header without paragraph": header_without_paragraph(),
    "spaces that are lost": changed("word/footer1.xml", ' xml:space="preserve">— ', ">— "),
    "a field without end": changed(
        "word/footer1.xml", 'fldCharType="end"', 'fldCharType="separate"'
    ),
    "a bookmark alone": changed(BODY, "<w:tbl>", '<w:bookmarkStart w:id="1" w:name="x"/><w:tbl>'),
    "a paragraph in a paragraph": changed(BODY, "<w:r>", "<w:p/><w:r>"),
    "a section in the midst": changed(BODY, "<w:tbl>", "<w:sectPr/><w:tbl>"),
    "no zip at all": b"PK\x03\x04 and no more",
}


@pytest.mark.parametrize("package", BROKEN.values(), ids=BROKEN)
def test_a_broken_package_is_seen(package):
    assert faults(package) != []


def test_a_whole_package_is_not_blamed():
    assert faults(WHOLE) == []
    python_docx = io.BytesIO()
    document = Document()
    document.add_heading("标题", 1)
    table = document.add_table(rows=3, cols=3)
    table.cell(0, 0).merge(table.cell(1, 1))
    document.save(python_docx)
    assert faults(python_docx.getvalue()) == []


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*年报.docx")), ids=lambda path: path.stem)
def test_a_template_is_itself_a_document_that_word_opens(path: Path):
    assert faults(path.read_bytes()) == []
