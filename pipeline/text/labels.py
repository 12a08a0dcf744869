"""Labels and addresses of cells, as text."""

from __future__ import annotations

import unicodedata
from functools import lru_cache


@lru_cache(maxsize=65536)
def normalise(text: str) -> str:
    """A label without what varies from print to print: spaces, punctuation, full-width forms."""
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isalnum())


@lru_cache(maxsize=65536)
def address(row: int, column: int) -> str:
    """``F12`` for a row and a column counted from 0."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"
