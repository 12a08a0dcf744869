"""Which versions of which packages are pinned, read from the lists that are installed."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support.paths import ROOT

RUN, DEV, PNG = (ROOT / "requirements" / name for name in ("run.txt", "dev.txt", "png.txt"))


def name_of(text: str) -> str:
    """A package's name as an index writes it."""
    return re.sub(r"[-_.]+", "-", text).lower()


def pinned(path: Path) -> dict[str, set[str]]:
    """The versions of each package, having refused a line that isn't a pin with its hashes."""
    found: dict[str, set[str]] = {}
    lines = path.read_text("utf-8").replace("\\\n", " ").splitlines()
    for line in filter(None, map(str.strip, lines)):
        pin = re.fullmatch(
            r"([\w.-]+)==([\w.+!-]+)( *;[^#]*?)?((?: +--hash=sha256:[0-9a-f]{64})+)", line
        )
        assert pin, f"{path.name}: {line[:60]} is no version with its hashes"
        found.setdefault(name_of(pin[1]), set()).add(pin[2])
    return found
