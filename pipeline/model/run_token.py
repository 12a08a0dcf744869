"""The mark of the run that has an output folder to itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class RunToken:
    """``value`` is random for each run and stands in ``file`` for as long as the run holds the
    lock, so that a process of an earlier run finds that the folder isn't its run's any more."""

    file: Path
    value: str
