"""What stands around a batch of workbooks: what the office knows, and which is the county's own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from pipeline.model.submission import Submission
from pipeline.model.workbook_form import WorkbookForm


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckContext:
    """What the office knows besides the workbooks.

    ``unproofed`` are the keys of the proofreading checks that it has switched off, and
    ``similarity`` the share of repeated prose, in percent, from which it is told (None: the
    usual).  ``below`` are the sums of levels below, each as if it were a workbook of this one;
    ``apart`` are the sources of workbooks that are not added up.
    """

    unproofed: Collection[str] = ()
    similarity: int | None = None
    below: tuple[Submission, ...] = ()
    apart: frozenset[str] = frozenset()


EMPTY_CONTEXT = CheckContext()


def is_own_workbook(submission: Submission, form: WorkbookForm) -> bool:
    """Whether a workbook is the county's own (本级), whose prose the county's report tells."""
    return submission.identity.get("scope") == form.entry("scope").choices[1]
