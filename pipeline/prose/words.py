"""Looking for any of some words in a text."""

from __future__ import annotations

import re
from functools import lru_cache


@lru_cache(maxsize=256)
def any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """What finds any of the words."""
    return re.compile("|".join(map(re.escape, words)))
