"""A fault of ours: told in words, and where it happened kept for whoever maintains the program."""

from __future__ import annotations

import traceback
from pathlib import Path

from pipeline.text.figures import truncate

FAULT = "程序错误.txt"
"""In the output folder: where the program failed."""


def told_fault(error: Exception, output: Path | None) -> str:
    """What to tell of a fault of ours; where it happened is kept in the output folder."""
    from pipeline.publish.atomic import OutputError, publish

    where = truncate(f"{type(error).__name__}: {error}", 120)
    told = (
        f"【程序有误】没有运行完（{where}）。input 里的文件没有动，output 里已有的文件都是完整的。"
    )
    if output is not None:
        try:
            publish(output / FAULT, "".join(traceback.format_exception(error)).encode("utf-8"))
            return f"{told}请把 {output / FAULT} 和 input 里的文件发给软件维护人员。"
        except OutputError:
            pass
    return f"{told}请把这段文字和 input 里的文件发给软件维护人员。"


def set_fault_aside(output: Path) -> None:
    """Keep what an earlier run failed at, but not among the outputs of one that didn't.

    Raises:
        pipeline.publish.atomic.OutputError: another program holds it open.
    """
    from pipeline.publish.atomic import set_aside

    set_aside(output, [FAULT])
