"""What a workbook brings along that is neither run nor opened: macros, and links to other files
and programs (DDE)."""

from __future__ import annotations

from pipeline.declare.messages import problem
from pipeline.model.problem import Problem

# A package's directory has the names of its parts as they are, an OLE file in UTF-16.
_MACROS = (b"xl/vbaProject.bin", "_VBA_PROJECT".encode("utf-16-le"))
_LINKS = (b"xl/externalLinks/",)


def active_content(content: bytes) -> list[Problem]:
    """Notices of what else is in a workbook, by its bytes."""
    found = []
    if any(mark in content for mark in _MACROS):
        found.append(problem("file.macro"))
    if any(mark in content for mark in _LINKS):
        found.append(problem("file.linked"))
    return found
