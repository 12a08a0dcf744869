"""What the ledgers of a unit hold: requests with their course, publications, watched columns."""

from __future__ import annotations

import datetime
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Course:
    """The days on which things happened to a request; None for what hasn't.

    ``received`` is the day of receipt by Art. 31; ``extension`` the working days added.
    """

    received: datetime.date
    correction_asked: datetime.date | None = None
    corrected: datetime.date | None = None
    consulted: datetime.date | None = None
    heard: datetime.date | None = None
    extension_told: datetime.date | None = None
    extension: int = 0
    answered: datetime.date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """A request: ``applicant`` is a column of table three, ``result`` a row of it (empty while
    there is none), ``disputes`` are columns of table four, all by dotted key."""

    number: str
    applicant: str
    course: Course
    result: str = ""
    disputes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Publication:
    """Something published on a day: in a column (栏目) of a channel, of a kind; either may be
    left open."""

    date: datetime.date
    title: str
    channel: str
    kind: str = ""
    column: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Watched:
    """A column (栏目) and its cycle; ``days`` None where nothing is ever due in it."""

    name: str
    cycle: str
    days: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Ledger:
    """What a unit's ledgers say."""

    requests: tuple[Request, ...] = ()
    publications: tuple[Publication, ...] = ()
    watched: tuple[Watched, ...] = ()

    @property
    def kept(self) -> bool:
        """Whether anything has been entered; the columns that are watched come with the form."""
        return bool(self.requests or self.publications)
