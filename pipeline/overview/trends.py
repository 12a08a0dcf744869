"""The page's 历年变化: the key figures of every year there is, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.aggregate.comparison import NO_COUNTERPART
from pipeline.aggregate.totals import County
from pipeline.aggregate.trends import NO_YEAR, Point, Trend, county_year, trends
from pipeline.overview.county import Listing
from pipeline.text.figures import format_value

FEWEST = 3
"""Of so many years there is a table; two stand beside each other in 主要数字 already."""


def trend_listings(county: County, earlier: Sequence[County]) -> tuple[Listing, ...]:
    """A table of the measures by year, if there are years enough."""
    years = [*map(county_year, earlier), county_year(county)]
    through = trends(years)
    if len(years) < FEWEST or not through:
        return ()
    counts = "，".join(f"{one.year}年 {one.units} 个" for one in years)
    return (
        Listing(
            key="trends",
            heading="历年变化",
            note=f"报送单位：{counts}。带括号的与{county.year}年度口径不同，不能直接比较。",
            columns=("项目", "计量单位", *(f"{point.year}年" for point in through[0].points)),
            rows=tuple(
                (
                    trend.measure.label,
                    trend.measure.unit,
                    *(_told(trend, at) for at in trend.points),
                )
                for trend in through
            ),
        ),
    )


def _told(trend: Trend, point: Point) -> str:
    """A figure; in brackets one that counts something else, and words where there is none."""
    if point.value is None:
        return "无数据" if point.why == NO_YEAR else NO_COUNTERPART
    figure = format_value(point.value, trend.measure.scale)
    return f"（{figure}）" if point.why else figure
