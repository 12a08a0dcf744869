"""Reading a declaration (TOML) into typed values, strictly.

A shape (:class:`~pipeline.model.declared.Declared`) says which keys a table has and what they hold.
Whatever doesn't fit is refused with the file, the whole key and the nearest valid name.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Generic, TypeVar, get_origin

import msgspec

from pipeline.model.declared import DeclarationError

T = TypeVar("T")


@dataclass(frozen=True)
class Declaration(Generic[T]):
    """A file and its shape.

    ``listed`` are the tables, by dotted key, whose entries are read as a tuple, each with the key
    that it stands under as its ``key``.
    """

    path: Path
    shape: Any
    listed: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The file and its folder, which tell it from every other declaration."""
        return f"{self.path.parent.name}/{self.path.name}"

    def load(self) -> T:
        """What the file declares.

        Raises:
            DeclarationError: it can't be read, or has an unknown, missing or wrong key.
        """
        return self.read(read_toml(self.path))

    def read(self, declared: dict[str, Any]) -> T:
        """What a parsed file declares.

        Raises:
            DeclarationError: as :meth:`load`.
        """
        try:
            for name in self.listed:
                declared = _listed(declared, name.split("."))
            found: T = structure(declared, self.shape)
        except DeclarationError as error:
            raise error.in_file(self.name) from None
        return found


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file as it is.

    Raises:
        DeclarationError: it isn't TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DeclarationError("", str(error), file=path.name) from None


def structure(declared: object, shape: Any, also: tuple[str, ...] = ()) -> Any:
    """A parsed declaration as a value of the shape; ``also`` are further keys that are valid in the
    file, though not here any more.

    Raises:
        DeclarationError: it doesn't fit.
    """
    try:
        return msgspec.convert(declared, shape, dec_hook=_decode)
    except msgspec.ValidationError as error:
        raise _explain(error, declared, shape, also) from None


@lru_cache(maxsize=32)
def json_schema(shape: Any) -> dict[str, Any]:
    """The JSON schema of a shape, for editors."""
    return msgspec.json.schema(shape, schema_hook=lambda _: {"type": "string", "format": "regex"})


def _decode(kind: type, value: object) -> object:
    if get_origin(kind) is not re.Pattern:
        raise NotImplementedError(kind)
    try:
        return re.compile(str(value))
    except re.error as error:
        raise ValueError(f"not a pattern ({error})") from None


def _listed(declared: Any, steps: list[str], path: tuple[str, ...] = ()) -> Any:
    """The declaration with the table at the end of the steps as a list of its entries."""
    if not isinstance(declared, dict):
        raise DeclarationError(".".join(path), "not a table")
    if not steps:
        for key, entry in declared.items():
            if not isinstance(entry, dict) or "key" in entry:
                raise DeclarationError(".".join((*path, key)), "not a table, or has a `key`")
        return [{"key": key, **entry} for key, entry in declared.items()]
    first, *rest = steps
    return {
        key: _listed(value, rest, (*path, key)) if key == first else value
        for key, value in declared.items()
    }


# --------------------------------------------------------------------------- what doesn't fit

_MISFIT = re.compile(r"(?P<fault>.*?)(?: - at (?P<key>`key` in )?`\$(?P<path>[^`]*)`)?", re.DOTALL)
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]|(\[\.\.\.\])")
_NAMED = re.compile(r"Object (?:contains unknown|missing required) field `(.+)`")
_CHOICE = re.compile(r"Invalid (?:enum )?value '(.*)'", re.DOTALL)


def _explain(
    error: Exception, declared: object, shape: Any, also: tuple[str, ...]
) -> DeclarationError:
    """The error of the library with the whole key, of which it leaves out the free ones, and with
    the nearest valid name."""
    found = _MISFIT.fullmatch(str(error))
    assert found is not None
    path = _whole_path(found["path"] or "", bool(found["key"]), str(error), declared, shape)
    key, fault = ".".join(_names(declared, path)), found["fault"]
    if isinstance(error.__cause__, DeclarationError):
        inner = error.__cause__
        return DeclarationError(f"{key}.{inner.key}".strip("."), inner.fault)
    if named := _NAMED.fullmatch(fault):
        valid = _valid(shape, path)
        for name in _at(declared, path):
            if name not in valid:
                return DeclarationError(
                    f"{key}.{name}".strip("."), "unknown key", name, [*valid, *also]
                )
        return DeclarationError(
            f"{key}.{named[1]}".strip("."), "it is missing", *_beside(declared, path)
        )
    if choice := _CHOICE.fullmatch(fault):
        above = path[:-1] if found["key"] else path
        valid = _valid(shape, above, bool(found["key"]))
        return DeclarationError(key, f"{choice[1]!r} is not valid", choice[1], valid)
    name, beside = _beside(declared, path)
    return DeclarationError(key, fault, name, [*beside, *also])


def _whole_path(path: str, of_key: bool, message: str, declared: object, shape: Any) -> list[Any]:
    """The path of an error, with the free keys found for which the library says ``[...]``: those
    that, alone in their table, give the same message."""
    steps = _STEP.findall(path)
    if of_key:
        steps.append(("", "", "[...]"))
    whole: list[Any] = []
    for name, index, free in steps:
        if free:
            entries = _at(declared, whole)
            alone = ((key, _with(declared, whole, {key: entries[key]})) for key in entries)
            found = [key for key, rest in alone if _fault(rest, shape) == message]
            if not found:
                break
            whole.append(found[0])
        else:
            whole.append(int(index) if index else name)
    return whole


def _fault(declared: object, shape: Any) -> str:
    try:
        msgspec.convert(declared, shape, dec_hook=_decode)
    except msgspec.ValidationError as error:
        return str(error)
    return ""


def _at(declared: Any, path: list[Any]) -> Any:
    for step in path:
        declared = declared[step]
    return declared


def _with(declared: Any, path: list[Any], value: object) -> Any:
    """The declaration with another value at a path."""
    if not path:
        return value
    changed = declared.copy()
    changed[path[0]] = _with(declared[path[0]], path[1:], value)
    return changed


def _names(declared: Any, path: list[Any]) -> list[str]:
    """A path as it is written in the file, where what is listed stands under its key."""
    found = []
    for step in path:
        declared = declared[step] if not isinstance(declared, str) else declared
        listed = isinstance(step, int) and isinstance(declared, dict) and "key" in declared
        found.append(declared["key"] if listed else str(step))
    return found[:-1] if path[-2:-1] and isinstance(path[-2], int) and path[-1] == "key" else found


def _beside(declared: Any, path: list[Any]) -> tuple[str, list[str]]:
    """The name of the table at a path and those that stand beside it, one of which may be meant."""
    if not path:
        return "", []
    own, above = path[-1], _at(declared, path[:-1])
    return str(own), [key for key in above if key != own] if isinstance(above, dict) else []


def _valid(shape: Any, path: list[Any], of_keys: bool = False) -> list[str]:
    """The keys or values that a shape allows at a path."""
    schema = json_schema(shape)
    definitions: Mapping[str, Any] = schema.get("$defs", {})

    def variants(node: Any) -> list[Any]:
        while "$ref" in node:
            node = definitions[node["$ref"].rpartition("/")[2]]
        return [x for one in node["anyOf"] for x in variants(one)] if "anyOf" in node else [node]

    nodes = variants(schema)
    for step in path:
        below = [
            node.get("properties", {}).get(step)
            or node.get("additionalProperties")
            or node.get("items")
            for node in nodes
        ]
        nodes = [x for one in below if isinstance(one, dict) for x in variants(one)]
    if of_keys:
        nodes = [node.get("propertyNames", {}) for node in nodes]
    found = (node.get("enum") or node.get("properties", {}) for node in nodes)
    return list(dict.fromkeys(str(name) for names in found for name in names))
