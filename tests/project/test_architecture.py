"""docs/architecture.md names files that are there, and every room of the house."""

import re

from tests.support.paths import ROOT

TEXT = (ROOT / "docs" / "architecture.md").read_text("utf-8")


def test_every_path_that_it_names_exists():
    named = re.findall(r"`(pipeline/[^`]+|pyproject\.toml)`", TEXT)
    assert len(named) >= 20
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_room_stands_in_the_picture():
    picture = TEXT.split("```")[1]
    rooms = {path.parent.name for path in (ROOT / "pipeline").glob("*/__init__.py")}
    assert {room for room in rooms if f"{room}/" not in picture} == set()


def test_few_modules_lie_loose():
    loose = [path.name for path in (ROOT / "pipeline").glob("*.py")]
    assert len(loose) <= 6, loose
