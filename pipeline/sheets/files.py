"""Reading a file that somebody put there: whole, as it was at one moment, and only a file."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from pipeline.declare.messages import problem
from pipeline.model.problem import Problem
from pipeline.text.os_errors import reason

MAX_BYTES = 64 * 1024 * 1024
"""No workbook is as large."""

_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_BINARY", 0)
    # A link that leads elsewhere is not followed, a pipe is not waited for.
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
)


def read_file(path: Path) -> bytes | Problem:
    """A file's bytes, or why they can't be had.

    A link could lead to a file that its sender must not see, and whose content would then go
    back to him; it is refused.
    """
    try:
        if path.is_symlink():
            return problem("file.link")
        for _ in range(2):
            content = _at_one_moment(path)
            if content is not None:
                return content
    except OSError as error:
        return problem("file.unreadable", detail=reason(error))
    except _NoFile:
        return problem("file.not_a_file")
    except _TooLarge as error:
        return problem("file.too_large", detail=str(error))
    return problem("file.changing")


class _NoFile(Exception):
    pass


class _TooLarge(Exception):
    pass


def _at_one_moment(path: Path) -> bytes | None:
    """The bytes of a file that nobody changed meanwhile; None where somebody did."""
    # A folder can't be opened on Windows, and nothing but a file must be.
    if not stat.S_ISREG(path.stat().st_mode):
        raise _NoFile
    with open(os.open(path, _FLAGS), "rb") as file:
        before = os.fstat(file.fileno())
        if not stat.S_ISREG(before.st_mode):
            raise _NoFile
        content = file.read(MAX_BYTES + 1)
        after = os.fstat(file.fileno())
    if len(content) > MAX_BYTES:
        raise _TooLarge(f"超过 {MAX_BYTES // (1024 * 1024)} MB")
    unchanged = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
    return content if unchanged and len(content) == after.st_size else None
