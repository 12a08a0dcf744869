"""Making editions from their declarations (``editions/*.toml``): the only reader of the TOML.

A declaration may amend another, as a legal text does; it is consolidated first.  Rows and
columns are trees of labels; rules, key figures and charts are expressions over their keys,
resolved here to the fields they speak of.  What contradicts itself is found when it is loaded.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast, get_args

from pipeline.edition import (
    MONEY_SCALE,
    Block,
    Chart,
    ChartKind,
    Edition,
    FeeStatement,
    Field,
    Identity,
    Kind,
    LabelPath,
    Measure,
    Node,
    Part,
    Relation,
    Rule,
    Section,
    Severity,
    Table,
    Term,
    dotted,
    field_key,
    indexed,
    leaves,
    unnumbered,
)

EDITIONS = Path(__file__).parent / "editions"


class EditionError(ValueError):
    """A declaration contradicts itself: a bug of the declaration, found when it is loaded."""


@lru_cache(maxsize=8)
def load_editions(folder: Path = EDITIONS) -> Mapping[str, Edition]:
    """Every edition declared in a folder, by key, oldest first.

    Raises:
        EditionError: a declaration contradicts itself.
    """
    raw = {}
    for path in sorted(folder.glob("*.toml")):
        declared = tomllib.loads(path.read_text(encoding="utf-8"))
        raw[str(declared["key"])] = declared
    editions = [build_edition(_amended(declared, raw)) for declared in raw.values()]
    editions.sort(key=lambda edition: edition.first_year)
    return MappingProxyType({edition.key: edition for edition in editions})


def _amended(declared: dict[str, Any], raw: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """The declaration with what it amends filled in, as a consolidated text."""
    if "amends" not in declared:
        return declared
    base = _amended(raw[declared["amends"]], raw)
    inherited = {key: value for key, value in base.items() if key not in ("last_year", "amends")}
    return _merged(inherited, declared)


def _merged(base: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    if change.get("replaces"):
        return {key: value for key, value in change.items() if key != "replaces"}
    gone = change.get("removed", ())
    merged = {key: value for key, value in base.items() if key not in gone}
    for key, value in change.items():
        if key == "removed":
            continue
        old = merged.get(key)
        both = isinstance(old, dict) and isinstance(value, dict)
        merged[key] = _merged(cast(Any, old), value) if both else value
    return merged


def build_edition(declared: Mapping[str, Any]) -> Edition:
    """Make an edition from a consolidated declaration (the parsed TOML).

    Raises:
        EditionError: a field stands twice, a rule names what isn't there, or a section has
            neither prose nor a table of the declaration.
    """
    lists = declared.get("lists", {})
    headings = {s["table"]: s["heading"] for s in declared["sections"].values() if "table" in s}
    tables = tuple(
        _table(key, spec, headings.get(key, ""), lists) for key, spec in declared["tables"].items()
    )
    missing = set(headings) ^ {table.key for table in tables}
    if missing:
        raise EditionError(f"sections and tables differ: {sorted(missing)}")
    fields = tuple(f for table in tables for f in table.fields)
    doubled = [key for key, n in Counter(f.key for f in fields).items() if n > 1]
    if doubled:
        raise EditionError(f"fields declared twice: {doubled}")
    by_key = indexed(fields)
    tables_by_key = {table.key: table for table in tables}
    rules = tuple(
        _rule(key, spec, tables_by_key) for key, spec in declared.get("rules", {}).items()
    )
    measures, sums = (
        {key: _measure(key, spec, tables_by_key) for key, spec in declared.get(kind, {}).items()}
        for kind in ("measures", "sums")
    )
    return Edition(
        key=str(declared["key"]),
        name=declared["name"],
        document=declared["document"],
        source=declared["source"],
        first_year=declared["first_year"],
        last_year=declared.get("last_year"),
        title=declared["title"],
        sections=tuple(_section(key, spec) for key, spec in declared["sections"].items()),
        tables=tables,
        rules=rules,
        fields=fields,
        by_key=by_key,
        measures=tuple(measures.values()),
        headlines=_named("headlines", declared.get("headlines", ()), measures),
        sums=tuple(sums.values()),
        charts=tuple(
            _chart(key, spec, tables_by_key, measures)
            for key, spec in declared.get("charts", {}).items()
        ),
        fee=_fee(declared) if "processing_fee" in declared else None,
        sha256=_hash(declared),
    )


def _hash(declared: Mapping[str, Any]) -> str:
    """The same for the same declaration, however its file is laid out."""
    plain = json.dumps(declared, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(plain.encode("utf-8")).hexdigest()


def _fee(declared: Mapping[str, Any]) -> FeeStatement:
    spec = declared["processing_fee"]
    if "parts" not in declared["sections"].get(spec["section"], {}):
        raise EditionError(f"processing_fee: no such section of prose: {spec['section']}")
    asked = {key: _node(key, spec[key], {}) for key in ("requests", "amount")}
    return FeeStatement(**{**spec, **asked})


def _section(key: str, spec: Mapping[str, Any]) -> Section:
    parts = tuple(
        Part(
            key=f"{key}.{part}",
            section=key,
            label=value.get("label", value.get("heading", "")),
            heading=value.get("heading", ""),
            variants=tuple(value.get("variants", ())),
            hint=value.get("hint", ""),
            required=value.get("required", False),
        )
        for part, value in spec.get("parts", {}).items()
    )
    if not parts and "table" not in spec:
        raise EditionError(f"section {key} has neither parts nor a table")
    return Section(
        key=key,
        heading=spec.get("heading", ""),
        sheet=spec.get("sheet", ""),
        parts=parts,
        table=spec.get("table", ""),
        required=spec.get("required", False),
        empty=spec.get("empty", ""),
        variants=tuple(spec.get("variants", ())),
    )


def _nodes(specs: Mapping[str, Any], lists: Mapping[str, Any]) -> tuple[Node, ...]:
    return tuple(_node(key, spec, lists) for key, spec in specs.items())


def _node(key: str, spec: Mapping[str, Any], lists: Mapping[str, Any]) -> Node:
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


def _table(key: str, spec: Mapping[str, Any], caption: str, lists: Mapping[str, Any]) -> Table:
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
        beside = _beside(block.columns, column)
        return tuple(field_key(table, row, path) for path in beside)
    if row and row[-1].total:
        return tuple(field_key(table, path, column) for path in _beside(block.rows, row))
    return ()


def _beside(nodes: tuple[Node, ...], path: LabelPath) -> list[LabelPath]:
    """The leaves, totals aside, beside a total and below its siblings."""
    siblings = path[-2].children if len(path) > 1 else nodes
    stem = path[:-1]
    return [(*stem, *leaf) for leaf in leaves(siblings) if not leaf[-1].total]


# ----------------------------------------------------------------- rules from expressions


def _rule(key: str, spec: Mapping[str, Any], tables: Mapping[str, Table]) -> Rule:
    if spec["table"] not in tables:
        raise EditionError(f"rule {key}: no such table: {spec['table']}")
    table = tables[spec["table"]]
    if spec["severity"] not in get_args(Severity):
        raise EditionError(f"rule {key}: no such severity: {spec['severity']}")
    relation = spec.get("relation", "=")
    if relation not in get_args(Relation):
        raise EditionError(f"rule {key}: no such relation: {relation}")
    if "totals" in spec:
        identities = tuple(_total_identities(key, table, spec["totals"]))
    else:
        identities = tuple(_stated_identities(key, table, spec))
    if not identities:
        raise EditionError(f"rule {key} covers nothing of table {table.key}")
    return Rule(
        id=key,
        name=spec["name"],
        table=table.key,
        severity=spec["severity"],
        relation=relation,
        told=spec["told"],
        found=spec.get("found", spec["told"] + "，现在两边分别为 {left} 和 {right}。"),
        fix=spec.get("fix", "请核对有关数字。"),
        source=spec.get("source", ""),
        levels=tuple(spec.get("levels", ())),
        since=spec.get("since", 0),
        answerable=spec.get("answerable", spec["severity"] != "error"),
        follows=tuple(spec.get("follows", ())),
        details=tuple(spec.get("details", ())),
        short=spec.get("short", ""),
        identities=identities,
    )


def _total_identities(rule: str, table: Table, axis: str) -> Iterator[Identity]:
    """One identity for each total among the rows or columns: its parts sum up to it."""
    for block in table.blocks:
        for row in block.row_leaves:
            for column in block.column_leaves:
                path = column if axis == "columns" else row
                if not path or not path[-1].total:
                    continue
                nodes = block.columns if axis == "columns" else block.rows
                beside = _beside(nodes, path)
                pairs = [(row, p) if axis == "columns" else (p, column) for p in beside]
                other = row if axis == "columns" else column
                subject = other[-1].name if other else _owner(path, table)
                yield Identity(
                    rule=rule,
                    subject=subject,
                    left=tuple(_term(field_key(table.key, r, c)) for r, c in pairs),
                    right=(_term(field_key(table.key, row, column)),),
                    constant=0,
                )


def _owner(path: LabelPath, table: Table) -> str:
    """What an unlabelled row's total is the total of, e.g. 行政复议."""
    return path[-2].name if len(path) > 1 else table.caption


def _term(key: str, coefficient: int = 1, prior: bool = False) -> Term:
    return Term(field=key, coefficient=coefficient, prior=prior)


def _stated_identities(rule: str, table: Table, spec: Mapping[str, Any]) -> Iterator[Identity]:
    """One identity for each row (column) in which every part named by the rule exists."""
    by_row = spec["each"] == "row"
    left, right = _parsed(spec["left"]), _parsed(spec["right"])
    found = False
    for block in table.blocks:
        along = block.column_leaves if by_row else block.row_leaves
        named = {dotted(path): path for path in along}
        for subject in block.row_leaves if by_row else block.column_leaves:
            if not _covered(subject, spec):
                continue
            try:
                terms = [
                    tuple(
                        _term(
                            field_key(table.key, subject, path)
                            if by_row
                            else field_key(table.key, path, subject),
                            sign,
                            prior,
                        )
                        for sign, prior, name in side
                        if not name.isdigit()
                        for path in _expanded(name, named)
                    )
                    for side in (left, right)
                ]
            except KeyError:
                continue
            found = True
            kinds = {f.kind for f in table.fields for t in terms[0] if f.key == t.field}
            scale = MONEY_SCALE if kinds & {"money", "money_text"} else 1
            constant = sum(int(name) * sign * scale for sign, _, name in right if name.isdigit())
            yield Identity(
                rule=rule,
                subject=subject[-1].name if subject else table.caption,
                left=terms[0],
                right=terms[1],
                constant=constant,
            )
    if not found:
        raise EditionError(f"rule {rule} names rows or columns that table {table.key} lacks")


def _covered(subject: LabelPath, spec: Mapping[str, Any]) -> bool:
    name = dotted(subject)
    return spec.get("only", name) == name and spec.get("except") != name


def _parsed(expression: str) -> list[tuple[int, bool, str]]:
    """``prior:stock + made - repealed`` as (sign, prior, name) for each part."""
    parts = re.findall(r"([+-]?)\s*(prior:)?([\w.*]+)", expression)
    return [(-1 if sign == "-" else 1, bool(prior), name) for sign, prior, name in parts]


def _expanded(name: str, named: Mapping[str, LabelPath]) -> list[LabelPath]:
    """The leaves a name stands for: itself, or with ``.*`` all below it but totals."""
    if not name.endswith("*"):
        return [named[name]]
    stem = name[:-1]
    found = [p for key, p in named.items() if key.startswith(stem) and not p[-1].total]
    if not found:
        raise KeyError(name)
    return found


# ----------------------------------------------------- key figures and charts, from expressions


def _measure(key: str, spec: Mapping[str, Any], tables: Mapping[str, Table]) -> Measure:
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
        terms=tuple(_term(name, sign) for sign, name in named[0]),
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
    for sign, _, name in _parsed(expression):
        stem = name if name in named or name.endswith("*") else f"{name}.*"
        try:
            found += [(sign, path) for path in _expanded(stem, named)]
        except KeyError:
            return []
    return found


def _chart(
    key: str,
    spec: Mapping[str, Any],
    tables: Mapping[str, Table],
    measures: Mapping[str, Measure],
) -> Chart:
    if spec["kind"] not in get_args(ChartKind):
        raise EditionError(f"chart {key}: no such kind: {spec['kind']}")
    chosen: tuple[Measure, ...] = ()
    if spec["kind"] == "parts":
        chosen = tuple(_chart_parts(key, spec, tables))
    elif spec["kind"] != "channels":
        chosen = _named(f"chart {key}", spec["measures"], measures)
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


def _named(
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
            yield _measure(name, {**spec, axis: name, "label": node.name}, tables)


def _named_nodes(nodes: tuple[Node, ...], stem: str = "") -> Iterator[tuple[str, Node]]:
    """Every label of a tree, inner ones too, by its dotted key."""
    for node in nodes:
        yield stem + node.key, node
        yield from _named_nodes(node.children, f"{stem}{node.key}.")
