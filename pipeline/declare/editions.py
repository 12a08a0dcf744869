"""Making editions from their declarations (``editions/*.toml``): the only reader of the TOML.

A declaration may amend another, as a legal text does; it is consolidated first.  Rows and
columns are trees of labels; rules, key figures and charts are expressions over their keys,
resolved here to the fields they speak of.  What contradicts itself is found when it is loaded.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from pipeline.declare import EditionError
from pipeline.declare.measures import named_measures, parse_chart, parse_measure
from pipeline.declare.rules import parse_rule
from pipeline.declare.tables import parse_node, parse_table
from pipeline.model.edition import Edition, FeeStatement, Part, Section, indexed

EDITIONS = Path(__file__).parent / "editions"


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
        parse_table(key, spec, headings.get(key, ""), lists)
        for key, spec in declared["tables"].items()
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
        parse_rule(key, spec, tables_by_key) for key, spec in declared.get("rules", {}).items()
    )
    measures, sums = (
        {
            key: parse_measure(key, spec, tables_by_key)
            for key, spec in declared.get(kind, {}).items()
        }
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
        headlines=named_measures("headlines", declared.get("headlines", ()), measures),
        sums=tuple(sums.values()),
        charts=tuple(
            parse_chart(key, spec, tables_by_key, measures)
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
    asked = {key: parse_node(key, spec[key], {}) for key in ("requests", "amount")}
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
