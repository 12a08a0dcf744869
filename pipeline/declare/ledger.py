"""What the ledgers ask, as declared in ``ledger.toml``: their sheets, columns, lists and words.

Pure values.  :func:`columns` joins them with an edition: applicants, results and disputes are
its own labels.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

from pipeline.declare.editions import load_editions
from pipeline.declare.loading import Declaration
from pipeline.model.declared import DeclarationError, Declared, check_keys, check_names
from pipeline.model.edition import Edition, LabelPath, Node, aliases, dotted
from pipeline.model.working_days import Periods
from pipeline.text.labels import normalise

ColumnKind = Literal[
    "text", "date", "whole", "choice", "applicant", "result", "dispute", "computed"
]
Offered = Literal["", "channels", "kinds", "published", "cycles", "columns"]
Status = Literal[
    "open",
    "soon",
    "today",
    "late",
    "answered",
    "answered_late",
    "correcting",
    "consulting",
    "unknown",
]
"""Not due, due soon, due today, overdue, answered in time, answered late, waiting for the
applicant's correction, hearing a third party, or not to be said for want of a year's holidays."""

State = Literal["fresh", "due", "free"]
"""Whether something new is due in a column: not yet, it is, never."""

Fault = Literal["correction_late", "extension_late", "extension_long", "consultation_long"]

KNOWN_COLUMNS = {
    "requests": (
        *("number", "due", "status", "came", "channel", "confirmed", "applicant"),
        *("correction_asked", "corrected", "extension_told", "extension", "consulted", "heard"),
        *("answered", "result", "disputes"),
    ),
    "publications": ("date", "column", "title", "kind", "channel", "address"),
    "watched": ("name", "cycle", "latest", "next", "state"),
}
"""The columns of each sheet that something is computed from; the others are kept as they are."""


class Column(Declared):
    """A column of a ledger's sheet. ``choices`` is the list it offers, empty where it has none;
    ``group`` is the group of table four that a column of kind dispute is for, by dotted key."""

    key: str
    label: str
    kind: ColumnKind
    width: float
    hint: str
    variants: tuple[str, ...] = ()
    need: bool = False
    choices: Offered = ""
    group: str = ""
    least: int = 0
    most: int = 0


class LedgerSheet(Declared):
    """A sheet of a ledger: its name, its title, a line on how it is kept, its columns."""

    sheet: str
    caption: str
    guidance: str
    rows: int
    columns: tuple[Column, ...]


class Choice(Declared):
    """Something that a drop-down offers: what it says, what it stands for, other spellings."""

    label: str
    key: str
    variants: tuple[str, ...] = ()


class Channel(Declared):
    """How a request may come; ``confirmed`` where the day of receipt is the one confirmed."""

    label: str
    variants: tuple[str, ...] = ()
    confirmed: bool = False


class Cycle(Declared):
    """How often something new is due in a column; ``days`` None for never."""

    label: str
    days: int | None = None
    variants: tuple[str, ...] = ()


class Personal(Declared, eq=False):
    """How personal data looks: headers that ask for it, and patterns of texts by their name."""

    headers: tuple[str, ...]
    patterns: Mapping[str, re.Pattern[str]]


class Counting(Declared):
    """The keys of the tables and rows that are counted; ``pending`` is the result in table four
    of what isn't decided yet."""

    requests: str
    received: str
    carried_in: str
    results: str
    carried_out: str
    disputes: str
    pending: str


class LedgerForm(Declared, eq=False):
    """The declaration of the ledgers."""

    name: str
    guide: str
    tally: str
    lists: str
    requests: LedgerSheet
    publications: LedgerSheet
    watched: LedgerSheet
    channels: tuple[Channel, ...]
    kinds: tuple[str, ...]
    cycles: tuple[Cycle, ...]
    usual: Mapping[str, str]
    statuses: Mapping[str, str]
    states: Mapping[str, str]
    faults: Mapping[str, str]
    personal: Personal
    counting: Counting
    periods: Periods

    def __post_init__(self) -> None:
        for sheet, known in KNOWN_COLUMNS.items():
            columns: tuple[Column, ...] = getattr(self, sheet).columns
            check_keys(f"{sheet}.columns", [column.key for column in columns], known)
        for key, words in (("statuses", Status), ("states", State), ("faults", Fault)):
            check_keys(key, getattr(self, key), get_args(words))
            check_names(key, getattr(self, key), get_args(words))
        cycles = [cycle.label for cycle in self.cycles]
        for name, cycle in self.usual.items():
            check_names(f"usual.{name}", [cycle], cycles)

    @property
    def sheets(self) -> tuple[str, ...]:
        """Every sheet that a ledger brings along, in order."""
        own = (self.requests, self.publications, self.watched)
        return (*(one.sheet for one in own), self.tally, self.lists)


DECLARATION: Declaration[LedgerForm] = Declaration(
    Path(__file__).parent / "ledger.toml",
    LedgerForm,
    listed=tuple(f"{sheet}.columns" for sheet in KNOWN_COLUMNS),
)


@lru_cache(maxsize=1)
def ledger_form() -> LedgerForm:
    """The declaration of the ledgers."""
    form = DECLARATION.load()
    try:
        check_counting(form.counting, load_editions().values())
    except DeclarationError as error:
        raise error.in_file(DECLARATION.name) from None
    return form


def check_counting(counting: Counting, editions: Iterable[Edition]) -> None:
    """Check that what is counted is there in some edition.

    Raises:
        DeclarationError: it isn't in any.
    """
    tables = [table for edition in editions for table in edition.tables]
    for key in ("requests", "disputes"):
        check_names(f"counting.{key}", [getattr(counting, key)], [table.key for table in tables])
    blocks = [(table.key, block) for table in tables for block in table.blocks]
    rows = {n.key for table, block in blocks if table == counting.requests for n in block.rows}
    for key in ("received", "carried_in", "results", "carried_out"):
        check_names(f"counting.{key}", [getattr(counting, key)], rows)
    leaves = (
        p for table, block in blocks if table == counting.disputes for p in block.column_leaves
    )
    check_names("counting.pending", [counting.pending], {path[-1].key for path in leaves})


# ------------------------------------------------------------------------ joined with an edition


@lru_cache(maxsize=16)
def columns(sheet: LedgerSheet, edition: Edition, form: LedgerForm) -> tuple[Column, ...]:
    """The columns of a sheet under an edition, a dispute's for each group of table four."""
    found: list[Column] = []
    for column in sheet.columns:
        if column.kind != "dispute":
            found.append(column)
            continue
        for group in dispute_groups(edition, form.counting):
            found.append(
                Column(
                    key=f"{column.key}.{dotted(group)}",
                    label=_word(group[-1]),
                    kind=column.kind,
                    width=column.width,
                    hint=column.hint,
                    group=dotted(group),
                )
            )
    return tuple(found)


def applicants(edition: Edition, counting: Counting) -> tuple[LabelPath, ...]:
    """The kinds of applicant: the columns of table three that are no totals."""
    [block] = edition.table(counting.requests).blocks
    return tuple(path for path in block.column_leaves if not path[-1].total)


def results(edition: Edition, counting: Counting) -> tuple[LabelPath, ...]:
    """What may become of a request: the rows of results in table three that are no totals."""
    [block] = edition.table(counting.requests).blocks
    leaves = (path for path in block.row_leaves if path[0].key == counting.results)
    return tuple(path for path in leaves if not path[-1].total)


def dispute_groups(edition: Edition, counting: Counting) -> tuple[LabelPath, ...]:
    """The groups of table four, each with the same results: 行政复议, 未经复议直接起诉 …"""
    [block] = edition.table(counting.disputes).blocks
    return tuple(dict.fromkeys(path[:-1] for path in block.column_leaves))


@lru_cache(maxsize=16)
def applicant_choices(edition: Edition, counting: Counting) -> tuple[Choice, ...]:
    return _choices(applicants(edition, counting), outer=1 << 30)


@lru_cache(maxsize=16)
def result_choices(edition: Edition, counting: Counting) -> tuple[Choice, ...]:
    """The rows of results as a drop-down offers them: ``（三）不予公开·1.属于国家秘密``."""
    return _choices(results(edition, counting), outer=1)


@lru_cache(maxsize=64)
def outcome_choices(edition: Edition, counting: Counting, group: str) -> tuple[Choice, ...]:
    """What may become of a review or a lawsuit of a group, by the dotted key of its column."""
    [block] = edition.table(counting.disputes).blocks
    leaves = [path for path in block.column_leaves if dotted(path[:-1]) == group]
    return _choices([path for path in leaves if not path[-1].total], outer=1 << 30)


def _choices(paths: list[LabelPath] | tuple[LabelPath, ...], outer: int) -> tuple[Choice, ...]:
    """Leaves as choices, named from the level ``outer`` on, or by the leaf alone where that is
    below it."""
    return tuple(
        Choice(
            label="·".join(_word(node) for node in path[min(outer, len(path) - 1) :]),
            key=dotted(path),
            variants=tuple(sorted(aliases(path[-1]))),
        )
        for path in paths
    )


def _word(node: Node) -> str:
    """A label as briefly as it is known: beside its group it needs no word of it."""
    return min(node.name, node.label, key=len)


@lru_cache(maxsize=64)
def spellings(choices: tuple[Choice, ...]) -> Mapping[str, str]:
    """The key of each choice by the normalised spellings that can mean no other."""
    own = {normalise(choice.label): choice.key for choice in choices}
    also: dict[str, set[str]] = {}
    for choice in choices:
        for text in choice.variants:
            also.setdefault(normalise(text), set()).add(choice.key)
    sure = {text: min(keys) for text, keys in also.items() if len(keys) == 1}
    return {**sure, **own}
