"""Measure: ``python -m tests.bench [--units N] [--country]``. Prints what it measured."""

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
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
PER_COUNTY = 20
COUNTRY = (1_000, 5_000, 20_000, 41_000)
"""Units; the last is about the number of the country's townships, in some 2,900 counties."""
PER_COUNTY_COUNTRY = 14


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--units", type=int, default=100)
    parser.add_argument("--country", action="store_true")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--jobs", type=int, default=1, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        CHILDREN[options.child](options.folder, options.jobs)
    elif options.country:
        country()
    else:
        side_by_side(options.units)


# ------------------------------------------------------------------- what a child process does


def _naive(folder: Path, _jobs: int) -> None:
    from tests.bench.naive import job

    spent: dict[str, float] = {}
    for number, county in enumerate(sorted((folder / "input").iterdir())):
        output = folder / "naive" / str(number)
        for stage, seconds in job(sorted(county.iterdir()), TEMPLATES, output).items():
            spent[stage] = spent.get(stage, 0) + seconds
    _tell({"stages": spent, "seconds": sum(spent.values())})


def _stages(folder: Path, _jobs: int) -> None:
    """The project's own functions, stage by stage, in one process."""
    from pipeline.aggregate import add_up
    from pipeline.edition_declaring import load_editions
    from pipeline.intake import read_workbook, workbook_files
    from pipeline.judging import judge
    from pipeline.report import county_context, unit_context
    from pipeline.settings import Settings
    from pipeline.word import compile_template
    from pipeline.workbook import workbook_form

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
    spent: dict[str, float] = {}
    clock = time.perf_counter
    start = clock()
    units = [read_workbook(p, p.name, editions, form) for p in workbook_files(settings.input)]
    spent["读取"] = clock() - start
    start = clock()
    judge(units, settings)
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
    for number, unit in enumerate(units):
        content = unit_template.render(unit_context(unit, edition))
        (settings.output / f"{number}.docx").write_bytes(content)
    for county in counties:
        content = county_template.render(county_context(county))
        (settings.output / f"{county.name}.docx").write_bytes(content)
    spent["成文"] = clock() - start
    _tell({"stages": spent, "seconds": sum(spent.values())})


def _whole(folder: Path, jobs: int) -> None:
    """`make` as the officer runs it, without what Python takes to start."""
    from pipeline.cli import main as command

    start = time.perf_counter()
    code = command(
        [
            "run",
            *("--input", str(folder / "input")),
            *("--output", str(folder / f"output{jobs}")),
            *("--templates", str(TEMPLATES)),
            *(("--jobs", str(jobs)) if jobs != 1 else ()),
        ]
    )
    assert code == 0, code
    _tell({"seconds": time.perf_counter() - start})


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


def _child(kind: str, folder: Path, jobs: int = 1) -> dict:
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
    return json.loads(done.stdout.splitlines()[-1])


# ------------------------------------------------------------------------------- what is told


def side_by_side(units: int) -> None:
    from tests.bench.workload import write_workbooks

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_workbooks(folder / "input", units, PER_COUNTY)
        naive = _child("naive", folder)
        stages = _child("stages", folder)
        one = _child("whole", folder, 1)
        cores = os.cpu_count() or 1
        every = _child("whole", folder, cores)
        print(f"{units} 个单位，每区 {PER_COUNTY} 个；每单位毫秒，同一次运行并排测得")
        _table(
            ["阶段", "照搬用法", "本项目", "倍数"],
            [
                [stage, *_pair(naive["stages"][stage], stages["stages"][stage], units)]
                for stage in naive["stages"]
            ],
        )
        rows = [
            [label, *_pair(naive["seconds"], found["seconds"], units), _rate(found, units)]
            for label, found in (
                ("以上各阶段", stages),
                ("make，一核（含汇总表等全部文件）", one),
                (f"make，{cores} 核", every),
            )
        ]
        _table(["从头到尾", "照搬用法", "本项目", "倍数", "每秒单位数"], rows)
        print(f"内存峰值（MB）：照搬 {naive['peak']}，一核 {one['peak']}，多核 {every['peak']}")
        _docxtemplater(folder)


def _docxtemplater(folder: Path) -> None:
    if shutil.which("node") is None:
        print("没有 Node，未测 docxtemplater。")


def country() -> None:
    from tests.bench.workload import write_workbooks

    rows = []
    with tempfile.TemporaryDirectory() as name:
        for units in COUNTRY:
            folder = Path(name) / str(units)
            write_workbooks(folder / "input", units, PER_COUNTY_COUNTRY)
            cores = os.cpu_count() or 1
            found = _child("whole", folder, cores)
            rows.append(
                [
                    str(units),
                    str(-(-units // PER_COUNTY_COUNTRY)),
                    f"{found['seconds']:.1f}",
                    f"{found['seconds'] / units * 1000:.2f}",
                    str(found["peak"]),
                ]
            )
            _table(["单位", "区县", "秒", "毫秒/单位", "单个进程内存峰值 MB"], rows[-1:])
            shutil.rmtree(folder)


def _pair(naive: float, own: float, units: int) -> list[str]:
    return [f"{naive / units * 1e3:.2f}", f"{own / units * 1e3:.2f}", f"{naive / own:.1f}×"]


def _rate(found: dict, units: int) -> str:
    return f"{units / found['seconds']:.0f}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    print("| " + " | ".join(head) + " |")
    print("|" + " --- |" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


main()
