"""The JSON schemas of the declarations, for editors: ``python -m tests.schemas`` writes them anew.

Each is made from the shape that the declaration is read into.  An edition may be a whole one or an
amendment of another, in which nothing is needed and a table may say what becomes of the old one.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipeline.declare.editions import EDITIONS, EditionShape
from pipeline.declare.loading import Declaration, json_schema
from pipeline.declare.messages import MESSAGES
from tests.support.declarations import DECLARATIONS

DRAFT = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
SAID = {
    "removed": {"type": "array", "items": {"type": "string"}},
    "replaces": {"type": "boolean"},
    "before": {"type": "string"},
    "after": {"type": "string"},
}
"""What a table of an amendment may say of the text that it amends."""


def schemas() -> Mapping[Path, str]:
    """Every schema as the text of its file, which stands beside the declarations."""
    made: dict[Path, dict[str, Any]] = {EDITIONS / "edition.schema.json": edition_schema()}
    for one in DECLARATIONS:
        name = "messages" if one.path.parent == MESSAGES else one.path.stem
        made[one.path.parent / f"{name}.schema.json"] = declaration_schema(one)
    return {
        path: json.dumps(DRAFT | schema, ensure_ascii=False, indent=1) + "\n"
        for path, schema in made.items()
    }


def declaration_schema(declaration: Declaration[Any]) -> dict[str, Any]:
    """The schema of a declaration as it is written: what is listed stands under its key."""
    schema = copy.deepcopy(json_schema(declaration.shape))
    shapes = schema.get("$defs", {})
    for name in declaration.listed:
        *above, last = name.split(".")
        place = schema
        for step in above:
            place = resolved(place, shapes)["properties"][step]
        places = resolved(place, shapes)["properties"]
        listed = places[last].get("items")
        if listed is None:  # the same shape, listed before
            continue
        places[last] = {"type": "object", "additionalProperties": listed}
        entry = resolved(listed, shapes)
        entry["properties"].pop("key", None)
        entry["required"] = [key for key in entry["required"] if key != "key"]
    return schema


def edition_schema() -> dict[str, Any]:
    """The schema of an edition: where it amends another, that of an amendment."""
    whole = json_schema(EditionShape)["$defs"]
    amending = {f"Amended{name}": amended(shape) for name, shape in whole.items()}
    return {
        "if": {"required": ["amends"]},
        "then": {"$ref": f"#/$defs/Amended{EditionShape.__name__}"},
        "else": {"$ref": f"#/$defs/{EditionShape.__name__}"},
        "$defs": {**whole, **amending},
    }


def amended(schema: Any) -> Any:
    """A schema of which nothing is needed, and which may say what becomes of the old text."""
    if isinstance(schema, list):
        return [amended(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return {"$ref": schema["$ref"].replace("#/$defs/", "#/$defs/Amended")}
    changed = {key: amended(value) for key, value in schema.items() if key != "required"}
    if schema.get("type") == "object":
        changed["properties"] = {**changed.get("properties", {}), **SAID}
        changed.pop("minProperties", None)
    changed.pop("discriminator", None)  # its kind may be in the old text
    return changed


def resolved(schema: Any, shapes: Mapping[str, Any]) -> Any:
    return shapes[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def alternatives(schema: Any, shapes: Mapping[str, Any]) -> Iterator[Any]:
    """The shapes that a value may have."""
    schema = resolved(schema, shapes)
    for one in schema.get("anyOf", ()):
        yield from alternatives(one, shapes)
    if "anyOf" not in schema:
        yield schema


def main() -> None:
    for path, text in schemas().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
