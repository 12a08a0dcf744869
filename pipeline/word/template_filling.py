"""Filling a template file: compiled once for as long as it stays the same, its faults in words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.text.figures import truncate

if TYPE_CHECKING:
    from pipeline.word.compiled import CompiledTemplate


class UnusableTemplate(Exception):
    """A Word template can't be used: which, why, and what to do, in Chinese."""


def fill_template(path: Path, context: Mapping[str, Any]) -> bytes:
    """A report made of a template.

    Raises:
        UnusableTemplate: the template is missing, is no Word file, or its tags are broken.
    """
    try:
        return template(path).render(context)
    except Exception as error:  # whatever a template that an office has edited may do
        raise UnusableTemplate(
            f"Word 模板 {path.name} 不能用（{truncate(str(error), 80)}）。"
            f"请运行 .venv/bin/python -m pipeline template “{path}” 看哪里不对，"
            "或者运行 .venv/bin/python templates/build_templates.py 恢复原来的模板。"
        ) from error


def template(path: Path) -> CompiledTemplate:
    """A Word template, compiled once for as long as its file stays the same."""
    found = path.stat()
    return _compiled(path, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=64)
def _compiled(path: Path, _changed: int, _size: int) -> CompiledTemplate:
    from pipeline.word.compiled import compile_template

    return compile_template(path)
