"""What the charts of a county show, whatever draws them: the declared ones, with their figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from pipeline.aggregate import County
from pipeline.comparing import measure_change
from pipeline.edition import Chart, Measure, printed

CHARTED_UNITS = 20
"""A chart of the units shows so many of them, the greatest first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """A bar: what it stands for and its figure, a kept whole number.

    ``member`` is the unit's place among the county's members in a chart of units.  ``share`` is
    its part of the whole, where there is a whole; ``by_year`` holds the figures of the years that
    are compared, with those that can be.
    """

    label: str
    measure: Measure
    value: int
    member: int | None = None
    share: Fraction | None = None
    by_year: Mapping[int, int] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """The figure as it is printed."""
        return self.printed(self.value)

    def printed(self, value: int | None) -> str:
        """A figure of the bar's kind as it is printed; 「—」 where there is none."""
        return "—" if value is None else printed(value, self.measure.scale)

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
    unit: str
    bars: tuple[Bar, ...]
    rest: tuple[int, ...] = ()
    years: tuple[int, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw: no bars, or all of no length."""
        return not any(bar.value or any(bar.by_year.values()) for bar in self.bars)

    @property
    def nothing(self) -> str:
        """What to say instead of a picture that is empty."""
        if not self.bars:
            return "没有可以比较的数据。"
        return "各项均为 0。"

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


def pictures(county: County, prior: County | None) -> tuple[Picture, ...]:
    """Every chart that the edition declares.  ``prior`` is the same county a year before."""
    return tuple(_picture(chart, county, prior) for chart in county.edition.charts)


def _picture(chart: Chart, county: County, prior: County | None) -> Picture:
    if chart.kind == "units":
        return _units(chart, county)
    if chart.kind == "parts":
        return _parts(chart, county)
    return _years(chart, county, prior)


def _units(chart: Chart, county: County) -> Picture:
    """The units by a measure, the greatest first; of one unit there is nothing to compare."""
    measure = chart.measures[0]
    values = [measure.value(figures) for figures in county.by_unit]
    order = sorted(range(len(values)), key=lambda at: -values[at]) if len(values) > 1 else []
    shown, rest = order[:CHARTED_UNITS], order[CHARTED_UNITS:]
    extent = f"，前{CHARTED_UNITS}位，共{len(order)}个单位" if rest else ""
    return Picture(
        chart=chart,
        title=f"{chart.title}（{measure.unit}{extent}）",
        unit=measure.unit,
        bars=tuple(
            Bar(label=county.members[at].unit, measure=measure, value=values[at], member=at)
            for at in shown
        ),
        rest=tuple(values[at] for at in rest),
    )


def _parts(chart: Chart, county: County) -> Picture:
    """The parts of a whole; no shares where the whole is 0."""
    sums = county.sums
    values = [measure.value(sums) for measure in chart.measures]
    whole = sum(values)
    unit = chart.measures[0].unit
    return Picture(
        chart=chart,
        title=f"{chart.title}（{unit}，占比）",
        unit=unit,
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


def _years(chart: Chart, county: County, prior: County | None) -> Picture:
    """The measures that both years have and count alike."""
    bars: Sequence[Bar] = ()
    if prior is not None:
        now, before = county.sums, prior.sums
        changes = [
            (measure, measure_change(measure, county.edition, prior.edition, before))
            for measure in chart.measures
        ]
        bars = [
            Bar(
                label=measure.label,
                measure=measure,
                value=measure.value(now),
                by_year={prior.year: change.before, county.year: measure.value(now)},
            )
            for measure, change in changes
            if change.before is not None and not change.why
        ]
    unit = chart.measures[0].unit
    return Picture(
        chart=chart,
        title=f"{chart.title}（{unit}）",
        unit=unit,
        bars=tuple(bars),
        years=(prior.year, county.year) if prior is not None else (),
    )


def percent(share: Decimal | Fraction) -> str:
    """A share with one decimal, halves up, as a spreadsheet rounds.

    >>> percent(Fraction(1, 8)), percent(Fraction(-1, 3))
    ('12.5%', '-33.3%')
    """
    exact = Decimal(share.numerator) / share.denominator if isinstance(share, Fraction) else share
    return f"{exact.scaleb(2).quantize(Decimal('0.1'), ROUND_HALF_UP)}%"
