"""The expressions of a declaration: sums and differences of the names of rows or columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from pipeline.model.declared import DeclarationError
from pipeline.model.edition import LabelPath, Table, dotted

_PART = re.compile(r"\s*(?P<sign>[+-]?)\s*(?P<prior>prior:)?(?P<name>\*|\w+(?:\.\w+)*(?:\.\*)?)\s*")


class Part(NamedTuple):
    """A part of a sum: its sign, whether last year's figure is meant, and a name or a number."""

    sign: int
    prior: bool
    name: str


def parse_expression(
    key: str, text: str, *, numbers: bool = False, prior: bool = False
) -> list[Part]:
    """``prior:stock + made - repealed`` in parts.

    Raises:
        DeclarationError: it can't be read, or has a number or last year's figure where none may
            stand.
    """
    parts: list[Part] = []
    at = 0
    while at < len(text):
        found = _PART.match(text, at)
        if found is None or bool(found["sign"]) < bool(parts):
            raise DeclarationError(key, f"can't be read from {text[at:]!r} on: {text}")
        part = Part(-1 if found["sign"] == "-" else 1, bool(found["prior"]), found["name"])
        if (part.prior and not prior) or (part.name.isdigit() and not numbers):
            raise DeclarationError(key, f"{found[0].strip()!r} can't stand here: {text}")
        parts.append(part)
        at = found.end()
    return parts


Named = Mapping[str, LabelPath]
"""Leaves of a table's rows or columns by their dotted key."""


class Axes(NamedTuple):
    """The leaves of a block by the names that expressions have for them; of a block of one
    unlabelled row, that by an empty one."""

    rows: Named
    columns: Named


@lru_cache(maxsize=64)
def axes(table: Table) -> tuple[Axes, ...]:
    """The rows and columns of a table's blocks."""
    return tuple(
        Axes(*({dotted(path): path for path in x} for x in (block.row_leaves, block.column_leaves)))
        for block in table.blocks
    )


def joined(along: Iterable[Named]) -> Named:
    """The leaves of several blocks."""
    return {name: path for one in along for name, path in one.items()}


def leaves_of(name: str, along: Named) -> list[LabelPath]:
    """The leaves that a name stands for: itself; of an inner label, ``x.*`` or ``*``, all below it
    but totals; none where there is no such label."""
    if name in along:
        return [along[name]]
    stem = "" if name == "*" else name.removesuffix(".*") + "."
    return [p for key, p in along.items() if key.startswith(stem) and not p[-1].total]


def check_leaves(key: str, parts: list[Part], along: Named) -> None:
    """Check that each name of an expression stands for some of the leaves.

    Raises:
        DeclarationError: one doesn't.
    """
    for name in (part.name for part in parts if not part.name.isdigit()):
        if not leaves_of(name, along):
            labels = {dotted(p[:depth]) for p in along.values() for depth in range(1, len(p) + 1)}
            raise DeclarationError(key, f"there is no {name!r}", name, labels)
