"""The declarations that there are, and how a test breaks one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pipeline.audit import audit
from pipeline.declare import ledger, messages, roster, workbook_form
from pipeline.declare.editions import EDITIONS, read_editions
from pipeline.declare.loading import read_toml
from pipeline.ledger import holidays
from pipeline.prose import lexicon, remnants
from pipeline.template_lint import fields
from tests.support.added_edition import ADDED

Path = tuple[str, ...]
Table = dict[str, Any]

DECLARATIONS = (
    audit.DECLARATION,
    fields.DECLARATION,
    holidays.DECLARATION,
    ledger.DECLARATION,
    roster.DECLARATION,
    workbook_form.DECLARATION,
    lexicon.DECLARATION,
    remnants.DECLARATION,
    *messages.DECLARATIONS,
)
"""All but the editions, which are read together."""

EDITION_FILES: Mapping[str, Table] = {
    path.name: read_toml(path) for path in (*sorted(EDITIONS.glob("*.toml")), ADDED)
}
"""The editions there are, and one that a test adds."""

READERS: dict[str, tuple[Table, Callable[[Table], object]]] = {
    one.name: (read_toml(one.path), one.read) for one in DECLARATIONS
} | {
    name: (declared, lambda broken, name=name: read_editions({**EDITION_FILES, name: broken}))
    for name, declared in EDITION_FILES.items()
}
"""By file name, what is declared, and what reads it."""


def key_paths(declared: Mapping[str, Any], above: Path = ()) -> Iterator[Path]:
    """Every key of a declaration, with those of the tables around it."""
    for key, value in declared.items():
        yield (*above, key)
        for at, inner in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(inner, dict):
                step = (key, str(at)) if isinstance(value, list) else (key,)
                yield from key_paths(inner, (*above, *step))


def changed(declared: Any, path: Path, change: Callable[[str, Any], tuple[str, Any]]) -> Any:
    """The declaration with a key and its value changed, in its place."""
    first, *rest = path
    if isinstance(declared, list):
        inner = [
            changed(x, tuple(rest), change) if i == int(first) else x
            for i, x in enumerate(declared)
        ]
        return inner
    return dict(
        (key, value)
        if key != first
        else change(key, value)
        if not rest
        else (key, changed(value, tuple(rest), change))
        for key, value in declared.items()
    )


def value_at(declared: Any, path: Path) -> Any:
    for step in path:
        declared = declared[int(step) if isinstance(declared, list) else step]
    return declared


def misspelt(name: str) -> str:
    return f"{name}x"


NAMES = re.compile(r"[^\W\d]\w*(?=[\s.+-]|$)")
"""The names in an expression, as against ``prior:`` and numbers."""
