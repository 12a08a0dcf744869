"""Where a run's figures come from: what it was made with, and the cells of each workbook.

Of 41,000 workbooks nearly all have their figures in the cells where they were issued: such
places are told once, as a layout that the units share.
"""

from __future__ import annotations

import hashlib
import platform
import sys
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pipeline import __version__
from pipeline.model.edition import Edition
from pipeline.model.submission import Submission
from pipeline.word.template_choice import template_files

PACKAGES = (
    "python-calamine",
    "pandas",
    "numpy",
    "pandera",
    "docxtpl",
    "xlsxwriter",
    "openpyxl",
    "lxml",
)
"""The packages that read, check, add up and write."""

OWN = (".py", ".toml")


def made_with(editions: Mapping[str, Edition], templates: Path) -> dict[str, dict[str, Any]]:
    """The versions and hashes (SHA-256) of program, packages, editions and Word templates.

    The same on the same machine until one of them is changed.
    """
    return {
        "program": program(),
        "editions": {
            key: {"name": edition.name, "document": edition.document, "sha256": edition.sha256}
            for key, edition in editions.items()
        },
        "templates": {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in template_files(templates).all()
            if path.is_file()
        },
    }


def program() -> dict[str, Any]:
    """What program this machine has: its version and hash, and those of Python and packages."""
    return {
        "version": __version__,
        "sha256": _own_hash(),
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in PACKAGES},
    }


@lru_cache(maxsize=1)
def _own_hash() -> str:
    """One hash of the program's code and declarations."""
    folder = Path(__file__).parent
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*"), key=lambda p: p.relative_to(folder).as_posix()):
        if path.suffix in OWN:
            whole.update(path.relative_to(folder).as_posix().encode())
            whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


# ------------------------------------------------------------------------------ the cells


def cells_of(submission: Submission, edition: Edition | None) -> str:
    """The cells of a workbook's figures: ``依申请公开!I9``, a line for each field of its edition,
    empty where none was found.

    Workbooks laid out alike have the same object, so that many are kept, and sent between
    processes, at the cost of one.
    """
    if edition is None:
        return ""
    places = submission.places
    lines = [
        f"{place.sheet}!{place.cell}" if (place := places.get(key)) is not None else ""
        for key in edition.by_key
    ]
    return sys.intern("\n".join(lines))


def layout(cells: str, edition: Edition) -> dict[str, dict[str, str]]:
    """Cells by sheet and field, as the record keeps them."""
    found: dict[str, dict[str, str]] = {}
    for key, place in zip(edition.by_key, cells.split("\n"), strict=True):
        sheet, mark, cell = place.rpartition("!")
        if mark:
            found.setdefault(sheet, {})[key] = cell
    return found


class Layouts:
    """The layouts of a run's workbooks, each once, in the order they are met."""

    def __init__(self, editions: Mapping[str, Edition]) -> None:
        self._editions = editions
        self._numbers: dict[tuple[str, str], int] = {}

    def number(self, edition: str, cells: str) -> int | None:
        """The place of a workbook's layout among :meth:`told`; None where it has none."""
        if not cells.strip() or edition not in self._editions:
            return None
        return self._numbers.setdefault((edition, cells), len(self._numbers))

    def told(self) -> Iterator[dict[str, Any]]:
        for key, cells in self._numbers:
            yield {"edition": key, "cells": layout(cells, self._editions[key])}
