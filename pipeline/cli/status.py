"""How a command ends."""

from __future__ import annotations

from pathlib import Path

ACCEPTED, RETURNED, COULD_NOT_RUN = 0, 1, 2
"""Exit status: all accepted (warnings allowed); some returned or unreadable; could not run."""


class CommandError(Exception):
    """Why a command could not run, and what to do, in one line of Chinese."""


def told_no_record(output: Path) -> str:
    """Why a command can't do without the record of a run."""
    from pipeline.publish.record import RECORD

    return f"{output} 里没有可用的运行记录（{RECORD}）：请先运行 make。"
