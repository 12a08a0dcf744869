"""Calling a function in a process of its own, with no more time and memory than it may have."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

SECONDS: Final = 30.0
"""Many times what a template with all that a report can have takes."""

MEMORY: Final = 1 << 30
"""So many bytes beyond those that the process has when it begins."""


class LimitExceeded(Exception):
    """A call took more than it may have: of what, in Chinese."""


def call_within_limits(
    function: Callable[..., Any], *arguments: Any, seconds: float = SECONDS, memory: int = MEMORY
) -> Any:
    """What a function of a module returns, called in a process of its own.

    Where the system has no limit of memory for a process (Windows), that of time holds alone.

    Raises:
        LimitExceeded: it took too long, or too much memory, or its process ended without a word.
    """
    receiver, sender = multiprocessing.Pipe(duplex=False)
    process = _context().Process(target=_answer, args=(sender, memory, function, arguments))
    process.start()
    sender.close()
    try:
        if not receiver.poll(seconds):
            raise LimitExceeded(f"{seconds:.0f} 秒还没有做完")
        finished, result = receiver.recv()
    except EOFError:
        finished, result = False, None
    finally:
        process.kill()
        process.join()
        receiver.close()
    if not finished:
        raise LimitExceeded(f"用的内存超过 {memory >> 20} MB")
    return result


def _context() -> Any:
    """A fork is quick, and safe as long as there is one thread."""
    quick = "fork" in multiprocessing.get_all_start_methods() and threading.active_count() == 1
    return multiprocessing.get_context("fork" if quick else "spawn")


def _answer(
    sender: Connection, memory: int, function: Callable[..., Any], arguments: tuple[Any, ...]
) -> None:
    _limit_memory(memory)
    try:
        answer = True, function(*arguments)
    except MemoryError:
        answer = False, None
    sender.send(answer)


def _limit_memory(more: int) -> None:
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit = pages * resource.getpagesize() + more
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    except (ImportError, OSError, ValueError):
        return
