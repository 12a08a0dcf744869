"""What lies below ``input/``: which files are workbooks to read, and which are not ours to judge."""

from __future__ import annotations

from pathlib import Path

from pipeline.declare.roster import roster_form
from pipeline.ledger.holidays import holiday_form

SUFFIXES = frozenset(
    [
        *(".xlsx", ".xlsm", ".xls", ".et", ".ods", ".xltx", ".xltm", ".xlt", ".ett", ".ots"),
        *(".xlsb", ".fods", ".numbers"),
    ]
)
"""What a spreadsheet's name may end in, the last ones of kinds that are told of and not read: other
files below ``input/`` are not ours to judge."""

NOTE_SUFFIX = ".退回说明.xlsx"
"""What the list ends in that stands beside a returned file that can't be marked."""


ARCHIVES = frozenset({".zip", ".rar", ".7z", ".tar", ".gz", ".tgz"})
"""What a name ends in that may hold workbooks, which we don't unpack but tell of."""


def workbook_files(folder: Path) -> list[Path]:
    """Every spreadsheet below a folder, in a steady order, lock files, hidden ones
    and our own lists aside."""
    return _files(folder, SUFFIXES)


def archive_files(folder: Path) -> list[Path]:
    """Every archive below a folder, in a steady order, hidden ones aside."""
    return _files(folder, ARCHIVES)


def _files(folder: Path, suffixes: frozenset[str]) -> list[Path]:
    return [
        path
        for path in sorted(folder.rglob("*"), key=lambda p: p.relative_to(folder).as_posix())
        if path.suffix.lower() in suffixes and not _passed_over(path.relative_to(folder))
    ]


REVIEW_FOLDER = "送审"
"""Below ``input/``: reports that came back from review, which ``verify`` reads."""


def _passed_over(path: Path) -> bool:
    hidden = any(part.startswith((".", "~$")) for part in path.parts)
    own = path.as_posix() in {f"{form.name}.xlsx" for form in (roster_form(), holiday_form())}
    return hidden or own or path.parts[0] == REVIEW_FOLDER or path.name.endswith(NOTE_SUFFIX)
