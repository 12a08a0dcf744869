"""Making editions from their declarations (``editions/*.toml``).

A declaration may amend another, as a legal text does; it is consolidated first.  Rows and
columns are trees of labels; rules, key figures and charts are expressions over their keys,
resolved here to the fields they speak of.  What contradicts itself is found when it is loaded.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec

from pipeline.declare.amendments import WORDS, amend, nearest_amended
from pipeline.declare.loading import read_toml, structure
from pipeline.declare.measures import (
    AnyChart,
    MeasureShape,
    make_chart,
    make_measure,
    pick_measures,
)
from pipeline.declare.rules import RuleShape, check_references, make_rule
from pipeline.declare.tables import Key, NodeShape, TableShape, make_nodes, make_table
from pipeline.declare.workbook_form import workbook_form
from pipeline.model.declared import DeclarationError, Declared, check_names, check_words
from pipeline.model.edition import Edition, FeeStatement, Part, Section, indexed

EDITIONS = Path(__file__).parent / "editions"


class PartShape(Declared):
    """A piece of prose, with a heading or only a label."""

    label: str = ""
    heading: str = ""
    variants: tuple[str, ...] = ()
    hint: str = ""
    required: bool = False

    def __post_init__(self) -> None:
        if not (self.label or self.heading):
            raise DeclarationError("heading", "needed, or a label")


class SectionShape(Declared):
    """A section of prose, on a sheet, or of one table."""

    heading: str = ""
    variants: tuple[str, ...] = ()
    sheet: str = ""
    table: str = ""
    required: bool = False
    empty: str = ""
    parts: Mapping[Key, PartShape] = {}

    def __post_init__(self) -> None:
        if bool(self.parts) == bool(self.table):
            raise DeclarationError("parts", "either these or a table are needed")
        if bool(self.parts) != bool(self.sheet):
            raise DeclarationError("sheet", "needed for prose, and for nothing else")


class FeeShape(Declared):
    """What is asked of 信息处理费, and the sentences that tell it."""

    section: str
    caption: str
    source: str
    free: str
    charged: str
    county: str
    unit: str
    unstated: str
    total: str
    requests: NodeShape
    amount: NodeShape

    def __post_init__(self) -> None:
        check_words("free", self.free)
        check_words("charged", self.charged, ("requests", "amount"))
        check_words("county", self.county, ("county", "requests", "amount"))


class EditionShape(Declared):
    """An edition, consolidated."""

    key: str
    name: str
    document: str
    source: str
    first_year: int
    title: str
    sections: Mapping[Key, SectionShape]
    tables: Mapping[Key, TableShape]
    amends: str = ""
    headlines: tuple[str, ...] = ()
    lists: Mapping[Key, dict[Key, NodeShape]] = {}
    rules: Mapping[Key, RuleShape] = {}
    measures: Mapping[Key, MeasureShape] = {}
    sums: Mapping[Key, MeasureShape] = {}
    counts: Mapping[Key, MeasureShape] = {}
    charts: Mapping[Key, AnyChart] = {}
    processing_fee: FeeShape | None = None

    def __post_init__(self) -> None:
        check_words("title", self.title, ("unit", "year"))


@lru_cache(maxsize=8)
def load_editions(folder: Path = EDITIONS) -> Mapping[str, Edition]:
    """Every edition declared in a folder, by key, oldest first; each is in force until the next
    begins.

    Raises:
        DeclarationError: a declaration can't be read, contradicts itself, or begins in the year in
            which another does.
    """
    return read_editions({path.name: read_toml(path) for path in sorted(folder.glob("*.toml"))})


def read_editions(files: Mapping[str, dict[str, Any]]) -> Mapping[str, Edition]:
    """The editions that parsed files declare, as :func:`load_editions`."""
    by_key = _files_by_key(files)
    # What a file gets wrong is told of itself before it is told of those that amend it.
    files = {
        name: files[name] for name in sorted(files, key=lambda x: str(files[x].get("first_year")))
    }
    editions = sorted(
        (_load(name, files, by_key) for name in files), key=lambda one: one.first_year
    )
    for old, new in pairwise(editions):
        if old.first_year == new.first_year:
            raise DeclarationError(
                "first_year", f"two editions begin in {new.first_year}: {old.key}, {new.key}"
            )
    ends = [*(edition.first_year - 1 for edition in editions[1:]), None]
    return MappingProxyType(
        {e.key: replace(e, last_year=end) for e, end in zip(editions, ends, strict=True)}
    )


def _files_by_key(files: Mapping[str, dict[str, Any]]) -> Mapping[str, str]:
    by_key: dict[str, str] = {}
    known = EditionShape.__struct_fields__
    for file, declared in files.items():
        for key in [key for key in declared if key not in known]:
            raise DeclarationError(key, "unknown key", key, (*known, *WORDS), file)
        if by_key.setdefault(str(declared.get("key")), file) != file:
            raise DeclarationError("key", f"that of {by_key[str(declared['key'])]}", file=file)
    return by_key


def _load(file: str, files: Mapping[str, dict[str, Any]], by_key: Mapping[str, str]) -> Edition:
    """The edition of a file, whose errors are told with the file in which the key stands."""
    chain = [file]
    base: dict[str, Any] = {}
    try:
        while (amends := files[chain[-1]].get("amends")) is not None:
            check_names("amends", [str(amends)], [k for k, n in by_key.items() if n not in chain])
            chain.append(by_key[str(amends)])
        for name in reversed(chain[1:]):
            base = amend(base, {k: v for k, v in files[name].items() if k != "amends"})
        return build_edition(amend(base, files[file]))
    except DeclarationError as error:
        names = error.key.split(".")
        there = max(chain, key=lambda name: _depth(files[name], names))
        whose = there if there == file else f"{there} (as {file} amends it)"
        if error.nearest or not base:
            raise error.in_file(whose) from None
        name, valid = nearest_amended(base, files[file], error.key)
        raise DeclarationError(error.key, error.fault, name, valid, file=whose) from None


def _depth(declared: Any, names: list[str]) -> int:
    """How far along a dotted key a file says something."""
    depth = 0
    for name in names:
        if not isinstance(declared, dict) or name not in declared:
            break
        declared, depth = declared[name], depth + 1
    return depth


def build_edition(declared: Mapping[str, Any]) -> Edition:
    """Make an edition from a consolidated declaration (the parsed TOML).

    Raises:
        DeclarationError: a key is unknown, missing or wrong, a field stands twice, or something
            refers to what isn't there.
    """
    shape: EditionShape = structure(declared, EditionShape, WORDS)
    headings = _headings(shape)
    tables = {
        key: make_table(key, table, headings[key], shape.lists)
        for key, table in shape.tables.items()
    }
    fields = tuple(f for table in tables.values() for f in table.fields)
    _check_apart("tables", [field.key for field in fields])
    _check_apart("tables", [table.sheet for table in tables.values()])
    _check_apart("sums", [*shape.measures, *shape.sums])
    _check_apart("charts", [chart.name or chart.title for chart in shape.charts.values()])
    check_references(shape.rules, workbook_form().entry("level").choices)
    measures, sums, counts = (
        {key: make_measure(f"{kind}.{key}", one, tables) for key, one in shapes.items()}
        for kind, shapes in (
            ("measures", shape.measures),
            ("sums", shape.sums),
            ("counts", shape.counts),
        )
    )
    return Edition(
        key=shape.key,
        name=shape.name,
        document=shape.document,
        source=shape.source,
        first_year=shape.first_year,
        last_year=None,
        title=shape.title,
        sections=tuple(_section(key, section) for key, section in shape.sections.items()),
        tables=tuple(tables.values()),
        rules=tuple(make_rule(key, rule, tables) for key, rule in shape.rules.items()),
        fields=fields,
        by_key=indexed(fields),
        measures=tuple(measures.values()),
        headlines=pick_measures("headlines", shape.headlines, measures),
        sums=tuple(sums.values()),
        counts=tuple(counts.values()),
        charts=tuple(make_chart(key, c, tables, measures) for key, c in shape.charts.items()),
        fee=_fee(shape.processing_fee, shape.sections) if shape.processing_fee else None,
        sha256=_hash(declared),
    )


def _check_apart(key: str, names: list[str]) -> None:
    doubled = [name for name, count in Counter(names).items() if count > 1]
    if doubled:
        raise DeclarationError(key, f"twice: {doubled}")


def _headings(shape: EditionShape) -> dict[str, str]:
    """The heading of each table's section."""
    headings: dict[str, str] = {}
    for key, section in shape.sections.items():
        if section.table:
            check_names(f"sections.{key}.table", [section.table], shape.tables.keys() - headings)
            headings[section.table] = section.heading
    for key in shape.tables:
        check_names(f"tables.{key}", [key], headings)
    return headings


def _hash(declared: Mapping[str, Any]) -> str:
    """The same for the same declaration, however its file is laid out."""
    plain = json.dumps(declared, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(plain.encode("utf-8")).hexdigest()


def _fee(shape: FeeShape, sections: Mapping[str, SectionShape]) -> FeeStatement:
    prose = [key for key, section in sections.items() if section.parts]
    check_names("processing_fee.section", [shape.section], prose)
    asked = {"requests": shape.requests, "amount": shape.amount}
    nodes = {node.key: node for node in make_nodes(asked, {}, "processing_fee")}
    return FeeStatement(**{**msgspec.structs.asdict(shape), **nodes})


def _section(key: str, shape: SectionShape) -> Section:
    parts = tuple(
        Part(
            key=f"{key}.{name}",
            section=key,
            label=part.label or part.heading,
            heading=part.heading,
            variants=part.variants,
            hint=part.hint,
            required=part.required,
        )
        for name, part in shape.parts.items()
    )
    return Section(**{**msgspec.structs.asdict(shape), "key": key, "parts": parts})
