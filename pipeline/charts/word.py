"""The native charts of a Word file, filled with the figures of a report.

A template holds charts as Word or WPS make them; what a chart shows is said by its alternative
text, in which a tag names a picture of the report: ``{{ 图.申请人.说明 }}``.  Once docxtpl has
filled the text in, each of them gets its picture's figures, twice as the format has it: in the
chart itself, and in the workbook embedded for 编辑数据.  How a chart looks is left as it was
drawn.  A chart with nothing to show gives way to words that say so.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from fractions import Fraction

from lxml import etree

from pipeline.aggregate.charts import Picture, percent
from pipeline.books.new_book import new_book
from pipeline.ooxml.created import ZIP_DATE
from pipeline.ooxml.text import one_line
from pipeline.ooxml.untrusted import read_xml
from pipeline.text.figures import format_value

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_LINK = f"{{{_OFFICE}}}id"
_RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DOCUMENT, _CONTENT_TYPES = "word/document.xml", "[Content_Types].xml"
_NAMED = re.compile(r"图\.(\w+)")
_SHEET = "Sheet1"


class ChartError(ValueError):
    """A chart of a template can't be filled; the message says which and why, in Chinese."""


# ------------------------------------------------------------------------------ what they show


@dataclass(frozen=True, kw_only=True, slots=True)
class ChartData:
    """The cells behind a chart: a label for each category, and each series' figures.

    A figure is printed exactly, in its unit; an empty one is a gap.  With ``shares`` a category
    is shown as its label, its figure and its share of the whole.
    """

    labels: tuple[str, ...]
    series: tuple[tuple[str, tuple[str, ...]], ...]
    unit: str
    shares: bool = False

    @property
    def categories(self) -> tuple[str, ...]:
        """The labels as the chart shows them."""
        if not self.shares:
            return self.labels
        values = [Fraction(value) for value in self.series[0][1]]
        whole = sum(values)
        return tuple(
            f"{label} {said}{self.unit} {percent(value / whole)}"
            for label, said, value in zip(self.labels, self.series[0][1], values, strict=True)
        )


def chart_data(picture: Picture) -> ChartData:
    """What a picture that isn't empty shows: a series for each year, or one."""
    if picture.years:
        series = tuple(
            (f"{year}年", tuple(_cell(bar.at(year), bar.scale) for bar in picture.bars))
            for year in picture.years
        )
    else:
        series = ((picture.title, tuple(bar.shown for bar in picture.bars)),)
    return ChartData(
        labels=tuple(one_line(bar.label) for bar in picture.bars),
        series=series,
        unit=picture.unit,
        shares=picture.chart.kind == "parts",
    )


def _cell(value: int | None, scale: int) -> str:
    return "" if value is None else format_value(value, scale)


def embedded_workbook(data: ChartData) -> bytes:
    """The workbook that opens by 编辑数据; what it computes it computes anew when edited."""
    buffer = io.BytesIO()
    with new_book(buffer, data.series[0][0]) as book:
        sheet = book.add_worksheet(_SHEET)
        sheet.set_column(0, 0, 32)
        sheet.set_column(1, len(data.series) + 1, 14)
        last = len(data.labels) + 1
        for at, (name, values) in enumerate(data.series, 1):
            sheet.write_string(0, at, name)
            for row, value in enumerate(values, 1):
                if value:
                    sheet.write_number(row, at, float(value))
        if data.shares:
            sheet.write_string(0, 2, "名称")
        for row, (label, shown) in enumerate(zip(data.labels, data.categories, strict=True), 1):
            if data.shares:
                share = f'TEXT(B{row + 1}/SUM(B$2:B${last}),"0.0%")'
                sheet.write_string(row, 2, label)
                sheet.write_formula(
                    row, 0, f'=C{row + 1}&" "&B{row + 1}&"{data.unit} "&{share}', None, shown
                )
            else:
                sheet.write_string(row, 0, label)
    return buffer.getvalue()


# ------------------------------------------------------------------------- where they stand


def chart_names(template: bytes) -> dict[str, str]:
    """The charts of a template that show a picture: its name, by the relationship's id."""
    with zipfile.ZipFile(io.BytesIO(template)) as package:
        document = read_xml(package.read(_DOCUMENT))
    return {
        link: named.group(1)
        for frame, link in _frames(document)
        if (named := _NAMED.search(_alternative_text(frame)))
    }


def _frames(document: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    """Every chart in the text: its drawing, and the id of its relationship."""
    for chart in document.iter(f"{_C}chart"):
        drawing = next(chart.iterancestors(f"{_W}drawing"), None)
        link = chart.get(_LINK)
        if drawing is not None and link is not None:
            yield drawing, link


def _alternative_text(drawing: etree._Element) -> str:
    said = next(drawing.iter(f"{_WP}docPr"), None)
    return "" if said is None else f"{said.get('title', '')}{said.get('descr', '')}"


def with_charts(report: bytes, names: Mapping[str, str], pictures: Mapping[str, Picture]) -> bytes:
    """A filled-in Word file with its charts filled too; the same bytes for the same report.

    ``names`` are the template's (see :func:`chart_names`), ``pictures`` those of the report by
    name.

    Raises:
        ChartError: a chart of the template is of a sort that has no categories and values.
    """
    with zipfile.ZipFile(io.BytesIO(report)) as zipped:
        parts = {entry.filename: zipped.read(entry) for entry in zipped.infolist()}
    document = read_xml(parts[_DOCUMENT])
    links = _Links(parts, _DOCUMENT)
    kept = set()
    for drawing, link in list(_frames(document)):
        picture = pictures.get(names.get(link, ""))
        if link not in names:
            kept.add(link)
        elif picture is None or picture.empty:
            _say(drawing, picture.nothing if picture is not None else "")
        else:
            kept.add(link)
            _fill(parts, links.target(link), picture)
    gone = [link for link in names if link not in kept]
    for link in gone:
        _drop(parts, links.remove(link))
    parts[_DOCUMENT] = _xml(document)
    if gone:
        parts[links.name] = _xml(links.tree)
    return _packed(parts)


def _say(drawing: etree._Element, words: str) -> None:
    """Words in place of a drawing, in whatever its run looks like."""
    said = etree.Element(f"{_W}t")
    said.text = words
    inside, run = drawing, _above(drawing)
    while run.tag != f"{_W}r":
        inside, run = run, _above(run)
    run.replace(inside, said)


def _above(element: etree._Element) -> etree._Element:
    """The element around one that is part of a run."""
    above = element.getparent()
    assert above is not None
    return above


def _child(element: etree._Element, tag: str) -> etree._Element:
    """A child that the format demands."""
    found = element.find(f"{_C}{tag}")
    assert found is not None
    return found


class _Links:
    """The relationships of a part."""

    def __init__(self, parts: Mapping[str, bytes], part: str) -> None:
        self.folder, file = posixpath.split(part)
        self.name = f"{self.folder}/_rels/{file}.rels"
        empty = f'<Relationships xmlns="{_RELATIONS[1:-1]}"/>'.encode()
        self.tree = read_xml(parts.get(self.name, empty))

    def __iter__(self) -> Iterator[etree._Element]:
        return iter(link for link in self.tree if link.get("TargetMode") != "External")

    def target(self, key: str) -> str:
        link = next(link for link in self.tree if link.get("Id") == key)
        return self._part(link)

    def _part(self, link: etree._Element) -> str:
        return posixpath.normpath(posixpath.join("/", self.folder, link.get("Target", "")))[1:]

    def remove(self, key: str) -> str:
        """Take a relationship out; gives the part that it led to."""
        link = next(link for link in self.tree if link.get("Id") == key)
        self.tree.remove(link)
        return self._part(link)

    def parts(self) -> list[str]:
        return [self._part(link) for link in self]


def _drop(parts: dict[str, bytes], part: str) -> None:
    """Take out a chart that nothing shows, with all that only it needs."""
    links = _Links(parts, part)
    for gone in (part, links.name, *links.parts()):
        parts.pop(gone, None)
        types = read_xml(parts[_CONTENT_TYPES])
        for override in types.findall(f"{_TYPES}Override"):
            if override.get("PartName") == f"/{gone}":
                types.remove(override)
        parts[_CONTENT_TYPES] = _xml(types)


# ------------------------------------------------------------------------------ filling one


def _fill(parts: dict[str, bytes], part: str, picture: Picture) -> None:
    """Give a chart part and its workbook the figures of a picture."""
    data = chart_data(picture)
    chart = read_xml(parts[part])
    _fill_series(chart, data, picture.chart.name)
    links = _Links(parts, part)
    outside = chart.find(f"{_C}externalData")
    if outside is None:
        raise ChartError(
            f"图解模板中的图“{picture.chart.name}”没有内嵌的数据表：请在 Word 里重新插入这个图。"
        )
    parts[links.target(str(outside.get(_LINK)))] = embedded_workbook(data)
    parts[part] = _xml(chart)


def _fill_series(chart: etree._Element, data: ChartData, name: str) -> None:
    """Make as many series as there are, like those of the template.

    Of a template's series the last are taken: this year looks the same however many years are
    beside it.
    """
    drawn = list(chart.iter(f"{_C}ser"))
    groups = {_above(series) for series in drawn}
    if len(groups) != 1 or any(series.find(f"{_C}val") is None for series in drawn):
        raise ChartError(
            f"图解模板中的图“{name}”填不进数字：请用柱形图、条形图、折线图、饼图或圆环图，不用组合图。"
        )
    group = _above(drawn[0])
    first = group.index(drawn[0])
    made = []
    for at, (title, values) in enumerate(data.series):
        like = max(0, len(drawn) - len(data.series) + at)
        series = deepcopy(drawn[like])
        _fill_one(series, at, title, values, data)
        made.append(series)
    for old in drawn:
        group.remove(old)
    for at, series in enumerate(made):
        group.insert(first + at, series)


def _fill_one(
    series: etree._Element, at: int, title: str, values: tuple[str, ...], data: ChartData
) -> None:
    for tag in ("idx", "order"):
        _child(series, tag).set("val", str(at))
    for tag in ("tx", "cat", "extLst"):
        for old in series.findall(f"{_C}{tag}"):
            series.remove(old)
    # A point that has a look of its own, where there is no such point any more.
    for point in series.findall(f"{_C}dPt") + series.findall(f"{_C}dLbls/{_C}dLbl"):
        if int(_child(point, "idx").get("val", "0")) >= len(values):
            _above(point).remove(point)
    column, last = "BCDEFGHIJK"[at], len(values) + 1
    _child(series, "order").addnext(_text("tx", f"${column}$1", (title,)))
    held = _child(series, "val")
    held.addprevious(_text("cat", f"$A$2:$A${last}", data.categories))
    series.replace(held, _numbers(f"${column}$2:${column}${last}", values))


def _text(tag: str, cells: str, words: tuple[str, ...]) -> etree._Element:
    return _cached(tag, "strRef", "strCache", cells, words)


def _numbers(cells: str, values: tuple[str, ...]) -> etree._Element:
    made = _cached("val", "numRef", "numCache", cells, values)
    code = etree.Element(f"{_C}formatCode")
    code.text = "General"
    made[0][1].insert(0, code)
    return made


def _cached(tag: str, kind: str, cache: str, cells: str, values: tuple[str, ...]) -> etree._Element:
    """A reference to cells with what they held; an empty one is left out, which is a gap."""
    made = etree.Element(f"{_C}{tag}")
    reference = etree.SubElement(made, f"{_C}{kind}")
    etree.SubElement(reference, f"{_C}f").text = f"{_SHEET}!{cells}"
    held = etree.SubElement(reference, f"{_C}{cache}")
    etree.SubElement(held, f"{_C}ptCount", val=str(len(values)))
    for at, value in enumerate(values):
        if value:
            point = etree.SubElement(held, f"{_C}pt", idx=str(at))
            etree.SubElement(point, f"{_C}v").text = value
    return made


def _xml(tree: etree._Element) -> bytes:
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)


def _packed(parts: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(zipfile.ZipInfo(name, ZIP_DATE), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
