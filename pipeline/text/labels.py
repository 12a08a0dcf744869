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
    return f"{column_letters(column + 1)}{row + 1}"


def column_letters(number: int) -> str:
    """``F`` for a column's number, counted from 1."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


@lru_cache(maxsize=1024)
def column_number(letters: str) -> int:
    """The number, counted from 1, of the column of some capital letters."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
