"""The declaration of the roster workbook (``roster.toml``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pipeline.declare.loading import Declaration
from pipeline.model.declared import Declared, check_keys, check_names, check_words
from pipeline.model.roster import RosterSettings
from pipeline.model.roster_unit import RosterUnit

KNOWN_COLUMNS = ("unit", *(field.name for field in fields(RosterUnit) if field.name != "name"))
KNOWN_SETTINGS = ("county", "year", "deadline", *(field.name for field in fields(RosterSettings)))


class Ask(Declared):
    """A column of the sheet of units, or a line of the sheet of settings.

    ``variants`` are labels it has had; ``default`` is what an empty cell means, where ``{next}``
    is the year after the report's.
    """

    key: str
    label: str
    kind: Literal["text", "choice", "yes_no", "date", "year", "percent"]
    hint: str
    variants: tuple[str, ...] = ()
    need: Literal["required", "optional"] = "optional"
    width: int = 12
    example: str = ""
    default: str = ""
    choices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_words("default", self.default, ("next",))


class RosterForm(Declared, eq=False):
    """The declaration of the roster's workbook.

    ``governments`` are the 类型 of governments; ``signatures`` what the name of a place is
    followed by in the name of the organ that signs its report, by how it ends.  The forms of
    ``townships`` (类型) don't ask whose report it is and at what level.
    """

    name: str
    guide: str
    units: str
    settings_sheet: str
    yes: str
    no: str
    governments: tuple[str, ...]
    columns: tuple[Ask, ...]
    settings: tuple[Ask, ...]
    signatures: Mapping[str, str]
    townships: tuple[str, ...]

    def __post_init__(self) -> None:
        columns = {ask.key: ask for ask in self.columns}
        settings = [ask.key for ask in self.settings]
        check_keys("columns", columns, KNOWN_COLUMNS)
        check_keys("settings", settings, KNOWN_SETTINGS)
        check_names("settings", settings, KNOWN_SETTINGS)
        for name in ("governments", "townships"):
            check_names(name, getattr(self, name), columns["kind"].choices)


DECLARATION: Declaration[RosterForm] = Declaration(
    Path(__file__).parent / "roster.toml", RosterForm, listed=("columns", "settings")
)


@lru_cache(maxsize=1)
def roster_form() -> RosterForm:
    """The declaration of the roster's workbook."""
    return DECLARATION.load()
