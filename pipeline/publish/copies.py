"""Where the copies of a workbook stand that go back to its unit."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import PurePosixPath
from typing import Final, Literal

from pipeline.intake.input_folder import NOTE_SUFFIX

RETURNED, REMINDED, CLEANED = "退回", "提醒", "通过"


FOLDERS: Final = (RETURNED, REMINDED, CLEANED)


CopyKind = Literal["marked", "plain", "list"]


def copy_kind(name: str, outputs: Collection[str]) -> CopyKind:
    """What a copy is among the ``outputs`` of its workbook: marked, or, where that can't be, the
    file as it came and a list of what to do beside it."""
    if name.endswith(NOTE_SUFFIX):
        return "list"
    return "plain" if str(PurePosixPath(name).with_suffix(NOTE_SUFFIX)) in outputs else "marked"
