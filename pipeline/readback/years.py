"""Proof of what a county's summary workbook says of other years: 同比, 单位同比 and 趋势.

The sums of every year are made anew; which figures of two years may be set against each other is
decided by :mod:`pipeline.aggregate.comparison`, as for what wrote them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from pipeline.aggregate.comparison import Change, field_change, measure_change
from pipeline.aggregate.totals import County
from pipeline.aggregate.trends import Year, trends
from pipeline.books.cells import cell_text
from pipeline.model.edition import Edition
from pipeline.readback.cells import Cells, compared, listing
from pipeline.readback.totals import recompute_totals
from pipeline.summary.trends import TRENDS
from pipeline.summary.years import UNIT_YEARS, YEARS
from pipeline.text.labels import normalise
from pipeline.text.wording import quoted

RATE = 1_000_000
"""A share is given in millionths."""


def year_faults(
    sheets: Mapping[str, Cells], county: County, earlier: Sequence[County]
) -> Iterator[str]:
    """What the sheets, by name, say of the years before otherwise than the data."""
    measures = county.edition.measures
    for prior in earlier:
        if prior.year == county.year - 1:
            yield from _county_years(listing(sheets, _heads(YEARS)), county, prior)
            if measures:
                yield from _unit_years(listing(sheets, _heads(UNIT_YEARS)), county, prior)
    if earlier and measures:
        yield from _trends(listing(sheets, _heads(TRENDS)), [*earlier, county])


def _heads(columns: Sequence[Any]) -> list[str]:
    return [column.header for column in columns]


def _county_years(cells: Cells | None, county: County, prior: County) -> Iterator[str]:
    """The county's figures beside those of the year before, and by how much they differ."""
    now, before = recompute_totals(county), recompute_totals(prior)
    only_then = [figure for figure in prior.edition.fields if figure.key not in now]
    fields = [(county.edition, figure) for figure in county.edition.fields]
    fields += [(prior.edition, figure) for figure in only_then]
    if cells is None or len(cells) != len(fields):
        yield _incomplete("同比", cells)
        return
    for line, (edition, figure) in zip(cells, fields, strict=True):
        where = f"同比{quoted(figure.name)}"
        sheet = _sheet(edition, figure.table)
        if line[0] != sheet:
            yield f"{where}一行是{quoted(line[0])}。"
        kept = now.get(figure.key)
        change = field_change(figure, prior.edition, before)
        share = figure.kind != "signed"
        yield from _beside(where, line[len(YEARS) :], kept, change, figure.scale, share=share)


def _sheet(edition: Edition, table: str) -> str:
    return edition.table(table).sheet


def _unit_years(cells: Cells | None, county: County, prior: County) -> Iterator[str]:
    """The key figures of every unit, of this year or the last, beside those of the year before."""
    now, before = _by_unit(county), _by_unit(prior)
    measures = county.edition.measures
    wanted = [(unit, measure) for unit in {**now, **before} for measure in measures]
    if cells is None or len(cells) != len(wanted):
        yield _incomplete("单位同比", cells)
        return
    for line, (unit, measure) in zip(cells, wanted, strict=True):
        name, figures = now.get(unit) or before[unit]
        where = f"单位同比{quoted(name)}{quoted(measure.label)}"
        if list(line[:2]) != [cell_text(name), measure.label]:
            yield f"{where}一行是{quoted(line[0])}{quoted(line[1])}。"
        kept = measure.value(figures) if unit in now else None
        change = Change(None)
        if unit in before:
            change = measure_change(measure, county.edition, prior.edition, before[unit][1])
        yield from _beside(where, line[len(UNIT_YEARS) :], kept, change, measure.scale)


def _by_unit(county: County) -> dict[str, tuple[str, dict[str, int]]]:
    """Each unit's name as it writes it and its figures, by its name as it is compared."""
    keys = county.edition.by_key
    return {
        normalise(member.unit): (
            member.unit,
            {key: value or 0 for key, value in zip(keys, member.values, strict=True)},
        )
        for member in county.members
    }


def _beside(
    where: str,
    cells: Sequence[Any],
    now: int | None,
    change: Change,
    scale: int,
    *,
    share: bool = True,
) -> Iterator[str]:
    """What four cells say otherwise: this year's figure, last year's, the difference, its share."""
    gap = rate = None
    if now is not None and change.before is not None and not change.why:
        gap = now - change.before
        if share and change.before:
            exact = Decimal(gap * RATE) / change.before
            rate = int(exact.to_integral_value(ROUND_HALF_UP))
    expected = (
        ("", now, scale),
        ("（上年）", change.before, scale),
        ("（增减）", gap, scale),
        ("（增减%）", rate, RATE),
    )
    for raw, (which, value, unit) in zip(cells, expected, strict=False):
        yield from compared(where + which, raw, value, unit)


def _trends(cells: Cells | None, counties: Sequence[County]) -> Iterator[str]:
    """The key figures through the years."""
    years = [
        Year(year=one.year, edition=one.edition, figures=recompute_totals(one)) for one in counties
    ]
    wanted = [(trend.measure, point) for trend in trends(years) for point in trend.points]
    if cells is None or len(cells) != len(wanted):
        yield _incomplete("趋势", cells)
        return
    for line, (measure, point) in zip(cells, wanted, strict=True):
        where = f"趋势{quoted(measure.label)}{point.year}年"
        if list(line[:2]) != [measure.label, f"{point.year}年"]:
            yield f"{where}一行是{quoted(line[0])}{quoted(line[1])}。"
        yield from compared(where, line[3], point.value, measure.scale)


def _incomplete(sheet: str, cells: Cells | None) -> str:
    return f"找不到{sheet}。" if cells is None else f"{sheet}的行数不对。"
