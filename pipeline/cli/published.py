"""The commands on published reports: ``verify``, ``audit`` and ``import``.

What they print, where they write, and what they exit with.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.cli.capped import PROBLEMS_SHOWN, WORKBOOKS_SHOWN, capped, problem_lines
from pipeline.cli.parser import Commands
from pipeline.text.figures import truncate
from pipeline.text.names import safe_name
from pipeline.text.wording import list_some, quoted

if TYPE_CHECKING:
    from pipeline.audit.audit import Audit
    from pipeline.audit.importing import Imported
    from pipeline.audit.recorded import MadeReports
    from pipeline.audit.verify import Verification

SHOWN_CHANGES = 20
"""How many changed paragraphs are printed for a report."""

SHOWN_NAMES = 20
"""How many of the recorded names are printed for a report that fits none."""


def add_published_commands(commands: Commands) -> None:
    """The parsers of the commands on published reports."""
    verify = commands.add_parser("verify", help="核对报告中的数字与本次运行的数据是否一致")
    verify.add_argument(
        "files",
        nargs="*",
        type=Path,
        metavar="文件",
        help="报告（.docx、.html、.txt）或文件夹；不写则核对 output 中的全部年报和 input/送审",
    )
    verify.add_folder("input")
    verify.add_folder("output")
    verify.set_defaults(command=_verify)
    audit = commands.add_parser("audit", help="检查已公开的年报（任何单位的）有没有差错")
    audit.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="文件",
        help="报告或文件夹；同一单位上年的报告放在一起，会核对上年结转；多份时另写排名和问题清单",
    )
    audit.add_folder("output")
    audit.set_defaults(command=_audit)
    import_ = commands.add_parser("import", help="把已公开的年报读入填报工作簿（如用上年的报告）")
    import_.add_argument(
        "files", nargs="+", type=Path, metavar="文件", help="报告（.docx、.html、.txt）或文件夹"
    )
    import_.add_argument("--county", default="", metavar="名称", help="所属区县，填入基本信息")
    import_.add_folder("output")
    import_.set_defaults(command=_import)


def _verify(options: argparse.Namespace) -> int:
    from pipeline.audit.recorded import MadeReports
    from pipeline.cli.status import ACCEPTED, RETURNED, CommandError, told_no_record
    from pipeline.intake.input_folder import REVIEW_FOLDER
    from pipeline.publish.record import RECORD, NoRecord, open_record
    from pipeline.published.reports import report_files

    try:
        with open_record(options.output / RECORD) as record:
            made = MadeReports(record)
            if not made:
                raise NoRecord
            named = options.files or [
                *(options.output / file for file in made.files),
                *filter(Path.is_dir, [options.input / REVIEW_FOLDER]),
            ]
            files = report_files(named)
            if not files:
                raise CommandError("没有找到要核对的报告：请把送审退回的文件放进 input/送审。")
            good = sum(_holds(path, made, options.output) for path in files)
    except NoRecord as error:
        raise CommandError(told_no_record(options.output)) from error
    print(f"\n一致 {good} 份，不一致或无法核对 {len(files) - good} 份，共 {len(files)} 份报告。")
    return ACCEPTED if good == len(files) else RETURNED


def _holds(path: Path, made: MadeReports, output: Path) -> bool:
    """Whether a report says what the run made; what it doesn't is printed."""
    from pipeline.audit.verify import verified
    from pipeline.declare.editions import load_editions
    from pipeline.declare.workbook_form import workbook_form
    from pipeline.published.reports import read_published

    editions = load_editions()
    report = read_published(path, editions)
    matched = made.matched(report, _below(path, output))
    own = matched.made
    original = output / own.report if own is not None and own.report else None
    before = None
    if original is not None and original.is_file() and path != original:
        before = read_published(original, editions)
    result = verified(report, matched, before, editions, workbook_form())
    _print_verification(path, result)
    return result.holds


def _below(path: Path, folder: Path) -> str:
    """A file's place below a folder; empty where it isn't below it."""
    try:
        return path.resolve().relative_to(folder.resolve()).as_posix()
    except ValueError:
        return ""


def _print_verification(path: Path, result: Verification) -> None:
    from pipeline.model.problem import SEVERITIES

    state = "一致" if result.holds else "不一致" if result.made is not None else "无法核对"
    print(f"【{state}】{path}")
    if result.made is None:
        for told in result.report.problems:
            if not result.report.readable:
                print(f"  {SEVERITIES[told.severity]}　{told.message}")
        if len(result.alike) > 1:
            print(
                f"  标题写的是{quoted(truncate(result.report.title))}，有几份年报的名称与它相符，不能确定："
            )
            print(
                f"  {'、'.join(map(truncate, result.alike[:SHOWN_NAMES]))}。请在标题中写全称后再核对。"
            )
        elif result.report.readable:
            whose = f"{truncate(result.report.unit) or '（单位不明）'}{result.report.year or '（年度不明）'}"
            known = list_some(list(map(truncate, result.known)), SHOWN_NAMES) or "没有"
            print(
                f"  标题写的是{quoted(truncate(result.report.title))}，记录中没有 {whose} 年度的报告。"
            )
            print(f"  这一年度有记录的：{known}。")
        return
    for told in result.report.problems:
        if told.rule in ("published.changes", "published.remarks", "published.unseen"):
            print(f"  {SEVERITIES[told.severity]}　{told.message}")
    for difference in result.differences:
        print(f"  错误　{difference.told}")
    for told in result.adds_up:
        print(f"  错误　勾稽关系：{told.message}")
    if result.prose:
        print(f"  正文有 {len(result.prose)} 处改动（不算差错）：")
    for before, after in result.prose[:SHOWN_CHANGES]:
        print(f"    原：{before or '（无）'}")
        print(f"    现：{after or '（删去）'}")
    if len(result.prose) > SHOWN_CHANGES:
        print(f"    ……其余 {len(result.prose) - SHOWN_CHANGES} 处略。")


# ------------------------------------------------------------------------------------ audit

AUDITS = "审计"
"""Where the workbook of findings goes, below the output folder."""


def _audit(options: argparse.Namespace) -> int:
    from pipeline.audit.audit import audit_all, ranked
    from pipeline.audit.workbook import write_audit_book
    from pipeline.cli.status import ACCEPTED, RETURNED, CommandError
    from pipeline.declare.editions import load_editions
    from pipeline.declare.workbook_form import workbook_form
    from pipeline.publish.atomic import publish
    from pipeline.published.reports import read_published, report_files

    files = report_files(options.files)
    if not files:
        raise CommandError("没有找到报告：可用的是 .docx、.html 和 .txt 文件。")
    editions = load_editions()
    reports = [read_published(path, editions) for path in files]
    order = ranked(audit_all(reports, editions, workbook_form()))
    first = options.files[0]
    name = first.name if first.is_dir() and first.name else "年报"
    path = options.output / AUDITS / f"{safe_name(name)}审计结果.xlsx"
    for line in told_audits(order, path):
        print(line)
    if len(order) > 1 or any(len(one.problems) > PROBLEMS_SHOWN for one in order):
        publish(path, write_audit_book(order, editions))
        print(f"\n问题清单：{path}")
    return ACCEPTED if all(one.verdict in ("right", "doubtful") for one in order) else RETURNED


def told_audits(order: Sequence[Audit], path: Path) -> Iterator[str]:
    """What was found in each report, of ``order`` from the best to the worst, and how they rank;
    ``path`` is where the list of all findings goes."""
    # Those that want somebody come first where not all are told.
    worst = order if len(order) <= WORKBOOKS_SHOWN else order[::-1]
    yield from capped(
        worst,
        WORKBOOKS_SHOWN,
        lambda one: _told_audit(one, path),
        lambda left: (
            f"另有 {len(left)} 份报告的 {sum(len(one.problems) for one in left)} 处，见 {path}"
        ),
    )
    if len(order) > 1:
        yield "\n名次　结论　　错误　警告　单位"
        yield from capped(
            list(enumerate(order, 1)),
            WORKBOOKS_SHOWN,
            _told_rank,
            lambda left: f"另有 {len(left)} 份报告的名次，见 {path}",
        )


def _told_audit(one: Audit, path: Path) -> Iterator[str]:
    from pipeline.audit.audit import VERDICTS

    report = one.report
    whose = f"{report.unit or '单位不明'}，{f'{report.year}年度' if report.year else '年度不明'}"
    if report.unit and report.year:
        whose = f"{report.unit}{report.year}年度"
    named = f"{safe_name(whose)}（{safe_name(report.source)}）"
    yield f"【{VERDICTS[one.verdict]}】{named if report.readable else safe_name(report.source)}"
    yield from problem_lines(one.problems, f"见 {path}")
    if report.readable and not one.compared:
        yield "  （没有给出上年的报告，未核对上年结转。）"


def _told_rank(ranked: tuple[int, Audit]) -> Iterator[str]:
    from pipeline.audit.audit import VERDICTS

    place, one = ranked
    counts = f"{one.count('error'):>4}　{one.count('warning'):>4}"
    whose = f"{truncate(one.report.unit or one.report.source)} {one.report.year or ''}"
    yield f"{place:>4}　{VERDICTS[one.verdict]}　{counts}　{whose}"


# ----------------------------------------------------------------------------------- import

IMPORTS = "导入"
"""Where imported workbooks go, below the output folder."""


def _import(options: argparse.Namespace) -> int:
    from pipeline.audit.importing import imported
    from pipeline.cli.status import ACCEPTED, RETURNED, CommandError
    from pipeline.declare.editions import load_editions
    from pipeline.declare.workbook_form import workbook_form
    from pipeline.forms.workbook import write_form
    from pipeline.publish.atomic import publish
    from pipeline.published.reports import read_published, report_files

    files = report_files(options.files)
    if not files:
        raise CommandError("没有找到报告：可用的是 .docx、.html 和 .txt 文件。")
    editions, form = load_editions(), workbook_form()
    whole = True
    for file in files:
        result = imported(read_published(file, editions), editions, options.county)
        if result.edition is not None:
            content = write_form(result.edition, form, result.prefill)
            path = _free(options.output / IMPORTS / f"{safe_name(result.file_stem)}.xlsx", content)
            publish(path, content)
            print(f"【已导入】{file} → {path}")
        else:
            print(f"【未导入】{file}")
        _print_imported(result)
        whole = whole and result.edition is not None and not result.left
    return ACCEPTED if whole else RETURNED


def _free(path: Path, content: bytes) -> Path:
    """The path, or one numbered beside it: a file that says something else is never replaced."""
    tries = (path.with_stem(f"{path.stem}（{number}）") for number in count(2))
    return next(p for p in chain((path,), tries) if not p.exists() or p.read_bytes() == content)


def _print_imported(result: Imported) -> None:
    from pipeline.model.problem import SEVERITIES

    report = result.report
    for told in report.problems:
        print(f"  {SEVERITIES[told.severity]}　{told.message}")
    if result.edition is None:
        if report.readable:
            print("  从标题中看不出单位或年度，或者这一年度没有适用的格式，没有生成工作簿。")
        return
    for left in result.left:
        names = "、".join(left.names[:SHOWN_CELLS])
        names += "等" if len(left.names) > SHOWN_CELLS else ""
        print(f"  空着　{left.table}有 {len(left.names)} 格没有填（{left.why}）：{names}")
    for line in result.recomputed:
        print(f"  注意　{line}；工作簿里的总计由公式计算。")
    print("  导入的工作簿还要补填基本信息，并逐表核对后在“本表已核对”处选“是”。")


SHOWN_CELLS = 8
"""How many empty cells are named on a line."""
