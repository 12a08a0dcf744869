"""The tables of a declaration: rows and columns as trees of labels, and the fields where they meet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Annotated

import msgspec

from pipeline.model.declared import DeclarationError, Declared, check_names
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

Key = Annotated[str, msgspec.Meta(pattern=r"^(?![0-9]+$)\w+$")]
"""A name that expressions can speak of."""


class NodeShape(Declared):
    """A label with all below it, its own or those of a shared ``list``."""

    label: str
    variants: tuple[str, ...] = ()
    short: str = ""
    note: str = ""
    kind: Kind | None = None
    unit: str = ""
    width: float | None = None
    span: Annotated[int, msgspec.Meta(ge=1)] = 1
    total: bool = False
    list: str = ""
    children: Mapping[Key, NodeShape] = {}

    def __post_init__(self) -> None:
        if self.list and self.children:
            raise DeclarationError("list", "stands beside labels of its own")


Lists = Mapping[str, Mapping[str, NodeShape]]
"""Trees that several labels share, by name."""


class BlockShape(Declared):
    """A run of rows below one header of ``columns``, its own or those of a shared ``list``."""

    heading: str = ""
    stub_heading: str = ""
    banner: str = ""
    list: str = ""
    columns: Mapping[Key, NodeShape] = {}
    rows: Mapping[Key, NodeShape] = {}

    def __post_init__(self) -> None:
        if bool(self.list) == bool(self.columns):
            raise DeclarationError("columns", "needed, or a list of them")


class TableShape(Declared):
    """A table: a sheet of the workbook."""

    sheet: str
    blocks: Annotated[Mapping[Key, BlockShape], msgspec.Meta(min_length=1)]
    stub: tuple[float, ...] = ()
    landscape: bool = False


def make_nodes(
    shapes: Mapping[str, NodeShape], lists: Lists, above: str = "", list_: str = ""
) -> tuple[Node, ...]:
    """Trees of labels, their shared lists filled in; ``above`` is the dotted key of the table that
    declares them, ``list_`` the name of the list to take them from instead.

    Raises:
        DeclarationError: there is no such list.
    """
    if list_:
        check_names(f"{above}.list", [list_], lists)
        shapes = lists[list_]
        lists = {name: shared for name, shared in lists.items() if name != list_}
    return tuple(
        Node(
            key=key,
            children=make_nodes(shape.children, lists, f"{above}.{key}", shape.list),
            **{
                name: value
                for name, value in msgspec.structs.asdict(shape).items()
                if name not in ("list", "children")
            },
        )
        for key, shape in shapes.items()
    )


def _named_apart(nodes: tuple[Node, ...], count: Counter[str]) -> tuple[Node, ...]:
    """Give leaves that are labelled alike a short name that says which is meant."""

    def named(node: Node, parent: str) -> Node:
        children = tuple(named(child, node.name) for child in node.children)
        alike = not children and not node.short and parent and count[unnumbered(node.label)] > 1
        short = f"{unnumbered(parent)}—{unnumbered(node.label)}" if alike else node.short
        return replace(node, children=children, short=short)

    return tuple(named(node, "") for node in nodes)


def make_table(key: str, shape: TableShape, caption: str, lists: Lists) -> Table:
    """A table with its fields, those of a total knowing their parts.

    Raises:
        DeclarationError: it refers to a list that isn't there.
    """
    blocks = []
    for name, block in shape.blocks.items():
        above = f"tables.{key}.blocks.{name}"
        columns = make_nodes(
            block.columns, lists, above if block.list else f"{above}.columns", block.list
        )
        rows = make_nodes(block.rows, lists, f"{above}.rows")
        count = Counter(unnumbered(path[-1].label) for path in leaves(columns) + leaves(rows))
        blocks.append(
            Block(
                key=name,
                heading=block.heading,
                stub_heading=block.stub_heading,
                banner=block.banner,
                columns=_named_apart(columns, count),
                rows=_named_apart(rows, count),
            )
        )
    table = Table(
        key=key,
        sheet=shape.sheet,
        caption=caption,
        landscape=shape.landscape,
        stub=shape.stub,
        blocks=tuple(blocks),
        fields=(),
    )
    return replace(table, fields=tuple(_fields(table)))


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
