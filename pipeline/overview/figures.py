"""The page's figures: each as it is printed, and what to add up to come to it.

Every figure of the county says which fields it is the sum of; beside it stands, for each unit,
what that unit filled in for the field, in which file and in which cell (:func:`origins`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from pipeline.aggregate.charts import Bar, Picture, percent, pictures
from pipeline.aggregate.comparison import measure_change
from pipeline.aggregate.totals import County
from pipeline.charts.svg import svg
from pipeline.model.edition import Edition, Field, Measure, Table
from pipeline.model.table_grid import Grid, grid
from pipeline.text.figures import format_value

CHART_WIDTH = 460
"""In pixels: half a screen, and on a phone still large enough to read."""

DASH = "—"


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """A figure as it is shown. ``trace`` says what it is the sum of (empty: it can't be traced):
    places in the edition's list of fields, each with its sign, e.g. ``+12-13``; ``member`` is
    the one unit that it is of, by its place in the county, or -1 for all."""

    text: str
    trace: str = ""
    member: int = -1


def shown(value: int, scale: int = 1, signed: bool = False) -> str:
    """A kept whole number as people read it: exact, thousands apart.

    >>> shown(123456), shown(592372449000, 1_000_000), shown(5, signed=True)
    ('123,456', '592,372.449', '+5')
    """
    whole, point, rest = format_value(value, scale, signed).partition(".")
    digits = whole.lstrip("+-")
    grouped = f"{int(digits):,}"
    return f"{whole[: len(whole) - len(digits)]}{grouped}{point}{rest}"


def field_text(field: Field, value: int) -> str:
    """A field's figure; an amount whose table prints no unit says its own."""
    text = shown(value, field.scale, field.kind == "signed")
    return f"{text}万元" if field.kind == "money_text" else text


def traced(measure: Measure, order: Mapping[str, int]) -> str:
    """What a measure is the sum of; empty where a field counts more than once."""
    if any(abs(term.coefficient) != 1 for term in measure.terms):
        return ""
    return "".join(f"{'-' if t.coefficient < 0 else '+'}{order[t.field]}" for t in measure.terms)


def field_order(edition: Edition) -> dict[str, int]:
    """The place of each field in the edition's list of them."""
    return {field.key: at for at, field in enumerate(edition.fields)}


# ----------------------------------------------------------------------------- the key figures


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyFigure:
    """A figure that the edition names, with last year's in words; empty where there is none."""

    label: str
    unit: str
    figure: Figure
    before: str
    change: str


def key_figures(county: County, prior: County | None) -> tuple[KeyFigure, ...]:
    """The edition's measures, and how they changed where both years count alike."""
    order, sums = field_order(county.edition), county.sums
    then = prior.sums if prior is not None else {}
    found = []
    for measure in county.edition.measures:
        value = measure.value(sums)
        before = change = ""
        if prior is not None:
            told = measure_change(measure, county.edition, prior.edition, then)
            if told.before is None or told.why:
                change = told.why
            else:
                before = shown(told.before, measure.scale)
                change = _change(value, told.before, measure.scale)
        text = shown(value, measure.scale)
        found.append(
            KeyFigure(
                label=measure.label,
                unit=measure.unit,
                figure=Figure(text=text, trace=traced(measure, order)),
                before=before,
                change=change,
            )
        )
    return tuple(found)


def _change(now: int, before: int, scale: int) -> str:
    """The difference in words, and in per cent where last year's is not 0."""
    if now == before:
        return "持平"
    word = "增" if now > before else "减"
    share = f"（{percent(Fraction(abs(now - before), before))}）" if before else ""
    return f"{word} {shown(abs(now - before), scale)}{share}"


# -------------------------------------------------------------------------- the national tables


@dataclass(frozen=True, kw_only=True, slots=True)
class PrintedCell:
    """A cell of a national table: its label or its figure, and how far it spans."""

    text: str
    style: str
    rowspan: int
    colspan: int
    figure: Figure | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PrintedTable:
    """A national table; ``widths`` are its columns' in per cent."""

    key: str
    caption: str
    widths: tuple[str, ...]
    head: tuple[tuple[PrintedCell, ...], ...]
    body: tuple[tuple[PrintedCell, ...], ...]


def printed_tables(edition: Edition, figure: str) -> tuple[PrintedTable, ...]:
    """The edition's national tables as they are printed, ``figure`` standing for every figure."""
    order = field_order(edition)
    return tuple(_printed(table, order, figure) for table in edition.tables)


def _printed(table: Table, order: Mapping[str, int], figure: str) -> PrintedTable:
    drawn: Grid = grid(table)
    rows = [
        tuple(
            PrintedCell(
                text=cell.text,
                style=cell.role,
                rowspan=cell.rowspan,
                colspan=cell.colspan,
                figure=Figure(text=figure, trace=f"+{order[cell.field.key]}")
                if cell.field is not None
                else None,
            )
            for cell in row
        )
        for row in drawn.by_row()
    ]
    return PrintedTable(
        key=table.key,
        caption=table.caption,
        widths=tuple(f"{100 * width / sum(drawn.widths):.1f}" for width in drawn.widths),
        head=tuple(rows[: drawn.head]),
        body=tuple(rows[drawn.head :]),
    )


def printed_figures(county: County) -> list[str]:
    """The county's figures as they are printed, in the order that the tables are read in."""
    sums = county.sums
    return [
        field_text(cell.field, sums[cell.field.key])
        for table in county.edition.tables
        for row in grid(table).by_row()
        for cell in row
        if cell.field is not None
    ]


# ---------------------------------------------------------------------------------- the charts


@dataclass(frozen=True, kw_only=True, slots=True)
class ChartLine:
    """A bar's figures in words: this year's, those of earlier years, its share of the whole."""

    label: str
    figure: Figure
    earlier: tuple[str, ...]
    share: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownChart:
    """A chart, drawn, and its figures in a table; ``rest`` tells what the drawing leaves out."""

    key: str
    title: str
    drawing: Markup
    earlier: tuple[int, ...]
    shares: bool
    lines: tuple[ChartLine, ...]
    rest: str


def shown_charts(county: County, earlier: Sequence[County]) -> tuple[ShownChart, ...]:
    """The declared charts that have bars; one of the years only where there are two."""
    order = field_order(county.edition)
    return tuple(_chart(picture, order) for picture in pictures(county, earlier) if picture.bars)


def _chart(picture: Picture, order: Mapping[str, int]) -> ShownChart:
    earlier = picture.years[:-1]
    rest = ""
    if picture.rest:
        left = _bar_text(picture.bars[0], sum(picture.rest))
        rest = f"其余 {len(picture.rest)} 个单位合计 {left} {picture.unit}。"
    return ShownChart(
        key=picture.chart.key,
        title=picture.title,
        # The drawing escapes what it is given.
        drawing=Markup(svg(picture, width=CHART_WIDTH)),
        earlier=earlier,
        shares=any(bar.share is not None for bar in picture.bars),
        lines=tuple(_chart_line(bar, earlier, order) for bar in picture.bars),
        rest=rest,
    )


def _bar_text(bar: Bar, value: int) -> str:
    """A figure of the kind that a bar shows."""
    return shown(value, bar.scale)


def _chart_line(bar: Bar, earlier: Sequence[int], order: Mapping[str, int]) -> ChartLine:
    return ChartLine(
        label=bar.label,
        figure=Figure(
            text=_bar_text(bar, bar.value),
            trace=traced(bar.measure, order) if bar.measure is not None else "",
            member=bar.member if bar.member is not None else -1,
        ),
        earlier=tuple(
            DASH if (value := bar.at(year)) is None else _bar_text(bar, value) for year in earlier
        ),
        share=percent(bar.share) if bar.share is not None else "",
    )


# ------------------------------------------------------------------------------- where from


def origins(county: County, links: Sequence[str]) -> dict[str, Any]:
    """For each unit what it filled in and where, as data for the page's script.

    ``links`` lead to the units' workbooks, in the order of the county's members.  Most units
    fill the same form, so the cells are told once for all units that have them alike.
    """
    keys = [field.key for field in county.edition.fields]
    layouts: dict[tuple[str, ...], int] = {}
    units = []
    for member, link in zip(county.members, links, strict=True):
        found = map(member.places.get, keys)
        cells = tuple([f"{p.sheet}!{p.cell}" if p is not None else "" for p in found])
        layout = layouts.setdefault(cells, len(layouts))
        units.append([member.unit, member.source, link, layout, member.values])
    fields = _told_fields(county.edition)
    return {"fields": fields, "layouts": list(layouts), "units": units}


@lru_cache(maxsize=16)
def _told_fields(edition: Edition) -> list[tuple[str, str, int, bool]]:
    """Each field's name, what it is counted in, its scale, and whether its sign is shown."""
    sheets = {table.key: table.sheet for table in edition.tables}
    return [
        (f"{sheets[f.table]}·{f.name}", f.unit, f.scale, f.kind == "signed") for f in edition.fields
    ]
