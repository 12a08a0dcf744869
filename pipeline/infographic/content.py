"""What the 图解 of a report says: its large figures, the others, and its pictures.

The 图解 is the illustrated page that an office publishes beside the report.  It shows what the
edition declares: the headlines among the key figures, and the charts that don't name units.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.aggregate.charts import Picture, this_year, unit_pictures
from pipeline.aggregate.totals import County
from pipeline.aggregate.trends import Year, county_year, unit_year
from pipeline.model.edition import Edition, Measure, unnumbered
from pipeline.model.submission import Submission
from pipeline.text.figures import format_value


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """A figure as it is printed, with its name and its unit (件, 条, 万元)."""

    label: str
    value: str
    unit: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Infographic:
    """One page: of whom and which year, its figures and its pictures, as declared.

    ``draft`` says what the figures lack; empty when nothing.  ``scope`` says of how many units
    they are the sum, empty for a unit's own: the prose of the report may tell other figures.
    """

    unit: str
    year: int
    title: str
    document: str
    headlines: tuple[Figure, ...]
    others: tuple[Figure, ...]
    pictures: tuple[Picture, ...]
    draft: str = ""
    scope: str = ""

    @property
    def period(self) -> str:
        """What the statutory period of the figures is, and of whom they are the sum."""
        period = f"统计期限：{self.year}年1月1日至12月31日"
        return f"{period}　{self.scope}" if self.scope else period

    @property
    def source(self) -> str:
        """Where the figures come from."""
        return f"数据来源：《{self.title}》，格式依据{self.document}"

    @property
    def about(self) -> str:
        """All of it in words, for those who can't see the page."""
        large = "，".join(f"{one.label}{one.value}{one.unit}" for one in self.headlines)
        told = (f"{picture.title}：{picture.about}" for picture in self.pictures)
        return f"{large}。{''.join(told)}"


def unit_infographic(
    submission: Submission, edition: Edition, earlier: Iterable[Year], draft: str = ""
) -> Infographic:
    """The 图解 of an accepted unit; of ``earlier``, in any order, its years before count."""
    title = submission.identity.get("title", "")
    return _infographic(
        submission.unit, unit_year(submission, edition), list(earlier), title, draft
    )


def county_infographic(county: County, earlier: Iterable[County], draft: str = "") -> Infographic:
    """The 图解 of a county's sums."""
    title = county.own.identity.get("title", "") if county.own is not None else ""
    before = [county_year(one) for one in earlier]
    scope = f"各数均为{county.name} {county.reporting} 个单位的合计"
    return replace(
        _infographic(county.name, county_year(county), before, title, draft), scope=scope
    )


def _infographic(
    unit: str, year: Year, earlier: Sequence[Year], title: str, draft: str
) -> Infographic:
    edition = year.edition
    pictures = tuple(_pictures(year, earlier))
    counted = [_facts(one) for one in pictures if one.chart.kind == "channels"]
    return Infographic(
        unit=unit,
        year=year.year,
        title=title or edition.title.format(unit=unit, year=year.year),
        document=edition.document,
        headlines=(*counted, *(_figure(measure, year) for measure in edition.headlines)),
        others=tuple(
            _figure(measure, year)
            for measure in edition.measures
            if measure not in edition.headlines
        ),
        pictures=pictures,
        draft=draft,
    )


def _pictures(year: Year, earlier: Sequence[Year]) -> Iterator[Picture]:
    """The declared pictures; without counted facts nothing is known of the channels."""
    for picture in unit_pictures(year, earlier):
        if picture.bars:
            named = zip(picture.bars, _plain([bar.label for bar in picture.bars]), strict=True)
            yield replace(picture, bars=tuple(replace(bar, label=label) for bar, label in named))
        elif picture.chart.kind == "years":
            yield this_year(picture, year)


def _plain(labels: Sequence[str]) -> Sequence[str]:
    """Labels for everybody: without the table's numbering, and without what tells a label from
    one like it elsewhere in the table, where that isn't here.

    >>> _plain(["（一）予以公开", "法人或其他组织—其他"])
    ['予以公开', '其他']
    """
    short = [unnumbered(label).rsplit("—", 1)[-1] for label in labels]
    return short if len(set(short)) == len(short) else labels


def _facts(picture: Picture) -> Figure:
    """All that was counted on the channels."""
    return Figure(label="主动公开信息", value=picture.whole, unit=picture.unit)


def _figure(measure: Measure, year: Year) -> Figure:
    value = format_value(measure.value(year.figures), measure.scale)
    return Figure(label=measure.label, value=value, unit=measure.unit)
