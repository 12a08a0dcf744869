"""The summary workbook's charts: which of those declared have something to show, and from what."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from pipeline.edition import Chart
from pipeline.summary_book import (
    DASH,
    LISTING_HEAD,
    Book,
    Formula,
    Value,
    cell_text,
    decimals_needed,
    figures_by_unit,
    in_units,
    line_count,
    measure_formula,
    number_format,
    put,
    rounded,
    row_height,
    set_page,
    share_formula,
    text_width,
    unit_formula,
    write_heading,
)
from pipeline.summary_years import measure_change
from pipeline.theme import THEME

CHARTED_UNITS = 20
"""A chart of the units shows so many of them, the greatest first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Point:
    """A line of 图表数据: a bar and its figure."""

    chart: str
    item: str
    unit: str
    now: Formula
    label: Formula | str = ""
    before: Value = DASH
    share: Value = DASH
    places: int = 0
    charted: bool = True

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
    for chart in book.edition.charts:
        first = LISTING_HEAD + 1 + len(points)
        if chart.kind == "units":
            found, title = _unit_points(book, chart, first)
        elif chart.kind == "parts":
            found, title = _part_points(book, chart, first)
        else:
            found, title = _year_points(book, chart)
        charted = [point for point in found if point.charted]
        about = "；".join(f"{p.item} {p.now.value:,}{p.unit}" for p in charted)
        any_shown = any(p.now.value or p.before not in (0, DASH) for p in charted)
        points += found
        drawn.append(
            Drawn(
                chart=chart,
                title=title,
                first=first,
                points=len(charted) if any_shown else 0,
                about=cell_text(f"{title}。{about}"),
                label_width=max((text_width(p.shown_label) for p in charted), default=0),
                figure_width=max((len(f"{p.now.value:,.{p.places}f}") for p in charted), default=0),
            )
        )
    return points, drawn


def _unit_points(book: Book, chart: Chart, first: int) -> tuple[list[_Point], str]:
    """The units by a measure, the greatest first; beyond what a chart can show, the rest."""
    measure = chart.measures[0]
    values = [measure.value(figures) for figures in figures_by_unit(book.county)]
    order = sorted(range(len(values)), key=lambda at: -values[at])
    title = f"{chart.title}（{measure.unit}）"
    if len(order) < 2:
        return [], title
    places = decimals_needed(values, measure.scale)
    points = [
        _Point(
            chart=chart.title,
            item=book.county.members[at].unit,
            unit=measure.unit,
            now=unit_formula(book, measure, f"$B{first + 1 + place}", values[at]),
            label=book.county.members[at].unit,
            places=places,
        )
        for place, at in enumerate(order[:CHARTED_UNITS])
    ]
    rest = order[CHARTED_UNITS:]
    if rest:
        title = f"{chart.title}（{measure.unit}，前{CHARTED_UNITS}位，共{len(order)}个单位）"
        whole = measure_formula(book, measure).text.removeprefix("=")
        span = f"$D${first + 1}:$D${first + CHARTED_UNITS}"
        left = in_units(sum(values[at] for at in rest), measure.scale)
        points.append(
            _Point(
                chart=chart.title,
                item=f"其余{len(rest)}个单位",
                unit=measure.unit,
                now=Formula(f"={rounded(f'{whole}-SUM({span})', measure.scale)}", left),
                places=places,
                charted=False,
            )
        )
    return points, title


def _part_points(book: Book, chart: Chart, first: int) -> tuple[list[_Point], str]:
    """The parts of a whole with their shares, which stand in the bars' labels too."""
    values = [measure.value(book.total) for measure in chart.measures]
    unit = chart.measures[0].unit
    scale = chart.measures[0].scale
    places = decimals_needed(values, scale)
    whole = sum(values)
    span = f"$D${first + 1}:$D${first + len(values)}"
    points = []
    for at, (measure, value) in enumerate(zip(chart.measures, values, strict=True), start=first):
        share: Formula | str = DASH
        label: Formula | str = measure.label
        if whole:
            share = share_formula(f"D{at + 1}", f"SUM({span})", Fraction(value, whole))
            shown = _percent(share.value)
            label = Formula(
                f'=B{at + 1}&" "&TEXT(F{at + 1},"0.0%")', cell_text(f"{measure.label} {shown}")
            )
        points.append(
            _Point(
                chart=chart.title,
                item=measure.label,
                unit=unit,
                now=measure_formula(book, measure),
                share=share,
                label=label,
                places=places,
            )
        )
    return points, f"{chart.title}（{unit}，占比）"


def _percent(share: float | str) -> str:
    """A share of so many millionths with one decimal, halves up, as a spreadsheet rounds."""
    tenths = Decimal(str(share)).scaleb(2).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{tenths}%"


def _year_points(book: Book, chart: Chart) -> tuple[list[_Point], str]:
    """The measures that both years have, side by side."""
    title = f"{chart.title}（{chart.measures[0].unit}）"
    if book.content.prior is None:
        return [], title
    points = []
    for measure in chart.measures:
        change = measure_change(book, measure, book.prior_total)
        if change.before is None or change.why:
            continue
        value = measure.value(book.total)
        points.append(
            _Point(
                chart=chart.title,
                item=measure.label,
                unit=measure.unit,
                now=measure_formula(book, measure),
                before=in_units(change.before, measure.scale),
                label=measure.label,
                places=decimals_needed([value, change.before], measure.scale),
            )
        )
    return points, title


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
