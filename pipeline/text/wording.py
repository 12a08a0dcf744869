"""How sentences for people are put together: what is quoted within a quotation has single quotes.

GB/T 15834—2011, 4.8.3: where quotation marks stand within others, the outer are double and the
inner single.  Words come from forms and from clerks, and may have quotation marks of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from string import Formatter

_INNER = str.maketrans("“”‘’", "‘’“”")


def quoted(text: object) -> str:
    """A text in quotation marks: ``“3.危及‘三安全一稳定’”``."""
    return f"“{str(text).translate(_INNER)}”"


def list_some(names: Sequence[str], most: int) -> str:
    """Names in a row, and where there are more than ``most``, how many: ``示例一镇、示例二镇等 5 个``."""
    more = f"等 {len(names)} 个" if len(names) > most else ""
    return "、".join(names[:most]) + more


def fill_words(template: str, words: Mapping[str, object]) -> str:
    """A sentence with its ``{…}`` filled in, those within its quotation marks as :func:`quoted`.

    Raises:
        KeyError: a word is lacking.
    """
    pieces = []
    for literal, name, inner in _pieces(template):
        word = str(words[name]) if name else ""
        pieces += [literal, word.translate(_INNER) if inner else word]
    return "".join(pieces)


@lru_cache(maxsize=1024)
def _pieces(template: str) -> tuple[tuple[str, str, bool], ...]:
    """The template in pieces: literal text, the name that follows (empty at the end), and whether
    that stands within quotation marks."""
    found, depth = [], 0
    for literal, name, _, _ in Formatter().parse(template):
        depth += literal.count("“") - literal.count("”")
        found.append((literal, name or "", depth > 0))
    return tuple(found)
