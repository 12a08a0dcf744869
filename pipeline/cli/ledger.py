"""The command ``ledger``: what is due, what is late, and which columns are out of date."""

from __future__ import annotations

import argparse
import datetime
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.cli.parser import Commands, a_day
from pipeline.intake.reading import shown
from pipeline.names import safe_name
from pipeline.problems import SEVERITIES
from pipeline.wording import quoted

if TYPE_CHECKING:
    from pipeline.ledger.view import LedgerView, RequestLine
    from pipeline.ledger.workdays import Calendar
    from pipeline.problems import Problem
    from pipeline.submission import Submission

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
    for found in problems:
        print(f"【放假安排】{SEVERITIES[found.severity]}　{found.message}")
    submissions = list(_submissions(options))
    if options.issue:
        return _issue(options, calendar, submissions)
    on = options.on or datetime.date.today()
    views = [view for s in submissions if (view := ledger_view(s, on, calendar)) is not None]
    unreadable = [s for s in submissions if not s.readable]
    for submission in unreadable:
        _print_problems(submission.source, submission.problems)
    kept = {view.source for view in views}
    for submission in submissions:
        if submission.readable and submission.source not in kept:
            print(f"{submission.source}　{_nothing(submission)}")
    if not submissions:
        print(f"{options.input} 里没有台账。")
        return _issue(options, calendar, ())
    for view in views:
        _print_view(view)
    if views:
        _print_sum(views, on)
    late = any(view.counts["late"] or view.outdated for view in views)
    wanting = bool(problems or unreadable) or any(view.unknown_years for view in views)
    return SOMETHING_DUE if late or wanting else NOTHING_DUE


def _submissions(options: argparse.Namespace) -> Iterator[Submission]:
    """The workbooks named, or those of the input folder that hold a ledger."""
    from pipeline.edition_declaring import load_editions
    from pipeline.intake.input_folder import workbook_files
    from pipeline.intake.submissions import read_workbook
    from pipeline.workbook import workbook_form

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
    from pipeline.ledger.holidays import holiday_form
    from pipeline.ledger.holidays_book import write_holidays
    from pipeline.ledger.issuing import issued_ledgers
    from pipeline.publishing.publish import publish
    from pipeline.roster.reading import read_roster

    roster = read_roster(options.input)
    for found in roster.problems:
        print(f"【名册】{SEVERITIES[found.severity]}　{found.message}")
    print("台账（发给各单位，全年登记；收回放进 input 再运行）：")
    files = dict(issued_ledgers(roster.roster, calendar, earlier))
    files[f"{holiday_form().name}.xlsx"] = write_holidays()
    for name, content in files.items():
        publish(options.output / name, content)
        print(options.output / name)
    return NOTHING_DUE


# -------------------------------------------------------------------------------- printing


def _print_view(view: LedgerView) -> None:
    from pipeline.ledger.declared import ledger_form

    form, counts = ledger_form(), view.counts
    answered = counts["answered"] + counts["answered_late"]
    print(
        f"\n【{safe_name(view.unit or '未知单位')}】{view.year}年度（{view.source}）　"
        f"申请登记 {len(view.requests)} 件，已答复 {answered} 件"
        + (f"，平均 {view.average} 个工作日" if view.average is not None else "")
        + (f"，其中逾期答复 {counts['answered_late']} 件" if counts["answered_late"] else "")
        + (f"；主动公开 {view.items} 条" if view.items else "")
    )
    for line in view.pressing:
        print(f"  {form.statuses[line.status]}　{shown(line.number)}　{_due(line)}")
    for status in ("correcting", "consulting"):
        names = [shown(line.number) for line in view.requests if line.status == status]
        if names:
            print(f"  {form.statuses[status]}　{'、'.join(names)}")
    for line in view.requests:
        for fault in line.faults:
            print(f"  请核对　{shown(line.number)}　{form.faults[fault]}")
    for column in view.outdated:
        latest = f"最近 {column.latest}" if column.latest else "台账中还没有"
        print(
            f"  {form.states['due']}　{quoted(shown(column.name))}（{column.cycle}）"
            f"{latest}，应于 {column.due} 前更新"
        )
    for year in view.unknown_years:
        print(f"  不能计算　不知道 {year} 年的放假安排，跨到这一年的期限没有算出。{HOLIDAYS}")
    _print_problems("", view.problems)


HOLIDAYS = "请照国务院办公厅的通知填写 input 里的“放假安排.xlsx”（样子由 make forms 生成）。"


def _due(line: RequestLine) -> str:
    left = line.left or 0
    told = {"late": f"，逾期 {-left} 个工作日", "soon": f"，还剩 {left} 个工作日"}
    return f"期限 {line.due}{told.get(line.status, '')}"


def _print_problems(source: str, problems: Sequence[Problem]) -> None:
    if source:
        print(f"\n【{shown(source, 80)}】")
    for found in problems:
        print(f"  {SEVERITIES[found.severity]}　{found.message}")


def _print_sum(views: Sequence[LedgerView], on: datetime.date) -> None:
    from pipeline.ledger.declared import ledger_form
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
