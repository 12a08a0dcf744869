"""Whether nobody wrote anything below a heading, seen without laying out the sheet.

The sheet of the checks is two thirds of a workbook, formulas nearly all of it, and holds something
that only the clerk can say in a single column, which most leave empty.
"""

from __future__ import annotations

import re

_STRING = re.compile(rb"<si[\s/>]")


def unanswered(sheet: bytes, strings: bytes, heading: str) -> bool:
    """Whether the column below a heading is empty.  False also where it can't be told: the heading
    stands nowhere or twice, or is written in an unusual way."""
    texts = strings.split(f">{heading}</t>".encode())
    if len(texts) != 2:
        return False
    at = len(_STRING.findall(texts[0])) - 1
    headings = re.findall(rb'<c r="([A-Z]+)[0-9]+"[^>]* t="s"[^>]*><v>%d</v>' % at, sheet)
    if len(headings) != 1:
        return False
    filled = re.findall(rb'<c r="%s[0-9]+"(?:[^>]*[^/>])?>' % headings[0], sheet)
    return len(filled) == 1
