"""Every workbook we write is begun in one place, where text stays text."""

from __future__ import annotations

import io
import re
from pathlib import Path

import openpyxl
import pytest

from pipeline.books.new_book import new_book

DANGEROUS = ("=1+1", "=cmd|' /C calc'!A0", "@SUM(1)", "+1+1", "-1+1", "http://示例", "0012", "1e9")


def test_no_module_begins_a_workbook_of_its_own() -> None:
    makers = [
        path.name
        for path in Path("pipeline").rglob("*.py")
        if re.search(
            r"xlsxwriter\.Workbook\(|(?<!class )(?<!\.)\bWorkbook\(", path.read_text("utf-8")
        )
    ]
    assert makers == ["new_book.py"]


@pytest.mark.parametrize("text", DANGEROUS)
def test_text_stays_text(text: str) -> None:
    buffer = io.BytesIO()
    book = new_book(buffer, "示例")
    book.add_worksheet().write(0, 0, text)
    book.close()
    cell = openpyxl.load_workbook(buffer).active["A1"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_the_day_and_the_clock_of_making_are_fixed() -> None:
    def made() -> bytes:
        buffer = io.BytesIO()
        book = new_book(buffer, "示例", "示例区")
        book.add_worksheet()
        book.close()
        return buffer.getvalue()

    properties = openpyxl.load_workbook(io.BytesIO(made())).properties
    assert (properties.title, properties.creator) == ("示例", "示例区")
    assert properties.created is not None
    assert properties.created.year == 2000
    assert made() == made()
