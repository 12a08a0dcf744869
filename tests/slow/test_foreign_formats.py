"""Workbooks as LibreOffice saves them: .xlsx, .ods, .xls, and .xls under WPS's suffix .et."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Mapping

import openpyxl
import pytest

from pipeline.declare.editions import load_editions
from pipeline.declare.workbook_form import workbook_form
from pipeline.intake.input_folder import workbook_files
from pipeline.intake.submissions import read_workbook
from pipeline.model.submission import Submission
from tests.support.issued_books import (
    Change,
    broken_lines,
    expected,
    figures,
    issued,
    read,
    renamed,
)

pytestmark = pytest.mark.slow

EDITIONS, FORM = load_editions(), workbook_form()
SUFFIXES = ("xlsx", "ods", "xls", "et")


def first_counts(key: str) -> list[str]:
    """A few counts of the table of requests."""
    return [f.key for f in EDITIONS[key].table("requests").fields if not f.derived][:8]


def doubtful(book: openpyxl.Workbook) -> None:
    put(book, ["约12", "１２", "1,200", "12件", 1.5, None, "=1/0", "=2*3"])


def put(book: openpyxl.Workbook, values: list[object]) -> None:
    key = "2021"
    places = read(issued(key)).places
    for field, value in zip(first_counts(key), values, strict=True):
        book[places[field].sheet][places[field].cell].value = value


CHANGES: Mapping[str, tuple[str, Change]] = {
    "照发2019": ("2019", lambda book: None),
    "照发2021": ("2021", lambda book: None),
    "改名2019": ("2019", renamed),
    "换行2021": ("2021", broken_lines),
    "存疑2021": ("2021", doubtful),
}


@pytest.fixture(scope="module")
def saved(tmp_path_factory) -> dict[tuple[str, str], Submission]:
    """Each changed workbook as read from each kind of file that LibreOffice made of it."""
    folder = tmp_path_factory.mktemp("formats")
    source = folder / "source"
    source.mkdir()
    for name, (key, change) in CHANGES.items():
        book = openpyxl.load_workbook(io.BytesIO(issued(key)))
        change(book)
        book.save(source / f"{name}.xlsx")
    out = folder / "out"
    for suffix in ("xlsx", "ods", "xls"):
        subprocess.run(
            [
                "soffice",
                f"-env:UserInstallation={(folder / 'profile').as_uri()}",
                "--headless",
                "--convert-to",
                suffix,
                "--outdir",
                str(out),
                *map(str, sorted(source.iterdir())),
            ],
            check=True,
            capture_output=True,
            timeout=300,
        )
    for path in list(out.glob("*.xls")):
        shutil.copy(path, path.with_suffix(".et"))
    files = workbook_files(out)
    assert len(files) == len(CHANGES) * len(SUFFIXES)
    return {
        (path.stem, path.suffix[1:]): read_workbook(path, path.name, EDITIONS, FORM)
        for path in files
    }


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("name", [name for name in CHANGES if name[:2] != "存疑"])
def test_every_figure_is_read_from_every_kind_of_file(saved, name, suffix):
    submission, key = saved[name, suffix], CHANGES[name][0]
    assert figures(submission, EDITIONS[key]) == expected(key)
    assert submission.identity["unit"] == "示例镇"
    assert not [p for p in submission.problems if p.severity == "error"]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_doubtful_cells_are_told_alike_in_every_kind_of_file(saved, suffix):
    submission = saved["存疑2021", suffix]
    places = {key: str(submission.places[key]) for key in first_counts("2021")}
    told = {p.place: p.rule.removeprefix("cell.") for p in submission.problems}
    values = figures(submission, EDITIONS["2021"])
    assert [(values[key], told.get(places[key], "")) for key in first_counts("2021")] == [
        (None, "not_a_number"),
        (12, "corrected"),
        (1200, "corrected"),
        (12, "corrected"),
        (None, "not_whole"),
        (0, "blank"),
        (None, "formula_error"),
        (6, ""),
    ]
