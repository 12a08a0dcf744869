"""Makes the Word template of the 图解 as it is shipped: one A4 page with native charts.

Run it to get the original back: ``python -m templates.build_infographic``.  An office restyles
the .docx in Word; this script is not needed for that.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

from pipeline.books.theme import THEME
from pipeline.charts.word import ChartData, embedded_workbook
from pipeline.ooxml.created import ZIP_DATE

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    f'xmlns:r="{OFFICE}" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
)
CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"

WIDTH, GAP, MARGIN = 10546, 180, 680
"""The text's width, the space between two cards and the page's margins, in twips."""
HALF = (WIDTH - GAP) // 2
MILLIMETRE = 36_000
BRAND, INK, MUTED, ACCENT = (
    colour.lstrip("#") for colour in (THEME.brand, THEME.ink, THEME.muted, THEME.series[1])
)
EDGE, GROUND, PALE = "D9E2EB", "F1F5F9", "C9D8E8"
EARLIER = ("D5DCE4", "C3CCD6", "B1BCC8", THEME.line.lstrip("#"))
"""The columns of the years before, the oldest palest."""


# ------------------------------------------------------------------------------ the page


def paragraph(style: str, *runs: str, properties: str = "") -> str:
    inside = "".join(runs)
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{inside}</w:p>'


def run(text: str, style: str = "") -> str:
    look = f'<w:rStyle w:val="{style}"/>' if style else ""
    properties = f'<w:rPr>{look}<w:rFonts w:hint="eastAsia"/></w:rPr>'
    return f'<w:r>{properties}<w:t xml:space="preserve">{text}</w:t></w:r>'


def cell(width: int, *inside: str, across: int = 1, look: str = "") -> str:
    span = f'<w:gridSpan w:val="{across}"/>' if across > 1 else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}{look}</w:tcPr>'
        f"{''.join(inside)}</w:tc>"
    )


def row(*cells: str, height: int = 0, exact: bool = False) -> str:
    rule = "exact" if exact else "atLeast"
    high = f'<w:trHeight w:val="{height}" w:hRule="{rule}"/>' if height else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{high}</w:trPr>{''.join(cells)}</w:tr>"


def table(widths: list[int], *rows: str, inner: int = 170) -> str:
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        f'<w:tblCellMar><w:left w:w="{inner}" w:type="dxa"/><w:right w:w="{inner}" w:type="dxa"/>'
        f"</w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def shade(colour: str) -> str:
    return f'<w:shd w:val="clear" w:color="auto" w:fill="{colour}"/><w:vAlign w:val="center"/>'


FRAME = (
    "<w:tcBorders>"
    + "".join(
        f'<w:{side} w:val="single" w:sz="6" w:space="0" w:color="{EDGE}"/>'
        for side in ("top", "left", "bottom", "right")
    )
    + '</w:tcBorders><w:tcMar><w:top w:w="110" w:type="dxa"/><w:bottom w:w="80" w:type="dxa"/>'
    "</w:tcMar>"
)


def tag(width: int, text: str, across: int = 1) -> str:
    """A row that docxtpl takes out."""
    return row(cell(width, paragraph("Card", run(text)), across=across))


def card(width: int, title: str, *inside: str, across: int = 1) -> str:
    return cell(width, paragraph("CardTitle", run(title)), *inside, across=across, look=FRAME)


def figures(right: int) -> tuple[str, ...]:
    """A line for each of the other figures, its number at the right."""
    tabs = f'<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="{right}"/></w:tabs>'
    line = paragraph(
        "Line",
        run("{{ 数.名称 }}"),
        "<w:r><w:tab/></w:r>",
        run("{{ 数.数值 }}", "LineNumber"),
        run(" {{ 数.单位 }}", "Unit"),
        properties=tabs,
    )
    loop = [paragraph("Line", run(text)) for text in ("{%p for 数 in 主要数字 %}", "{%p endfor %}")]
    return loop[0], line, loop[1]


def band() -> str:
    inside = [
        paragraph("Kicker", run("图　解{% if 草稿 %}（草稿）{% endif %}")),
        paragraph("Title", run("{{ 分行标题 }}")),
        paragraph("Period", run("{{ 统计期限 }}")),
    ]
    return table([WIDTH], row(cell(WIDTH, *inside, look=shade(BRAND)), height=1650))


def large() -> str:
    """A cell for each of the large figures; docxtpl makes the columns as many as there are."""
    columns = 5
    width = WIDTH // columns
    figure = [
        paragraph("Number", run("{{ 数.数值 }}")),
        paragraph("NumberName", run("{{ 数.名称 }}（{{ 数.单位 }}）")),
    ]
    cells = [
        cell(width, paragraph("NumberName", run("{%tc for 数 in 要数 %}")), look=shade(GROUND)),
        cell(width, *figure, look=shade(GROUND)),
        cell(width, paragraph("NumberName", run("{%tc endfor %}")), look=shade(GROUND)),
    ]
    return table([width] * columns, row(*cells, height=1250), inner=40)


def cards() -> str:
    third = 3
    empty = paragraph("Gap")
    between = row(cell(WIDTH, empty, across=third), height=150, exact=True)
    middle = cell(GAP, empty)
    return table(
        [HALF, GAP, HALF],
        tag(WIDTH, "{%tr if 图.公开渠道 %}", third),
        row(
            card(HALF, "{{ 图.公开渠道.标题 }}", chart(1, "公开渠道", 84, 49)),
            middle,
            card(HALF, "主要数字", *figures(HALF - 380)),
        ),
        tag(WIDTH, "{%tr else %}", third),
        row(card(WIDTH, "主要数字", *figures(WIDTH - 380), across=third)),
        tag(WIDTH, "{%tr endif %}", third),
        tag(WIDTH, "{%tr if 图.申请人 or 图.办理结果 %}", third),
        between,
        row(
            card(HALF, "{{ 图.申请人.标题 }}", chart(2, "申请人", 84, 48)),
            middle,
            card(HALF, "{{ 图.办理结果.标题 }}", chart(3, "办理结果", 84, 48)),
        ),
        tag(WIDTH, "{%tr endif %}", third),
        tag(WIDTH, "{%tr if 图.申请办理 %}", third),
        between,
        row(card(WIDTH, "{{ 图.申请办理.标题 }}", chart(4, "申请办理", 178, 46), across=third)),
        tag(WIDTH, "{%tr endif %}", third),
    )


def chart(number: int, name: str, width: int, height: int) -> str:
    """A paragraph with a chart, so many millimetres wide and high."""
    drawing = (
        '<w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{width * MILLIMETRE}" cy="{height * MILLIMETRE}"/>'
        f'<wp:docPr id="{number}" name="图 {number}" descr="{{{{ 图.{name}.说明 }}}}"/>'
        f'<wp:cNvGraphicFramePr/><a:graphic><a:graphicData uri="{CHART}">'
        f'<c:chart r:id="rIdChart{number}"/></a:graphicData></a:graphic></wp:inline></w:drawing>'
    )
    return paragraph("Chart", f"<w:r>{drawing}</w:r>")


def document() -> str:
    gap = paragraph("Gap")
    note = paragraph("Note", run("{% if 草稿 %}{{ 草稿 }}。{% endif %}{{ 数据来源 }}"))
    return (
        f"{HEAD}<w:document {SPACES}><w:body>{band()}{gap}{large()}{gap}{cards()}{note}"
        '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>'
        f'<w:pgMar w:top="567" w:right="{MARGIN}" w:bottom="567" w:left="{MARGIN}" w:header="400"'
        ' w:footer="400" w:gutter="0"/></w:sectPr></w:body></w:document>'
    )


# ------------------------------------------------------------------------------ styles


def fonts_of(heading: str, latin: str = "Arial") -> str:
    return f'<w:rFonts w:ascii="{latin}" w:hAnsi="{latin}" w:eastAsia="{heading}"/>'


TEXT_FONT, HEADING_FONT, TITLE_FONT = "微软雅黑", "黑体", "方正小标宋简体"


def style(
    key: str,
    name: str,
    size: int,
    colour: str,
    *,
    line: str,
    centred: bool = False,
    bold: bool = False,
    font: str = TEXT_FONT,
    bar: bool = False,
) -> str:
    centre = '<w:jc w:val="center"/>' if centred else ""
    edge = f'<w:pBdr><w:left w:val="single" w:sz="36" w:space="6" w:color="{ACCENT}"/></w:pBdr>'
    before, after = (edge, '<w:ind w:left="160"/>') if bar else ("", "")
    weight = "<w:b/>" if bold else ""
    custom = "" if name.isascii() else ' w:customStyle="1"'
    return (
        f'<w:style w:type="paragraph"{custom} w:styleId="{key}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>{before}<w:spacing {line}/>{after}{centre}</w:pPr>'
        f'<w:rPr>{fonts_of(font)}{weight}<w:color w:val="{colour}"/><w:sz w:val="{size}"/>'
        f'<w:szCs w:val="{size}"/></w:rPr></w:style>'
    )


def character(key: str, name: str, size: int, colour: str, bold: bool) -> str:
    weight = "<w:b/>" if bold else '<w:b w:val="0"/>'
    return (
        f'<w:style w:type="character" w:customStyle="1" w:styleId="{key}"><w:name w:val="{name}"/>'
        f'<w:rPr>{weight}<w:color w:val="{colour}"/><w:sz w:val="{size}"/>'
        f'<w:szCs w:val="{size}"/></w:rPr></w:style>'
    )


def spacing(before: int, after: int, line: int = 0) -> str:
    exact = f' w:line="{line}" w:lineRule="exact"' if line else ""
    return f'w:before="{before}" w:after="{after}"{exact}'


def styles() -> str:
    return (
        f"{HEAD}<w:styles {SPACES}><w:docDefaults><w:rPrDefault><w:rPr>{fonts_of(TEXT_FONT)}"
        '<w:sz w:val="20"/><w:szCs w:val="20"/>'
        '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        "<w:pPrDefault/></w:docDefaults>"
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
        '<w:qFormat/><w:pPr><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'
        '<w:snapToGrid w:val="0"/></w:pPr></w:style>'
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal">'
        '<w:name w:val="Normal Table"/></w:style>'
        + style("Kicker", "图解·眉题", 22, PALE, line=spacing(120, 0), centred=True)
        + style(
            "Title", "Title", 46, "FFFFFF", line=spacing(60, 60, 580), centred=True, font=TITLE_FONT
        )
        + style("Period", "图解·期限", 20, PALE, line=spacing(0, 140), centred=True)
        + style("Number", "图解·大数", 50, BRAND, line=spacing(60, 0, 680), centred=True, bold=True)
        + style("NumberName", "图解·大数名称", 21, INK, line=spacing(0, 60), centred=True)
        + style("Card", "图解·正文", 20, INK, line=spacing(0, 0))
        + style(
            "CardTitle",
            "图解·栏目",
            26,
            BRAND,
            line=spacing(20, 90, 340),
            bold=True,
            font=HEADING_FONT,
            bar=True,
        )
        + style("Line", "图解·数字行", 21, INK, line=spacing(0, 0, 460))
        + style("Chart", "图解·图", 21, MUTED, line=spacing(0, 0), centred=True)
        + style("Gap", "图解·间隔", 4, INK, line=spacing(0, 0, 150))
        + style("Note", "图解·说明", 17, MUTED, line=spacing(120, 0), centred=True)
        + character("Unit", "图解·单位", 20, MUTED, False)
        + character("LineNumber", "图解·数字", 24, BRAND, True)
        + "</w:styles>"
    )


def font_table() -> str:
    pairs = ((TITLE_FONT, "宋体"), (TEXT_FONT, "黑体"))
    listed = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
        for name, other in pairs
    )
    return f"{HEAD}<w:fonts {SPACES}>{listed}</w:fonts>"


# ------------------------------------------------------------------------------ the charts


def words(size: int, colour: str, bold: bool = False) -> str:
    """How the text of a part of a chart looks; ``size`` in hundredths of a point."""
    weight = int(bold)
    return (
        f'<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="{size}" b="{weight}">'
        f'<a:solidFill><a:srgbClr val="{colour}"/></a:solidFill><a:latin typeface="Arial"/>'
        f'<a:ea typeface="{TEXT_FONT}"/></a:defRPr></a:pPr><a:endParaRPr lang="zh-CN"/></a:p>'
        "</c:txPr>"
    )


def filled(colour: str, edge: str = "") -> str:
    line = f'<a:ln w="12700"><a:solidFill><a:srgbClr val="{edge}"/></a:solidFill></a:ln>'
    return (
        f'<c:spPr><a:solidFill><a:srgbClr val="{colour}"/></a:solidFill>'
        f"{line if edge else ''}</c:spPr>"
    )


def labels(colour: str, bold: bool) -> str:
    shown = "".join(
        f'<c:{key} val="{int(key == "showVal")}"/>'
        for key in (
            "showLegendKey",
            "showVal",
            "showCatName",
            "showSerName",
            "showPercent",
            "showBubbleSize",
        )
    )
    return (
        "<c:dLbls><c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>"
        f'{words(800, colour, bold)}<c:dLblPos val="outEnd"/>{shown}</c:dLbls>'
    )


def cached(cells: str, values: tuple[str, ...], kind: str, cache: str, code: str = "") -> str:
    points = "".join(
        f'<c:pt idx="{at}"><c:v>{value}</c:v></c:pt>' for at, value in enumerate(values)
    )
    return (
        f"<c:{kind}><c:f>Sheet1!{cells}</c:f><c:{cache}>{code}"
        f'<c:ptCount val="{len(values)}"/>{points}</c:{cache}></c:{kind}>'
    )


def series(at: int, data: ChartData, look: str) -> str:
    title, values = data.series[at]
    column, last = "BCDEF"[at], len(values) + 1
    code = "<c:formatCode>General</c:formatCode>"
    name = cached(f"${column}$1", (title,), "strRef", "strCache")
    names = cached(f"$A$2:$A${last}", data.categories, "strRef", "strCache")
    numbers = cached(f"${column}$2:${column}${last}", values, "numRef", "numCache", code)
    return (
        f'<c:ser><c:idx val="{at}"/><c:order val="{at}"/><c:tx>{name}</c:tx>{look}'
        f"<c:cat>{names}</c:cat><c:val>{numbers}</c:val></c:ser>"
    )


def axes(position: str, reverse: bool) -> str:
    turned = "maxMin" if reverse else "minMax"
    line = f'<c:spPr><a:ln w="9525"><a:solidFill><a:srgbClr val="{EDGE}"/></a:solidFill></a:ln></c:spPr>'
    quiet = '<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>'
    across = "l" if position == "b" else "b"
    return (
        f'<c:catAx><c:axId val="1001"/><c:scaling><c:orientation val="{turned}"/></c:scaling>'
        f'<c:delete val="0"/><c:axPos val="{position}"/><c:numFmt formatCode="General"'
        f' sourceLinked="0"/>{quiet}{line}{words(1000, INK)}<c:crossAx val="1002"/>'
        '<c:crosses val="autoZero"/><c:auto val="0"/><c:lblAlgn val="ctr"/><c:lblOffset val="100"/>'
        '<c:noMultiLvlLbl val="1"/></c:catAx>'
        '<c:valAx><c:axId val="1002"/><c:scaling><c:orientation val="minMax"/><c:min val="0"/>'
        f'</c:scaling><c:delete val="1"/><c:axPos val="{across}"/><c:numFmt formatCode="General"'
        f' sourceLinked="0"/>{quiet}<c:crossAx val="1001"/><c:crosses val="autoZero"/></c:valAx>'
    )


def bars(data: ChartData, looks: list[tuple[str, str, bool]], *, lying: bool) -> str:
    direction, gap = ("bar", 70) if lying else ("col", 90)
    drawn = "".join(
        series(
            at,
            data,
            f'{filled(colour)}<c:invertIfNegative val="0"/>{labels(ink, bold)}',
        )
        for at, (colour, ink, bold) in enumerate(looks)
    )
    return (
        f'<c:layout/><c:barChart><c:barDir val="{direction}"/><c:grouping val="clustered"/>'
        f'<c:varyColors val="0"/>{drawn}<c:gapWidth val="{gap}"/><c:overlap val="-8"/>'
        f'<c:axId val="1001"/><c:axId val="1002"/></c:barChart>{axes("l" if lying else "b", lying)}'
    )


def place(x: float, y: float, width: float, height: float, inner: bool = False) -> str:
    target = '<c:layoutTarget val="inner"/>' if inner else ""
    return (
        f'<c:layout><c:manualLayout>{target}<c:xMode val="edge"/><c:yMode val="edge"/>'
        f'<c:x val="{x}"/><c:y val="{y}"/><c:w val="{width}"/><c:h val="{height}"/>'
        "</c:manualLayout></c:layout>"
    )


def ring(data: ChartData) -> str:
    points = "".join(
        f'<c:dPt><c:idx val="{at}"/><c:bubble3D val="0"/>'
        f"{filled(colour.lstrip('#'), 'FFFFFF')}</c:dPt>"
        for at, colour in enumerate(THEME.series)
    )
    return (
        f'{place(0.0, 0.06, 0.38, 0.88, True)}<c:doughnutChart><c:varyColors val="1"/>'
        f'{series(0, data, points)}<c:firstSliceAng val="0"/><c:holeSize val="58"/>'
        "</c:doughnutChart>"
    )


def legend(position: str, layout: str = "") -> str:
    return (
        f'<c:legend><c:legendPos val="{position}"/>{layout}<c:overlay val="0"/>'
        f"{words(900, INK)}</c:legend>"
    )


def chart_part(plot: str, key: str = "") -> str:
    return (
        f'{HEAD}<c:chartSpace xmlns:c="{CHART}" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        f'xmlns:r="{OFFICE}"><c:date1904 val="0"/><c:roundedCorners val="0"/><c:chart>'
        f'<c:autoTitleDeleted val="1"/><c:plotArea>{plot}</c:plotArea>{key}'
        '<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
        f"<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>{words(1000, INK)}"
        '<c:externalData r:id="rId1"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>'
    )


def sample(labels_: str, series_: tuple[str, ...], unit: str, shares: bool = False) -> ChartData:
    """What a chart shows in the template itself, for whoever restyles it."""
    names = tuple(labels_.split("、"))
    values = tuple(
        (name, tuple(str(9 - at + 2 * place_) for place_ in range(len(names))))
        for at, name in enumerate(series_)
    )
    return ChartData(labels=names, series=values, unit=unit, shares=shares)


def charts() -> list[tuple[str, ChartData]]:
    channels = sample("渠道一、渠道二、渠道三", ("示例",), "条")
    parts = sample("一、二、三、四、五、六", ("示例",), "件", True)
    years = sample(
        "项目一、项目二、项目三、项目四", tuple(f"示例年度{n}" for n in "一二三四五"), "件"
    )
    right = legend("r", place(0.4, 0.04, 0.6, 0.92))
    looks = [*((colour, MUTED, False) for colour in EARLIER), (BRAND, INK, True)]
    return [
        (chart_part(bars(channels, [(BRAND, INK, True)], lying=True)), channels),
        (chart_part(ring(parts), right), parts),
        (chart_part(ring(parts), right), parts),
        (chart_part(bars(years, looks, lying=False), legend("t")), years),
    ]


# ------------------------------------------------------------------------------ the package


def parts() -> dict[str, bytes]:
    office = "application/vnd.openxmlformats-officedocument"
    word = f"{office}.wordprocessingml"
    drawn = charts()
    listed = ("document.main", "styles", "settings", "fontTable")
    overrides = [(f"/word/{k.split('.')[0]}.xml", f"{word}.{k}+xml") for k in listed]
    overrides += [
        (f"/word/charts/chart{n}.xml", f"{office}.drawingml.chart+xml")
        for n in range(1, len(drawn) + 1)
    ]
    core = "application/vnd.openxmlformats-package.core-properties+xml"
    overrides.append(("/docProps/core.xml", core))
    defaults = (
        ("rels", "application/vnd.openxmlformats-package.relationships+xml"),
        ("xml", "application/xml"),
        ("xlsx", f"{office}.spreadsheetml.sheet"),
    )
    links = [(f"rId{n}", k, f"{k}.xml") for n, k in enumerate(listed[1:], 1)]
    links += [(f"rIdChart{n}", "chart", f"charts/chart{n}.xml") for n in range(1, len(drawn) + 1)]
    made = {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
        + "".join(f'<Default Extension="{k}" ContentType="{kind}"/>' for k, kind in defaults)
        + "".join(f'<Override PartName="{k}" ContentType="{kind}"/>' for k, kind in overrides)
        + "</Types>",
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="word/document.xml"/>'
        f'<Relationship Id="rId2" Type="{PACKAGE}/relationships/metadata/core-properties"'
        ' Target="docProps/core.xml"/></Relationships>',
        "docProps/core.xml": f'{HEAD}<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{{ 标题 }}（图解）</dc:title>'
        "<dc:subject>政府信息公开工作年度报告图解</dc:subject><dc:creator>{{ 单位 }}</dc:creator>"
        "<dc:language>zh-CN</dc:language></cp:coreProperties>",
        "word/document.xml": document(),
        "word/_rels/document.xml.rels": relations(links),
        "word/styles.xml": styles(),
        "word/settings.xml": f"{HEAD}<w:settings {SPACES}><w:compat><w:compatSetting"
        ' w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>'
        '</w:compat><w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>',
        "word/fontTable.xml": font_table(),
    }
    packed = {name: text.encode("utf-8") for name, text in made.items()}
    for number, (xml, data) in enumerate(drawn, 1):
        book = f"embeddings/chart{number}.xlsx"
        packed[f"word/charts/chart{number}.xml"] = xml.encode("utf-8")
        link = relations([("rId1", "package", f"../{book}")])
        packed[f"word/charts/_rels/chart{number}.xml.rels"] = link.encode("utf-8")
        packed[f"word/{book}"] = embedded_workbook(data)
    return packed


def relations(links: list[tuple[str, str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="{key}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for key, kind, target in links
    )
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{listed}</Relationships>'


def write(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts().items():
            package.writestr(zipfile.ZipInfo(name, ZIP_DATE), content, zipfile.ZIP_DEFLATED)


if __name__ == "__main__":
    write(Path(__file__).parent / "图解.docx")
