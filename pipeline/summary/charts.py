"""The summary workbook's charts: which of those declared have something to show, and from what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from pipeline.aggregate.charts import Picture, percent, pictures
from pipeline.books.cells import Formula, Value, cell_text, line_count, put, row_height, text_width
from pipeline.books.theme import THEME
from pipeline.model.edition import Chart, ChartKind
from pipeline.summary.book import DASH, LISTING_HEAD, Book
from pipeline.summary.formats import decimals_needed, number_format
from pipeline.summary.formulas import (
    in_units,
    measure_formula,
    rounded,
    share_formula,
    unit_formula,
)
from pipeline.summary.listing import set_page, write_heading


@dataclass(frozen=True, kw_only=True, slots=True)
class _Point:
    """A line of 图表数据: a bar and its figure."""

    chart: str
    item: str
    unit: str
    now: Formula | int
    label: Formula | str = ""
    before: Value = DASH
    share: Value = DASH
    places: int = 0
    charted: bool = True

    @property
    def figure(self) -> float:
        return float(self.now.value) if isinstance(self.now, Formula) else self.now

    @property
    def shown_label(self) -> str:
        return str(self.label.value) if isinstance(self.label, Formula) else self.label


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    """A chart and where its points stand in 图表数据. ``points`` 0: there is nothing to draw.

    The widths are of its widest label and figure, in half-width characters.
    """

    chart: Chart
    title: str
    first: int
    points: int
    about: str
    label_width: int
    figure_width: int


def drawn_charts(book: Book) -> tuple[list[_Point], list[Drawn]]:
    """Every declared chart that has something to show, and the figures they are drawn from."""
    points: list[_Point] = []
    drawn: list[Drawn] = []
    for picture in pictures(book.county, [book.content.prior] if book.content.prior else []):
        first = LISTING_HEAD + 1 + len(points)
        found = _POINTS[picture.chart.kind](book, picture, first)
        charted = [point for point in found if point.charted]
        about = "；".join(f"{p.item} {p.figure:,}{p.unit}" for p in charted)
        points += found
        drawn.append(
            Drawn(
                chart=picture.chart,
                title=picture.title,
                first=first,
                points=0 if picture.empty else len(charted),
                about=cell_text(f"{picture.title}。{about}"),
                label_width=max((text_width(p.shown_label) for p in charted), default=0),
                figure_width=max((len(f"{p.figure:,.{p.places}f}") for p in charted), default=0),
            )
        )
    return points, drawn


def _unit_points(book: Book, picture: Picture, first: int) -> list[_Point]:
    """The units of a chart, and beyond what it can show, the rest."""
    measure = picture.chart.measures[0]
    values = [*(bar.value for bar in picture.bars), *picture.rest]
    places = decimals_needed(values, measure.scale)
    points = [
        _Point(
            chart=picture.chart.title,
            item=bar.label,
            unit=picture.unit,
            now=unit_formula(book, measure, f"$B{first + 1 + place}", bar.value),
            label=bar.label,
            places=places,
        )
        for place, bar in enumerate(picture.bars)
    ]
    if picture.rest:
        whole = measure_formula(book, measure).text.removeprefix("=")
        span = f"$D${first + 1}:$D${first + len(picture.bars)}"
        left = in_units(sum(picture.rest), measure.scale)
        points.append(
            _Point(
                chart=picture.chart.title,
                item=f"其余{len(picture.rest)}个单位",
                unit=picture.unit,
                now=Formula(f"={rounded(f'{whole}-SUM({span})', measure.scale)}", left),
                places=places,
                charted=False,
            )
        )
    return points


def _part_points(book: Book, picture: Picture, first: int) -> list[_Point]:
    """The parts of a whole with their shares, which stand in the bars' labels too."""
    values = [bar.value for bar in picture.bars]
    places = decimals_needed(values, picture.chart.measures[0].scale)
    span = f"$D${first + 1}:$D${first + len(values)}"
    measures = picture.chart.measures
    points = []
    for at, (bar, measure) in enumerate(zip(picture.bars, measures, strict=True), start=first):
        share: Formula | str = DASH
        label: Formula | str = bar.label
        if bar.share is not None:
            share = share_formula(f"D{at + 1}", f"SUM({span})", bar.share)
            shown = percent(Decimal(str(share.value)))
            label = Formula(
                f'=B{at + 1}&" "&TEXT(F{at + 1},"0.0%")', cell_text(f"{bar.label} {shown}")
            )
        points.append(
            _Point(
                chart=picture.chart.title,
                item=bar.label,
                unit=picture.unit,
                now=measure_formula(book, measure),
                share=share,
                label=label,
                places=places,
            )
        )
    return points


def _channel_points(_book: Book, picture: Picture, _first: int) -> list[_Point]:
    """Counted facts by channel: they stand in no other sheet, so the figures themselves."""
    return [
        _Point(
            chart=picture.chart.title,
            item=bar.label,
            unit=picture.unit,
            now=bar.value,
            label=bar.label,
        )
        for bar in picture.bars
    ]


def _year_points(book: Book, picture: Picture, first: int) -> list[_Point]:
    """The measures that both years have, side by side."""
    return [
        _Point(
            chart=picture.chart.title,
            item=bar.label,
            unit=picture.unit,
            now=measure_formula(book, bar.measure),
            before=in_units(bar.by_year[book.prior.year], bar.scale),
            label=bar.label,
            places=decimals_needed([*bar.by_year.values()], bar.scale),
        )
        for bar in picture.bars
        if bar.measure is not None
    ]


_POINTS: Mapping[ChartKind, Callable[[Book, Picture, int], list[_Point]]] = MappingProxyType(
    {
        "channels": _channel_points,
        "units": _unit_points,
        "parts": _part_points,
        "years": _year_points,
    }
)


def write_chart_data(book: Book, ws: Any) -> None:
    """The figures that the charts on 总览 are drawn from. Not to be sorted, so without filters."""
    points, _ = drawn_charts(book)
    formats = book.formats
    set_page(book, ws, landscape=False)
    headers = ("图", "项目", "计量单位", "本年", "上年", "占比", "图中标注")
    widths = (30, 26, 10, 14, 14, 9, 34)
    note = "总览中各图的数字，随单位明细变动。请不要排序，以免各图取错行。"
    write_heading(book, ws, book.title + "图表数据", note, widths)
    for at, (header, width) in enumerate(zip(headers, widths, strict=True)):
        ws.set_column(at, at, width)
        ws.write_string(LISTING_HEAD, at, header, formats("head"))
    ws.set_row(LISTING_HEAD, 22)
    for row, point in enumerate(points, start=LISTING_HEAD + 1):
        figure: dict[str, object] = {"num_format": number_format("count", point.places)}
        cells: list[tuple[Value, str, dict[str, object]]] = [
            (point.chart, "text", {}),
            (point.item, "text", {}),
            (point.unit, "word", {}),
            (point.now, "figure", figure),
            (point.before, "figure", figure),
            (point.share, "figure", {"num_format": "0.0%"}),
            (point.label, "text", {}),
        ]
        for at, (value, style, more) in enumerate(cells):
            put(ws, row, at, value, formats(style, **more))
        ws.set_row(row, row_height(max(line_count(point.item, 26), line_count(point.chart, 30))))
    ws.freeze_panes(LISTING_HEAD + 1, 2)
    ws.repeat_rows(LISTING_HEAD)


def native_chart(book: Book, drawn: Drawn, width: int, height: int) -> Any:
    """The native chart: bars with their figures on them, so that no axis has to be read.

    ``width`` and ``height`` are the chart's, in pixels.
    """
    years = drawn.chart.kind == "years"
    made = book.workbook.add_chart({"type": "column" if years else "bar"})
    sheet = book.name("图表数据")
    first, last = drawn.first, drawn.first + drawn.points - 1
    series = [(3, f"{book.county.year}年", THEME.series[0])]
    if years:
        # Two shades far apart, so that they differ in print and for the colour-blind.
        series = [(4, f"{book.prior.year}年", THEME.line), *series]
    font = {"name": THEME.font, "size": 9, "color": THEME.ink}
    for column, name, color in series:
        made.add_series(
            {
                "name": name,
                "categories": [sheet, first, 6, last, 6],
                "values": [sheet, first, column, last, column],
                "fill": {"color": color},
                "gap": 60,
                "data_labels": {"value": True, "font": font},
            }
        )
    made.set_title(
        {
            "name": drawn.title,
            "overlay": False,
            "name_font": {
                "name": THEME.heading_font,
                "size": 11,
                "bold": True,
                "color": THEME.ink,
            },
        }
    )
    labels = {"num_font": font, "line": {"color": THEME.line}, "major_tick_mark": "none"}
    hidden = {"visible": False, "major_gridlines": {"visible": False}, "min": 0}
    if years:
        made.set_x_axis(labels)
        made.set_y_axis(hidden)
        made.set_legend({"position": "bottom", "font": font})
    else:
        made.set_x_axis(hidden)
        made.set_y_axis({**labels, "reverse": True})
        # Excel leaves no room of its own for the figures right of the bars.
        left = min(0.45, (drawn.label_width * 6.5 + 18) / width)
        right = min(0.3, (drawn.figure_width * 6.5 + 14) / width)
        top, bottom = 44 / height, 10 / height
        made.set_plotarea(
            {"layout": {"x": left, "y": top, "width": 1 - left - right, "height": 1 - top - bottom}}
        )
        made.set_legend({"none": True})
    made.set_chartarea({"border": {"color": THEME.line}})
    return made
