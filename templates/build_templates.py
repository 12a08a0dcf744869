"""Makes the Word templates as they are shipped: the layout of GB/T 9704, in named styles.

Run it to get the original templates back: ``python templates/build_templates.py``.
An office restyles the .docx files in Word; this script is not needed for that.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
TEXT_WIDTH = 8844


def paragraph(text: str, style: str) -> str:
    return (
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>'
        f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'
    )


def cell(text: str, style: str, shade: str = "") -> str:
    fill = f'<w:shd w:val="clear" w:color="auto" w:fill="{shade}"/>' if shade else ""
    return f'<w:tc><w:tcPr>{fill}<w:vAlign w:val="center"/></w:tcPr>{paragraph(text, style)}</w:tc>'


def row(*cells: str, header: bool = False) -> str:
    repeat = "<w:tblHeader/>" if header else ""
    height = '<w:trHeight w:val="340" w:hRule="atLeast"/>'
    return f"<w:tr><w:trPr><w:cantSplit/>{height}{repeat}</w:trPr>{''.join(cells)}</w:tr>"


def loop(name: str, style: str, shade: str = "") -> list[str]:
    return [
        cell("{%tc for 格 in 行." + name + " %}", style),
        cell("{% colspan 格.跨 %}{{ 格.文字 }}", style, shade),
        cell("{%tc endfor %}", style),
    ]


def table() -> str:
    grid = f'<w:gridCol w:w="{TEXT_WIDTH // 9}"/>' * 9
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="OfficialTable"/><w:tblW w:w="{TEXT_WIDTH}" w:type="dxa"/><w:jc w:val="center"/>'
        '<w:tblLayout w:type="fixed"/><w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0"'
        ' w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
        '<w:tblCaption w:val="{{ 章.表.名称 }}"/>'
        '<w:tblDescription w:val="{{ 标题 }}：{{ 章.表.名称 }}"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>"
        + row(cell("{%tr for 行 in 章.表.表头 %}", "TableHead"))
        + row(*loop("表头", "TableHead"), header=True)
        + row(cell("{%tr endfor %}", "TableHead"))
        + row(cell("{%tr for 行 in 章.表.各行 %}", "TableHead"))
        + row(*loop("表头", "TableHead"), *loop("标签", "TableLabel"), *loop("数字", "TableFigure"))
        + row(cell("{%tr endfor %}", "TableHead"))
        + "</w:tbl>"
    )


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
            tag("{%p for 段 in 部分.各段 %}"),
            tag("{{ 段 }}"),
            tag("{%p endfor %}"),
            tag("{%p endfor %}"),
            tag("{%p if 章.表 %}"),
            table(),
            tag("{%p endif %}"),
            tag("{%p endfor %}"),
            tag("{%p if 落款.日期 %}"),
            paragraph("{{ 落款.单位 }}", "Signature"),
            paragraph("{{ 落款.日期 }}", "SignatureDate"),
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


def footer(align: str, indent: str) -> str:
    run = '<w:r><w:rPr><w:rFonts w:ascii="宋体" w:hAnsi="宋体" w:eastAsia="宋体"/><w:sz w:val="28"/></w:rPr>'
    return (
        f'{HEAD}<w:ftr {W} {R}><w:p><w:pPr><w:pStyle w:val="Footer"/><w:ind w:{indent}="280"/>'
        f'<w:jc w:val="{align}"/></w:pPr>{run}<w:t xml:space="preserve">— </w:t></w:r>'
        f'{run}<w:fldChar w:fldCharType="begin"/></w:r>'
        f'{run}<w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>'
        f'{run}<w:fldChar w:fldCharType="separate"/></w:r>{run}<w:t>1</w:t></w:r>'
        f'{run}<w:fldChar w:fldCharType="end"/></w:r>'
        f'{run}<w:t xml:space="preserve"> —</w:t></w:r></w:p></w:ftr>'
    )


def style(
    key: str,
    name: str,
    font: str,
    size: int,
    ppr: str = "",
    based: str = "Normal",
    closer: int = 0,
) -> str:
    custom = "" if name.isascii() else ' w:customStyle="1"'
    spacing = f'<w:spacing w:val="-{closer}"/>' if closer else ""
    return (
        f'<w:style w:type="paragraph"{custom} w:styleId="{key}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="{based}"/><w:qFormat/><w:pPr>{ppr}</w:pPr><w:rPr>'
        f'<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="{font}"/>'
        f'<w:b w:val="0"/>{spacing}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr></w:style>'
    )


def styles() -> str:
    exact = '<w:spacing w:before="0" w:after="0" w:line="579" w:lineRule="exact"/>'
    indent = '<w:ind w:firstLineChars="200" w:firstLine="640"/>'
    edges = "".join(
        f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
        for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    small = (
        '<w:keepNext/><w:snapToGrid w:val="0"/>'
        '<w:spacing w:before="40" w:after="40" w:line="240" w:lineRule="exact"/>'
    )
    numbered = '<w:keepNext/><w:numPr><w:ilvl w:val="{0}"/><w:numId w:val="1"/></w:numPr>'
    return (
        f"{HEAD}<w:styles {W}><w:docDefaults><w:rPrDefault><w:rPr>"
        '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="仿宋_GB2312"'
        ' w:cs="Times New Roman"/><w:kern w:val="2"/><w:sz w:val="32"/><w:szCs w:val="32"/>'
        '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        "<w:pPrDefault/></w:docDefaults>"
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
        '<w:qFormat/><w:pPr><w:jc w:val="both"/></w:pPr></w:style>'
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal">'
        '<w:name w:val="Normal Table"/></w:style>'
        + style(
            "Title",
            "Title",
            "方正小标宋简体",
            44,
            '<w:spacing w:before="0" w:after="579" w:line="680" w:lineRule="exact"/>'
            '<w:jc w:val="center"/>',
        )
        + style("BodyText", "Body Text", "仿宋_GB2312", 32, exact + indent, closer=5)
        + style(
            "Heading1",
            "heading 1",
            "黑体",
            32,
            numbered.format(0) + exact + indent + '<w:outlineLvl w:val="0"/>',
        )
        + style(
            "Heading2",
            "heading 2",
            "楷体_GB2312",
            32,
            numbered.format(1) + exact + indent + '<w:outlineLvl w:val="1"/>',
        )
        + style(
            "Signature",
            "Signature",
            "仿宋_GB2312",
            32,
            '<w:keepNext/><w:spacing w:before="579" w:after="0" w:line="579" w:lineRule="exact"/>'
            '<w:ind w:right="1280"/><w:jc w:val="right"/>',
        )
        + style(
            "SignatureDate",
            "Date",
            "仿宋_GB2312",
            32,
            exact + '<w:ind w:right="1280"/><w:jc w:val="right"/>',
        )
        + style("TableHead", "表格表头", "宋体", 18, small + '<w:jc w:val="center"/>')
        + style("TableLabel", "表格行标题", "宋体", 18, small + '<w:jc w:val="left"/>')
        + style("TableFigure", "表格数字", "宋体", 18, small + '<w:jc w:val="center"/>')
        + style("Header", "header", "黑体", 21, '<w:snapToGrid w:val="0"/><w:jc w:val="center"/>')
        + style("Footer", "footer", "宋体", 28, '<w:snapToGrid w:val="0"/>')
        + '<w:style w:type="table" w:customStyle="1" w:styleId="OfficialTable">'
        '<w:name w:val="公文表格"/><w:basedOn w:val="TableNormal"/><w:tblPr>'
        f"<w:tblBorders>{edges}</w:tblBorders>"
        '<w:tblCellMar><w:left w:w="45" w:type="dxa"/><w:right w:w="45" w:type="dxa"/>'
        "</w:tblCellMar></w:tblPr></w:style>" + "</w:styles>"
    )


def numbering() -> str:
    levels = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/>'
        f'<w:pStyle w:val="{key}"/><w:suff w:val="nothing"/><w:lvlText w:val="{text}"/>'
        '<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="0" w:firstLine="640"/></w:pPr></w:lvl>'
        for level, key, text in ((0, "Heading1", "%1、"), (1, "Heading2", "（%2）"))
    )
    return (
        f'{HEAD}<w:numbering {W}><w:abstractNum w:abstractNumId="0">'
        f'<w:multiLevelType w:val="multilevel"/>{levels}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )


def fonts() -> str:
    pairs = (("方正小标宋简体", "宋体"), ("仿宋_GB2312", "仿宋"), ("楷体_GB2312", "楷体"))
    listed = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
        for name, other in pairs
    )
    return f"{HEAD}<w:fonts {W}>{listed}</w:fonts>"


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
        "word/footer1.xml": footer("right", "right"),
        "word/footer2.xml": footer("left", "left"),
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
