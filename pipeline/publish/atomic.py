"""Putting outputs in their place: written beside and renamed, never in place."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pipeline.model.run_token import RunToken
from pipeline.text.os_errors import reason

TEMPORARY = ".pipeline-"
"""What the name of a file begins with while it is being written."""

AT_ONCE = 16
"""So many files are written at the same time."""

SET_ASIDE = "旧文件"
"""Below the output folder: what an earlier run made and this one doesn't."""


class OutputError(Exception):
    """An output could not be written; the message says why and what to do, in Chinese."""


def publish(path: Path, content: bytes | Iterable[bytes], token: RunToken | None = None) -> None:
    """Write a file whole, or leave what was there.  Long content may come piece by piece.

    Raises:
        OutputError: the disk is full, the place can't be written, or the run of ``token`` doesn't
            hold the folder any more.
    """
    _put_in_place(_beside(path, content), path, token)


def publish_together(files: Mapping[Path, bytes], token: RunToken | None = None) -> None:
    """Write several files, each whole or not at all; far faster than one after the other, as the
    disk confirms them together.

    Raises:
        OutputError: as :func:`publish`; files that could be written may be in their places.
    """
    with ThreadPoolExecutor(AT_ONCE) as writers:
        written = {path: writers.submit(_beside, path, told) for path, told in files.items()}
    failed = [error for one in written.values() if (error := one.exception()) is not None]
    for path, one in written.items():
        if one.exception() is None:
            try:
                _put_in_place(one.result(), path, token)
            except OutputError as error:
                failed.append(error)
    if failed:
        raise failed[0]


def _beside(path: Path, content: bytes | Iterable[bytes]) -> str:
    """Write what is to be put in a place beside it, down to the disk: the name it has there."""
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=TEMPORARY, dir=path.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.writelines((content,) if isinstance(content, bytes) else content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
    except OSError as error:
        raise _not_written(path, temporary, error) from error
    return temporary


def _put_in_place(temporary: str, path: Path, token: RunToken | None) -> None:
    try:
        if token is not None and not _holds(token):
            os.unlink(temporary)
            raise OutputError(f"没有写入 {path.name}：这次运行已经中断，输出文件夹不再归它使用。")
        os.replace(temporary, path)
    except OSError as error:
        raise _not_written(path, temporary, error) from error


def _holds(token: RunToken) -> bool:
    try:
        return token.file.read_text("ascii") == token.value
    except (FileNotFoundError, UnicodeDecodeError):
        return False


def _not_written(path: Path, temporary: str | None, error: OSError) -> OutputError:
    if temporary is not None:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
    return OutputError(
        f"无法写入 {path.name}（{reason(error)}），原来的文件没有动：请检查磁盘空间和权限，关闭已打开的输出文件后重新运行。"
    )


def set_aside(output: Path, names: Iterable[str]) -> list[str]:
    """Move files that an earlier run made out of the way of the new ones, keeping them.

    ``names`` are relative to the output folder; one that is not there, or leads out of it, is
    passed over.  Gives the names that were moved.

    Raises:
        OutputError: a file is held open by another program.
    """
    moved = []
    for name in sorted(set(names)):
        path = output / name
        inside = not Path(name).is_absolute() and ".." not in Path(name).parts
        if not inside or Path(name).parts[:1] == (SET_ASIDE,) or not path.is_file():
            continue
        try:
            aside = output / SET_ASIDE / name
            aside.parent.mkdir(parents=True, exist_ok=True)
            os.replace(path, aside)
            _drop_empty(path.parent, output)
        except OSError as error:
            raise OutputError(
                f"无法移走旧文件 {path.name}（{reason(error)}）：请关闭它后重新运行。"
            ) from error
        moved.append(name)
    return moved


def _drop_empty(folder: Path, output: Path) -> None:
    """Remove a folder that has become empty, and those above it, up to the output folder: an
    empty 退回 would look as if something had gone wrong."""
    while folder != output:
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent


_COUNTY_FOLDER = re.compile(r".*\d{4}年度")


def strangers(output: Path, made: Collection[str]) -> list[str]:
    """The files that lie among a run's outputs and that it didn't make: left by a run that was cut
    off, or put there by hand.  Relative to the output folder, as ``made`` are."""
    found = []
    for folder in output.iterdir() if output.is_dir() else ():
        if folder.is_dir() and _COUNTY_FOLDER.fullmatch(folder.name):
            for path in folder.rglob("*"):
                name = path.relative_to(output).as_posix()
                if name not in made and path.is_file() and not path.name.startswith((".", "~$")):
                    found.append(name)
    return sorted(found)
