"""The summary workbook's 趋势: every key figure through all the years there are, with charts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.aggregate.trends import Point, Trend, county_year, trends
from pipeline.books.cells import Value, cell_text
from pipeline.books.theme import THEME
from pipeline.model.edition import Measure
from pipeline.summary.book import LISTING_HEAD, Book, Column
from pipeline.summary.formats import decimals_needed, number_format
from pipeline.summary.formulas import in_units, measure_formula
from pipeline.summary.listing import write_listing
from pipeline.text.figures import format_value

TRENDS = (
    Column(header="项目", width=28),
    Column(header="年度", width=8, style="word"),
    Column(header="计量单位", width=10, style="word"),
    Column(header="数字", width=16, style="figure"),
    Column(header="备注", width=40),
)
"""The columns of 趋势."""

_FIGURE = 3
_CHART = {"width": 400, "height": 210}
_GAP = 12
_ONE_PAGE = 60
"""So many lines go on one page, with the charts beside them."""
_COLUMNS_SHOWN = 3
"""So many years are drawn as columns; more of them as a line."""


def write_trends(book: Book, ws: Any) -> None:
    """A line for each key figure and year, this year's a live formula, and a chart of each."""
    years = [*map(county_year, book.content.earlier), county_year(book.county)]
    through = trends(years)
    rows: list[Sequence[Value]] = []
    styles: dict[tuple[int, int], Mapping[str, object]] = {}
    for trend in through:
        places = decimals_needed([point.value or 0 for point in trend.points], trend.measure.scale)
        for point in trend.points:
            styles[len(rows), _FIGURE] = {"num_format": number_format("count", places)}
            rows.append(_line(book, trend.measure, point))
    counts = "，".join(f"{one.year}年 {one.units} 个" for one in years)
    write_listing(
        book,
        ws,
        table="趋势表",
        title=f"{book.county.name}{years[0].year}至{book.county.year}年度主要数字",
        note=f"报送单位数：{counts}；单位范围不同时，增减含范围变化的影响。右边各图取自本表，"
        "可以筛选，请不要排序，以免各图取错行。没有数字的年度空着，原因见备注。",
        columns=TRENDS,
        rows=rows,
        styles=styles,
        frozen=2,
    )
    if len(rows) <= _ONE_PAGE:
        ws.fit_to_pages(1, 1)
    _charts(book, ws, list(_drawn(through)))


def _line(book: Book, measure: Measure, point: Point) -> Sequence[Value]:
    """An empty figure rather than a dash: a chart draws words as 0."""
    figure: Value = "" if point.value is None else in_units(point.value, measure.scale)
    if point.year == book.county.year and measure in book.edition.measures:
        figure = measure_formula(book, measure)
    return measure.label, f"{point.year}年", measure.unit, figure, point.why


def _other_scope(point: Point) -> bool:
    """Whether there is a figure that counts something else."""
    return point.value is not None and bool(point.why)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Drawn:
    """A trend's points that may be drawn, and the row of the first in the table."""

    trend: Trend
    first: int
    points: Sequence[Point]


def _drawn(through: Sequence[Trend]) -> Iterator[_Drawn]:
    """The trends with two or more comparable years, something other than 0 among them.

    A chart begins after the last year that counted something else.
    """
    row = LISTING_HEAD + 1
    for trend in through:
        points = trend.points
        begin = max((at for at, one in enumerate(points, 1) if _other_scope(one)), default=0)
        known = [at for at, one in enumerate(points) if at >= begin and one.comparable]
        if len(known) > 1 and any(points[at].value for at in known):
            first, last = known[0], known[-1]
            yield _Drawn(trend=trend, first=row + first, points=points[first : last + 1])
        row += len(points)


def _charts(book: Book, ws: Any, drawn: Sequence[_Drawn]) -> None:
    """Two abreast, right of the table; they stay as they are when rows are filtered away."""
    left = len(TRENDS) + 1
    for at, one in enumerate(drawn):
        down, across = divmod(at, 2)
        made = _chart(book, ws.get_name(), one)
        made.set_size(_CHART)
        ws.insert_chart(
            LISTING_HEAD,
            left,
            made,
            {
                "x_offset": across * (_CHART["width"] + _GAP),
                "y_offset": down * (_CHART["height"] + _GAP),
                "object_position": 3,
                "description": cell_text(_about(one)),
            },
        )


def _about(one: _Drawn) -> str:
    measure = one.trend.measure
    told = (
        f"{point.year}年 {format_value(point.value, measure.scale)}{measure.unit}"
        for point in one.points
        if point.value is not None
    )
    return f"{measure.label}：{'，'.join(told)}"


def _chart(book: Book, sheet: str, one: _Drawn) -> Any:
    line = len(one.points) > _COLUMNS_SHOWN
    made = book.workbook.add_chart({"type": "line" if line else "column"})
    font = {"name": THEME.font, "size": 9, "color": THEME.ink}
    colour = THEME.series[0]
    last = one.first + len(one.points) - 1
    series: dict[str, object] = {
        "name": one.trend.measure.label,
        "categories": [sheet, one.first, 1, last, 1],
        "values": [sheet, one.first, _FIGURE, last, _FIGURE],
        "data_labels": {
            "value": True,
            "font": font,
            "position": "above" if line else "outside_end",
        },
    }
    if line:
        point = {"type": "circle", "size": 6}
        fill = {"fill": {"color": colour}, "border": {"color": colour}}
        series |= {"line": {"color": colour, "width": 2.25}, "marker": {**point, **fill}}
    else:
        series |= {"fill": {"color": colour}, "gap": 120}
    made.add_series(series)
    made.set_title(
        {
            "name": f"{one.trend.measure.label}（{one.trend.measure.unit}）",
            "overlay": False,
            "name_font": {
                "name": THEME.heading_font,
                "size": 11,
                "bold": True,
                "color": THEME.ink,
            },
        }
    )
    made.set_x_axis({"num_font": font, "line": {"color": THEME.line}, "major_tick_mark": "none"})
    made.set_y_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
    made.set_legend({"none": True})
    made.set_chartarea({"border": {"color": THEME.line}})
    return made
