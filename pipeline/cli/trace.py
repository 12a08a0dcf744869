"""The command ``trace``: where a figure of the last run comes from."""

from __future__ import annotations

import argparse

from pipeline.cli.parser import Commands, a_year
from pipeline.wording import quoted


def add_trace_command(commands: Commands) -> None:
    """The parser of the command."""
    trace = commands.add_parser(
        "trace", help="一个数从哪来：各单位的文件和单元格、所用的程序和格式"
    )
    trace.add_argument("name", metavar="名称", help="单位或区县")
    trace.add_argument("--year", type=a_year, metavar="年度", help="只看这一年度")
    trace.add_argument(
        "--item", default="", metavar="文字", help="只看名称里有这些文字的数字；不写则列出不为 0 的"
    )
    trace.add_folder("input")
    trace.add_folder("output")
    trace.set_defaults(command=_trace)


def _trace(options: argparse.Namespace) -> int:
    from pipeline.cli.status import ACCEPTED, CommandError
    from pipeline.edition_declaring import load_editions
    from pipeline.record import RECORD, last_record
    from pipeline.trace import found_in, traced

    record = last_record(options.output / RECORD)
    if not record:
        raise CommandError(f"{options.output} 里没有运行记录（{RECORD}）：请先运行 make。")
    found = found_in(record, options.name, options.year)
    if not found:
        raise CommandError(f"记录中没有{quoted(options.name)}{options.year or ''}。")
    editions = load_editions()
    for group, entry in found:
        print("\n".join(traced(record, group, entry, editions, options.item, options.input)))
    return ACCEPTED
