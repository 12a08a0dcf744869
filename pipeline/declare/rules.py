"""The cross-footing rules of a declaration: expressions over the keys of rows or columns, resolved
to the fields that they speak of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

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
from pipeline.declare.tables import sibling_leaves
from pipeline.model.declared import DeclarationError, Declared, check_names, check_words
from pipeline.model.edition import (
    Identity,
    LabelPath,
    Relation,
    Rule,
    Severity,
    Table,
    Term,
    field_key,
)
from pipeline.text.figures import MONEY_SCALE

SIDES = ("subject", "left", "right")


class RuleShape(Declared):
    """A rule: of the ``totals`` among rows or columns, or stated over ``each`` row or column."""

    name: str
    table: str
    severity: Severity
    statement: str
    message: str = ""
    remedy: str = "请核对有关数字。"
    source: str = ""
    relation: Relation = "="
    totals: Literal["rows", "columns"] | None = None
    each: Literal["row", "column"] | None = None
    left: str = ""
    right: str = ""
    only: str = ""
    except_: str = msgspec.field(name="except", default="")
    levels: tuple[str, ...] = ()
    since: int = 0
    answerable: bool | None = None
    follows: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    short: str = ""

    def __post_init__(self) -> None:
        stated = {"each": self.each, "left": self.left, "right": self.right}
        if self.totals is None:
            for key, value in stated.items():
                if not value:
                    raise DeclarationError(key, "it is missing", key, [*stated, "totals"])
        elif any((*stated.values(), self.only, self.except_)):
            raise DeclarationError("totals", "stands beside each, left, right, only or except")
        check_words("statement", self.statement, SIDES[:1])
        check_words("message", self.message, SIDES)
        check_words("short", self.short, SIDES)
        check_words("remedy", self.remedy)


def make_rule(key: str, shape: RuleShape, tables: Mapping[str, Table]) -> Rule:
    """A rule with its identities.

    Raises:
        DeclarationError: it names what isn't there, or covers nothing.
    """
    above = f"rules.{key}."
    check_names(above + "table", [shape.table], tables)
    table = tables[shape.table]
    make = _total_identities if shape.totals else _stated_identities
    identities = tuple(make(key, table, shape))
    if not identities:
        raise DeclarationError(above + "table", f"the rule covers nothing of {table.key}")
    return Rule(
        id=key,
        name=shape.name,
        table=table.key,
        severity=shape.severity,
        relation=shape.relation,
        statement=shape.statement,
        message=shape.message or shape.statement + "，现在两边分别为 {left} 和 {right}。",
        remedy=shape.remedy,
        source=shape.source,
        levels=shape.levels,
        since=shape.since,
        answerable=shape.severity != "error" if shape.answerable is None else shape.answerable,
        follows=shape.follows,
        details=shape.details,
        short=shape.short,
        identities=identities,
    )


def check_references(rules: Mapping[str, RuleShape], levels: tuple[str, ...]) -> None:
    """Check that what rules say of each other and of the levels of government is there.

    Raises:
        DeclarationError: it isn't, or a rule is told within another's and has no short words.
    """
    for key, rule in rules.items():
        check_names(f"rules.{key}.levels", rule.levels, levels)
        check_names(f"rules.{key}.follows", rule.follows, rules.keys() - {key})
        check_names(f"rules.{key}.details", rule.details, rules.keys() - {key})
        for other in rule.details:
            if not rules[other].short:
                raise DeclarationError(f"rules.{other}.short", f"needed where {key} tells it")


def _total_identities(rule: str, table: Table, shape: RuleShape) -> Iterator[Identity]:
    """One identity for each total among the rows or columns: its parts sum up to it."""
    for block in table.blocks:
        for row in block.row_leaves:
            for column in block.column_leaves:
                path = column if shape.totals == "columns" else row
                if not path or not path[-1].total:
                    continue
                nodes = block.columns if shape.totals == "columns" else block.rows
                others = sibling_leaves(nodes, path)
                pairs = [(row, p) if shape.totals == "columns" else (p, column) for p in others]
                other = row if shape.totals == "columns" else column
                yield Identity(
                    rule=rule,
                    subject=other[-1].name if other else _owner(path, table),
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


def _stated_identities(rule: str, table: Table, shape: RuleShape) -> Iterator[Identity]:
    """One identity for each row (column) in which every part named by the rule exists."""
    above, by_row = f"rules.{rule}.", shape.each == "row"
    left = parse_expression(above + "left", shape.left, prior=True)
    right = parse_expression(above + "right", shape.right, prior=True, numbers=True)
    _check_named(above, table, shape, left, right)
    for block in axes(table):
        along, across = (block.columns, block.rows) if by_row else block
        for name, subject in across.items():
            if shape.only not in ("", name) or (name and shape.except_ == name):
                continue
            sides = [_terms(table, along, subject, side, by_row) for side in (left, right)]
            if None in sides:
                continue
            of_left, of_right = (side or () for side in sides)
            kinds = {f.kind for f in table.fields for t in of_left if f.key == t.field}
            scale = MONEY_SCALE if kinds & {"money", "money_text"} else 1
            numbers = [part.sign * int(part.name) for part in right if part.name.isdigit()]
            yield Identity(
                rule=rule,
                subject=subject[-1].name if subject else table.caption,
                left=of_left,
                right=of_right,
                constant=sum(numbers) * scale,
            )


def _check_named(above: str, table: Table, shape: RuleShape, *sides: list[Part]) -> None:
    """Check that what a rule names is there: its rows (columns) together in some block.

    Raises:
        DeclarationError: a name isn't there, of the block that has the most of them.
    """
    blocks = axes(table)
    rows, columns = [block.rows for block in blocks], [block.columns for block in blocks]
    along, across = (columns, rows) if shape.each == "row" else (rows, columns)
    subjects = joined(across)
    check_names(above + "only", filter(None, [shape.only]), subjects)
    check_names(above + "except", filter(None, [shape.except_]), subjects)
    names = [part.name for side in sides for part in side if not part.name.isdigit()]
    best = max(along, key=lambda one: sum(bool(leaves_of(name, one)) for name in names))
    for key, side in zip(("left", "right"), sides, strict=True):
        check_leaves(above + key, side, joined(along))
        check_leaves(above + key, side, best)


def _terms(
    table: Table, along: Named, subject: LabelPath, side: list[Part], by_row: bool
) -> tuple[Term, ...] | None:
    """The fields of a side in a row (column); None where a part of it isn't among the leaves along it."""
    terms: list[Term] = []
    for sign, prior, name in side:
        if name.isdigit():
            continue
        paths = leaves_of(name, along)
        if not paths:
            return None
        pairs = [(subject, path) if by_row else (path, subject) for path in paths]
        terms += [term(field_key(table.key, *pair), sign, prior) for pair in pairs]
    return tuple(terms)
