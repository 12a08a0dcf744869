"""What a run says at its end: what became of each workbook, each county, and what to do next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from pipeline.aggregate.completeness import (
    SHOWN_IN_HEADER,
    coverage,
    describe_missing,
    describe_open_warnings,
    describe_unlisted,
    describe_unsigned,
)
from pipeline.cli.capped import WORKBOOKS_SHOWN, capped, problem_lines
from pipeline.model.county_outcome import CountyOutcome
from pipeline.model.problem import Problem
from pipeline.model.unit_outcome import STATUSES, Defect, UnitOutcome
from pipeline.overview.units import PAGE
from pipeline.publish.copies import CopyKind, copy_kind
from pipeline.publish.record import RECORD
from pipeline.text.figures import truncate
from pipeline.text.names import safe_name
from pipeline.text.wording import list_some

COUNTIES_SHOWN, UNSIGNED_SHOWN = 20, 20
"""So many counties, and units with an incomplete sign-off of each, are listed."""


def closing(
    units: Sequence[UnitOutcome], counties: Sequence[CountyOutcome], output: Path, final: bool
) -> Iterator[str]:
    """The lines that a run ends with. ``final``: the reports were to go out."""
    yield from _of_workbooks(units, output)
    kept = sum(u.status == "kept" for u in units)
    units = [u for u in units if u.status != "kept"]
    accepted = sum(u.status == "accepted" for u in units)
    unreadable = sum(u.status == "unreadable" for u in units)
    returned = len(units) - accepted - unreadable
    yield ""
    yield (
        f"通过 {accepted} 个，退回 {returned} 个，无法读取 {unreadable} 个，共 {len(units)} 个工作簿。"
    )
    if kept:
        yield f"另有台账 {kept} 份，已与各单位的表核对；到期、逾期的申请见 python -m pipeline ledger。"
    yield from capped(
        counties,
        COUNTIES_SHOWN,
        lambda county: _of_county(county, output, final),
        lambda left: f"另有 {len(left)} 个区县、年度，见 {output / PAGE}",
    )
    if any(u.status != "accepted" for u in units):
        yield (
            "有工作簿需要退回修改（见上；标出错误的文件可以直接发回），其余的已全部完成；"
            "收到改正的文件后替换并重新运行 make。"
        )
    refused = [c for c in counties if not c.completeness.final]
    if final and refused:
        names = [f"{truncate(c.county)}{c.year}年度" for c in refused]
        yield f"没有定稿：{list_some(names, COUNTIES_SHOWN)}。报齐、签批齐、警告都已改正或说明以后，再运行 make final。"
    elif final:
        yield "已全部定稿。"
    yield f"还差谁、哪一格有问题，打开 {output / PAGE} 看。"


MARKED = "放进 input 运行 make，可以得到标出错误的文件。"


def told_checked(units: Sequence[UnitOutcome]) -> Iterator[str]:
    """What a check of single workbooks found."""
    yield from capped(
        units,
        WORKBOOKS_SHOWN,
        _checked,
        lambda left: (
            f"另有 {len(left)} 个工作簿的 {sum(len(u.problems) for u in left)} 处，{MARKED}"
        ),
    )


def _checked(outcome: UnitOutcome) -> Iterator[str]:
    unit, problems = outcome.submission.unit or "（未知单位）", outcome.problems
    yield f"{outcome.submission.source}　{truncate(unit)}　共 {len(problems)} 个问题"
    yield from problem_lines(problems, MARKED)


def told_issued(names: Iterable[str], output: Path) -> Iterator[str]:
    """How many workbooks were issued into each folder, and the archive that goes out."""
    folders: Counter[Path] = Counter()
    for name in names:
        path = output / name
        if path.suffix == ".zip":
            yield f"{path}（压缩包，可以直接发给各单位）"
        else:
            folders[path.parent] += 1
    for folder, number in folders.items():
        yield f"{folder}：{number} 个单位的填报工作簿"


def told_archives(found: Sequence[Path]) -> Iterator[str]:
    """The archives among the inputs: units send workbooks in them, which nobody has read."""
    if found:
        names = "、".join(safe_name(path.name) for path in found[:ARCHIVES_SHOWN])
        more = "等" if len(found) > ARCHIVES_SHOWN else ""
        yield (
            f"有 {len(found)} 个压缩包没有读取：{names}{more}。"
            "里面如有报送的工作簿，请解压以后再运行。"
        )


ARCHIVES_SHOWN = 5
STRANGERS_SHOWN = 20
FAULTS_SHOWN = 5
"""So many are listed, the others counted."""


def told_strangers(found: Sequence[str], output: Path) -> Iterator[str]:
    """The files among the outputs that the run didn't make: nobody must take them for its own."""
    if not found:
        return
    yield ""
    yield (
        f"{output} 里有 {len(found)} 个文件不是这次生成的（中断的运行留下的，或另外放进去的），"
        "请核对，不要误用："
    )
    yield from capped(
        found,
        STRANGERS_SHOWN,
        lambda name: [f"  {output / name}"],
        lambda _: f"  ……共 {len(found)} 个",
    )


def told_defects(
    units: Sequence[UnitOutcome], counties: Sequence[CountyOutcome], output: Path
) -> Iterator[str]:
    """The files that were stopped, as a fault of the program's, and what to do."""
    defects = [defect for unit in units for defect in unit.defects]
    defects += [defect for county in counties for defect in county.defects]
    if not defects:
        return
    yield ""
    yield (
        "【程序有误】下列文件没有生成：写好后逐格读回核对，与数据不一致，已停止发布。"
        "这不是填报的错误，不用退回；其他文件照常完成。"
    )
    for defect in defects:
        yield from _told_defect(defect, output)
    yield (
        "如果改过 templates 里的 Word 模板，请恢复原样（.venv/bin/python templates/build_templates.py）"
        f"后再运行。仍然如此的，请把 {output / RECORD}、templates 文件夹和"
        "有关单位的工作簿一起发给软件维护人员。"
    )


def _told_defect(defect: Defect, output: Path) -> Iterator[str]:
    yield f"  {output / defect.file}"
    yield from capped(
        defect.faults,
        FAULTS_SHOWN,
        lambda told: [f"    {truncate(told, 120)}"],
        lambda _: f"    ……共 {len(defect.faults)} 处，全部见 {output / RECORD}",
    )


def _of_workbooks(units: Sequence[UnitOutcome], output: Path) -> Iterator[str]:
    told = [outcome for outcome in units if _pressing(outcome)]
    told.sort(key=lambda outcome: outcome.status not in ("returned", "unreadable"))

    def besides(left: Sequence[UnitOutcome]) -> str:
        number = sum(len(_pressing(outcome)) for outcome in left)
        return f"另有 {len(left)} 个工作簿的 {number} 处，见 {output / PAGE}"

    yield from capped(told, WORKBOOKS_SHOWN, lambda outcome: _of_workbook(outcome, output), besides)


def _pressing(outcome: UnitOutcome) -> list[Problem]:
    """Its errors and warnings."""
    return [p for p in outcome.problems if p.severity != "notice"]


def _of_workbook(outcome: UnitOutcome, output: Path) -> Iterator[str]:
    name = outcome.submission.unit or "（未知单位）"
    yield ""
    yield f"【{STATUSES[outcome.status]}】{truncate(name)}（{outcome.submission.source}）"
    yield from problem_lines(_pressing(outcome), f"见 {output / PAGE}")
    if outcome.status == "returned":
        for name in outcome.outputs:
            yield f"  {_COPIES[copy_kind(name, outcome.outputs)]}：{output / name}"


_COPIES: Mapping[CopyKind, str] = {
    "marked": "已标出",
    "plain": "原样退回（不能加标记）",
    "list": "问题和办法",
}


def _of_county(county: CountyOutcome, output: Path, final: bool) -> Iterator[str]:
    found = county.completeness
    yield f"{truncate(county.county)} {county.year} 年度：{coverage(found)}"
    if found.unknown_to:
        yield (
            f"  请核对——{describe_unlisted(found)}，这些工作簿单独汇总，没有计入{found.unknown_to}："
            "“所属区县”写错的，请单位改正；确是另一个区县的，请在名册中加上，或移出 input。"
        )
    if not found.complete:
        state = "没有定稿，未齐" if final else "草稿，未齐" if county.draft else "未齐"
        yield f"  {state}——{describe_missing(found, SHOWN_IN_HEADER)}"
    if final and found.signing and found.unsigned:
        yield f"  没有定稿，{len(found.unsigned)} 个单位签批不齐——"
        yield from capped(
            list(describe_unsigned(found)),
            UNSIGNED_SHOWN,
            lambda line: [f"    {line}"],
            lambda left: f"    ……其余 {len(left)} 个略，见 {RECORD}。",
        )
    if final and found.open_warnings:
        yield f"  没有定稿，{len(found.open_warnings)} 个单位有没有答复的警告——"
        yield from capped(
            list(describe_open_warnings(found)),
            UNSIGNED_SHOWN,
            lambda line: [f"    {line}"],
            lambda left: f"    ……其余 {len(left)} 个略，见 {RECORD}。",
        )
    for name in county.outputs:
        yield f"  {output / name}"
