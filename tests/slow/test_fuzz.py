"""Twenty thousand spoilt workbooks: none crashes or hangs the reader, or is read wrongly."""

from __future__ import annotations

import resource
import signal
import time
from collections import Counter
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

import pytest

from pipeline.intake.submissions import read_bytes
from pipeline.model.submission import Submission
from tests.support.independent_reader import disagreements
from tests.support.issued_books import EDITIONS, FORM
from tests.support.mutations import mutated

pytestmark = pytest.mark.slow

CASES = 20_000
PROCESSES = 2
SECONDS = 5
MEMORY = 1536 * 1024 * 1024
"""What the reading of any of them may take beyond what the tests have (bytes of addresses)."""


def told_of(seed: int) -> tuple[str, list[str]]:
    """What became of a spoilt workbook, and what was wrong with the way it was read."""
    content, touched, how = mutated(seed)
    began = time.process_time()
    read = read_bytes(content, "示例.xlsx", EDITIONS, FORM)
    took = time.process_time() - began
    wrong = [f"took {took:.1f} s"] if took > SECONDS else []
    wrong += [p.message for p in read.problems if p.rule == "file.defect"]
    outcome = _outcome(read)
    if outcome == "accepted" and read.edition and touched:
        wrong += _misread(touched, content, read)
    return outcome, [f"seed {seed} ({how}): {line}" for line in wrong]


def _outcome(read: Submission) -> str:
    if not read.readable:
        return "unreadable"
    return "returned" if any(p.severity == "error" for p in read.problems) else "accepted"


def _misread(touched: set[str], content: bytes, read: Submission) -> list[str]:
    try:
        return disagreements(content, read, EDITIONS[read.edition], touched)
    except Exception:  # noqa: BLE001  what openpyxl can't open, it can't contradict
        return []


def work(first: int, last: int, at: Synchronized[int], results: Connection) -> None:
    """Read the workbooks of a range of seeds, in a process whose memory is bounded."""
    held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (held + MEMORY, held + MEMORY))
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    outcomes: Counter[str] = Counter()
    wrong: list[str] = []
    for seed in range(first, last):
        at.value = seed
        # A native reader that hangs is ended with the process.
        signal.setitimer(signal.ITIMER_PROF, 4 * SECONDS)
        outcome, told = told_of(seed)
        outcomes[outcome] += 1
        wrong += told
    results.send((outcomes, wrong))


def test_spoilt_workbooks_are_read_rightly_or_not_at_all():
    context = get_context("fork")
    running = []
    for number in range(PROCESSES):
        here, there = context.Pipe(duplex=False)
        seeds = number * CASES // PROCESSES, (number + 1) * CASES // PROCESSES
        seed = context.Value("l", -1)
        process = context.Process(target=work, args=(*seeds, seed, there))
        process.start()
        there.close()
        running.append((process, here, seed))
    outcomes: Counter[str] = Counter()
    wrong: list[str] = []
    for process, here, seed in running:
        try:
            found, told = here.recv()
            outcomes += found
            wrong += told
        except EOFError:
            process.join()
            wrong.append(f"seed {seed.value}: the process ended with {process.exitcode}")
        process.join()
    assert not wrong, "\n".join(wrong)
    assert sum(outcomes.values()) == CASES
    # Spoilt, but not beyond use: each way to end is well tried.
    assert min(outcomes[kind] for kind in ("accepted", "returned", "unreadable")) > CASES // 20
