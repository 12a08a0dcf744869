"""A checkout with one more edition: a file in the folder of declarations, and nothing else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import openpyxl
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.declare.editions import load_editions
from pipeline.declare.workbook_form import workbook_form
from pipeline.intake.submissions import read_bytes
from pipeline.model.edition import Edition
from tests.support.paths import DATA, ROOT

ADDED = DATA / "editions" / "2027.toml"
FORM = workbook_form()


def add_edition(checkout: Path) -> Mapping[str, Edition]:
    """The editions of a checkout after one is added to it."""
    folder = checkout / "pipeline" / "declare" / "editions"
    shutil.copy(ADDED, folder)
    return load_editions(folder)


def command(checkout: Path, *arguments: object) -> tuple[int, str]:
    """The exit code and the output of a command of the checkout's own program."""
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", *map(str, arguments)],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def copy_program(folder: Path) -> Path:
    """A checkout of the program alone."""
    for name in ("pipeline", "templates"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored, dirs_exist_ok=True)
    return folder


def filled_in(
    blank: bytes,
    editions: Mapping[str, Edition],
    edition: Edition,
    identity: Mapping[str, object],
    figures: Mapping[str, int],
) -> bytes:
    """A blank workbook as a clerk fills it in: who and when, each figure of the tables (0 where
    none is said), a sentence for each part of the prose, and that the tables are checked."""
    places = read_bytes(blank, "空白.xlsx", editions, FORM).places
    book = openpyxl.load_workbook(BytesIO(blank))
    for field in edition.fields:
        if not field.derived or field.key in figures:
            place = places[field.key]
            book[place.sheet][place.cell].value = figures.get(field.key, 0)
    for key, value in identity.items():
        beside(book[FORM.identity], FORM.entry(key).label).value = value
    for table in edition.tables:
        beside(book[table.sheet], FORM.confirm.label).value = FORM.confirm.yes
    for section in edition.sections:
        for part in section.parts:
            fill_part(book[section.sheet], part.heading or part.label)
    for name in edition.prose_sheets[1:]:
        for row in book[name].iter_rows():
            for cell in row:
                if re.fullmatch("收费.{0,9}（[件元]）", str(cell.value)):
                    right_of(cell).value = 0
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


def beside(sheet: Worksheet, label: str) -> Cell:
    """The cell right of the one that holds a label."""
    found = (cell for row in sheet.iter_rows() for cell in row if str(cell.value).strip() == label)
    return right_of(next(found))


def right_of(cell: Cell) -> Cell:
    """The next cell that is no part of a merged one."""
    beyond = cell.parent.iter_rows(cell.row, cell.row, cell.column + 1)
    return next(one for row in beyond for one in row if not isinstance(one, MergedCell))


def fill_part(sheet: Worksheet, label: str) -> None:
    """Write a sentence where the prose of a part stands."""
    header = next(
        cell for row in sheet.iter_rows() for cell in row if cell.value == FORM.prose.text
    )
    row = next(
        cell.row
        for line in sheet.iter_rows(min_row=header.row + 1, max_col=header.column)
        for cell in line
        if cell.value == label
    )
    sheet.cell(row, header.column).value = f"本年度{label}的情况已经如实写明，供核对。"
