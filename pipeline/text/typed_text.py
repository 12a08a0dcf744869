"""What of a text that somebody typed is printed in a document: all that is seen, nothing hidden."""

from __future__ import annotations

import re
from typing import Final

_LINES: Final = re.compile("\r\n?|[\x85\u2028\u2029]")
"""The ends of lines of all systems, and Unicode's own."""

_HIDDEN: Final = re.compile(
    "[^\t\n\x20-\x7e\xa0-\u061b\u061d-\u200d\u2010-\u2029\u202f-\u2065\u206a-\ud7ff"
    "\ue000-\ufefe\uff00-\uffef\ufffc\ufffd\U00010000-\U000dffff\U000e0100-\U0010fffd]"
)
"""Control characters, halves of characters, and what no XML may hold; marks that turn the
direction of writing, by which a text reads otherwise than it was typed and checked (U+061C,
U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069); byte order marks and invisible tags."""


def printable(text: str) -> str:
    """A text as it is printed: its lines end in ``\\n``, and hidden characters are dropped.

    >>> printable("王店镇\\u202e2020\\x07\\r\\n年报")
    '王店镇2020\\n年报'
    """
    return _HIDDEN.sub("", _LINES.sub("\n", text))
