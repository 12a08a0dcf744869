"""Consolidating a declaration with what it amends, as a legal text is consolidated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.model.declared import DeclarationError, check_names

Tables = dict[str, Any]

PLACING = ("before", "after")
WORDS = ("removed", "replaces", *PLACING)
"""What a table of an amendment may say of the text that it amends."""


def amend(base: Mapping[str, Any], change: Mapping[str, Any], above: str = "") -> Tables:
    """A table with what a change of it names in the place of what was there.

    Of the change, ``removed`` lists keys that go; a table with ``replaces`` takes the place of the
    old one instead of being merged into it, and one with ``before`` or ``after`` stands beside the
    entry of that key.  ``above`` is the dotted key of the table.

    Raises:
        DeclarationError: there is nothing to remove, to replace or to stand beside.
    """
    removed = change.get("removed", ())
    check_names(above + "removed", removed, base)
    merged = {key: value for key, value in base.items() if key not in removed}
    for key, value in change.items():
        if key == "removed":
            continue
        if not isinstance(value, dict):
            merged[key] = value
            continue
        old = merged.get(key)
        if value.get("replaces"):
            check_names(above + key, [key], merged)
            old = None
        own = {name: x for name, x in value.items() if name not in WORDS[1:]}
        merged[key] = amend(old if isinstance(old, dict) else {}, own, f"{above}{key}.")
        merged = _placed(merged, key, value, above, base)
    return merged


def _placed(
    tables: Tables, key: str, value: Mapping[str, Any], above: str, base: Mapping[str, Any]
) -> Tables:
    """The tables with one before or after another, where it says so."""
    places = [(word, value[word]) for word in PLACING if word in value]
    if not places:
        return tables
    if len(places) > 1:
        raise DeclarationError(f"{above}{key}", "both before and after")
    [(word, other)] = places
    rest = {name: x for name, x in tables.items() if name != key}
    if other not in rest:
        fault = f"there is no {other!r}"
        raise DeclarationError(f"{above}{key}.{word}", fault, str(other), base)
    order: list[str] = []
    for name in rest:
        beside = [key] if name == other else []
        order += [*beside, name] if word == "before" else [name, *beside]
    return {name: tables[name] for name in order}


def nearest_amended(
    base: Mapping[str, Any], change: Mapping[str, Any], key: str
) -> tuple[str, list[str]]:
    """Of a dotted key that an amendment gets wrong, the first name on its way that the base doesn't
    have, and those that it has instead; nothing where it has them all."""
    for name in key.split("."):
        if not isinstance(base, Mapping) or not isinstance(change, Mapping) or name not in change:
            break
        if name not in base:
            return name, [*base]
        base, change = base[name], change[name]
    return "", []
