"""What is wrong with a workbook, as data."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pipeline.model.edition import Severity

SEVERITIES: Mapping[Severity, str] = MappingProxyType(
    {"error": "错误", "warning": "警告", "notice": "提示"}
)
"""How grave a problem is, as people read it, the gravest first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One thing wrong in one workbook.

    ``sheet`` and ``cell`` are empty when the fault has no single place; ``cells`` are all the
    cells of the same sheet the fault speaks of (``cell`` is the first of them).  ``subject`` is
    the row or column a cross-footing rule was broken in, the figure that prose claims, or what
    was proofread for.  ``explanation`` is what the unit says to it
    (情况说明), empty where nothing was said or nothing can be said.
    ``aside`` are passages to be read side by side: the unit's own, and another's.
    """

    rule: str
    severity: Severity
    message: str
    sheet: str = ""
    cell: str = ""
    cells: tuple[str, ...] = ()
    found: str = ""
    expected: str = ""
    remedy: str = ""
    subject: str = ""
    explanation: str = ""
    aside: tuple[tuple[str, str], ...] = ()

    @property
    def place(self) -> str:
        """``依申请公开!I9``, or as much of it as there is."""
        return "!".join(part for part in (self.sheet, self.cell) if part)

    @property
    def words(self) -> str:
        """What is wrong, without the place and without what to do."""
        told = self.message.removeprefix(f"{self.place}：")
        return told.removesuffix(self.remedy) if self.remedy else told

    @property
    def fingerprint(self) -> str:
        """The same for the same fault in a later run, as long as what it speaks of is the same."""
        said = (self.rule, self.sheet, self.subject or self.cell, self.found, self.expected)
        told = "\x1f".join(said)
        return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16]
