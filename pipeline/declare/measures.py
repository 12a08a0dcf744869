"""The key figures and charts of a declaration, from expressions over the keys of rows and columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, cast

import msgspec

from pipeline.declare.expressions import (
    Named,
    Part,
    axes,
    check_leaves,
    joined,
    leaves_of,
    parse_expression,
)
from pipeline.declare.rules import term
from pipeline.model.declared import DeclarationError, Declared, check_names
from pipeline.model.edition import Chart, ChartKind, LabelPath, Measure, Node, Table, field_key

Names = Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]


class MeasureShape(Declared):
    """A sum of figures: those where the named rows and columns of a table meet."""

    label: str
    table: str
    rows: str = ""
    columns: str = ""
    names: tuple[str, ...] = ()


class ChartShape(Declared, tag_field="kind"):
    """What every chart says; the rest is by its kind."""

    title: str
    name: str = ""
    nothing: str = ""

    def __post_init__(self) -> None:
        if not (self.name or self.title).isidentifier():
            raise DeclarationError("name", "needed, of letters, for a template to call it by")


class ChannelsChart(ChartShape, kw_only=True, tag="channels"):
    unit: str


class UnitsChart(ChartShape, kw_only=True, tag="units"):
    measures: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=1)]


class YearsChart(ChartShape, kw_only=True, tag="years"):
    measures: Names


class PartsChart(ChartShape, kw_only=True, tag="parts"):
    """``rows`` or ``columns`` is a list, of which each name is a part."""

    table: str
    rows: str | Names = ""
    columns: str | Names = ""

    def __post_init__(self) -> None:
        ChartShape.__post_init__(self)
        if isinstance(self.rows, str) == isinstance(self.columns, str):
            raise DeclarationError("rows", "either these or the columns must be a list")


AnyChart = ChannelsChart | UnitsChart | YearsChart | PartsChart


def make_measure(
    above: str, shape: MeasureShape, tables: Mapping[str, Table], key: str = ""
) -> Measure:
    """The sum that stands at a dotted key, known as ``key`` or by the last name of that.

    Raises:
        DeclarationError: it names what isn't there, or adds up what is counted apart.
    """
    check_names(f"{above}.table", [shape.table], tables)
    table = tables[shape.table]
    rows = parse_expression(f"{above}.rows", shape.rows)
    columns = parse_expression(f"{above}.columns", shape.columns)
    _check_named(f"{above}.rows", rows, joined(block.rows for block in axes(table)))
    _check_named(f"{above}.columns", columns, joined(block.columns for block in axes(table)))
    crossings = [
        [
            (row_sign * column_sign, field_key(table.key, row, column))
            for row_sign, row in _signed(rows, block.rows)
            for column_sign, column in _signed(columns, block.columns)
        ]
        for block in axes(table)
    ]
    found = [crossing for crossing in crossings if crossing]
    if len(found) != 1:
        fault = f"{shape.rows!r} × {shape.columns!r} is in {len(found)} blocks of {table.key}"
        raise DeclarationError(above, fault)
    fields = [f for f in table.fields for _, name in found[0] if f.key == name]
    scales, units = {f.scale for f in fields}, {f.unit for f in fields}
    if len(scales) > 1 or len(units) > 1:
        raise DeclarationError(above, f"adds up figures of different units: {sorted(units)}")
    return Measure(
        key=key or above.rpartition(".")[2],
        label=shape.label,
        unit=units.pop(),
        scale=scales.pop(),
        terms=tuple(term(name, sign) for sign, name in found[0]),
        names=shape.names,
    )


def _check_named(key: str, parts: list[Part], along: Named) -> None:
    check_leaves(key, parts, along)
    if not parts and "" not in along:
        raise DeclarationError(key, "it is missing", "", ())


def _signed(parts: list[Part], along: Named) -> list[tuple[int, LabelPath]]:
    """The leaves that an expression names, with their signs; none when one isn't among them.

    An empty expression stands for the one leaf of a table whose rows have no label.
    """
    if not parts:
        return [(1, along[""])] if "" in along else []
    found = [(part.sign, leaves_of(part.name, along)) for part in parts]
    return [(s, p) for s, paths in found for p in paths] if all(p for _, p in found) else []


def make_chart(
    key: str, shape: AnyChart, tables: Mapping[str, Table], measures: Mapping[str, Measure]
) -> Chart:
    """A chart with what it shows: key figures by name, or a measure for each part of a table.

    Raises:
        DeclarationError: it names what isn't there, or figures that no one picture can show.
    """
    chosen: tuple[Measure, ...] = ()
    if isinstance(shape, PartsChart):
        chosen = tuple(_chart_parts(f"charts.{key}", shape, tables))
    elif not isinstance(shape, ChannelsChart):
        chosen = pick_measures(f"charts.{key}.measures", shape.measures, measures)
    units = {measure.unit for measure in chosen}
    if isinstance(shape, ChannelsChart):
        units = {shape.unit}
    if len(units) != 1:
        raise DeclarationError(f"charts.{key}", f"figures of different units: {sorted(units)}")
    return Chart(
        key=key,
        title=shape.title,
        kind=cast(ChartKind, shape.__struct_config__.tag),
        measures=chosen,
        unit=units.pop(),
        name=shape.name or shape.title,
        nothing=shape.nothing or f"{shape.title}：各项均为 0。",
    )


def pick_measures(
    key: str, names: tuple[str, ...], measures: Mapping[str, Measure]
) -> tuple[Measure, ...]:
    """The measures of these names, which stand at a key of the declaration.

    Raises:
        DeclarationError: there is none of a name.
    """
    check_names(key, names, measures)
    return tuple(measures[name] for name in names)


def _chart_parts(above: str, shape: PartsChart, tables: Mapping[str, Table]) -> Iterator[Measure]:
    """A measure for each label in the list of rows (or of columns), named as that label is.

    ``x.?`` in the list means each label directly below x that is not a total.
    """
    check_names(f"{above}.table", [shape.table], tables)
    axis = "columns" if isinstance(shape.rows, str) else "rows"
    nodes = {
        name: node
        for block in tables[shape.table].blocks
        for name, node in _named_nodes(block.rows if axis == "rows" else block.columns)
    }
    entries = getattr(shape, axis)
    check_names(f"{above}.{axis}", [entry.removesuffix(".?") for entry in entries], nodes)
    for entry in entries:
        stem = entry.removesuffix(".?")
        below = nodes[stem].children if entry.endswith(".?") else ()
        picked = [(f"{stem}.{n.key}", n) for n in below if not n.total] or [(stem, nodes[stem])]
        for name, node in picked:
            rows, columns = (
                name if isinstance(x, tuple) else x for x in (shape.rows, shape.columns)
            )
            one = MeasureShape(label=node.name, table=shape.table, rows=rows, columns=columns)
            yield make_measure(above, one, tables, name)


def _named_nodes(nodes: tuple[Node, ...], stem: str = "") -> Iterator[tuple[str, Node]]:
    """Every label of a tree, inner ones too, by its dotted key."""
    for node in nodes:
        yield stem + node.key, node
        yield from _named_nodes(node.children, f"{stem}{node.key}.")
