"""Adding units up to the county (全区汇总), and counties up to cities and provinces: exact sums,
cell by cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from pipeline.aggregate.child_levels import ChildTotals
from pipeline.model.edition import Edition
from pipeline.model.place import Place
from pipeline.model.submission import Fact, Submission


@dataclass(frozen=True, kw_only=True)
class County:
    """The year of a county, or of a level above: what is added up for it, and the sums.

    The members are its accepted units, and the levels below, each as if it were one workbook.
    ``figures`` has a row for each member, in order (index: the unit's name), and an ``int64``
    column for each field of the edition (件, or 分 for money).  ``total`` is its column sums.
    ``own`` is the county office's own workbook (本级), whose prose the county's report tells;
    it is one of the members.  ``reported`` is how many units have reported and passed, added up
    or not, and ``reporting`` how many units' figures are added up, both through
    all levels.
    """

    name: str
    year: int
    edition: Edition
    members: tuple[Submission, ...]
    figures: pd.DataFrame
    total: pd.Series
    own: Submission | None
    reporting: int
    reported: int

    @cached_property
    def sums(self) -> dict[str, int]:
        """``total`` as plain whole numbers by field key."""
        return {str(key): int(value) for key, value in self.total.items()}

    @cached_property
    def by_unit(self) -> list[dict[str, int]]:
        """The figures of each member, in order, by field key, as plain whole numbers."""
        columns = [str(key) for key in self.figures.columns]
        rows = self.figures.to_numpy().tolist()
        return [dict(zip(columns, row, strict=True)) for row in rows]


def accepted_figures(members: Sequence[Submission], edition: Edition) -> pd.DataFrame:
    """The figures of accepted workbooks: ``int64``, a row a unit (index: its name)."""
    values = np.array([member.values for member in members], np.int64)
    return pd.DataFrame(
        values.reshape(len(members), len(edition.fields)),
        columns=[figure.key for figure in edition.fields],
        index=pd.Index([member.unit for member in members], name="unit"),
    )


def add_up(
    name: str,
    year: int,
    edition: Edition,
    members: Sequence[Submission],
    own_scope: str,
    below: Sequence[ChildTotals] = (),
    apart: int = 0,
) -> County:
    """Add a level's own accepted units and the levels below it up, cell by cell.

    ``own_scope`` is the 填报范围 by which a workbook says that it is the level's own; ``apart`` is
    how many of the level's units have passed and are not added up.
    """
    everyone = (*(one.sums for one in below), *members)
    figures = accepted_figures(everyone, edition)
    own = [member for member in members if member.identity.get("scope") == own_scope]
    return County(
        name=name,
        year=year,
        edition=edition,
        members=everyone,
        figures=figures,
        total=figures.sum(),
        own=own[0] if len(own) == 1 else None,
        reporting=len(members) + sum(one.reporting for one in below),
        reported=len(members) + apart + sum(one.reported for one in below),
    )


def added_facts(members: Sequence[Submission]) -> tuple[Fact, ...]:
    """The counted facts of all members, added up by channel and category."""
    counts: Counter[tuple[str, str]] = Counter()
    for member in members:
        for fact in member.facts:
            counts[fact.channel, fact.category] += fact.count
    return tuple(
        Fact(channel=channel, category=category, count=count, place=Place("", ""))
        for (channel, category), count in counts.items()
    )
