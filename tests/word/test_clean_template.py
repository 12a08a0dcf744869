"""Nothing of who made, restyled or reviewed a template goes out with its reports."""

import io
import re

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from pipeline.ooxml.packing import packed, stored
from pipeline.ooxml.parts import CONTENT_TYPES, read_parts
from pipeline.ooxml.validity import faults
from pipeline.report.context import unit_context
from pipeline.word.clean_template import PROGRAM, clean_template
from pipeline.word.compiled import compile_template
from tests.support.districts import EDITIONS
from tests.support.paths import TEMPLATES
from tests.support.proofs import UNITS

UNIT = TEMPLATES / "年报.docx"
SECRET = "示例的名字"


def package(change=lambda document: None) -> dict[str, bytes]:
    """A template of the office, as python-docx saves it: with a thumbnail and its own XML."""
    document = Document()
    document.add_paragraph("{{ 标题 }}")
    change(document)
    saved = io.BytesIO()
    document.save(saved)
    return read_parts(saved.getvalue())


def whole(parts: dict[str, bytes]) -> bytes:
    content = packed([stored(*part) for part in parts.items()])
    assert faults(content) == []
    return content


def body(parts: dict[str, bytes]) -> list[str]:
    return [p.text for p in Document(io.BytesIO(whole(parts))).paragraphs]


def test_the_properties_are_the_units_and_the_programs():
    def sign(document):
        properties = document.core_properties
        properties.author = properties.last_modified_by = properties.comments = SECRET
        properties.title = "{{ 标题 }}"
        properties.subject = "年度报告"

    parts = clean_template(package(sign))
    told = Document(io.BytesIO(whole(parts))).core_properties
    assert (told.author, told.last_modified_by) == ("{{ 单位 }}", PROGRAM)
    assert (told.title, told.subject, told.comments) == ("{{ 标题 }}", "年度报告", "")
    assert b"created" not in parts["docProps/core.xml"]
    assert PROGRAM.encode() in parts["docProps/app.xml"]
    assert not any(SECRET.encode() in content for content in parts.values())
    assert not any(name.startswith(("customXml", "docProps/thumbnail")) for name in parts)


def test_a_template_without_properties_gets_them():
    parts = dict(package())
    links = re.sub(
        rb'<Relationship [^>]*(core|extended)-properties"[^>]*>', b"", parts["_rels/.rels"]
    )
    parts |= {"_rels/.rels": links}
    told = Document(io.BytesIO(whole(clean_template(parts)))).core_properties
    assert (told.title, told.author) == ("{{ 标题 }}", "{{ 单位 }}")


def test_comments_do_not_go_out():
    def remark(document):
        paragraph = document.paragraphs[0]
        document.add_comment(paragraph.runs, text=SECRET, author=SECRET, initials="示")

    before = package(remark)
    assert any(SECRET.encode() in content for content in before.values())
    parts = clean_template(before)
    assert not any(SECRET.encode() in content for content in parts.values())
    assert not any("comment" in name for name in parts)
    assert b"comment" not in parts[CONTENT_TYPES] + parts["word/document.xml"]
    assert body(parts) == ["{{ 标题 }}"]


def a_run(text: str, name: str = "t") -> str:
    return f"<w:r><w:{name}>{text}</w:{name}></w:r>"


BY = f'w:id="1" w:author="{SECRET}" w:date="2024-01-01T00:00:00Z"'


@pytest.mark.parametrize(
    ("paragraphs", "accepted"),
    [
        (f"<w:p><w:ins {BY}>{a_run('新')}</w:ins>{a_run('旧')}</w:p>", ["新旧"]),
        (f"<w:p><w:del {BY}>{a_run('删', 'delText')}</w:del>{a_run('留')}</w:p>", ["留"]),
        (f"<w:p><w:moveFrom {BY}>{a_run('移')}</w:moveFrom>{a_run('留')}</w:p>", ["留"]),
        (f"<w:p><w:moveTo {BY}>{a_run('移')}</w:moveTo>{a_run('留')}</w:p>", ["移留"]),
        (
            f"<w:p><w:pPr><w:rPr><w:del {BY}/></w:rPr></w:pPr>{a_run('前')}</w:p>"
            f'<w:p><w:pPr><w:jc w:val="center"/></w:pPr>{a_run("后")}</w:p>',
            ["前后"],
        ),
        (f"<w:p><w:pPr><w:rPr><w:ins {BY}/></w:rPr></w:pPr>{a_run('新')}</w:p>", ["新"]),
        (
            f"<w:p><w:r><w:rPr><w:b/><w:rPrChange {BY}><w:rPr/></w:rPrChange></w:rPr>"
            "<w:t>粗</w:t></w:r></w:p>",
            ["粗"],
        ),
    ],
)
def test_changes_are_accepted(paragraphs, accepted):
    def review(document):
        xml = f"<w:body {nsdecls('w')}>{paragraphs}</w:body>"
        document.paragraphs[0]._p.getparent().remove(document.paragraphs[0]._p)
        for at, element in enumerate(list(parse_xml(xml))):
            document.element.body.insert(at, element)

    parts = clean_template(package(review))
    assert body(parts) == accepted
    assert SECRET.encode() not in parts["word/document.xml"]


def test_a_deleted_row_is_gone():
    def review(document):
        rows = document.add_table(rows=2, cols=1).rows
        rows[0].cells[0].text = "删"
        rows[0]._tr.get_or_add_trPr().append(parse_xml(f"<w:del {nsdecls('w')} {BY}/>"))

    document = Document(io.BytesIO(whole(clean_template(package(review)))))
    assert [len(table.rows) for table in document.tables] == [1]


def test_the_sittings_in_which_a_text_was_written_are_not_told():
    def sit(document):
        paragraph = document.paragraphs[0]._p
        paragraph.set(f"{{{nsdecls('w').split(chr(34))[1]}}}rsidR", "00AB12CD")
        settings = document.settings.element
        settings.append(parse_xml(f'<w:rsids {nsdecls("w")}><w:rsidRoot w:val="0A"/></w:rsids>'))

    before = package(sit)
    assert b"00AB12CD" in before["word/document.xml"]
    parts = clean_template(before)
    assert b"rsid" not in parts["word/document.xml"] + parts["word/settings.xml"]


def test_a_table_of_contents_is_refreshed_on_opening():
    def list_headings(document):
        field = f'<w:fldSimple {nsdecls("w")} w:instr=" TOC \\o "/>'
        document.paragraphs[0]._p.append(parse_xml(field))

    assert b"updateFields" not in clean_template(package())["word/settings.xml"]
    parts = clean_template(package(list_headings))
    assert b'<w:updateFields w:val="true"/>' in parts["word/settings.xml"]
    whole(parts)


def test_a_template_saved_as_a_template_makes_documents(tmp_path):
    parts = read_parts(UNIT.read_bytes())
    types = parts[CONTENT_TYPES].replace(b"document.main+xml", b"template.main+xml")
    path = tmp_path / "年报.docx"
    path.write_bytes(packed([stored(*part) for part in (parts | {CONTENT_TYPES: types}).items()]))
    unit = UNITS[0]
    context = unit_context(unit, EDITIONS[unit.edition])
    assert compile_template(path).render(context) == compile_template(UNIT).render(context)
