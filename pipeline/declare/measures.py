"""The key figures and charts of a declaration, from expressions over the keys of rows and columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

from pipeline.declare import EditionError
from pipeline.declare.rules import expanded, parsed, term
from pipeline.model.edition import (
    Chart,
    ChartKind,
    LabelPath,
    Measure,
    Node,
    Table,
    dotted,
    field_key,
)


def parse_measure(key: str, spec: Mapping[str, Any], tables: Mapping[str, Table]) -> Measure:
    """The sum over the rows and columns that two expressions name."""
    if spec["table"] not in tables:
        raise EditionError(f"{key}: no such table: {spec['table']}")
    table = tables[spec["table"]]
    rows, columns = spec.get("rows", ""), spec.get("columns", "")
    crossings = [
        [
            (row_sign * column_sign, field_key(table.key, row, column))
            for row_sign, row in _signed(rows, block.row_leaves)
            for column_sign, column in _signed(columns, block.column_leaves)
        ]
        for block in table.blocks
    ]
    named = [crossing for crossing in crossings if crossing]
    if len(named) != 1:
        raise EditionError(f"{key}: {rows!r} × {columns!r} is in {len(named)} blocks of a table")
    fields = [f for f in table.fields for _, name in named[0] if f.key == name]
    scales, units = {f.scale for f in fields}, {f.unit for f in fields}
    if len(scales) > 1 or len(units) > 1:
        raise EditionError(f"{key} adds up figures of different units: {sorted(units)}")
    return Measure(
        key=key,
        label=spec["label"],
        unit=units.pop(),
        scale=scales.pop(),
        terms=tuple(term(name, sign) for sign, name in named[0]),
        names=tuple(spec.get("names", ())),
    )


def _signed(expression: str, along: list[LabelPath]) -> list[tuple[int, LabelPath]]:
    """The leaves an expression names, with their signs; none when one of its names is missing.

    An inner label stands for all below it but totals, and so does ``x.*``; an empty expression
    for the one leaf of a table whose rows (or columns) have no label.
    """
    if not expression:
        return [(1, along[0])] if along == [()] else []
    named = {dotted(path): path for path in along}
    found = []
    for sign, _, name in parsed(expression):
        stem = name if name in named or name.endswith("*") else f"{name}.*"
        try:
            found += [(sign, path) for path in expanded(stem, named)]
        except KeyError:
            return []
    return found


def parse_chart(
    key: str,
    spec: Mapping[str, Any],
    tables: Mapping[str, Table],
    measures: Mapping[str, Measure],
) -> Chart:
    """A chart with what it shows: key figures by name, or a measure for each part of a table.

    Raises:
        EditionError: it names what isn't there, or figures that no one picture can show.
    """
    if spec["kind"] not in get_args(ChartKind):
        raise EditionError(f"chart {key}: no such kind: {spec['kind']}")
    chosen: tuple[Measure, ...] = ()
    if spec["kind"] == "parts":
        chosen = tuple(_chart_parts(key, spec, tables))
    elif spec["kind"] != "channels":
        chosen = named_measures(f"chart {key}", spec["measures"], measures)
    units = {measure.unit for measure in chosen} or {spec.get("unit", "")}
    if len(units) != 1 or not all(units):
        raise EditionError(f"chart {key} shows figures of different units, or none")
    if spec["kind"] == "units" and len(chosen) > 1:
        raise EditionError(f"chart {key} compares the units by more than one measure")
    name = spec.get("name", spec["title"])
    if not name.isidentifier():
        raise EditionError(f"chart {key} needs a name of letters, for a template to call it by")
    return Chart(
        key=key,
        title=spec["title"],
        kind=spec["kind"],
        measures=chosen,
        unit=units.pop(),
        name=name,
        nothing=spec.get("nothing", f"{spec['title']}：各项均为 0。"),
    )


def named_measures(
    where: str, names: Sequence[str], measures: Mapping[str, Measure]
) -> tuple[Measure, ...]:
    missing = [name for name in names if name not in measures]
    if missing:
        raise EditionError(f"{where}: no such measures: {missing}")
    return tuple(measures[name] for name in names)


def _chart_parts(
    key: str, spec: Mapping[str, Any], tables: Mapping[str, Table]
) -> Iterator[Measure]:
    """A measure for each label in the list of rows (or of columns), named as that label is.

    ``x.?`` in the list means each label directly below x that is not a total.
    """
    by_row = isinstance(spec.get("rows"), list)
    if spec["table"] not in tables or by_row == isinstance(spec.get("columns"), list):
        raise EditionError(f"chart {key}: needs a table, and a list of its rows or its columns")
    axis = "rows" if by_row else "columns"
    nodes = {
        name: node
        for block in tables[spec["table"]].blocks
        for name, node in _named_nodes(block.rows if by_row else block.columns)
    }
    for entry in spec[axis]:
        stem = entry.removesuffix(".?")
        if stem not in nodes:
            raise EditionError(f"chart {key}: no such label: {entry}")
        below = nodes[stem].children if entry.endswith(".?") else ()
        picked = [(f"{stem}.{n.key}", n) for n in below if not n.total] or [(stem, nodes[stem])]
        for name, node in picked:
            yield parse_measure(name, {**spec, axis: name, "label": node.name}, tables)


def _named_nodes(nodes: tuple[Node, ...], stem: str = "") -> Iterator[tuple[str, Node]]:
    """Every label of a tree, inner ones too, by its dotted key."""
    for node in nodes:
        yield stem + node.key, node
        yield from _named_nodes(node.children, f"{stem}{node.key}.")
