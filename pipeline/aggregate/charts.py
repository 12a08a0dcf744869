"""What the charts of a county show, whatever draws them: the declared ones, with their figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from pipeline.aggregate.totals import County
from pipeline.aggregate.trends import Year, county_year, trends
from pipeline.model.edition import Chart, Measure
from pipeline.text.figures import format_value

CHARTED_UNITS = 20
"""A chart of the units shows so many of them, the greatest first."""

COMPARED_YEARS = 5
"""A chart of years shows no more than the last so many."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """A bar: what it stands for and its figure, a kept whole number (of its measure, if any).

    ``member`` is the unit's place among the county's members in a chart of units.  ``share`` is
    its part of the whole, where there is a whole; ``by_year`` holds the figures of the years that
    are compared, with those that can be.
    """

    label: str
    value: int
    measure: Measure | None = None
    member: int | None = None
    share: Fraction | None = None
    by_year: Mapping[int, int] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """The figure as it is printed."""
        return self.printed(self.value)

    def printed(self, value: int | None) -> str:
        """A figure of the bar's kind as it is printed; 「—」 where there is none."""
        return "—" if value is None else format_value(value, self.scale)

    @property
    def scale(self) -> int:
        return self.measure.scale if self.measure is not None else 1

    def at(self, year: int) -> int | None:
        return self.by_year.get(year)


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A chart with its bars.

    ``rest`` are the values of the units beyond those shown; ``years`` those that are compared,
    the oldest first.
    """

    chart: Chart
    title: str
    bars: tuple[Bar, ...]
    rest: tuple[int, ...] = ()
    years: tuple[int, ...] = ()

    @property
    def unit(self) -> str:
        return self.chart.unit

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw: no bars, or all of no length."""
        return not any(bar.value or any(bar.by_year.values()) for bar in self.bars)

    @property
    def nothing(self) -> str:
        """What to say instead of a picture that is empty."""
        if not self.bars and self.chart.kind in ("units", "years"):
            return "没有可以比较的数据。"
        return self.chart.nothing

    @property
    def whole(self) -> str:
        """The sum of the bars, as it is printed."""
        return self.bars[0].printed(sum(bar.value for bar in self.bars))

    @property
    def about(self) -> str:
        """The figures in words, for those who can't see the picture."""
        if self.empty:
            return self.nothing
        return "；".join(f"{bar.label} {self._told(bar)}" for bar in self.bars) + "。"

    def _told(self, bar: Bar) -> str:
        if self.years:
            return "，".join(
                f"{year}年 {bar.printed(bar.at(year))}{self.unit}" for year in self.years
            )
        share = f"（{percent(bar.share)}）" if bar.share is not None else ""
        return f"{bar.shown}{self.unit}{share}"


def pictures(county: County, earlier: Sequence[County]) -> tuple[Picture, ...]:
    """Every chart that the edition declares; ``earlier`` is the same county in years before."""
    year, before = county_year(county), [county_year(one) for one in earlier]
    return tuple(
        _units(chart, county) if chart.kind == "units" else _picture(chart, year, before)
        for chart in county.edition.charts
    )


def unit_pictures(year: Year, earlier: Sequence[Year]) -> tuple[Picture, ...]:
    """The declared charts of one unit: all that don't compare units."""
    return tuple(
        _picture(chart, year, earlier) for chart in year.edition.charts if chart.kind != "units"
    )


def _picture(chart: Chart, year: Year, earlier: Sequence[Year]) -> Picture:
    if chart.kind == "channels":
        return _channels(chart, year)
    if chart.kind == "parts":
        return _parts(chart, year)
    return _years(chart, year, earlier)


def this_year(picture: Picture, year: Year) -> Picture:
    """What a chart of years with no year to compare with shows of this year alone."""
    chart = picture.chart
    values = [(measure, measure.value(year.figures)) for measure in chart.measures]
    return Picture(
        chart=chart,
        title=f"{chart.title}（{chart.unit}）",
        bars=tuple(
            Bar(label=measure.label, value=value, measure=measure, by_year={year.year: value})
            for measure, value in values
        ),
        years=(year.year,),
    )


def _units(chart: Chart, county: County) -> Picture:
    """The units by a measure, the greatest first; of one unit there is nothing to compare."""
    measure = chart.measures[0]
    values = [measure.value(figures) for figures in county.by_unit]
    order = sorted(range(len(values)), key=lambda at: -values[at]) if len(values) > 1 else []
    shown, rest = order[:CHARTED_UNITS], order[CHARTED_UNITS:]
    extent = f"，前{CHARTED_UNITS}位，共{len(order)}个单位" if rest else ""
    return Picture(
        chart=chart,
        title=f"{chart.title}（{chart.unit}{extent}）",
        bars=tuple(
            Bar(label=county.members[at].unit, measure=measure, value=values[at], member=at)
            for at in shown
        ),
        rest=tuple(values[at] for at in rest),
    )


def _channels(chart: Chart, year: Year) -> Picture:
    """The counted facts by channel, the most used first."""
    counts: Counter[str] = Counter()
    for fact in year.facts:
        counts[fact.channel] += fact.count
    return Picture(
        chart=chart,
        title=f"{chart.title}（{chart.unit}）",
        bars=tuple(Bar(label=channel, value=count) for channel, count in counts.most_common()),
    )


def _parts(chart: Chart, year: Year) -> Picture:
    """The parts of a whole; no shares where the whole is 0."""
    values = [measure.value(year.figures) for measure in chart.measures]
    whole = sum(values)
    return Picture(
        chart=chart,
        title=f"{chart.title}（{chart.unit}，占比）",
        bars=tuple(
            Bar(
                label=measure.label,
                measure=measure,
                value=value,
                share=Fraction(value, whole) if whole else None,
            )
            for measure, value in zip(chart.measures, values, strict=True)
        ),
    )


def _years(chart: Chart, year: Year, earlier: Sequence[Year]) -> Picture:
    """The measures that this year and another have and count alike, through the last years."""
    shown = [one for one in earlier if year.year - COMPARED_YEARS < one.year < year.year]
    through = {trend.measure.key: trend for trend in trends((*shown, year))}
    bars = []
    for measure in chart.measures:
        points = through[measure.key].comparable
        if len(points) > 1:
            by_year = {point.year: point.value for point in points if point.value is not None}
            value = by_year[year.year]
            bars.append(Bar(label=measure.label, value=value, measure=measure, by_year=by_year))
    first = min((min(bar.by_year) for bar in bars), default=year.year)
    beside = "历年" if year.year - first > 1 else "与上年"
    return Picture(
        chart=chart,
        title=f"{chart.title}{beside}比较（{chart.unit}）",
        bars=tuple(bars),
        years=tuple(range(first, year.year + 1)) if bars else (),
    )


def percent(share: Decimal | Fraction) -> str:
    """A share with one decimal, halves up, as a spreadsheet rounds.

    >>> percent(Fraction(1, 8)), percent(Fraction(-1, 3))
    ('12.5%', '-33.3%')
    """
    exact = Decimal(share.numerator) / share.denominator if isinstance(share, Fraction) else share
    return f"{exact.scaleb(2).quantize(Decimal('0.1'), ROUND_HALF_UP)}%"
