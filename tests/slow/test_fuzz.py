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
from tests.support.independent_reader import disagreements, unseen
from tests.support.issued_books import EDITIONS, FORM
from tests.support.libreoffice_reader import contradictions, exported
from tests.support.mutations import mutated

pytestmark = pytest.mark.slow

CASES = 20_000
PROCESSES = 2
LOOKED_AT = 4
"""How the cells look is looked at in one of so many: it takes the other library long."""

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
    edition = EDITIONS[read.edition]
    try:
        looks = unseen(content, read, edition) if len(content) % LOOKED_AT == 0 else ()
        return [*disagreements(content, read, edition, touched), *looks]
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


EXPORTED = 100


def test_what_libreoffice_shows_of_spoilt_workbooks_is_what_is_read(tmp_path):
    accepted: dict[str, tuple[bytes, Submission]] = {}
    for seed in range(CASES, CASES + 3 * EXPORTED):
        content, _, _ = mutated(seed)
        read = read_bytes(content, "示例.xlsx", EDITIONS, FORM)
        if _outcome(read) == "accepted" and read.edition and len(accepted) < EXPORTED:
            accepted[str(seed)] = content, read
    wrong: list[str] = []
    compared = 0
    for name, shown in exported({name: c for name, (c, _) in accepted.items()}, tmp_path):
        _, read = accepted[name]
        compared += 1
        found = contradictions(read, EDITIONS[read.edition], shown)
        wrong += [f"seed {name}: {line}" for line in found]
    assert not wrong, "\n".join(wrong)
    assert compared > EXPORTED // 2
