"""One run at a time in an output folder, and nothing left of a run that was cut off."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.model.run_token import RunToken
from pipeline.publish.atomic import TEMPORARY, OutputError, publish
from pipeline.text.os_errors import reason

LOCK = ".pipeline.lock"

TOKEN = ".pipeline.token"
"""Beside the lock, which is emptied by whoever tries to get it."""


@contextmanager
def only_run(output: Path) -> Iterator[RunToken]:
    """Keep a folder to this run, and leave nothing unfinished in it; the system lets go of it when
    the run ends, however it ends.  Gives the token to publish with.

    Raises:
        OutputError: another run is using the folder, or it can't be written to.
    """
    try:
        output.mkdir(parents=True, exist_ok=True)
        lock = FileLock(output / LOCK, timeout=0)
        lock.acquire()
    except Timeout:
        raise OutputError(
            f"另一次运行正在使用 {output}，这次没有运行。请等它完成（或关闭它的窗口）后再运行。"
        ) from None
    except OSError as error:
        raise OutputError(
            f"无法写入 {output}（{reason(error)}）：请检查磁盘空间和文件夹的权限后重新运行。"
        ) from error
    try:
        _sweep(output)
        token = RunToken(output.resolve() / TOKEN, secrets.token_hex(16))
        publish(token.file, token.value.encode("ascii"))
        yield token
    finally:
        with contextlib.suppress(OSError):
            (output / TOKEN).unlink()
        # A process or a machine that died on the way may have left something too.
        _sweep(output)
        lock.release()


def _sweep(output: Path) -> None:
    """Delete what a run that was cut off had not finished writing.

    A folder with a lock of its own is another command's to sweep.
    """
    for folder, below, names in os.walk(output):
        if LOCK in names and Path(folder) != output:
            below.clear()
            continue
        for name in names:
            if name.startswith(TEMPORARY):
                with contextlib.suppress(OSError):
                    os.unlink(os.path.join(folder, name))
