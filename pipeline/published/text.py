"""Reading text copied from a page: lines, with the tabs and blank lines that may part cells."""

from __future__ import annotations

import re

from pipeline.published.document import MAX_ROWS, Document, Paragraph, UnreadableReport
from pipeline.published.html import decoded

_RULE = re.compile(r"[\s:|-]*--[\s:|-]*")
"""The line below a table's header as converters write it."""


def read_text(content: bytes) -> Document:
    """Read copied text from its bytes.

    Raises:
        UnreadableReport: it is no text.
    """
    if b"\0" in content[:1000] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableReport("不是文字")
    lines = decoded(content).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(lines) > 20 * MAX_ROWS:
        raise UnreadableReport("文件过大")
    told = (Paragraph(_line(text), line=number) for number, text in enumerate(lines, 1))
    return Document(tuple(told), copied=True)


def _line(line: str) -> str:
    """A line as it was copied; cells parted by bars are parted by tabs, a bar alone is no cell."""
    plain = line.replace("\xa0", " ").replace("\ufeff", "")
    if "|" in plain:
        inside = plain.strip()
        if _RULE.fullmatch(inside) or not inside.strip("| "):
            return ""
        return "\t".join(cell.strip() for cell in inside.removeprefix("|").split("|"))
    return plain.rstrip(" \u3000")
