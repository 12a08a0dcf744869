"""Makes the Word templates as they are shipped: the layout of GB/T 9704, in named styles.

Run it to get the original templates back: ``python templates/build_templates.py``.
An office restyles the .docx files in Word; this script is not needed for that.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

from template_styles import HEAD, W, fonts, numbering, styles

R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
TEXT_WIDTH = 8844
ROW, DENSE_ROW = 510, 330
"""The least height of a table's rows: of one with few columns, of one with many."""


def paragraph(text: str, style: str, keep: bool = False) -> str:
    """A paragraph in a named style; ``keep`` holds a table's row on the page of the next one."""
    together = "<w:keepNext/>" if keep else ""
    # Without the hint Word sets “”…— of a Chinese sentence in the Latin font.
    east = "" if style.endswith("Figure") else '<w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr>'
    run = f'<w:r>{east}<w:t xml:space="preserve">{text}</w:t></w:r>' if text else ""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{together}</w:pPr>{run}</w:p>'


# ---------------------------------------------------------------------------------- tables

LOOP = (1250, 1200, 498)
"""The template's columns: a loop, a cell of it, the loop's end; three times over."""


def cell(text: str, style: str, columns: int, width: int, keep: bool) -> str:
    across = f'<w:gridSpan w:val="{columns}"/>' if columns > 1 else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{across}<w:vAlign w:val="center"/>'
        f"</w:tcPr>{paragraph(text, style, keep)}</w:tc>"
    )


def row(*cells: str, height: int, header: bool = False) -> str:
    repeat = "<w:tblHeader/>" if header else ""
    least = f'<w:trHeight w:val="{height}" w:hRule="atLeast"/>'
    return f"<w:tr><w:trPr><w:cantSplit/>{least}{repeat}</w:trPr>{''.join(cells)}</w:tr>"


def loop(name: str, style: str, keep: bool, times: int = 1) -> list[str]:
    """The cells of a row: as many as the list ``name`` of the row has."""
    texts = (f"{{%tc for 格 in 行.{name} %}}", "{% colspan 格.跨 %}{{ 格.文字 }}", "{%tc endfor %}")
    return [
        cell(text, style, times, width * times, keep)
        for text, width in zip(texts, LOOP, strict=True)
    ]


def table(height: int, kind: str, keep: bool = True) -> str:
    """The pattern of a table: its header's rows, then the rows of labels and figures.

    With ``keep`` the whole table stands on one page, if one can hold it; without, its last row
    stands with what follows.
    """
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in LOOP * 3)

    def mark(text: str) -> str:
        return row(cell(text, f"{kind}Head", 9, TEXT_WIDTH, keep), height=height)

    def pattern(keep: bool) -> str:
        return row(
            *loop("表头", f"{kind}Head", keep),
            *loop("标签", f"{kind}Label", keep),
            *loop("数字", f"{kind}Figure", keep),
            height=height,
        )

    return (
        '<w:tbl><w:tblPr><w:tblStyle w:val="OfficialTable"/>'
        f'<w:tblW w:w="{TEXT_WIDTH}" w:type="dxa"/><w:jc w:val="center"/>'
        '<w:tblLayout w:type="fixed"/><w:tblLook w:val="06A0" w:firstRow="1" w:lastRow="0"'
        ' w:firstColumn="1" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
        '<w:tblCaption w:val="{{ 章.表.名称 }}"/>'
        '<w:tblDescription w:val="{{ 标题 }}：{{ 章.表.名称 }}"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>"
        + mark("{%tr for 行 in 章.表.表头 %}")
        + row(*loop("表头", f"{kind}Head", keep, 3), height=height, header=True)
        + mark("{%tr endfor %}")
        + mark("{%tr for 行 in 章.表.各行 %}")
        + (pattern(True) if keep else either(mark, pattern(True), pattern(False)))
        + mark("{%tr endfor %}")
        + "</w:tbl>"
    )


def either(mark: Callable[[str], str], last: str, other: str) -> str:
    """The last row of a loop, or another."""
    return (
        f"{mark('{%tr if loop.last %}')}{last}{mark('{%tr else %}')}{other}{mark('{%tr endif %}')}"
    )


# ------------------------------------------------------------------------------------ body


def body() -> str:
    tag = lambda text: paragraph(text, "BodyText")
    return "".join(
        [
            paragraph("{{ 分行标题 }}", "Title"),
            tag("{%p for 段 in 引言 %}"),
            tag("{{ 段 }}"),
            tag("{%p endfor %}"),
            tag("{%p for 章 in 各章 %}"),
            paragraph("{{ 章.标题 }}", "Heading1"),
            tag("{%p for 部分 in 章.各部分 %}"),
            tag("{%p if 部分.标题 %}"),
            paragraph("{{ 部分.标题 }}", "Heading2"),
            tag("{%p endif %}"),
            # The end of the text goes with the signature, which mustn't be alone on a page.
            tag("{%p if loop.last and 章 is sameas 各章[-1] %}"),
            tag("{%p for 段 in 部分.各段 %}"),
            paragraph("{{ 段 }}", "LastText"),
            tag("{%p endfor %}"),
            tag("{%p else %}"),
            tag("{%p for 段 in 部分.各段 %}"),
            tag("{{ 段 }}"),
            tag("{%p endfor %}"),
            tag("{%p endif %}"),
            tag("{%p endfor %}"),
            tag("{%p if 章.表 %}"),
            tag("{%p if 章.表.列数 > 6 %}"),
            table(DENSE_ROW, "Dense"),
            tag("{%p elif 章.表.行数 > 20 or 章 is sameas 各章[-1] %}"),
            table(ROW, "Table", keep=False),
            tag("{%p else %}"),
            table(ROW, "Table"),
            tag("{%p endif %}"),
            # Ends what keeps a table's rows together, so that a table isn't tied to the next one.
            # After the last table it goes with the signature, as the end of the text does.
            tag("{%p if 章 is sameas 各章[-1] %}"),
            paragraph("", "AfterTable", keep=True),
            tag("{%p else %}"),
            paragraph("", "AfterTable"),
            tag("{%p endif %}"),
            tag("{%p endif %}"),
            tag("{%p endfor %}"),
            tag("{%p if 落款.日期 %}"),
            tag("{%p if 落款.名称长 %}"),
            paragraph("{{ 落款.单位 }}", "LongSignature"),
            paragraph("{{ 落款.日期 }}", "LongSignatureDate"),
            tag("{%p else %}"),
            paragraph("{{ 落款.单位 }}", "Signature"),
            paragraph("{{ 落款.日期 }}", "SignatureDate"),
            tag("{%p endif %}"),
            tag("{%p endif %}"),
        ]
    )


def document() -> str:
    return (
        f"{HEAD}<w:document {W} {R}><w:body>{body()}"
        '<w:sectPr><w:headerReference w:type="default" r:id="rId7"/>'
        '<w:headerReference w:type="even" r:id="rId8"/><w:footerReference w:type="default" r:id="rId5"/>'
        '<w:footerReference w:type="even" r:id="rId6"/>'
        '<w:pgSz w:w="11906" w:h="16838"/>'
        '<w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1588" w:header="851"'
        ' w:footer="1400" w:gutter="0"/><w:docGrid w:type="lines" w:linePitch="579"/>'
        "</w:sectPr></w:body></w:document>"
    )


WATERMARK = (
    '<w:r><w:pict><v:shapetype xmlns:v="urn:schemas-microsoft-com:vml"'
    ' xmlns:o="urn:schemas-microsoft-com:office:office" id="_x0000_t136" coordsize="21600,21600"'
    ' o:spt="136" adj="10800" path="m@7,l@8,m@5,21600l@6,21600e"><v:formulas>'
    '<v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/>'
    '<v:f eqn="sum 0 0 @2"/><v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/>'
    '<v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/></v:formulas>'
    '<v:path textpathok="t" o:connecttype="rect"/><v:textpath on="t" fitshape="t"/>'
    '</v:shapetype><v:shape xmlns:v="urn:schemas-microsoft-com:vml" id="draft_{0}"'
    ' type="#_x0000_t136" alt="草稿" style="position:absolute;margin-left:0;margin-top:0;'
    "width:300pt;height:150pt;rotation:315;z-index:-251658752;"
    "mso-position-horizontal:center;mso-position-horizontal-relative:margin;"
    'mso-position-vertical:center;mso-position-vertical-relative:margin" fillcolor="#d9d9d9"'
    ' stroked="f"><v:fill opacity=".5"/>'
    '<v:textpath style="font-family:黑体" string="草稿"/></v:shape></w:pict></w:r>'
)


def header(which: str) -> str:
    run = '<w:r><w:t xml:space="preserve">{}</w:t></w:r>'
    return (
        f'{HEAD}<w:hdr {W} {R}><w:p><w:pPr><w:pStyle w:val="Header"/></w:pPr>'
        + run.format("{%r if 草稿 %}")
        + WATERMARK.replace("{0}", which)
        + run.format("{{ 草稿 }}")
        + run.format("{%r endif %}")
        + "</w:p></w:hdr>"
    )


def footer(style: str) -> str:
    run = '<w:r><w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr>'
    return (
        f'{HEAD}<w:ftr {W} {R}><w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>'
        f'{run}<w:t xml:space="preserve">— </w:t></w:r>'
        f'{run}<w:fldChar w:fldCharType="begin"/></w:r>'
        f'{run}<w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>'
        f'{run}<w:fldChar w:fldCharType="separate"/></w:r>{run}<w:t>1</w:t></w:r>'
        f'{run}<w:fldChar w:fldCharType="end"/></w:r>'
        f'{run}<w:t xml:space="preserve"> —</w:t></w:r></w:p></w:ftr>'
    )


# --------------------------------------------------------------------------------- package


def parts() -> dict[str, str]:
    office = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    kinds = {
        "document": "document.main",
        "styles": "styles",
        "numbering": "numbering",
        "settings": "settings",
        "fontTable": "fontTable",
        "footer1": "footer",
        "footer2": "footer",
        "header1": "header",
        "header2": "header",
    }
    overrides = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{office}.{kind}+xml"/>'
        for name, kind in kinds.items()
    )
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    listed = ["styles", "numbering", "settings", "fontTable", "footer1", "footer2"]
    listed += ["header1", "header2"]
    links = "".join(
        f'<Relationship Id="rId{i}" Type="{relation}/{name.rstrip("12")}" Target="{name}.xml"/>'
        for i, name in enumerate(listed, 1)
    )
    return {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f"{overrides}"
        '<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
        "</Types>",
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="rId1" Type="{relation}/officeDocument" Target="word/document.xml"/>'
        f'<Relationship Id="rId2" Type="{package}/relationships/metadata/core-properties" Target="docProps/core.xml"/>'
        "</Relationships>",
        "docProps/core.xml": f'{HEAD}<cp:coreProperties xmlns:cp="{package}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{{ 标题 }}</dc:title>'
        "<dc:subject>政府信息公开工作年度报告</dc:subject><dc:creator>{{ 单位 }}</dc:creator>"
        "<dc:language>zh-CN</dc:language></cp:coreProperties>",
        "word/document.xml": document(),
        "word/styles.xml": styles(),
        "word/numbering.xml": numbering(),
        "word/settings.xml": f"{HEAD}<w:settings {W}><w:evenAndOddHeaders/>"
        '<w:characterSpacingControl w:val="compressPunctuation"/><w:compat>'
        '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>'
        '</w:compat><w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>',
        "word/fontTable.xml": fonts(),
        "word/footer1.xml": footer("FooterOdd"),
        "word/footer2.xml": footer("FooterEven"),
        "word/header1.xml": header("odd"),
        "word/header2.xml": header("even"),
        "word/_rels/document.xml.rels": f'{HEAD}<Relationships xmlns="{package}/relationships">{links}</Relationships>',
    }


def write(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts().items():
            info = zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0))
            package.writestr(info, text.encode("utf-8"), zipfile.ZIP_DEFLATED)


if __name__ == "__main__":
    for name in ("年报.docx", "汇总年报.docx"):
        write(Path(__file__).parent / name)
