"""What a run is told: where it reads and writes, what it knows, and where it is done."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.model.edition import Edition
from pipeline.model.roster import Roster
from pipeline.model.run_token import RunToken
from pipeline.model.workbook_form import WorkbookForm
from pipeline.model.working_days import Calendar

Progress = Callable[[str, int, int], None]
"""Told the stage, how many are done, and how many there are."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Where a run reads and writes, what it knows, and where it is done.

    ``unproofed`` are the proofreading checks that the office has switched off.
    ``roster`` is the list of units, if there is one; ``today`` tells who is late by it.
    ``calendar`` are the working days, the library's unless the office knows better.
    ``final``: the reports of counties are to go out, and none is made that is not complete and
    signed off.  ``infographic``: a 图解 is made of each report too.  ``pdf``: each report has a
    PDF beside it.  The job is done in ``jobs`` processes (0: as many as the work is worth), or
    on the Dask cluster of ``scheduler``.  ``token``: what is published must be the run's that
    holds it.
    """

    input: Path
    output: Path
    templates: Path
    editions: Mapping[str, Edition]
    form: WorkbookForm
    roster: Roster | None = None
    today: datetime.date = datetime.date.max
    calendar: Calendar | None = None
    jobs: int = 0
    scheduler: str = ""
    unproofed: frozenset[str] = frozenset()
    final: bool = False
    infographic: bool = False
    pdf: bool = False
    token: RunToken | None = None
