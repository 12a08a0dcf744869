"""The files that go back to the units: marked copies, lists of what to do, cleaned copies."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.intake.input_folder import NOTE_SUFFIX
from pipeline.intake.submissions import read_content
from pipeline.model.settings import Settings
from pipeline.model.unit_outcome import UnitOutcome
from pipeline.publish.atomic import publish

WORKBOOK_SUFFIX = ".xlsx"


def write_returned_copies(units: Sequence[UnitOutcome], settings: Settings) -> list[UnitOutcome]:
    """Write the copies that go back to the units; see :mod:`pipeline.returns.returns`."""
    from pipeline.returns.returns import stems

    given = []
    for outcome, places in zip(units, stems(units), strict=True):
        names: tuple[str, ...] = ()
        for folder, stem in places.items():
            for suffix, content in _copies(outcome, folder, settings):
                publish(settings.output / f"{stem}{suffix}", content, settings.token)
                names += (f"{stem}{suffix}",)
        given.append(replace(outcome, outputs=(*outcome.outputs, *names)))
    return given


def _copies(outcome: UnitOutcome, folder: str, settings: Settings) -> Iterator[tuple[str, bytes]]:
    """The files that a folder gets of a workbook, each with what its name ends in."""
    from pipeline.publish.copies import CLEANED
    from pipeline.returns.book import Beside, write_return_list
    from pipeline.returns.marks import cleaned, marked
    from pipeline.returns.returns import return_list

    submission = outcome.submission
    path = settings.input / submission.source
    content = read_content(path)
    replaced = content is not None and hashlib.sha256(content).hexdigest() != submission.sha256
    if content is None or replaced:
        content = b""
    if folder == CLEANED:
        clean = cleaned(content, settings.form) if content else None
        if clean is not None:
            yield WORKBOOK_SUFFIX, clean
        return
    told = return_list(outcome, settings.editions.get(submission.edition))
    copy = marked(content, told, settings.form) if content and submission.readable else None
    if copy is not None:
        yield WORKBOOK_SUFFIX, copy
        return
    if content:
        yield path.suffix, content
    why: Beside = "format" if path.suffix.lower() not in (".xlsx", ".xlsm") else "content"
    if not submission.readable:
        why = "unreadable"
    yield (
        NOTE_SUFFIX,
        write_return_list(told, settings.form, {}, beside="replaced" if replaced else why),
    )
