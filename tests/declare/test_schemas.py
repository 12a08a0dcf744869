"""The schemas beside the declarations are those of what reads them, and allow what is written."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipeline.declare.amendments import WORDS
from pipeline.declare.editions import EDITIONS
from tests.schemas import SAID, alternatives, schemas
from tests.support.added_edition import ADDED
from tests.support.declarations import DECLARATIONS, EDITION_FILES, READERS, key_paths
from tests.support.paths import ROOT

SCHEMAS = schemas()


def test_the_schemas_are_current():
    stale = [path.name for path, text in SCHEMAS.items() if path.read_text("utf-8") != text]
    assert not stale, "python -m tests.schemas"


def test_an_amendment_may_say_what_the_loader_understands():
    assert set(SAID) == set(WORDS)


def schema_of(file: str) -> dict[str, Any]:
    """The schema that the first line of a declaration names."""
    paths = [*(ROOT / "pipeline").rglob("*.toml"), ADDED]
    path = next(path for path in paths if path.as_posix().endswith(f"/{file}"))
    first = path.read_text("utf-8").splitlines()[0]
    assert first.startswith("#:schema ./"), file
    folder = EDITIONS if file in EDITION_FILES else path.parent
    return json.loads((folder / first.removeprefix("#:schema ./")).read_text("utf-8"))


@pytest.mark.parametrize("file", sorted(READERS))
def test_every_key_of_a_declaration_is_in_its_schema(file):
    declared, _ = READERS[file]
    schema = schema_of(file)
    shapes = schema.get("$defs", {})
    top = schema["then" if "amends" in declared else "else"] if "if" in schema else schema
    for path in key_paths(declared):
        found = list(alternatives(top, shapes))
        for step in path:
            found = [
                one
                for shape in found
                for below in (
                    shape.get("items") if step.isdigit() else shape.get("properties", {}).get(step),
                    not step.isdigit() and shape.get("additionalProperties"),
                )
                if below
                for one in alternatives(below, shapes)
            ]
        assert found, f"{file}: {path}"


def test_a_misspelt_key_is_in_no_schema():
    for one in DECLARATIONS:
        schema = schema_of(one.name)
        shapes = schema.get("$defs", {})
        for shape in shapes.values():
            if "properties" in shape:
                assert shape["additionalProperties"] is False
