"""Measure: ``python -m tests.bench [--units N] [--repeat N] [--country]``. Prints what it measured.

What is compared runs in turns, each in a process of its own, and the least of each counts: other
work on the machine only ever adds.  What is loaded and declared once is not the stages', on either
side.  Processor time (of a process and its children) stands beside the time by the clock.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.support.paths import ROOT

TEMPLATES = ROOT / "templates"
PER_COUNTY = 20
NAIVE_COUNTIES = 3
"""The naive composition does so many counties only: its cost a unit doesn't depend on it."""

COUNTRY = (1_000, 5_000, 20_000, 41_000)
"""Units; the last is about the number of the country's townships, in some 2,900 counties."""
PER_COUNTY_COUNTRY = 14


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--units", type=int, default=200)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--country", action="store_true")
    parser.add_argument("--sizes", type=int, nargs="+", default=COUNTRY)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--jobs", type=int, default=1, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        CHILDREN[options.child](options.folder, options.jobs)
    elif options.country:
        country(options.sizes)
    else:
        side_by_side(options.units, options.repeat)


# ------------------------------------------------------------------- what a child process does


def _naive(folder: Path, _jobs: int) -> None:
    from tests.bench.naive import job

    spent: dict[str, float] = {}
    units = 0
    for number, county in enumerate(sorted((folder / "input").iterdir())[:NAIVE_COUNTIES]):
        paths = sorted(county.iterdir())
        units += len(paths)
        output = folder / "naive" / str(number)
        for stage, seconds in job(paths, TEMPLATES, output).items():
            spent[stage] = spent.get(stage, 0) + seconds
    shutil.rmtree(folder / "naive")
    _tell({"stages": spent, "cpu": sum(spent.values()), "units": units})


def _stages(folder: Path, _jobs: int) -> None:
    """The project's own functions, stage by stage, in one process."""
    from pipeline.aggregate.totals import add_up
    from pipeline.declare.editions import load_editions
    from pipeline.declare.workbook_form import workbook_form
    from pipeline.intake.input_folder import workbook_files
    from pipeline.intake.submissions import read_workbook
    from pipeline.model.settings import Settings
    from pipeline.report.context import county_context, unit_context
    from pipeline.validate.batch import validate_batch
    from pipeline.word.compiled import compile_template

    editions, form = load_editions(), workbook_form()
    settings = Settings(
        input=folder / "input",
        output=folder / "stages",
        templates=TEMPLATES,
        editions=editions,
        form=form,
    )
    settings.output.mkdir()
    edition = editions["2021"]
    first = workbook_files(settings.input)[0]
    validate_batch([read_workbook(first, first.name, editions, form)], settings)
    spent: dict[str, float] = {}
    clock = time.process_time
    start = clock()
    units = [read_workbook(p, p.name, editions, form) for p in workbook_files(settings.input)]
    spent["读取"] = clock() - start
    start = clock()
    validate_batch(units, settings)
    spent["核对"] = clock() - start
    start = clock()
    names = dict.fromkeys(unit.county for unit in units)
    counties = [
        add_up(name, units[0].year, edition, [u for u in units if u.county == name], "本级")
        for name in names
    ]
    spent["汇总"] = clock() - start
    start = clock()
    unit_template = compile_template(TEMPLATES / "年报.docx")
    county_template = compile_template(TEMPLATES / "汇总年报.docx")
    spent["编译模板（一次）"] = clock() - start
    start = clock()
    for number, unit in enumerate(units):
        content = unit_template.render(unit_context(unit, edition))
        (settings.output / f"{number}.docx").write_bytes(content)
    for county in counties:
        content = county_template.render(county_context(county))
        (settings.output / f"{county.name}.docx").write_bytes(content)
    spent["成文"] = clock() - start
    shutil.rmtree(settings.output)
    _tell({"stages": spent, "cpu": sum(spent.values()), "units": len(units)})


def _whole(folder: Path, jobs: int) -> None:
    """`make` as the officer runs it, without what Python takes to start."""
    from pipeline.cli.main import main as command

    output = folder / "output"
    start = time.perf_counter()
    code = command(
        [
            "run",
            *("--input", str(folder / "input")),
            *("--output", str(output)),
            *("--templates", str(TEMPLATES)),
            *("--jobs", str(jobs)),
        ]
    )
    assert code == 0, code
    seconds = time.perf_counter() - start
    shutil.rmtree(output)
    _tell({"seconds": seconds, "cpu": sum(os.times()[:4])})


CHILDREN: dict[str, Callable[[Path, int], None]] = {
    "naive": _naive,
    "stages": _stages,
    "whole": _whole,
}


def _tell(found: dict[str, object]) -> None:
    peak = max(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print("\n" + json.dumps({**found, "peak": peak // 1024}))


def _child(kind: str, folder: Path, jobs: int = 1) -> dict[str, Any]:
    arguments = ["--child", kind, "--folder", str(folder), "--jobs", str(jobs)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(done.stdout[-2000:] + done.stderr[-4000:])
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


# ------------------------------------------------------------------------------- what is told


def side_by_side(units: int, repeat: int) -> None:
    from tests.bench.docxtemplater import milliseconds
    from tests.bench.workload import write_workbooks

    cores = os.cpu_count() or 1
    runs = {"naive": ("naive", 1), "stages": ("stages", 1), "one": ("whole", 1)}
    runs["every"] = ("whole", cores)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_workbooks(folder / "input", units, PER_COUNTY)
        found: dict[str, list[dict[str, Any]]] = {key: [] for key in runs}
        for _ in range(repeat):
            for key, (kind, jobs) in runs.items():
                found[key].append(_child(kind, folder, jobs))
        other = milliseconds()
    naive, own = (_by_stage(found[key]) for key in ("naive", "stages"))
    print(
        f"{units} 个单位，每区 {PER_COUNTY} 个（照搬用法只做 {NAIVE_COUNTIES} 个区）；"
        f"每单位的处理器毫秒，轮流各测 {repeat} 次取最少的一次"
    )
    _table(
        ["阶段", "照搬用法", "本项目", "倍数"],
        [[stage, *_pair(naive.get(stage), own[stage])] for stage in own],
    )
    whole = sum(naive.values())
    ends = {"以上各阶段，一核": sum(own.values()) / 1e3}
    for label, key in (
        ("make，一核（含汇总表、网页等全部文件）", "one"),
        (f"make，{cores} 核", "every"),
    ):
        ends[label] = min(one["cpu"] for one in found[key]) / units
    clock = {key: min(one["seconds"] for one in found[key]) for key in ("one", "every")}
    _table(
        ["从头到尾", "照搬用法", "本项目", "倍数"],
        [[label, *_pair(whole, seconds * 1e3)] for label, seconds in ends.items()],
    )
    print(
        f"按钟表：一核每秒 {units / clock['one']:.0f} 个单位，{cores} 核每秒 {units / clock['every']:.0f} 个"
        f"（{clock['one'] / clock['every']:.2f}×）。"
    )
    peaks = {key: max(one["peak"] for one in runs) for key, runs in found.items()}
    print(
        f"单个进程内存峰值（MB）：照搬 {peaks['naive']}，一核 {peaks['one']}，多核 {peaks['every']}。"
    )
    if isinstance(other, str):
        print(other)
    else:
        print(
            f"docxtemplater 填同样一份年报：{other:.2f} 毫秒，是本项目成文的 {other / own['成文']:.1f}×。"
        )


def _by_stage(runs: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Processor milliseconds a unit, by stage."""
    return {
        stage: min(one["stages"][stage] / one["units"] for one in runs) * 1e3
        for stage in runs[0]["stages"]
    }


def country(sizes: Sequence[int]) -> None:
    from tests.bench.workload import write_workbooks

    cores = os.cpu_count() or 1
    head = ["单位", "区县", "秒", "毫秒/单位", "处理器毫秒/单位", "单个进程内存峰值 MB"]
    with tempfile.TemporaryDirectory() as name:
        for units in sizes:
            folder = Path(name) / str(units)
            write_workbooks(folder / "input", units, PER_COUNTY_COUNTRY)
            found = _child("whole", folder, cores)
            row = [
                str(units),
                str(-(-units // PER_COUNTY_COUNTRY)),
                f"{found['seconds']:.1f}",
                f"{found['seconds'] / units * 1000:.2f}",
                f"{found['cpu'] / units * 1000:.2f}",
                str(found["peak"]),
            ]
            _table(head, [row])
            shutil.rmtree(folder)


def _pair(naive: float | None, own: float) -> list[str]:
    if naive is None:
        return ["", f"{own:.2f}", ""]
    return [f"{naive:.2f}", f"{own:.2f}", f"{naive / own:.1f}×"]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    print("| " + " | ".join(head) + " |")
    print("|" + " --- |" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print(flush=True)


main()
