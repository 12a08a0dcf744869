"""The files of a 图解: one A4 page of Word, one tall image as SVG, and the same as PNG."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from pipeline.infographic.content import Infographic
from pipeline.infographic.png import available, png
from pipeline.infographic.svg import infographic_svg
from pipeline.infographic.word import InfographicTemplate, infographic_docx, infographic_template
from pipeline.text.figures import truncate
from pipeline.word.template_filling import UnusableTemplate


def infographic_files(content: Infographic, template: Path) -> Iterator[tuple[str, bytes]]:
    """Each form of a 图解, with what its file's name ends in.

    Raises:
        UnusableTemplate: the template is missing, is no Word file, its tags are broken, or one of
            its charts can't be filled.
    """
    yield ".docx", _docx(content, template)
    drawn = infographic_svg(content)
    yield ".svg", drawn.encode("utf-8")
    if available():
        yield ".png", png(drawn)


def _docx(content: Infographic, path: Path) -> bytes:
    try:
        found = path.stat()
        return infographic_docx(content, _compiled(path, found.st_mtime_ns, found.st_size))
    except Exception as error:  # whatever a template that an office has edited may do
        raise UnusableTemplate(
            f"Word 模板 {path.name} 不能用（{truncate(str(error), 80)}）。"
            "请在 Word 里改正，或者运行 .venv/bin/python -m templates.build_infographic "
            "恢复原来的模板。"
        ) from error


@lru_cache(maxsize=8)
def _compiled(path: Path, _changed: int, _size: int) -> InfographicTemplate:
    """A template, compiled once for as long as its file stays the same."""
    return infographic_template(path)
