"""What a table of a declaration is read into, and what is told of one that can't be read."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable
from string import Formatter
from typing import dataclass_transform

import msgspec


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(msgspec.field,))
class Declared(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of a declaration as a frozen value: each of its keys is a field, and no other may
    stand there. What the types can't say is checked in ``__post_init__``."""


class DeclarationError(ValueError):
    """A declaration can't be read, or contradicts itself: a bug of the declaration, found when it
    is loaded. ``key`` is dotted; of the ``valid`` names the one nearest to ``name`` is told."""

    def __init__(
        self, key: str, fault: str, name: str = "", valid: Iterable[str] = (), file: str = ""
    ) -> None:
        self.key, self.fault = key, fault
        self.nearest = difflib.get_close_matches(name, [*valid], 1, 0)
        if self.nearest:
            self.fault = f"{fault}; the nearest valid name is {self.nearest[0]!r}"
        super().__init__(": ".join(part for part in (file, key, self.fault) if part))

    def in_file(self, file: str) -> DeclarationError:
        """The same error with its file."""
        return DeclarationError(self.key, self.fault, file=file)


def check_names(key: str, names: Iterable[str], valid: Collection[str]) -> None:
    """Check that what a key refers to is there.

    Raises:
        DeclarationError: one of the names isn't a valid one.
    """
    for name in names:
        if name not in valid:
            raise DeclarationError(key, f"there is no {name!r}", name, valid)


def check_keys(key: str, entries: Collection[str], known: Collection[str]) -> None:
    """Check that a table has all the keys by which the program knows its entries.

    Raises:
        DeclarationError: one is missing.
    """
    for name in known:
        if name not in entries:
            others = [entry for entry in entries if entry not in known]
            raise DeclarationError(f"{key}.{name}", "it is missing", name, others)


def check_words(key: str, template: str, words: Collection[str] = ()) -> None:
    """Check that the ``{…}`` of a sentence can be filled in with these words.

    Raises:
        DeclarationError: one isn't among the words, or a brace is out of place.
    """
    try:
        pieces = list(Formatter().parse(template))
    except ValueError as error:
        raise DeclarationError(key, f"{error}: {template}") from None
    for _, name, form, conversion in pieces:
        if name is not None and (name not in words or form or conversion):
            raise DeclarationError(key, f"no word for {{{name}}}", name, words)
