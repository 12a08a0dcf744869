"""What the standardized workbook asks besides the national tables, as values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pipeline.model.declared import Declared, check_keys, check_names, check_words

EntryKind = Literal["text", "year", "choice", "date", "email", "postcode", "phone", "edition"]


Need = Literal["required", "wanted", "optional"]

KNOWN_ENTRIES = (
    "unit",
    "self",
    "county",
    "year",
    "edition",
    "scope",
    "level",
    "title",
    "signed_on",
)
"""The entries that something is made of; the others are kept and printed as they are."""


class Entry(Declared):
    """A line of 基本信息: a label and the cell right of it.

    In ``hint``, ``{year}`` stands for the year of the report and ``{next}`` for the one after.
    """

    key: str
    label: str
    kind: EntryKind
    need: Need
    variants: tuple[str, ...] = ()
    hint: str = ""
    choices: tuple[str, ...] = ()
    locked: bool = False

    def __post_init__(self) -> None:
        check_words("hint", self.hint, ("year", "next"))


class ProseColumns(Declared):
    """The header of the prose sheets, and the rows left free for parts a unit adds."""

    part: str
    heading: str
    text: str
    hint: str
    length: str
    added: str
    added_rows: int


class FactColumns(Declared):
    """The table of counted facts: its caption and header, the usual channels, its free rows.

    ``total``, ``by_channel`` and ``by_category`` are the names by which prose cites the counts,
    ``short`` the short names of channels.
    """

    caption: str
    channel: str
    count: str
    category: str
    channels: tuple[str, ...]
    rows: int
    total: str
    by_channel: tuple[str, ...]
    by_category: str
    short: Mapping[str, str] = {}

    def __post_init__(self) -> None:
        check_names("short", self.short, self.channels)
        for pattern in self.by_channel:
            check_words("by_channel", pattern, ("channel",))
        check_words("by_category", self.by_category, ("channel", "category"))


class Citing(Declared):
    """The names by which prose cites what is no sum of the edition and no counted fact.

    ``reporting_units`` is how many units have reported, ``added_units`` how many of them are added
    up; ``own_scopes`` are the words by which a county's prose speaks of its government alone.
    """

    unit: str
    self: str
    year: str
    last_year: str
    change: str
    default_change: str
    county_prefixes: tuple[str, ...]
    reporting_units: str
    added_units: str
    own_scopes: tuple[str, ...]

    def __post_init__(self) -> None:
        check_words("change", self.change, ("name",))


class CheckSheet(Declared):
    """The sheet of the cross-footing rules: its name, and the columns that are read back."""

    sheet: str
    rule: str
    subject: str
    reason: str


class ReturnSheet(Declared):
    """The sheet of problems in a returned copy: its name, and the columns that are read back."""

    sheet: str
    reason: str
    code: str


class Confirmation(Declared):
    """The cell by which a clerk confirms that a table has been checked."""

    label: str
    yes: str
    no: str


class WorkbookForm(Declared, eq=False):
    """The standardized workbook's own declaration.

    ``signing`` are the keys of the entries that make up the sign-off, in order.
    """

    guide: str
    identity: str
    entries: tuple[Entry, ...]
    signing: tuple[str, ...]
    prose: ProseColumns
    facts: FactColumns
    citing: Citing
    checks: CheckSheet
    returned: ReturnSheet
    confirm: Confirmation

    def __post_init__(self) -> None:
        keys = [entry.key for entry in self.entries]
        check_keys("entries", keys, KNOWN_ENTRIES)
        check_names("signing", self.signing, keys)

    def entry(self, key: str) -> Entry:
        return next(entry for entry in self.entries if entry.key == key)
