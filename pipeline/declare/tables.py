"""The tables of a declaration: rows and columns as trees of labels, and the fields where they meet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, get_args

from pipeline.declare import EditionError
from pipeline.model.edition import (
    Block,
    Field,
    LabelPath,
    Node,
    Table,
    field_key,
    leaves,
    unnumbered,
)
from pipeline.text.figures import Kind


def _nodes(specs: Mapping[str, Any], lists: Mapping[str, Any]) -> tuple[Node, ...]:
    return tuple(parse_node(key, spec, lists) for key, spec in specs.items())


def parse_node(key: str, spec: Mapping[str, Any], lists: Mapping[str, Any]) -> Node:
    """A label with all below it; ``lists`` are trees that several labels share."""
    kind = spec.get("kind")
    if kind is not None and kind not in get_args(Kind):
        raise EditionError(f"{key}: no such kind: {kind}")
    below = lists[spec["list"]] if "list" in spec else spec.get("children", {})
    return Node(
        key=key,
        label=spec["label"],
        variants=tuple(spec.get("variants", ())),
        short=spec.get("short", ""),
        note=spec.get("note", ""),
        kind=kind,
        unit=spec.get("unit", ""),
        width=spec.get("width"),
        span=spec.get("span", 1),
        total=spec.get("total", False),
        children=_nodes(below, lists),
    )


def _named_apart(nodes: tuple[Node, ...], count: Counter[str]) -> tuple[Node, ...]:
    """Give leaves that are labelled alike a short name that says which is meant."""

    def named(node: Node, parent: str) -> Node:
        children = tuple(named(child, node.name) for child in node.children)
        alike = not children and not node.short and parent and count[unnumbered(node.label)] > 1
        short = f"{unnumbered(parent)}—{unnumbered(node.label)}" if alike else node.short
        return replace(node, children=children, short=short)

    return tuple(named(node, "") for node in nodes)


def parse_table(key: str, spec: Mapping[str, Any], caption: str, lists: Mapping[str, Any]) -> Table:
    """A table with its fields, those of a total knowing their parts."""
    blocks = []
    for block_key, block in spec["blocks"].items():
        columns = _nodes(lists[block["list"]] if "list" in block else block["columns"], lists)
        rows = _nodes(block.get("rows", {}), lists)
        count = Counter(unnumbered(path[-1].label) for path in leaves(columns) + leaves(rows))
        blocks.append(
            Block(
                key=block_key,
                heading=block.get("heading", ""),
                stub_heading=block.get("stub_heading", ""),
                banner=block.get("banner", ""),
                columns=_named_apart(columns, count),
                rows=_named_apart(rows, count),
            )
        )
    table = Table(
        key=key,
        sheet=spec["sheet"],
        caption=caption,
        landscape=spec.get("landscape", False),
        stub=tuple(spec.get("stub", ())),
        blocks=tuple(blocks),
        fields=(),
    )
    fields = tuple(_fields(table))
    return replace(table, fields=fields)


def _fields(table: Table) -> Iterator[Field]:
    for index, block in enumerate(table.blocks):
        for row in block.row_leaves:
            for column in block.column_leaves:
                yield Field(
                    key=field_key(table.key, row, column),
                    table=table.key,
                    block=index,
                    row=row,
                    column=column,
                    kind=column[-1].kind or (row[-1].kind if row else None) or "count",
                    parts=_parts(table.key, block, row, column),
                )


def _parts(table: str, block: Block, row: LabelPath, column: LabelPath) -> tuple[str, ...]:
    """The fields a total is the sum of: along its row where the column is a total, else down."""
    if column[-1].total:
        return tuple(field_key(table, row, path) for path in sibling_leaves(block.columns, column))
    if row and row[-1].total:
        return tuple(field_key(table, path, column) for path in sibling_leaves(block.rows, row))
    return ()


def sibling_leaves(nodes: tuple[Node, ...], path: LabelPath) -> list[LabelPath]:
    """The leaves, totals aside, beside a total and below its siblings."""
    siblings = path[-2].children if len(path) > 1 else nodes
    stem = path[:-1]
    return [(*stem, *leaf) for leaf in leaves(siblings) if not leaf[-1].total]
