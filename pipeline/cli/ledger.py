"""The command ``ledger``: what is due, what is late, and which columns are out of date."""

from __future__ import annotations

import argparse
import datetime
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.cli.capped import LINES_SHOWN, WORKBOOKS_SHOWN, capped, office_lines, problem_lines
from pipeline.cli.parser import Commands, a_day
from pipeline.text.figures import truncate
from pipeline.text.names import safe_name
from pipeline.text.wording import quoted

if TYPE_CHECKING:
    from pipeline.ledger.view import LedgerView, RequestLine
    from pipeline.model.submission import Submission
    from pipeline.model.working_days import Calendar

NOTHING_DUE, SOMETHING_DUE = 0, 1
"""Exit status: nothing is late and all ledgers could be read; something wants somebody now."""


def add_ledger_command(commands: Commands) -> None:
    """The parser of the command."""
    ledger = commands.add_parser(
        "ledger",
        help="看台账：哪些申请到期、逾期，平均几天答复，哪些栏目该更新；没有台账时生成空白的",
    )
    ledger.add_argument(
        "files", nargs="*", type=Path, metavar="文件", help="台账（默认 input 里的全部）"
    )
    ledger.add_folder("input", "台账、放假安排在哪里")
    ledger.add_folder("output", "空白台账放在哪里", "output/空白工作簿")
    ledger.add_argument(
        "--on", type=a_day, metavar="日期", help="按哪一天算，如 2026-3-1（默认今天）"
    )
    ledger.add_argument(
        "--issue", action="store_true", help="按名册生成新一年的台账，上年没有办完的带过来"
    )
    ledger.set_defaults(command=_ledger)


def _ledger(options: argparse.Namespace) -> int:
    from pipeline.ledger.holidays import office_calendar
    from pipeline.ledger.view import ledger_view

    calendar, problems = office_calendar(options.input)
    for line in office_lines("放假安排", problems):
        print(line)
    submissions = list(_submissions(options))
    if options.issue:
        return _issue(options, calendar, submissions)
    on = options.on or datetime.date.today()
    views = [view for s in submissions if (view := ledger_view(s, on, calendar)) is not None]
    unreadable = [s for s in submissions if not s.readable]
    kept = {view.source for view in views}
    empty = [s for s in submissions if s.readable and s.source not in kept]
    for line in (*_told_unreadable(unreadable), *_told_empty(empty)):
        print(line)
    if not submissions:
        print(f"{options.input} 里没有台账。")
        return _issue(options, calendar, ())
    for line in told_views(views):
        print(line)
    if views:
        _print_sum(views, on)
    late = any(view.counts["late"] or view.outdated for view in views)
    wanting = bool(problems or unreadable) or any(view.unknown_years for view in views)
    return SOMETHING_DUE if late or wanting else NOTHING_DUE


def _submissions(options: argparse.Namespace) -> Iterator[Submission]:
    """The workbooks named, or those of the input folder that hold a ledger."""
    from pipeline.declare.editions import load_editions
    from pipeline.declare.workbook_form import workbook_form
    from pipeline.intake.input_folder import workbook_files
    from pipeline.intake.submissions import read_workbook

    editions, form = load_editions(), workbook_form()
    if options.files:
        for path in options.files:
            yield read_workbook(path, path.name, editions, form)
        return
    for path in workbook_files(options.input):
        source = path.relative_to(options.input).as_posix()
        submission = read_workbook(path, source, editions, form)
        if submission.ledger is not None or submission.kept:
            yield submission


def _nothing(submission: Submission) -> str:
    if submission.ledger is None:
        return "没有台账。" if not submission.kept else "台账没有写明年度，不能计数。"
    return "台账里还没有登记。"


def _issue(options: argparse.Namespace, calendar: Calendar, earlier: Sequence[Submission]) -> int:
    from pipeline.forms.ledger.holidays import write_holidays
    from pipeline.forms.ledger.issuing import issued_ledgers
    from pipeline.ledger.holidays import holiday_form
    from pipeline.publish.atomic import publish
    from pipeline.roster.reading import read_roster

    roster = read_roster(options.input)
    for line in office_lines("名册", roster.problems):
        print(line)
    print("台账（发给各单位，全年登记；收回放进 input 再运行）：")
    files = dict(issued_ledgers(roster.roster, calendar, earlier))
    files[f"{holiday_form().name}.xlsx"] = write_holidays()
    for name, content in files.items():
        publish(options.output / name, content)
        print(options.output / name)
    return NOTHING_DUE


# -------------------------------------------------------------------------------- printing


ELSEWHERE = "见这份台账，或运行 make 后看总览。"


def told_views(views: Sequence[LedgerView]) -> Iterator[str]:
    """How ledgers stand; where not all are told, those with most that presses."""
    pressing = [len(view.pressing) + len(view.outdated) for view in views]
    first = sorted(range(len(views)), key=lambda at: -pressing[at])
    order = first if len(views) > WORKBOOKS_SHOWN else range(len(views))
    yield from capped(
        [views[at] for at in order],
        WORKBOOKS_SHOWN,
        _told_view,
        lambda left: (
            f"\n另有 {len(left)} 份台账，其中 {sum(bool(v.pressing or v.outdated) for v in left)} 份"
            "有要办的：运行 make 后看总览，或写上文件名单独看。"
        ),
    )


def _told_view(view: LedgerView) -> Iterator[str]:
    counts = view.counts
    answered = counts["answered"] + counts["answered_late"]
    yield (
        f"\n【{safe_name(view.unit or '未知单位')}】{view.year}年度（{view.source}）　"
        f"申请登记 {len(view.requests)} 件，已答复 {answered} 件"
        + (f"，平均 {view.average} 个工作日" if view.average is not None else "")
        + (f"，其中逾期答复 {counts['answered_late']} 件" if counts["answered_late"] else "")
        + (f"；主动公开 {view.items} 条" if view.items else "")
    )
    yield from capped(
        list(_lines(view)),
        LINES_SHOWN,
        lambda line: [line],
        lambda left: f"  另有 {len(left)} 处，{ELSEWHERE}",
    )
    yield from problem_lines(view.problems, ELSEWHERE)


def _lines(view: LedgerView) -> Iterator[str]:
    """What is to be done about a ledger, the most pressing first."""
    from pipeline.declare.ledger import ledger_form

    form = ledger_form()
    for line in view.pressing:
        yield f"  {form.statuses[line.status]}　{truncate(line.number)}　{_due(line)}"
    for year in view.unknown_years:
        yield f"  不能计算　不知道 {year} 年的放假安排，跨到这一年的期限没有算出。{HOLIDAYS}"
    for column in view.outdated:
        latest = f"最近 {column.latest}" if column.latest else "台账中还没有"
        yield (
            f"  {form.states['due']}　{quoted(truncate(column.name))}（{column.cycle}）"
            f"{latest}，应于 {column.due} 前更新"
        )
    for status in ("correcting", "consulting"):
        names = [truncate(line.number) for line in view.requests if line.status == status]
        if names:
            more = f"等 {len(names)} 件" if len(names) > LINES_SHOWN else ""
            yield f"  {form.statuses[status]}　{'、'.join(names[:LINES_SHOWN])}{more}"
    for line in view.requests:
        for fault in line.faults:
            yield f"  请核对　{truncate(line.number)}　{form.faults[fault]}"


HOLIDAYS = "请照国务院办公厅的通知填写 input 里的“放假安排.xlsx”（样子由 make forms 生成）。"


def _due(line: RequestLine) -> str:
    left = line.left or 0
    told = {"late": f"，逾期 {-left} 个工作日", "soon": f"，还剩 {left} 个工作日"}
    return f"期限 {line.due}{told.get(line.status, '')}"


def _told_unreadable(submissions: Sequence[Submission]) -> Iterator[str]:
    yield from capped(
        submissions,
        WORKBOOKS_SHOWN,
        lambda one: (
            f"\n【{truncate(one.source, 80)}】",
            *problem_lines(one.problems, "改正以上各处后再运行。"),
        ),
        lambda left: f"\n另有 {len(left)} 个工作簿读不出台账。",
    )


def _told_empty(submissions: Sequence[Submission]) -> Iterator[str]:
    yield from capped(
        submissions,
        WORKBOOKS_SHOWN,
        lambda one: [f"{one.source}　{_nothing(one)}"],
        lambda left: f"另有 {len(left)} 个工作簿也没有可看的台账。",
    )


def _print_sum(views: Sequence[LedgerView], on: datetime.date) -> None:
    from pipeline.declare.ledger import ledger_form
    from pipeline.ledger.view import average

    form = ledger_form()
    told = [
        f"{form.statuses[status]} {sum(view.counts[status] for view in views)} 件"
        for status in ("late", "today", "soon", "correcting", "consulting", "answered_late")
    ]
    days = average(line.used for view in views for line in view.requests if line.answered)
    outdated = sum(len(view.outdated) for view in views)
    print(f"\n共 {len(views)} 份台账，按 {on} 计算：{'，'.join(told)}；", end="")
    print(f"答复平均 {days} 个工作日；" if days is not None else "", end="")
    print(f"该更新的栏目 {outdated} 个。")
