"""argparse in Chinese: its headings, and what it says of a command line that is wrong."""

from __future__ import annotations

import argparse
import datetime
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

FOLDERS = {
    "input": "放工作簿的文件夹",
    "output": "放结果的文件夹",
    "templates": "放 Word 模板的文件夹",
}
"""What the folders are that commands know by name."""


class Parser(argparse.ArgumentParser):
    """A parser of the command line, or of one command, that speaks Chinese."""

    def __init__(self, **options: Any) -> None:
        super().__init__(formatter_class=_Help, add_help=False, allow_abbrev=False, **options)
        self.add_argument("-h", "--help", action="help", help="显示这份说明")

    def add_folder(self, name: str, told: str = "", default: str = "") -> None:
        """An option for one of :data:`FOLDERS`; ``told`` where it means more to a command."""
        said = f"{told or FOLDERS[name]}（默认 {default or name}）"
        folder = templates_folder() if name == "templates" else Path(default or name)
        self.add_argument(f"--{name}", type=Path, default=folder, metavar="文件夹", help=said)

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{_in_chinese(message)}\n命令后加 --help 看怎么用。\n")


PACKAGED = Path(__file__).parents[1] / "templates"
"""The Word templates that an installed package brings along."""


def templates_folder() -> Path:
    """The office's own templates in the working folder, else those that the package brings."""
    own = Path("templates")
    return own if own.is_dir() or not PACKAGED.is_dir() else PACKAGED


Commands: TypeAlias = "argparse._SubParsersAction[Parser]"
"""Where a command adds its own parser."""


class _Help(argparse.HelpFormatter):
    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)

    def start_section(self, heading: str | None) -> None:
        words = {"options": "选项", "positional arguments": "参数"}
        super().start_section(words.get(heading or "", heading))

    def _format_action(self, action: argparse.Action) -> str:
        # The commands stand right below their heading, which argparse would say twice.
        if isinstance(action, argparse._SubParsersAction):
            return "".join(map(self._format_action, action._get_subactions()))
        return super()._format_action(action)


_SAID = (
    (r"argument (.+?): (.+)", "{0}：{1}"),
    (r"the following arguments are required: (.+)", "还要写：{0}。"),
    (r"unrecognized arguments: (.+)", "没有这样的选项或参数：{0}。"),
    (r"invalid choice: '(.*)' \(choose from (.+)\)", "没有“{0}”，可以写：{1}。"),
    (r"'?(\w+)'?, (.+)", "{0}、{1}"),
    (r"'(\w+)'", "{0}"),
    (r"expected (?:one|at least one) argument", "后面要写明。"),
    (r"ignored explicit argument .+", "后面不写什么。"),
)
"""argparse's sentences about a wrong command line, and what they are in Chinese."""


def _in_chinese(message: str) -> str:
    for pattern, chinese in _SAID:
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found:
            return chinese.format(*map(_in_chinese, found.groups()))
    return message


# ------------------------------------------------------------------------ the kinds of values


def a_number(text: str) -> int:
    """A whole number, not negative."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"“{text}”不是整数。")
    return int(text)


def a_year(text: str) -> int:
    """The year of a report."""
    if not re.fullmatch(r"20\d\d", text):
        raise argparse.ArgumentTypeError(f"“{text}”不是年度，应如 2026。")
    return int(text)


def a_day(text: str) -> datetime.date:
    """A date, as clerks write it."""
    from pipeline.text.figures import read_date

    day = read_date(text)
    if day is None:
        raise argparse.ArgumentTypeError(f"“{text}”不是日期，应如 2027-1-15。")
    return day
