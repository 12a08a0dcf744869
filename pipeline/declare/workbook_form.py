"""What the standardized workbook asks besides the national tables: its own sheets and fields.

Declared in ``form.toml``: the sheet 基本信息, the columns of the prose sheets, the counted
facts.  The blank workbook, the reader and the schemas of these sheets are derived from it.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import get_args

from pipeline.model.workbook_form import (
    CheckSheet,
    Citing,
    Confirmation,
    Entry,
    EntryKind,
    FactColumns,
    Need,
    ProseColumns,
    ReturnSheet,
    WorkbookForm,
)

DECLARATION = Path(__file__).parent / "workbook_form.toml"


@lru_cache(maxsize=1)
def workbook_form() -> WorkbookForm:
    """The declaration of the standardized workbook."""
    declared = tomllib.loads(DECLARATION.read_text(encoding="utf-8"))
    entries = tuple(
        Entry(
            key=key,
            label=spec["label"],
            variants=tuple(spec.get("variants", ())),
            kind=spec["kind"],
            need=spec["need"],
            hint=spec.get("hint", ""),
            choices=tuple(spec.get("choices", ())),
            locked=spec.get("locked", False),
        )
        for key, spec in declared["fields"].items()
    )
    for entry in entries:
        if entry.kind not in get_args(EntryKind) or entry.need not in get_args(Need):
            raise ValueError(f"form.toml: {entry.key} has an unknown kind or need")
    return WorkbookForm(
        guide=declared["guide"],
        identity=declared["identity"],
        entries=entries,
        signing=tuple(declared["signing"]["entries"]),
        prose=ProseColumns(**declared["prose"]),
        facts=FactColumns(
            **{
                **declared["facts"],
                "channels": tuple(declared["facts"]["channels"]),
                "by_channel": tuple(declared["facts"]["by_channel"]),
            }
        ),
        citing=Citing(
            **{
                **declared["citing"],
                "county_prefixes": tuple(declared["citing"]["county_prefixes"]),
                "own_scopes": tuple(declared["citing"]["own_scopes"]),
            }
        ),
        checks=CheckSheet(**declared["checks"]),
        returned=ReturnSheet(**declared["returned"]),
        confirm=Confirmation(**declared["confirm"]),
    )
