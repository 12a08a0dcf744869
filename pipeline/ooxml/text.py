"""What somebody typed, as text that XML may hold."""

from __future__ import annotations

import re

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def one_line(words: str) -> str:
    """The text on one line, without control characters and halves of characters.

    >>> one_line("王店镇\\x07\\n党政办")
    '王店镇 党政办'
    """
    return " ".join(_ILLEGAL.sub("", words).split())
