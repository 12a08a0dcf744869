"""The command ``trace``: where a figure of the last run comes from."""

from __future__ import annotations

import argparse

from pipeline.cli.parser import Commands, a_year
from pipeline.text.wording import quoted


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
    from pipeline.cli.status import ACCEPTED, CommandError, told_no_record
    from pipeline.declare.editions import load_editions
    from pipeline.publish.record import RECORD, NoRecord, open_record
    from pipeline.publish.trace import found_in, traced

    editions = load_editions()
    try:
        with open_record(options.output / RECORD) as record:
            found = found_in(record, options.name, options.year, editions, options.item)
    except NoRecord as error:
        raise CommandError(told_no_record(options.output)) from error
    if not found.counties and not found.units:
        raise CommandError(f"记录中没有{quoted(options.name)}{options.year or ''}。")
    for line in traced(found, editions, options.item, options.input):
        print(line)
    return ACCEPTED
