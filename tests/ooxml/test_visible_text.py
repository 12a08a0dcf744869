"""What a page of Word shows, and what its XML has besides."""

import io
import zipfile

import pytest
from lxml import etree

from pipeline.ooxml.parts import find_part, read_parts, read_relationships
from pipeline.ooxml.visible_text import UNREADABLE, TextStyles, keep_visible, visible_document

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
WPS = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"

STYLES = f"""<w:styles xmlns:w="{W}">
<w:docDefaults><w:rPrDefault><w:rPr/></w:rPrDefault></w:docDefaults>
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"/>
<w:style w:type="paragraph" w:styleId="Hidden"><w:rPr><w:vanish/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Derived"><w:basedOn w:val="Hidden"/></w:style>
<w:style w:type="paragraph" w:styleId="Shown"><w:basedOn w:val="Hidden"/>
  <w:rPr><w:vanish w:val="0"/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Circle"><w:basedOn w:val="Circle"/></w:style>
<w:style w:type="character" w:styleId="Mark"><w:rPr><w:vanish/></w:rPr></w:style>
<w:style w:type="table" w:styleId="Veiled"><w:rPr><w:vanish/></w:rPr></w:style>
<w:style w:type="table" w:styleId="Banded"><w:tblStylePr w:type="band1Horz">
  <w:rPr><w:vanish/></w:rPr></w:tblStylePr></w:style>
</w:styles>"""


def document(body: str, namespace: str = W) -> etree._Element:
    return etree.fromstring(
        f'<w:document xmlns:w="{namespace}" xmlns:mc="{MC}" xmlns:wps="{WPS}" xmlns:x="urn:x"'
        f' mc:Ignorable="x"><w:body>{body}</w:body></w:document>'
    )


def shown(root: etree._Element) -> str:
    keep_visible(root, TextStyles.of(etree.fromstring(STYLES)))
    return "".join(root.itertext())


def run(text: str = "9", properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def paragraph(style: str, *runs: str) -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{"".join(runs)}</w:p>'


def table(style: str, row: str = "") -> str:
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{style}"/></w:tblPr><w:tr><w:trPr>{row}</w:trPr>'
        f"<w:tc><w:p>{run()}</w:p></w:tc></w:tr></w:tbl>"
    )


VISIBLE = (
    f"<w:p>{run()}</w:p>",
    '<w:p><w:r><w:rPr><w:vanish w:val="false"/></w:rPr><w:t>9</w:t></w:r></w:p>',
    paragraph("Shown", run()),
    paragraph("Circle", run()),
    paragraph("Unknown", run()),
    paragraph("Hidden", run(properties='<w:vanish w:val="0"/>')),
    # Turned on by the paragraph's style and by the characters': turned off.
    paragraph("Hidden", run(properties='<w:rStyle w:val="Mark"/>')),
    f"<w:p><w:ins>{run()}</w:ins></w:p>",
    f"<w:p><w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr>{run()}</w:p>",
    table("Other"),
    f'<w:p><mc:AlternateContent><mc:Choice Requires="wps">{run()}</mc:Choice>'
    f"<mc:Fallback>{run('8')}</mc:Fallback></mc:AlternateContent></w:p>",
    f'<w:p><mc:AlternateContent><mc:Choice Requires="x">{run("8")}</mc:Choice>'
    f"<mc:Fallback>{run()}</mc:Fallback></mc:AlternateContent></w:p>",
)


@pytest.mark.parametrize("body", VISIBLE)
def test_what_the_page_shows_is_kept(body):
    assert shown(document(body)) == "9"
    assert shown(document(body, STRICT)) == "9"


NOT_SHOWN = (
    f"<w:p>{run(properties='<w:vanish/>')}</w:p>",
    f"<w:p>{run(properties='<w:strike/>')}</w:p>",
    '<w:p><w:r><w:rPr><w:dstrike w:val="true"/></w:rPr><w:t>9</w:t></w:r></w:p>',
    paragraph("Hidden", run()),
    paragraph("Derived", run()),
    paragraph("Normal", run(properties='<w:rStyle w:val="Mark"/>')),
    table("Veiled"),
    table("Banded"),
    table("Other", "<w:hidden/>"),
    table("Other", "<w:del/>"),
    "<w:p><w:del><w:r><w:delText>9</w:delText></w:r></w:del></w:p>",
    f"<w:p><w:moveFrom>{run()}</w:moveFrom></w:p>",
    "<w:p><w:r><w:instrText>9</w:instrText></w:r></w:p>",
    "<w:p><w:r><x:t>9</x:t></w:r></w:p>",
    f"<w:p><x:wrapper>{run()}</x:wrapper></w:p>",
    "<w:p>9</w:p>",
    "<w:p><w:r/>9</w:p>",
    "<w:p><w:r>9</w:r></w:p>",
    f'<w:p><mc:AlternateContent><mc:Choice Requires="x">{run()}</mc:Choice>'
    "</mc:AlternateContent></w:p>",
)


@pytest.mark.parametrize("body", NOT_SHOWN)
def test_what_the_page_does_not_show_is_taken_away(body):
    assert shown(document(body)) == ""


def test_a_symbol_is_shown_and_cannot_be_told():
    root = document(f"<w:p><w:r><w:t>3</w:t><w:sym w:char='F039'/></w:r>{run('4')}</w:p>")
    assert shown(root) == f"3{UNREADABLE}4"


def test_each_piece_that_is_taken_away_is_counted_by_its_reason():
    body = "".join(NOT_SHOWN[:8]) + NOT_SHOWN[10] + NOT_SHOWN[13]
    removed = keep_visible(document(body), TextStyles.of(etree.fromstring(STYLES)))
    assert (removed.hidden, removed.struck, removed.deleted, removed.foreign) == (6, 2, 1, 1)


def package(**parts: str) -> dict[str, bytes]:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as zipped:
        for name, text in parts.items():
            zipped.writestr(name, text)
    return read_parts(buffer.getvalue())


LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def links(*targets: str) -> str:
    return "<Relationships>" + "".join(targets) + "</Relationships>"


def test_the_main_part_is_the_one_that_the_package_names():
    real, decoy = (
        etree.tostring(document(f"<w:p>{run(text)}</w:p>"), encoding="unicode") for text in "39"
    )
    main = f'<Relationship Id="a" Type="{LINK}/officeDocument" Target="/word/document2.xml"/>'
    styles = f'<Relationship Id="b" Type="{LINK}/styles" Target="./own%20styles.xml"/>'
    outside = f'<Relationship Id="c" Type="{LINK}/image" Target="//h/s" TargetMode="External"/>'
    parts = package(
        **{
            "_rels/.rels": links(main),
            "word/document.xml": decoy,
            "word/document2.xml": real,
            "word/_rels/document2.xml.rels": links(styles, outside),
            "word/own styles.xml": STYLES,
        }
    )
    root, _ = visible_document(parts)
    assert root is not None
    assert "".join(root.itertext()) == "3"
    assert find_part(parts, "styles", "word/document2.xml") == "word/own styles.xml"
    assert find_part(parts, "numbering", "word/document2.xml") == ""
    assert [
        (link.kind, link.external) for link in read_relationships(parts, "word/document2.xml")
    ] == [
        ("styles", False),
        ("image", True),
    ]


def test_a_package_without_a_main_part_shows_nothing():
    assert visible_document(package(**{"a.xml": "<a/>"}))[0] is None
