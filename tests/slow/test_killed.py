"""A run that is killed leaves every output absent, old and whole, or new and whole."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from pipeline.cli.main import main
from pipeline.forms.workbook import write_form
from pipeline.publish.atomic import TEMPORARY
from tests.support.districts import EDITIONS, district_2024
from tests.support.issued_books import FORM
from tests.support.paths import TEMPLATES

pytestmark = pytest.mark.slow

KILLS = 200
UNITS = 1


def run(folder: Path) -> int:
    options = [f"--{name}={folder / name}" for name in ("input", "output")]
    with (
        Path(os.devnull).open("w", encoding="utf-8") as nowhere,
        contextlib.redirect_stdout(nowhere),
    ):
        return main(["run", *options, f"--templates={TEMPLATES}"])


@cache
def workbooks(version: int) -> dict[str, bytes]:
    """The workbooks of one of two versions, whose every report differs."""
    made = {}
    for prefill in district_2024()[:UNITS]:
        figures = {**prefill.figures, "disclosure.normative.stock": 10_000 + version}
        identity = {**prefill.identity, "signed_on": f"2025-01-1{version}"}
        changed = replace(prefill, figures=figures, identity=identity)
        made[f"{prefill.identity['unit']}.xlsx"] = write_form(EDITIONS["2021"], FORM, changed)
    return made


def put_in(folder: Path, version: int) -> None:
    (folder / "input").mkdir(parents=True, exist_ok=True)
    for name, content in workbooks(version).items():
        (folder / "input" / name).write_bytes(content)


def outputs(folder: Path) -> dict[str, bytes]:
    output = folder / "output"
    return {
        path.relative_to(output).as_posix(): path.read_bytes()
        for path in output.rglob("*")
        if path.is_file() and not path.name.startswith(".pipeline")
    }


def killed_run(folder: Path, after: float) -> bool:
    """A run in a forked process, killed after so many seconds; whether it was still going on."""
    child = os.fork()
    if child == 0:
        try:
            run(folder)
        finally:
            os._exit(0)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def test_two_hundred_killed_runs_leave_nothing_half_written(tmp_path):
    whole: list[dict[str, bytes]] = []
    for version in (1, 2):
        put_in(tmp_path / str(version), version)
        began = time.monotonic()
        assert run(tmp_path / str(version)) in (0, 1)
        lasts = time.monotonic() - began
        whole.append(outputs(tmp_path / str(version)))
    assert whole[0].keys() == whole[1].keys()
    assert all(whole[0][name] != whole[1][name] for name in whole[0] if name.endswith(".docx"))
    folder, rng, killed = tmp_path / "1", random.Random(7), 0
    for attempt in range(1, KILLS + 1):
        version = attempt % 2
        put_in(folder, version + 1)
        inputs = {p: p.read_bytes() for p in (folder / "input").iterdir()}
        killed += killed_run(folder, rng.uniform(0, lasts))
        for name, content in outputs(folder).items():
            assert content in (whole[0].get(name), whole[1].get(name)), (attempt, name)
        assert {p: p.read_bytes() for p in (folder / "input").iterdir()} == inputs
        if attempt % 20 == 0:
            assert run(folder) in (0, 1)
            assert outputs(folder) == whole[version], attempt
            left = [p for p in (folder / "output").rglob("*") if p.name.startswith(TEMPORARY)]
            assert left == []
    assert killed > KILLS // 2, "most were killed while they were at work"
