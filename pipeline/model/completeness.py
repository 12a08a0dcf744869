"""How complete a level's year is: where each unit stands, and what has been published."""

from __future__ import annotations

from dataclasses import dataclass

ACCEPTED = "通过"


STATUSES = (ACCEPTED, "退回", "未报", "逾期", "重复")
"""The words for where a unit stands, in the order they are counted."""


RECEIVED = (ACCEPTED, "退回", "重复")
"""Those of units that have sent something."""


OUTSIDE = "应报以外"
"""Where a workbook stands that didn't pass, of a unit that by the roster needn't report."""


UNREAD = "（读不出单位名称的文件）"


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """Where an expected unit stands: ``status`` in words; empty strings where not known.

    ``level`` is the level it is directly of, ``counted`` whether it is added up, ``unsigned``
    the labels of the sign-off that an accepted workbook lacks.  ``short`` are further names that
    it goes by.
    """

    unit: str
    kind: str
    status: str
    source: str
    contact: str
    phone: str
    due: str
    level: str = ""
    counted: bool = True
    unsigned: tuple[str, ...] = ()
    short: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Publication:
    """Whether a report has been published: the last day for it, when and where it was by the
    roster (empty: not known), and in words whether that is on time."""

    unit: str
    kind: str
    level: str
    by: str
    on: str
    at: str
    status: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Completeness:
    """How complete a level's year is.

    ``lines`` has one for each unit of the level, and of all levels below, that must report;
    none where there is no roster (``listed`` is False).  ``returned`` are further workbooks that
    didn't pass, by unit.  ``added`` is how many units' figures are added up, ``reported`` how many
    units have reported and passed, those that are not added up too.  ``prose`` says
    that there is one workbook of the level's own.  ``unsigned`` are accepted workbooks with the
    sign-off they lack, ``signing`` whether a final report needs it.  ``open_warnings`` are
    accepted workbooks with how many of their warnings are neither gone nor explained.
    ``published`` has a line
    for each report that must be published, those of the levels among them.  ``unknown_to`` is the
    place of a roster of the year that doesn't have the level, empty otherwise.  ``moved_on`` is
    the year of the roster where that is a later one, 0 otherwise: then ``lines`` are of the units
    that an earlier run remembers.
    """

    level: str = ""
    listed: bool = False
    lines: tuple[Standing, ...] = ()
    returned: tuple[str, ...] = ()
    added: int = 0
    reported: int = 0
    prose: bool = True
    unsigned: tuple[tuple[str, tuple[str, ...]], ...] = ()
    signing: bool = True
    open_warnings: tuple[tuple[str, int], ...] = ()
    published: tuple[Publication, ...] = ()
    unknown_to: str = ""
    moved_on: int = 0

    @property
    def waiting(self) -> tuple[Standing, ...]:
        """The units that have yet to pass."""
        return tuple(line for line in self.lines if line.status != ACCEPTED)

    @property
    def lacking(self) -> tuple[str, ...]:
        """Whom a complete report still lacks, by name; of another level, with its name."""
        own = () if self.prose else (f"{self.level}本级正文",)
        waiting = (self._named(line) for line in self.waiting)
        return tuple(dict.fromkeys((*waiting, *self.returned, *own)))

    @property
    def complete(self) -> bool:
        return not self.lacking

    @property
    def final(self) -> bool:
        """Whether the report may go out: complete, every warning answered, and signed off where
        that is asked."""
        return self.complete and not self.open_warnings and not (self.signing and self.unsigned)

    def count(self, *statuses: str) -> int:
        return sum(line.status in statuses for line in self.lines)

    def _named(self, line: Standing) -> str:
        direct = not line.level or line.level == self.level or line.unit.startswith(line.level)
        return line.unit if direct else f"{line.level}{line.unit}"
