"""The cross-footing rules of a declaration: expressions over the keys of rows or columns, resolved
to the fields that they speak of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pipeline.declare import EditionError
from pipeline.declare.tables import sibling_leaves
from pipeline.model.edition import (
    Identity,
    LabelPath,
    Relation,
    Rule,
    Severity,
    Table,
    Term,
    dotted,
    field_key,
)
from pipeline.text.figures import MONEY_SCALE


def parse_rule(key: str, spec: Mapping[str, Any], tables: Mapping[str, Table]) -> Rule:
    """A rule with its identities: of totals, or stated over rows or columns.

    Raises:
        EditionError: it names what isn't there, or covers nothing.
    """
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
        statement=spec["statement"],
        message=spec.get("message", spec["statement"] + "，现在两边分别为 {left} 和 {right}。"),
        remedy=spec.get("remedy", "请核对有关数字。"),
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
                others = sibling_leaves(nodes, path)
                pairs = [(row, p) if axis == "columns" else (p, column) for p in others]
                other = row if axis == "columns" else column
                subject = other[-1].name if other else _owner(path, table)
                yield Identity(
                    rule=rule,
                    subject=subject,
                    left=tuple(term(field_key(table.key, r, c)) for r, c in pairs),
                    right=(term(field_key(table.key, row, column)),),
                    constant=0,
                )


def _owner(path: LabelPath, table: Table) -> str:
    """What an unlabelled row's total is the total of, e.g. 行政复议."""
    return path[-2].name if len(path) > 1 else table.caption


def term(key: str, coefficient: int = 1, prior: bool = False) -> Term:
    """A field, by its key, as part of a sum."""
    return Term(field=key, coefficient=coefficient, prior=prior)


def _stated_identities(rule: str, table: Table, spec: Mapping[str, Any]) -> Iterator[Identity]:
    """One identity for each row (column) in which every part named by the rule exists."""
    by_row = spec["each"] == "row"
    left, right = parsed(spec["left"]), parsed(spec["right"])
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
                        term(
                            field_key(table.key, subject, path)
                            if by_row
                            else field_key(table.key, path, subject),
                            sign,
                            prior,
                        )
                        for sign, prior, name in side
                        if not name.isdigit()
                        for path in expanded(name, named)
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


def parsed(expression: str) -> list[tuple[int, bool, str]]:
    """``prior:stock + made - repealed`` as (sign, prior, name) for each part."""
    parts = re.findall(r"([+-]?)\s*(prior:)?([\w.*]+)", expression)
    return [(-1 if sign == "-" else 1, bool(prior), name) for sign, prior, name in parts]


def expanded(name: str, named: Mapping[str, LabelPath]) -> list[LabelPath]:
    """The leaves a name stands for: itself, or with ``.*`` all below it but totals."""
    if not name.endswith("*"):
        return [named[name]]
    stem = name[:-1]
    found = [p for key, p in named.items() if key.startswith(stem) and not p[-1].total]
    if not found:
        raise KeyError(name)
    return found
