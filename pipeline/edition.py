"""A national edition of the annual report, read from its declaration.

An edition is a legal text kept as data (``editions/*.toml``): sections, tables with their
official words, and the identities between figures (勾稽关系).  Everything else in the
program — the blank workbook, the reader, the schemas, the checks, the sums, the Word tables,
the summary workbook — is derived from the values made here.  Only this module reads the TOML.

A *field* is one figure of the report, the meeting of one row and one column of one table.
It has one key everywhere, e.g. ``requests.results.refused.state_secret.natural_person``.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, cast, get_args

Kind = Literal["count", "signed", "money", "money_text"]
"""What a figure is: 件 (a whole number, not negative), a signed whole number, an amount in
万元, or an amount written with its own unit (``108万元``, ``251000元``)."""

Severity = Literal["error", "warning", "notice"]
Relation = Literal["=", "<=", ">=", "zero_together", "requires"]
ChartKind = Literal["units", "parts", "years"]
"""``units`` compares the units by one measure; ``parts`` shows what a whole is made of, a
measure a part; ``years`` sets this year's measures beside last year's."""

EDITIONS = Path(__file__).parent / "editions"

MONEY_SCALE = 1_000_000
"""Money is kept as a whole number of 分 (0.01 元), so that sums are exact: 1 万元 is this many."""


class EditionError(ValueError):
    """A declaration contradicts itself: a bug of the declaration, found when it is loaded."""


# ------------------------------------------------------------------------------- tables


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """A label of a table, in the tree of its columns or of its rows."""

    key: str
    label: str
    variants: tuple[str, ...] = ()
    short: str = ""
    note: str = ""
    kind: Kind | None = None
    unit: str = ""
    width: float | None = None
    span: int = 1
    total: bool = False
    children: tuple[Node, ...] = ()

    @property
    def name(self) -> str:
        """The label as a message says it: the short form where there is one."""
        return self.short or self.label

    def leaves(self) -> Iterator[LabelPath]:
        """Every path from this node down to a label that has none below it."""
        if not self.children:
            yield (self,)
        for child in self.children:
            for path in child.leaves():
                yield (self, *path)


LabelPath = tuple[Node, ...]


def leaves(nodes: tuple[Node, ...]) -> list[LabelPath]:
    """All paths of a forest, in print order."""
    return [path for node in nodes for path in node.leaves()]


def dotted(path: LabelPath) -> str:
    """The key of a leaf within its tree, e.g. ``results.refused.state_secret``."""
    return ".".join(node.key for node in path)


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """One figure: where it stands in its table, what kind it is, and what it is the sum of."""

    key: str
    table: str
    block: int
    row: LabelPath
    column: LabelPath
    kind: Kind
    parts: tuple[str, ...] = ()

    @property
    def derived(self) -> bool:
        """A total, which the workbook and the program compute."""
        return bool(self.parts)

    @property
    def scale(self) -> int:
        """Kept whole numbers per printed unit: 1 for counts, 分 per 万元 for money."""
        return MONEY_SCALE if self.kind in ("money", "money_text") else 1

    @property
    def unit(self) -> str:
        """What the figure is counted in: what its labels say, else 万元 or 件."""
        said = [node.unit for path in (self.column, self.row) for node in path[-1:] if node.unit]
        return said[0] if said else "万元" if self.scale > 1 else "件"

    @property
    def name(self) -> str:
        """The figure's name for people, e.g. ``（一）予以公开·自然人``."""
        return "·".join(path[-1].name for path in (self.row, self.column) if path)

    @property
    def note(self) -> str:
        """What counts here, from the national filling notes: the row's and the column's."""
        notes = [node.note for node in (*self.row, *self.column) if node.note]
        return " ".join(dict.fromkeys(notes))


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Block:
    """A run of rows below one header. Table two has several, the others one."""

    key: str
    heading: str
    stub_heading: str
    banner: str
    columns: tuple[Node, ...]
    rows: tuple[Node, ...]

    @property
    def column_leaves(self) -> list[LabelPath]:
        return leaves(self.columns)

    @property
    def row_leaves(self) -> list[LabelPath]:
        """The paths of the rows; a block of one unlabelled row has one empty path."""
        return leaves(self.rows) or [()]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Table:
    """One statistical table: a sheet of the workbook and a table of the report.

    ``stub`` holds the widths of the label columns left of the figures, in characters.
    """

    key: str
    sheet: str
    caption: str
    landscape: bool
    stub: tuple[float, ...]
    blocks: tuple[Block, ...]
    fields: tuple[Field, ...]

    def field_at(self, block: int, row: LabelPath, column: LabelPath) -> Field:
        """The field where a row and a column of a block meet."""
        key = field_key(self.key, row, column)
        return next(f for f in self.fields if f.key == key and f.block == block)


def field_key(table: str, row: LabelPath, column: LabelPath) -> str:
    return ".".join(part for part in (table, dotted(row), dotted(column)) if part)


# ------------------------------------------------------------------------------ sections


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A piece of prose that the clerk writes. Without ``heading`` it is printed with none."""

    key: str
    section: str
    label: str
    heading: str
    variants: tuple[str, ...]
    hint: str
    required: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """A section of the report, of prose parts or of one table. The introduction has no heading.

    A section with ``required`` must say something, in whichever of its parts; one that says
    nothing prints ``empty``.  By ``variants`` its heading is known in published reports.
    """

    key: str
    heading: str
    sheet: str
    parts: tuple[Part, ...]
    table: str
    required: bool = False
    empty: str = ""
    variants: tuple[str, ...] = ()


# --------------------------------------------------------------------------------- rules


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """``coefficient`` times a field of this year, or of the year before when ``prior``."""

    field: str
    coefficient: int
    prior: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """One relation between figures that a rule demands of one row or column.

    ``constant`` stands on the right and is in the kept whole numbers of the left fields.
    """

    rule: str
    subject: str
    left: tuple[Term, ...]
    right: tuple[Term, ...]
    constant: int

    @property
    def terms(self) -> tuple[Term, ...]:
        return (*self.left, *self.right)

    @property
    def uses_prior(self) -> bool:
        return any(term.prior for term in self.terms)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A named cross-footing rule: what it compares, how grave a breach is, and its sentences.

    ``told`` states the rule, ``found`` the two sides of a breach, ``fix`` what to do;
    ``follows`` names rules whose breach explains this one's, so that one fault is told once;
    ``details`` names rules whose breaches are told within this one's, each as its ``short``.
    """

    id: str
    name: str
    table: str
    severity: Severity
    relation: Relation
    told: str
    found: str
    fix: str
    source: str
    levels: tuple[str, ...]
    since: int
    answerable: bool
    follows: tuple[str, ...]
    details: tuple[str, ...]
    short: str
    identities: tuple[Identity, ...]


# ---------------------------------------------------------------- key figures and charts


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """A sum of fields that people ask for by one name: a key figure, or a part of a chart.

    ``names`` are further names by which prose may cite it.
    ``unit`` is what it is counted in (件, 项, 万元); ``scale`` as a field's.
    """

    key: str
    label: str
    unit: str
    scale: int
    terms: tuple[Term, ...]
    names: tuple[str, ...] = ()

    def value(self, figures: Mapping[str, int]) -> int:
        """The sum, from kept whole numbers by field key."""
        return sum(term.coefficient * figures[term.field] for term in self.terms)


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """A picture worth drawing of a unit's or a county's figures, whatever draws it."""

    key: str
    title: str
    kind: ChartKind
    measures: tuple[Measure, ...]


# ------------------------------------------------------------------------------- edition


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Edition:
    """A national format, in force for the reports of ``first_year`` to ``last_year``.

    ``measures`` are its key figures, ``sums`` what else prose may cite by name.
    """

    key: str
    name: str
    document: str
    source: str
    first_year: int
    last_year: int | None
    title: str
    sections: tuple[Section, ...]
    tables: tuple[Table, ...]
    rules: tuple[Rule, ...]
    fields: tuple[Field, ...]
    by_key: Mapping[str, Field]
    measures: tuple[Measure, ...] = ()
    sums: tuple[Measure, ...] = ()
    charts: tuple[Chart, ...] = ()

    def table(self, key: str) -> Table:
        return next(table for table in self.tables if table.key == key)

    def in_force(self, year: int) -> bool:
        return self.first_year <= year and (self.last_year is None or year <= self.last_year)

    @property
    def parts(self) -> tuple[Part, ...]:
        """Every piece of prose, in print order."""
        return tuple(part for section in self.sections for part in section.parts)

    @property
    def prose_sheets(self) -> tuple[str, ...]:
        """The sheets that hold prose, in order."""
        return tuple(dict.fromkeys(s.sheet for s in self.sections if s.sheet))

    def __reduce__(self) -> tuple[Any, ...]:
        # A process pool sends editions around; the read-only mapping can't be pickled as it is.
        values = {name: getattr(self, name) for name in self.__slots__ if name != "by_key"}
        return (_restore, (values,))


def _restore(values: dict[str, Any]) -> Edition:
    return Edition(**values, by_key=_index(values["fields"]))


def _index(fields: tuple[Field, ...]) -> Mapping[str, Field]:
    return MappingProxyType({f.key: f for f in fields})


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


def edition_for(year: int, editions: Mapping[str, Edition]) -> Edition | None:
    """The edition that reports of a year are written in; None when none is in force."""
    return next((e for e in editions.values() if e.in_force(year)), None)


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
    by_key = _index(fields)
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
        sums=tuple(sums.values()),
        charts=tuple(
            _chart(key, spec, tables_by_key, measures)
            for key, spec in declared.get("charts", {}).items()
        ),
    )


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


def unnumbered(label: str) -> str:
    """A label without its numbering: 「（一）予以公开」 → 「予以公开」."""
    return re.sub(r"^(（.+?）|[一二三四五六七八九十]+、|\d+\.)", "", label)


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
    if spec["kind"] == "parts":
        chosen = tuple(_chart_parts(key, spec, tables))
    else:
        missing = [name for name in spec["measures"] if name not in measures]
        if missing:
            raise EditionError(f"chart {key}: no such measures: {missing}")
        chosen = tuple(measures[name] for name in spec["measures"])
    if len({measure.unit for measure in chosen}) != 1:
        raise EditionError(f"chart {key} shows figures of different units, or none")
    if spec["kind"] == "units" and len(chosen) > 1:
        raise EditionError(f"chart {key} compares the units by more than one measure")
    return Chart(key=key, title=spec["title"], kind=spec["kind"], measures=chosen)


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


# -------------------------------------------------------------------- figures as people write


def printed(value: int, scale: int = 1, signed: bool = False) -> str:
    """A kept whole number as it is printed: exact, without trailing zeros.

    >>> printed(592372449000, MONEY_SCALE)
    '592372.449'
    """
    amount = Decimal(value) / scale if scale != 1 else Decimal(value)
    text = format(amount, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"+{text}" if signed and value > 0 else text
