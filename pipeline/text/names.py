"""File and folder names made of what people typed: safe on Windows, never a path."""

from __future__ import annotations

import re
import unicodedata

from pipeline.text.labels import normalise

_RESERVED = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$")
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')


def safe_name(text: str, limit: int = 60) -> str:
    """A name that is one path component on every system, as near to the text as can be.

    >>> safe_name('../王店镇?')
    '王店镇'
    """
    plain = unicodedata.normalize("NFC", text.encode("utf-8", "ignore").decode("utf-8"))
    plain = "".join(c for c in plain if unicodedata.category(c)[0] != "C")
    plain = _FORBIDDEN.sub("", plain).strip(" .")
    while len(plain.encode("utf-8")) > limit * 3 or len(plain) > limit:
        plain = plain[:-1]
    plain = plain.strip(" .")
    if not plain or _RESERVED.match(plain):
        return f"单位{plain}"
    return plain


class Names:
    """Paths that no two things share, on a system that knows no capitals either."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def free(self, stem: str, suffix: str = "") -> str:
        """``stem`` and ``suffix``, with a number between them where that is taken."""
        found, number = f"{stem}{suffix}", 1
        while found.casefold() in self._taken:
            number += 1
            found = f"{stem}（{number}）{suffix}"
        self._taken.add(found.casefold())
        return found


def county_key(county: str) -> str:
    """The same for all spellings of a county, and for all whose folders would be one."""
    return normalise(safe_name(county)).casefold()


def county_folder(county: str, year: int) -> str:
    """The folder of what is made for a county and year, below the output folder."""
    return f"{safe_name(county)}{year}年度"
