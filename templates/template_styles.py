"""The named styles, the numbering and the fonts of the Word templates, by GB/T 9704-2012."""

from __future__ import annotations

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def style(
    key: str,
    name: str,
    font: str,
    size: int,
    ppr: str = "",
    based: str = "Normal",
    closer: int = 0,
    following: str = "",
    latin: str = "Times New Roman",
) -> str:
    """A paragraph style; ``size`` in half-points, ``closer`` in twentieths of a point."""
    custom = "" if name.isascii() else ' w:customStyle="1"'
    spacing = f'<w:spacing w:val="-{closer}"/>' if closer else ""
    after = f'<w:next w:val="{following}"/>' if following else ""
    return (
        f'<w:style w:type="paragraph"{custom} w:styleId="{key}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="{based}"/>{after}<w:qFormat/><w:pPr>{ppr}</w:pPr><w:rPr>'
        f'<w:rFonts w:ascii="{latin}" w:hAnsi="{latin}" w:eastAsia="{font}" w:hint="eastAsia"/>'
        f'<w:b w:val="0"/>{spacing}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr></w:style>'
    )


EXACT = '<w:spacing w:before="{0}" w:after="0" w:line="579" w:lineRule="exact"/>'
"""22 lines in the 225 mm of a page's text."""

INDENT = '<w:ind w:firstLineChars="200" w:firstLine="640"/>'
LEFT, CENTRE = '<w:jc w:val="left"/>', '<w:jc w:val="center"/>'


def text_styles() -> str:
    numbered = '<w:keepNext/><w:numPr><w:ilvl w:val="{0}"/><w:numId w:val="1"/></w:numPr>'
    headings = (("Heading1", "heading 1", "黑体"), ("Heading2", "heading 2", "楷体_GB2312"))
    return (
        style(
            "Title",
            "Title",
            "方正小标宋简体",
            44,
            f'<w:spacing w:before="0" w:after="579" w:line="680" w:lineRule="exact"/>{CENTRE}',
            following="BodyText",
        )
        + style("BodyText", "Body Text", "仿宋_GB2312", 32, EXACT.format(0) + INDENT, closer=5)
        + style(
            "LastText",
            "正文（末尾）",
            "仿宋_GB2312",
            32,
            f"<w:keepNext/>{EXACT.format(0)}{INDENT}",
            "BodyText",
            closer=5,
        )
        + "".join(
            style(
                key,
                name,
                font,
                32,
                f'{numbered.format(level)}{EXACT.format(0)}{INDENT}<w:outlineLvl w:val="{level}"/>',
                following="BodyText",
            )
            for level, (key, name, font) in enumerate(headings)
        )
    )


def signature_styles() -> str:
    """Unit and date, one centred on the other, the date four characters from the right.

    A long name needs more of the line, so that both move to the left.
    """
    unit = "<w:keepNext/><w:keepLines/>" + EXACT.format(579)
    # A date is set without the gaps between figures and characters.
    date = '<w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>' + EXACT.format(0)
    short, long = (f'<w:ind w:left="{left}"/>{CENTRE}' for left in (4200, 1200))
    return (
        style("Signature", "Signature", "仿宋_GB2312", 32, unit + short, following="SignatureDate")
        + style("SignatureDate", "Date", "仿宋_GB2312", 32, date + short)
        + style("LongSignature", "落款（长名称）", "仿宋_GB2312", 32, unit + long)
        + style("LongSignatureDate", "日期（长名称）", "仿宋_GB2312", 32, date + long)
    )


def table_styles() -> str:
    small = (
        '<w:snapToGrid w:val="0"/>'
        '<w:spacing w:before="{0}" w:after="{0}" w:line="{1}" w:lineRule="exact"/>'
    )
    edges = "".join(
        f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
        for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    made = [
        style(key + part, f"{name}{called}", "宋体", size, small.format(*space) + align)
        for key, name, size, space in (
            ("Table", "表格", 22, (60, 320)),
            ("Dense", "密表", 21, (30, 250)),
        )
        for part, called, align in (
            ("Head", "表头", CENTRE),
            ("Label", "行标题", LEFT),
            ("Figure", "数字", CENTRE),
        )
    ]
    gap = '<w:snapToGrid w:val="0"/><w:spacing w:before="0" w:after="0" w:line="200" w:lineRule="exact"/>'
    return (
        "".join(made)
        + style("AfterTable", "表格后", "宋体", 10, gap, following="BodyText")
        + '<w:style w:type="table" w:customStyle="1" w:styleId="OfficialTable">'
        '<w:name w:val="公文表格"/><w:basedOn w:val="TableNormal"/><w:tblPr>'
        f"<w:tblBorders>{edges}</w:tblBorders>"
        '<w:tblCellMar><w:left w:w="45" w:type="dxa"/><w:right w:w="45" w:type="dxa"/>'
        "</w:tblCellMar></w:tblPr></w:style>"
    )


def page_styles() -> str:
    plain = '<w:snapToGrid w:val="0"/>'
    number = '<w:ind w:{0}Chars="100" w:{0}="280"/><w:jc w:val="{0}"/>'
    return (
        style("Header", "header", "黑体", 21, plain + CENTRE)
        + style("Footer", "footer", "宋体", 28, plain, latin="宋体")
        + "".join(
            style(
                f"Footer{key}",
                f"页码（{name}页）",
                "宋体",
                28,
                number.format(side),
                "Footer",
                latin="宋体",
            )
            for key, name, side in (("Odd", "单", "right"), ("Even", "双", "left"))
        )
    )


def styles() -> str:
    return (
        f"{HEAD}<w:styles {W}><w:docDefaults><w:rPrDefault><w:rPr>"
        '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="仿宋_GB2312"'
        ' w:cs="Times New Roman"/><w:kern w:val="2"/><w:sz w:val="32"/><w:szCs w:val="32"/>'
        '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        "<w:pPrDefault/></w:docDefaults>"
        # A page has 22 lines, whether or not a paragraph's last is alone on it.
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
        '<w:qFormat/><w:pPr><w:widowControl w:val="0"/><w:jc w:val="both"/></w:pPr></w:style>'
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/></w:style>'
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal">'
        '<w:name w:val="Normal Table"/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/></w:tblPr></w:style>'
        '<w:style w:type="numbering" w:default="1" w:styleId="NoList"><w:name w:val="No List"/>'
        "</w:style>"
        f"{text_styles()}{signature_styles()}{table_styles()}{page_styles()}</w:styles>"
    )


def numbering() -> str:
    levels = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/>'
        f'<w:pStyle w:val="{key}"/><w:suff w:val="nothing"/><w:lvlText w:val="{text}"/>'
        '<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="0" w:firstLine="640"/></w:pPr></w:lvl>'
        for level, key, text in ((0, "Heading1", "%1、"), (1, "Heading2", "（%2）"))
    )
    return (
        f'{HEAD}<w:numbering {W}><w:abstractNum w:abstractNumId="0">'
        f'<w:multiLevelType w:val="multilevel"/>{levels}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )


FONTS = (
    ("方正小标宋简体", "宋体", "roman"),
    ("仿宋_GB2312", "仿宋", "modern"),
    ("楷体_GB2312", "楷体", "modern"),
    ("黑体", "SimHei", "modern"),
    ("宋体", "SimSun", "roman"),
)
"""The fonts of an official document, what stands for them where they aren't, their family."""


def fonts() -> str:
    listed = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/>'
        f'<w:family w:val="{family}"/></w:font>'
        for name, other, family in FONTS
    )
    latin = (
        '<w:font w:name="Times New Roman"><w:charset w:val="00"/><w:family w:val="roman"/></w:font>'
    )
    return f"{HEAD}<w:fonts {W}>{listed}{latin}</w:fonts>"
