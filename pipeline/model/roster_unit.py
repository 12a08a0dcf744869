"""A line of the roster: a unit that may have to report."""

from __future__ import annotations

import datetime
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class RosterUnit:
    """A line of the roster; ``due`` says that it must report, ``counted`` that it is added up.

    ``parent`` is the 上级 as it was written, empty for what is directly of the roster's place.
    """

    name: str
    short: tuple[str, ...] = ()
    self: str = ""
    kind: str = ""
    parent: str = ""
    due: bool = True
    counted: bool = True
    contact: str = ""
    phone: str = ""
    deadline: datetime.date | None = None
    published_on: datetime.date | None = None
    published_at: str = ""
