"""A run on a Dask cluster writes what a run on this machine writes, whatever becomes of a worker."""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.bench.workload import write_workbooks

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
UNITS, PER_COUNTY = 360, 12


def outputs(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def command(folder: Path, output: str, *more: str) -> subprocess.Popen:
    told = ["run", "--input", folder / "input", "--output", folder / output, *more]
    return subprocess.Popen([sys.executable, "-m", "pipeline", *map(str, told)], cwd=ROOT)


def dask(*told: str) -> subprocess.Popen:
    line = [sys.executable, "-m", "dask", *told]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(line, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, **quiet)


@pytest.fixture
def cluster(tmp_path):
    """The address of a scheduler, and its two workers."""
    port = 20_000 + os.getpid() % 20_000
    address = f"tcp://127.0.0.1:{port}"
    started = [dask("scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")]
    options = ("--nthreads", "1", "--no-dashboard", "--local-directory", str(tmp_path / "dask"))
    # Without a nanny, which would start another worker for one that was killed.
    started += [dask("worker", address, "--no-nanny", *options) for _ in range(2)]
    yield address, started[1:]
    for process in started:
        with contextlib.suppress(OSError):
            process.terminate()
        process.wait(timeout=30)


@pytest.fixture(scope="module")
def district(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cluster")
    write_workbooks(folder / "input", UNITS, PER_COUNTY)
    assert command(folder, "local", "--jobs", "1").wait(timeout=300) == 0
    return folder, outputs(folder / "local")


def test_a_cluster_writes_the_same_bytes(district, cluster):
    folder, expected = district
    assert command(folder, "whole", "--scheduler", cluster[0]).wait(timeout=300) == 0
    assert outputs(folder / "whole") == expected


def test_a_worker_that_dies_half_way_loses_nothing(district, cluster):
    folder, expected = district
    address, workers = cluster
    running = command(folder, "broken", "--scheduler", address)
    deadline = time.monotonic() + 200
    written = 0
    while not 0 < written < len(expected):
        assert running.poll() is None, "the run ended before a worker could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.05)
        written = sum(1 for _ in (folder / "broken").rglob("*.docx"))
    workers[0].kill()
    assert written < UNITS
    assert running.wait(timeout=300) == 0
    assert outputs(folder / "broken") == expected
