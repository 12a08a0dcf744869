"""What a summary workbook tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.aggregate.totals import County
from pipeline.model.completeness import Publication, Standing
from pipeline.model.problem import Problem


@dataclass(frozen=True, kw_only=True, slots=True)
class SummaryContent:
    """What the workbook tells.

    ``standing`` has a line for each unit that should report (none: there is no list of them),
    ``problems`` the unit, its file and what is wrong.  ``earlier`` is the same county in the
    years before, the oldest first, maybe in another edition.  ``coverage`` says what the figures
    lack, e.g. ``草稿（未齐：示例镇）``; empty when nothing.  ``published`` has a line for each
    report that is to be published, where there is a list of them.  ``copies`` has, by a unit's
    file, the marked copy of it that went back, relative to where the summary stands.  ``unsure``
    says why nobody can tell whether all is in, where there is no list of those that should report.
    """

    county: County
    standing: tuple[Standing, ...]
    problems: tuple[tuple[str, str, Problem], ...]
    earlier: tuple[County, ...]
    coverage: str
    published: tuple[Publication, ...] = ()
    copies: Mapping[str, str] = field(default_factory=dict)
    unsure: str = ""

    @property
    def prior(self) -> County | None:
        """The county in the year just before."""
        found = [one for one in self.earlier if one.year == self.county.year - 1]
        return found[0] if found else None
