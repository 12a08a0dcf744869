"""The declaration of the roster workbook (``roster.toml``)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

DECLARATION = Path(__file__).parent / "roster.toml"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """A column of the sheet of units, or a line of the sheet of settings.

    ``variants`` are labels it has had; ``default`` is what an empty cell means, where ``{next}``
    is the year after the report's.
    """

    key: str
    label: str
    kind: str
    hint: str
    variants: tuple[str, ...] = ()
    need: str = "optional"
    width: int = 12
    example: str = ""
    default: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class RosterForm:
    """The declaration of the roster's workbook.

    ``governments`` are the 类型 of governments; ``signatures`` what the name of a place is
    followed by in the name of the organ that signs its report, by how it ends.
    """

    name: str
    guide: str
    units: str
    settings_sheet: str
    yes: str
    no: str
    columns: tuple[Ask, ...]
    settings: tuple[Ask, ...]
    governments: tuple[str, ...]
    signatures: Mapping[str, str]


@lru_cache(maxsize=1)
def roster_form() -> RosterForm:
    """The declaration of the roster's workbook."""
    declared = tomllib.loads(DECLARATION.read_text(encoding="utf-8"))
    publication = declared.pop("publication")
    asks = {key: _asks(declared[key]) for key in ("columns", "settings")}
    governments = tuple(publication["governments"])
    signatures = declared.pop("signature")
    return RosterForm(**{**declared, **asks, "governments": governments, "signatures": signatures})


def _asks(specs: Mapping[str, Mapping[str, Any]]) -> tuple[Ask, ...]:
    listed = ("choices", "variants")
    return tuple(
        Ask(key=key, **{**spec, **{name: tuple(spec.get(name, ())) for name in listed}})
        for key, spec in specs.items()
    )
