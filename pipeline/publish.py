"""Putting outputs in their place: written beside and renamed, never in place."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path


class OutputError(Exception):
    """An output could not be written; the message says why and what to do, in Chinese."""


def publish(path: Path, content: bytes) -> None:
    """Write a file whole, or leave what was there.

    Raises:
        OutputError: the disk is full, or the place can't be written.
    """
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=".pipeline-", dir=path.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except OSError as error:
        if temporary is not None:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
        reason = error.strerror or str(error)
        raise OutputError(
            f"无法写入 {path.name}（{reason}）：请检查磁盘空间和权限，关闭已打开的输出文件后重新运行。"
        ) from error
