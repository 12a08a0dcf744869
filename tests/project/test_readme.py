"""What the README tells people to type: every target is made, every command and option is known,
and every picture and page that it points to is there."""

import re

import pytest

from pipeline.cli.main import _parser
from tests.support.paths import ROOT

README = (ROOT / "README.md").read_text("utf-8")
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
TARGETS = sorted(set(re.findall(r"(?<![\w-])make ([a-z][a-z-]+|图解)", README)))
COMMANDS = sorted(
    set(re.findall(r"(?:python -m pipeline|运行\.bat) ([a-z]+)((?:[ ]+--?[a-z-]+)*)", README))
)


def test_the_readme_tells_what_to_type():
    assert {"final", "forms", "verify", "test"} <= set(TARGETS)
    assert {"ledger", "template", "import"} <= {command for command, _ in COMMANDS}


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_is_made(target):
    assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE)


@pytest.mark.parametrize(("command", "options"), COMMANDS)
def test_every_command_and_option_is_known(command, options, capsys):
    with pytest.raises(SystemExit) as ended:
        _parser().parse_args([command, "--help"])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    for option in options.split():
        assert option in told


OF_OTHERS = {"--strict"}
"""Options of other programs that the README speaks of: pip-audit's."""

OPTIONS = sorted(set(re.findall(r"`(--[a-z-]+)", README)) - OF_OTHERS)


@pytest.mark.parametrize("option", OPTIONS)
def test_every_option_is_one_of_some_command(option, capsys):
    commands = ("run", "forms", "check", "rules", "ledger", "audit", "import", "verify", "trace")
    told = ""
    for command in (*commands, "template"):
        with pytest.raises(SystemExit):
            _parser().parse_args([command, "--help"])
        told += capsys.readouterr().out
    assert option in told


@pytest.mark.parametrize(
    "path", sorted(set(re.findall(r"\]\(((?:docs|input|templates)/[^)#]+)\)", README)))
)
def test_every_page_and_picture_is_there(path):
    assert (ROOT / path).is_file()


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`(pipeline/[^`*]+)`", README))))
def test_every_path_is_there(path):
    assert (ROOT / path).exists()
