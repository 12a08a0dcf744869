"""What a killed run had under way never comes over the outputs of the run after it."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.forms.workbook import write_form
from tests.support.districts import EDITIONS, example
from tests.support.issued_books import FORM
from tests.support.paths import ROOT, TEMPLATES

pytestmark = pytest.mark.slow
COUNTIES, PER_COUNTY = 6, 4
LATE = 6
"""So many seconds an orphan would have had for its reports."""


def put_in(folder: Path, version: int) -> None:
    """Write the workbooks of one of two versions, whose figures differ."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(COUNTIES * PER_COUNTY):
        unit, county = f"示例{number:02}镇", f"示例{number % COUNTIES}区"
        filled = example(EDITIONS["2021"], unit, "我镇", county, 2024, number, 10 + 40 * version)
        (folder / f"{unit}.xlsx").write_bytes(write_form(EDITIONS["2021"], FORM, filled))


def start(folder: Path, output: str) -> subprocess.Popen:
    """A run in two processes, in a session of its own."""
    options = {"input": folder / "input", "output": folder / output, "templates": TEMPLATES}
    words = [f"--{name}={value}" for name, value in options.items()]
    return subprocess.Popen(
        [sys.executable, "-m", "pipeline", "run", "--jobs=2", *words],
        cwd=ROOT,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def living(group: int) -> list[int]:
    """The processes of a group that have not ended."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, of = stat.read_text("utf-8").rpartition(")")[2].split()[:3]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(of) == group and state != "Z":
            found.append(int(stat.parent.name))
    return found


def sums(output: Path) -> dict[str, str]:
    return {
        path.relative_to(output).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in output.rglob("*")
        if path.is_file() and not path.name.startswith(".pipeline")
    }


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_workers_of_a_killed_run_end_and_publish_nothing_more(how, tmp_path):
    put_in(tmp_path / "input", 1)
    killed = start(tmp_path, "output")
    deadline = time.monotonic() + 60
    while not any((tmp_path / "output").rglob("*.docx")):
        assert killed.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.005)
    assert len(living(killed.pid)) == 3, "two workers were busy"
    os.kill(killed.pid, how)
    assert killed.wait(timeout=30) == -how
    assert not (tmp_path / "output" / "run.json").exists()
    put_in(tmp_path / "input", 2)
    again = start(tmp_path, "output")
    assert again.wait(timeout=120) in (0, 1)
    assert living(killed.pid) == []
    time.sleep(LATE)
    assert start(tmp_path, "clean").wait(timeout=120) in (0, 1)
    clean = sums(tmp_path / "clean")
    assert sum(name.endswith(".docx") for name in clean) >= COUNTIES * PER_COUNTY
    assert sums(tmp_path / "output") == clean
