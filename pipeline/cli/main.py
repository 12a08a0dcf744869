"""The command line: what a terminal is, and nothing else."""

from __future__ import annotations

import argparse
import datetime
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.cli.capped import office_lines
from pipeline.cli.fault import set_fault_aside, told_fault
from pipeline.cli.ledger import add_ledger_command
from pipeline.cli.parser import (
    FOLDERS,
    Commands,
    Parser,
    a_day,
    a_number,
    a_year,
    templates_folder,
)
from pipeline.cli.published import add_published_commands
from pipeline.cli.status import ACCEPTED, COULD_NOT_RUN, RETURNED, CommandError
from pipeline.cli.templates import add_template_command, print_fonts, print_left_out, print_unused
from pipeline.cli.trace import add_trace_command
from pipeline.text.figures import truncate
from pipeline.text.wording import quoted

if TYPE_CHECKING:
    from pipeline.model.edition import Edition
    from pipeline.model.problem import Problem
    from pipeline.model.roster import Roster
    from pipeline.model.settings import Settings
    from pipeline.model.unit_outcome import UnitOutcome
    from pipeline.model.working_days import Calendar


def command() -> None:
    """Run the command that is installed, ``nianbao``, and exit with its status."""
    try:
        status = main()
    except KeyboardInterrupt:  # before there is anything to tell it to
        status = COULD_NOT_RUN
    raise SystemExit(status)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return the exit status."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    options = _parser().parse_args(arguments)
    try:
        status = int(options.command(options))
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        # Whoever read what is printed (head, less) has seen enough: nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return COULD_NOT_RUN
    except _expected() as error:
        print(str(error), file=sys.stderr)
        return COULD_NOT_RUN
    except KeyboardInterrupt:
        print(STOPPED, file=sys.stderr)
        return COULD_NOT_RUN
    except Exception as error:  # noqa: BLE001  a fault of ours, told to those who can't read a traceback
        print(told_fault(error, getattr(options, "output", None)), file=sys.stderr)
        return COULD_NOT_RUN


STOPPED = "已中止，没有运行完。input 里的文件没有动，output 里已有的文件都是完整的；请重新运行。"


def _expected() -> tuple[type[Exception], ...]:
    from pipeline.execution.executors import SchedulerError
    from pipeline.publish.atomic import OutputError
    from pipeline.publish.pdf import NoPdf
    from pipeline.word.template_filling import UnusableTemplate

    return (CommandError, OutputError, SchedulerError, UnusableTemplate, NoPdf)


def _parser() -> Parser:
    installed = Path(sys.argv[0]).stem == "nianbao"
    parser = Parser(
        prog="nianbao" if installed else "python -m pipeline",
        description="政府信息公开工作年度报告：读取 input 中的工作簿，核对、汇总，生成 Word 年报和汇总表。",
        epilog="退出码：0 全部通过（可有警告）；1 已完成，有退回、无法读取的，或 --final 有没有定稿的；2 未能运行。",
    )
    commands: Commands = parser.add_subparsers(title="命令", metavar="命令", required=True)
    _add_run_command(commands)
    _add_forms_command(commands)
    check = commands.add_parser("check", help="只核对，列出问题，不生成文件")
    check.add_argument("files", nargs="+", type=Path, metavar="文件", help="工作簿")
    check.set_defaults(command=_check)
    rules = commands.add_parser("rules", help="列出全部核对项目和依据")
    rules.set_defaults(command=_rules)
    add_ledger_command(commands)
    add_published_commands(commands)
    add_trace_command(commands)
    add_template_command(commands)
    return parser


def _add_run_command(commands: Commands) -> None:
    run = commands.add_parser("run", help="核对、汇总、生成年报（make 就是它）")
    for folder in FOLDERS:
        run.add_folder(folder)
    run.add_argument("--jobs", type=a_number, default=0, metavar="N", help="用几个进程（默认自动）")
    run.add_argument("--scheduler", default="", metavar="地址", help="在这个 Dask 集群上运行")
    run.add_argument(
        "--final", action="store_true", help="定稿：未报齐、签批不齐的区县不出年报，并说明差什么"
    )
    run.add_argument(
        "--infographic", action="store_true", help="每份年报另出一页图解：Word、SVG 和 PNG"
    )
    run.add_argument(
        "--pdf", action="store_true", help="每份 Word 年报旁边另存一份 PDF（要装有 LibreOffice）"
    )
    run.add_argument(
        "--today", type=a_day, metavar="日期", help="按这一天判断逾期（如 2027-1-15，默认今天）"
    )
    run.set_defaults(command=_run)


def _add_forms_command(commands: Commands) -> None:
    forms = commands.add_parser(
        "forms", help="生成填报工作簿：有名册的每个单位一份，没有的生成空白的"
    )
    forms.add_folder("input", "名册和上年工作簿在哪里")
    forms.add_folder("output", "放在哪里", "output/空白工作簿")
    forms.add_argument("--year", type=a_year, metavar="年度", help="只生成适用于这一年度的")
    forms.add_argument(
        "--ledger", action="store_true", help="工作簿里带上台账，表三、表四由台账数出"
    )
    forms.set_defaults(command=_forms)


def _settings(input_: Path, output: Path, templates: Path) -> Settings:
    from pipeline.declare.editions import load_editions
    from pipeline.declare.workbook_form import workbook_form
    from pipeline.model.settings import Settings

    return Settings(
        input=input_,
        output=output,
        templates=templates,
        editions=load_editions(),
        form=workbook_form(),
    )


# ------------------------------------------------------------------------------------ run


def _run(options: argparse.Namespace) -> int:
    from pipeline.execution.executors import collect_seldom

    collect_seldom()
    from pipeline.cli.closing import closing, told_archives, told_defects, told_strangers
    from pipeline.intake.input_folder import archive_files
    from pipeline.ledger.holidays import office_calendar
    from pipeline.publish.atomic import strangers
    from pipeline.publish.pdf import office_program
    from pipeline.publish.record import made_by
    from pipeline.run import NothingToDo, run

    if not options.input.is_dir():
        raise CommandError(
            f"找不到文件夹 {options.input}：请新建它，把各单位的工作簿放进去再运行。"
        )
    roster = _sound_roster(options.input)
    calendar, unsure = office_calendar(options.input)
    _print_office("放假安排", unsure)
    settings = replace(
        _settings(options.input, options.output, options.templates),
        roster=roster,
        calendar=calendar,
        today=options.today or datetime.date.today(),
        final=options.final,
        infographic=options.infographic,
        pdf=options.pdf,
        jobs=options.jobs,
        scheduler=options.scheduler,
        unproofed=_unproofed(options.input),
    )
    _templates_usable(settings)
    if options.pdf:
        office_program()
    try:
        units, counties = run(settings, _progress)
    except NothingToDo:
        raise CommandError(
            f"{options.input} 里没有工作簿。请先运行 make forms 生成空白工作簿，发给各单位填写，"
            f"收回后放进 {options.input}（可分文件夹），再运行 make。"
        ) from None
    for line in closing(units, counties, options.output, options.final):
        print(line)
    for line in told_archives(archive_files(options.input)):
        print(line)
    print_unused(settings, units, counties)
    print_left_out(settings, units, counties)
    if options.pdf:
        print_fonts(settings, counties)
    if options.infographic:
        _print_no_png()
    strange = strangers(options.output, made_by(units, counties))
    for line in told_strangers(strange, options.output):
        print(line)
    for line in told_defects(units, counties, options.output):
        print(line)
    if any(u.defects for u in units) or any(county.defects for county in counties):
        return COULD_NOT_RUN
    set_fault_aside(options.output)
    good = all(map(_is_fine, units))
    if options.final:
        good = good and all(county.completeness.final for county in counties)
    return ACCEPTED if good else RETURNED


def _is_fine(outcome: UnitOutcome) -> bool:
    return outcome.status in ("accepted", "kept")


def _sound_roster(folder: Path) -> Roster | None:
    """The roster of the input folder, None where there is none. One with errors stops the
    command: without it nobody is missing, and units that don't count are added up."""
    from pipeline.roster.reading import read_roster

    found = read_roster(folder)
    _print_office("名册", found.problems)
    if found.problems:
        raise CommandError("名册有错误，没有运行。请改正名册后再运行。")
    return found.roster


def _templates_usable(settings: Settings) -> None:
    """Stop before anything is read when a Word template is broken."""
    from pipeline.cli.templates import unusable

    why, warnings = unusable(settings)
    if why:
        raise CommandError(why)
    for told in warnings:
        print(f"【模板】警告　{told}")


def _print_no_png() -> None:
    from pipeline.infographic.png import INSTALL, has_chinese_font, installed

    if not installed():
        print(f"图解没有 PNG 图片：没有安装 resvg-py。需要时运行 {INSTALL}，再运行一次。")
    elif not has_chinese_font():
        print("图解没有 PNG 图片：这台电脑没有中文字体，画出来的图没有字。装好字体后再运行一次。")


UNPROOFED = "不校对.txt"
"""In the input folder: the names of proofreading checks to leave out, one a line."""


def _unproofed(folder: Path) -> frozenset[str]:
    from pipeline.intake.submissions import read_content
    from pipeline.prose.proofreading import names

    content = read_content(folder / UNPROOFED)
    if content is None:
        return frozenset()
    text = content.decode("utf-8-sig", "replace")
    known = names()
    wanted = [line.strip() for line in text.splitlines() if line.strip()]
    strange = [name for name in wanted if name not in known]
    if strange:
        raise CommandError(
            f"{folder / UNPROOFED} 里的{quoted(truncate(strange[0]))}不是校对项目。"
            f"每行写一个，可以写：{'、'.join(known)}。"
        )
    return frozenset(known[name] for name in wanted)


def _progress(stage: str, done: int, total: int) -> None:
    if sys.stdout.isatty():
        filled = 24 * done // total
        bar = "█" * filled + "░" * (24 - filled)
        end = "\n" if done == total else ""
        print(f"\r{stage} {bar} {done}/{total}", end=end, flush=True)
    elif done == total:
        print(f"{stage}：{total} 个", flush=True)


# ---------------------------------------------------------------------------- forms, check


def _forms(options: argparse.Namespace) -> int:
    from pipeline.publish.run_lock import only_run

    with only_run(options.output):
        return _write_forms(options)


def _write_forms(options: argparse.Namespace) -> int:
    from pipeline.declare.workbook_form import workbook_form
    from pipeline.forms.ledger.holidays import write_holidays
    from pipeline.forms.ledger.issuing import blank_ledger
    from pipeline.forms.workbook import write_form
    from pipeline.ledger.holidays import holiday_form, office_calendar
    from pipeline.prose.citing import field_names
    from pipeline.publish.atomic import publish

    calendar, problems = office_calendar(options.input)
    _print_office("放假安排", problems)
    kept = calendar if options.ledger else None
    roster = _issue(options, kept)
    edition, form = _edition_of(options.year or (roster.year if roster else None)), workbook_form()
    names = field_names(edition, form, county="")
    files = {
        f"填报工作簿（{edition.name}）.xlsx": write_form(
            edition, form, field_names=names, calendar=kept
        ),
        **blank_ledger(calendar),
        f"{holiday_form().name}.xlsx": write_holidays(),
    }
    for name, content in files.items():
        publish(options.output / name, content)
        print(options.output / name)
    set_fault_aside(options.output)
    return ACCEPTED


def _edition_of(year: int | None) -> Edition:
    """The edition that workbooks of a year are written in, today's where no year is said."""
    from pipeline.declare.editions import load_editions
    from pipeline.model.edition import edition_for, newest_begun

    editions = load_editions()
    if year is None:
        return newest_begun(datetime.date.today().year, editions)
    edition = edition_for(year, editions)
    if edition is None:
        raise CommandError(f"没有适用于 {year} 年度的国家格式，请核对年度。")
    return edition


def _issue(options: argparse.Namespace, calendar: Calendar | None) -> Roster | None:
    """A workbook for each unit of the roster and one archive; an empty roster the first time.

    With ``calendar`` the workbooks have the ledgers in them.  Gives the roster, None where there
    is none.
    """
    from pipeline.cli.closing import told_issued
    from pipeline.declare.roster import roster_form
    from pipeline.forms.issuing import issued
    from pipeline.forms.roster import write_roster
    from pipeline.publish.atomic import publish

    place = options.input / f"{roster_form().name}.xlsx"
    if not place.exists():
        publish(place, write_roster())
        print(f"{place}（空白名册：填好后再运行 make forms，每个单位得到一份预填的工作簿）")
        return None
    roster = _sound_roster(options.input)
    if roster is None or options.year not in (None, roster.year):
        return roster
    settings = _settings(options.input, options.output, templates_folder())
    files = issued(replace(settings, roster=roster), calendar)
    if not files:
        raise CommandError(f"没有适用于 {roster.year} 年度的国家格式，请核对名册的年度。")
    for name, content in files.items():
        publish(options.output / name, content)
    for line in told_issued(files, options.output):
        print(line)
    return roster


def _print_office(file: str, problems: Sequence[Problem]) -> None:
    for line in office_lines(file, problems):
        print(line)


def _check(options: argparse.Namespace) -> int:
    from pipeline.cli.closing import told_checked
    from pipeline.intake.submissions import read_workbook
    from pipeline.model.unit_outcome import kept_outcome
    from pipeline.validate.batch import validate_batch
    from pipeline.validate.ledger import with_ledgers

    settings = _settings(Path("."), Path("output"), templates_folder())
    submissions = [
        read_workbook(path, path.name, settings.editions, settings.form) for path in options.files
    ]
    reports, books = with_ledgers(submissions)
    units = [*validate_batch(reports, settings), *map(kept_outcome, books)]
    units.sort(key=_is_fine)
    for line in told_checked(units):
        print(line)
    return ACCEPTED if all(map(_is_fine, units)) else RETURNED


def _rules(_options: argparse.Namespace) -> int:
    from pipeline.declare.editions import load_editions
    from pipeline.validate.rulebook import rulebook

    print(rulebook(load_editions()), end="")
    return ACCEPTED
