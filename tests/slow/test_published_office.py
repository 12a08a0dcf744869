"""Reports that an office program has saved anew, as Word file, page or text, are read the same."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from pipeline.audit.audit import audit
from pipeline.declare.editions import load_editions
from pipeline.declare.workbook_form import workbook_form
from pipeline.published.reports import PublishedReport, read_published
from tests.support.word_documents import UNITS, written

pytestmark = pytest.mark.slow
EDITIONS = load_editions()
CHOSEN = [UNITS[1], UNITS[2], UNITS[-1]]


@pytest.fixture(scope="module")
def saved(tmp_path_factory) -> Path:
    """The folder in which LibreOffice has saved each report in each kind of file."""
    folder = tmp_path_factory.mktemp("office")
    sources = []
    for number, unit in enumerate(CHOSEN):
        path = folder / "in" / f"{number}.docx"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(written(unit)[0])
        sources.append(str(path))
    for kind in ("docx", "html:HTML (StarWriter)", "txt:Text (encoded):UTF8"):
        subprocess.run(
            [
                "soffice",
                f"-env:UserInstallation={(folder / 'profile').as_uri()}",
                "--headless",
                "--convert-to",
                kind,
                "--outdir",
                str(folder / "out"),
                *sources,
            ],
            check=True,
            capture_output=True,
            timeout=300,
        )
    return folder / "out"


def the_same(report: PublishedReport, number: int) -> None:
    unit = CHOSEN[number]
    assert (report.unit, report.year) == (unit.identity["unit"], int(unit.identity["year"]))
    assert report.problems == ()
    assert report.figures == unit.figures


@pytest.mark.parametrize("number", range(len(CHOSEN)))
def test_a_word_file_saved_anew_is_the_same_report(saved, number):
    report = read_published(saved / f"{number}.docx", EDITIONS)
    the_same(report, number)
    assert [section.number for section in report.sections] == [0, 1, 2, 3, 4, 5, 6]
    assert [p.number for p in report.section("overview").parts if p.heading] == [
        f"（{n}）" for n in "一二三四五"
    ]
    assert audit(report, None, EDITIONS, workbook_form()).verdict == "right"


@pytest.mark.parametrize("number", range(len(CHOSEN)))
def test_a_page_made_of_it_is_the_same_report(saved, number):
    the_same(read_published(saved / f"{number}.html", EDITIONS), number)


@pytest.mark.parametrize("number", range(len(CHOSEN)))
def test_the_text_of_it_is_the_same_report(saved, number):
    the_same(read_published(saved / f"{number}.txt", EDITIONS), number)
