"""The command line speaks Chinese, also of what it doesn't understand."""

import re

import pytest

from pipeline.cli.main import main
from pipeline.cli.status import COULD_NOT_RUN

COMMANDS = [
    "run",
    "forms",
    "check",
    "rules",
    "ledger",
    "verify",
    "audit",
    "import",
    "trace",
    "template",
]


def said(capsys, *arguments: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    printed = capsys.readouterr()
    return ended.value.code, printed.out + printed.err


def test_the_help_names_each_thing_once(capsys):
    status, told = said(capsys, "--help")
    assert status == 0
    assert told.count("选项:") == told.count("命令:\n") == 1
    assert re.findall(r"^  ([a-z]+) ", told, re.MULTILINE) == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_a_command_is_in_chinese(command, capsys):
    status, told = said(capsys, command, "--help")
    assert status == 0
    assert told.startswith(f"用法：python -m pipeline {command} ")
    assert told.count("选项:") == 1
    assert not re.search(r"usage|options|arguments|--\w+ [A-Z]{2}", told)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("", "还要写：命令。"),
        ("chek", f"命令：没有“chek”，可以写：{'、'.join(COMMANDS)}。"),
        ("check", "还要写：文件。"),
        ("run --fast", "没有这样的选项或参数：--fast。"),
        ("run --fin", "没有这样的选项或参数：--fin。"),
        ("run --jobs two", "--jobs：“two”不是整数。"),
        ("run --final=3", "--final：后面不写什么。"),
        ("run --today 2027-13-1", "--today：“2027-13-1”不是日期，应如 2027-1-15。"),
        ("forms --year", "--year：后面要写明。"),
        ("forms --year 26", "--year：“26”不是年度，应如 2026。"),
    ],
)
def test_a_wrong_line_is_told_in_chinese(line, told, capsys):
    assert said(capsys, *line.split()) == (COULD_NOT_RUN, f"{told}\n命令后加 --help 看怎么用。\n")
