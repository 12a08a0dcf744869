"""A national edition of the annual report, read from its declaration.

An edition is a legal text kept as data (``editions/*.toml``): sections, tables with their
official words, and the identities between figures (勾稽关系).  Everything else in the
program — the blank workbook, the reader, the schemas, the checks, the sums, the Word tables,
the summary workbook — is derived from these values; :mod:`pipeline.declare.editions` makes them.

A *field* is one figure of the report, the meeting of one row and one column of one table.
It has one key everywhere, e.g. ``requests.results.refused.state_secret.natural_person``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal

from pipeline.text.figures import SCALES, Kind
from pipeline.text.labels import normalise

Severity = Literal["error", "warning", "notice"]
Relation = Literal["=", "<=", ">=", "zero_together", "requires"]
ChartKind = Literal["channels", "units", "parts", "years"]
"""``channels`` shows the counted facts of active disclosure by channel; ``units`` compares the
units by one measure; ``parts`` shows what a whole is made of, a measure a part; ``years`` sets
this year's measures beside those of the years before."""


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

    @property
    def scale(self) -> int:
        """Kept whole numbers per printed unit of what it labels, a count where no kind is said."""
        return SCALES[self.kind or "count"]

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
        return SCALES[self.kind]

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

    ``statement`` states the rule, ``message`` the two sides of a breach, ``remedy`` what to do;
    ``follows`` names rules whose breach explains this one's, so that one fault is told once;
    ``details`` names rules whose breaches are told within this one's, each as its ``short``.
    """

    id: str
    name: str
    table: str
    severity: Severity
    relation: Relation
    statement: str
    message: str
    remedy: str
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
    """A picture worth drawing of a unit's or a county's figures, whatever draws it.

    ``name`` is what a template calls it; ``nothing`` is what to say when all its figures are 0.
    """

    key: str
    title: str
    kind: ChartKind
    measures: tuple[Measure, ...]
    unit: str
    name: str
    nothing: str


# ---------------------------------------------------------------------------- 信息处理费


@dataclass(frozen=True, kw_only=True, slots=True)
class FeeStatement:
    """The statement of 信息处理费 that a section of prose must hold: what a unit is asked, and the
    sentences that tell it.

    ``requests`` (件) and ``amount`` (元) are asked.  ``free`` and ``charged`` tell a unit's,
    ``county`` the sum over those that stated theirs, above a list by unit whose header is ``unit``
    and the two labels, whose last row is ``total``, and where ``unstated`` stands for a unit that
    stated nothing.
    """

    section: str
    caption: str
    source: str
    requests: Node
    amount: Node
    free: str
    charged: str
    county: str
    unit: str
    unstated: str
    total: str

    @property
    def nodes(self) -> tuple[Node, Node]:
        return self.requests, self.amount

    def names(self, node: Node) -> tuple[str, ...]:
        """By what prose may cite the count or the amount, the usual name first."""
        whole = (self.caption,) if node is self.amount else ()
        return (*whole, f"{self.caption}{node.label}")


# ------------------------------------------------------------------------------- edition


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Edition:
    """A national format, in force for the reports of ``first_year`` to ``last_year``.

    ``measures`` are its key figures, ``headlines`` the foremost of them; ``sums`` are what else
    prose may cite by name, and ``counts`` what else it may tell.  ``fee`` is None where 信息处理费 needn't be stated.
    ``sha256`` is that of its consolidated declaration.
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
    headlines: tuple[Measure, ...] = ()
    sums: tuple[Measure, ...] = ()
    counts: tuple[Measure, ...] = ()
    charts: tuple[Chart, ...] = ()
    fee: FeeStatement | None = None
    sha256: str = ""

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
    return Edition(**values, by_key=indexed(values["fields"]))


def indexed(fields: tuple[Field, ...]) -> Mapping[str, Field]:
    return MappingProxyType({f.key: f for f in fields})


def edition_for(year: int, editions: Mapping[str, Edition]) -> Edition | None:
    """The edition that reports of a year are written in; None when none is in force."""
    return next((e for e in editions.values() if e.in_force(year)), None)


def newest_begun(year: int, editions: Mapping[str, Edition]) -> Edition:
    """The newest edition that has begun by a year, the oldest where none has: what is meant where
    no year is said."""
    begun = [edition for edition in editions.values() if edition.first_year <= year]
    return (begun or list(editions.values())[:1])[-1]


def unnumbered(label: str) -> str:
    """A label without its numbering: 「（一）予以公开」 → 「予以公开」."""
    return re.sub(r"^(（.+?）|[一二三四五六七八九十]+、|\d+\.)", "", label)


@lru_cache(maxsize=4096)
def aliases(node: Node) -> frozenset[str]:
    """Every normalised spelling by which a label is known, with and without its numbering."""
    spellings = (node.label, *node.variants)
    return frozenset(
        normalise(form) for text in spellings for form in (text, unnumbered(text)) if form
    )
