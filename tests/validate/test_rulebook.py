"""The list of checks for people: complete, and as the repository keeps it."""

import os
import subprocess
import sys
from pathlib import Path

from pipeline.cli.main import main
from pipeline.declare.editions import load_editions
from pipeline.declare.messages import CATALOGUE
from pipeline.model.problem import SEVERITIES
from pipeline.validate.rulebook import rulebook

KEPT = Path(__file__).parents[2] / "docs" / "核对项目.md"


def test_the_command_prints_the_list_of_every_edition(capsys):
    assert main(["rules"]) == 0
    assert capsys.readouterr().out == rulebook(load_editions())


def test_the_kept_list_is_what_the_program_says_of_the_editions_in_it():
    kept = KEPT.read_text("utf-8")
    listed = {key: one for key, one in load_editions().items() if one.name in kept}
    assert len(listed) >= 2
    assert rulebook(listed) == kept, "python -m pipeline rules > docs/核对项目.md"


def test_every_rule_and_every_message_stands_in_it():
    told = rulebook(load_editions())
    rows = [line.split(" | ") for line in told.splitlines() if line.startswith("| ")]
    ids = {row[0].removeprefix("| ") for row in rows}
    for edition in load_editions().values():
        assert {rule.id for rule in edition.rules} <= ids
    assert {message.name for message in CATALOGUE.values()} <= ids
    assert "{" not in told


def test_every_message_is_whole():
    for message in CATALOGUE.values():
        assert message.severity in SEVERITIES
        assert message.name
        assert message.text.endswith("。")
        assert message.remedy.endswith(("。", "？", "{advice}"))


def test_a_reader_that_has_seen_enough_is_no_fault():
    reader, writer = os.pipe()
    os.close(reader)
    told = subprocess.run(
        [sys.executable, "-m", "pipeline", "rules"],
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writer)
    assert told.stderr == b""
