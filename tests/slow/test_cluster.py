"""A run on a Dask cluster writes what a run on this machine writes, whatever becomes of a worker."""

import contextlib
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.bench.workload import write_workbooks
from tests.support.paths import ROOT

pytestmark = pytest.mark.slow
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


def documented(program: str) -> list[str]:
    """What the README tells to run, with the environment that it tells to set."""
    told = (ROOT / "README.md").read_text("utf-8")
    (line,) = re.findall(rf"`(PYTHONPATH=\. dask {program}[^`]*)`", told)
    return ["env", *line.split()]


@pytest.fixture
def shell(tmp_path):
    """Runs a line as one typed in the project's folder would be, and ends it at the end."""
    started = []
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    plain = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}

    def run(line: list[str], cwd: Path = ROOT) -> None:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        started.append(subprocess.Popen(line, cwd=cwd, env={**plain, "PATH": path}, **quiet))

    yield run
    for process in reversed(started):
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


def test_the_readmes_own_commands_make_a_cluster(shell, tmp_path):
    write_workbooks(tmp_path / "input", 24, PER_COUNTY)
    assert command(tmp_path, "local", "--jobs", "1").wait(timeout=300) == 0
    port = str(41_000 + os.getpid() % 20_000)
    address = f"tcp://127.0.0.1:{port}"
    said = {"tcp://调度器:8786": address, "核数": "2"}
    shell([*documented("scheduler"), "--host", "127.0.0.1", "--port", port, "--no-dashboard"])
    shell([said.get(word, word) for word in documented("worker")])
    assert command(tmp_path, "cluster", "--scheduler", address).wait(timeout=300) == 0
    assert outputs(tmp_path / "cluster") == outputs(tmp_path / "local")


@pytest.mark.parametrize("elsewhere", ["scheduler", "worker"])
def test_a_machine_without_the_project_is_named(elsewhere, shell, tmp_path):
    write_workbooks(tmp_path / "input", 2, 2)
    port = str(41_000 + (os.getpid() + 7) % 20_000)
    address = f"tcp://127.0.0.1:{port}"
    places = {elsewhere: tmp_path}
    lines = {
        "scheduler": ["--host", "127.0.0.1", "--port", port, "--no-dashboard"],
        "worker": [address, "--nthreads", "1"],
    }
    for program, options in lines.items():
        shell(["env", "PYTHONPATH=.", "dask", program, *options], places.get(program, ROOT))
    folders = ["--input", str(tmp_path / "input"), "--output", str(tmp_path / "output")]
    told = subprocess.run(
        [sys.executable, "-m", "pipeline", "run", "--scheduler", address, *folders],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert told.returncode == 2
    assert "没有本项目，或者项目、软件包的版本与这台电脑不同，共 1 处" in told.stderr
    assert ("调度器 tcp" in told.stderr) == (elsewhere == "scheduler")
