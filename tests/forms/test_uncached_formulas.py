"""A cell that only looks blank is not taken for 0, in any kind of file."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest

from pipeline.sheets import uncached_formulas as module
from pipeline.sheets.uncached_formulas import UNKNOWN, valueless
from tests.support.paths import DATA

BLANK = {"表": {(0, 0), (0, 1), (0, 2), (1, 1), (2, 0), (90, 90)}}

ODS = """<office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
<office:body><office:spreadsheet>
<table:table table:name="别的"><table:table-row><table:table-cell table:formula="of:=1"/>
</table:table-row></table:table>
<table:table table:name="表">
<table:table-row table:number-rows-repeated="2">
<table:table-cell table:number-columns-repeated="2"/>
<table:table-cell table:formula="of:=NA()"><text:p>#N/A</text:p></table:table-cell>
</table:table-row>
<table:table-row>
<table:table-cell table:formula="of:=2*3" table:number-columns-repeated="2"/>
<table:table-cell><text:p> </text:p></table:table-cell>
</table:table-row>
</table:table></office:spreadsheet></office:body></office:document-content>"""


def ods(content: str) -> bytes:
    saved = io.BytesIO()
    with zipfile.ZipFile(saved, "w") as package:
        package.writestr("content.xml", content)
    return saved.getvalue()


def xlsx() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "表"
    sheet["B1"], sheet["C1"], sheet["A3"], sheet["B2"] = "#DIV/0!", "=NA()", "=2*3", "  "
    sheet["H200"] = "=1"
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def test_formulas_and_errors_are_found_in_an_xlsx():
    assert valueless(xlsx(), BLANK) == {
        ("表", 0, 1): "#DIV/0!",
        ("表", 0, 2): "=NA()",
        ("表", 2, 0): "=2*3",
    }


def test_errors_are_found_in_an_xls():
    """Saved by LibreOffice: 1, =1/0 and =NA() in the first row, =2*3 in the third."""
    found = valueless((DATA / "errors.xls").read_bytes(), BLANK)
    assert found == {("表", 0, 1): "#DIV/0!", ("表", 0, 2): "#N/A"}


def test_formulas_and_errors_are_found_in_an_ods_wherever_they_are_repeated():
    assert valueless(
        ods(ODS), {"表": {(row, column) for row in range(4) for column in range(4)}}
    ) == {
        ("表", 0, 2): "#N/A",
        ("表", 1, 2): "#N/A",
        ("表", 2, 0): "=2*3",
        ("表", 2, 1): "=2*3",
    }
    assert valueless(ods(ODS), {"没有": {(0, 0)}}) == {}


@pytest.mark.parametrize(
    "content",
    [b"", ods("<broken"), b"\xd0\xcf\x11\xe0 no workbook", xlsx()[:-40]],
    ids=["empty", "ods", "xls", "xlsx"],
)
def test_what_cannot_be_looked_through_is_not_taken_for_blank(content):
    assert valueless(content, {"表": {(1, 2)}}) == {("表", 1, 2): UNKNOWN}


@pytest.mark.parametrize("content", [ods(ODS), xlsx()], ids=["ods", "xlsx"])
def test_what_is_too_large_is_not_looked_through(content, monkeypatch):
    monkeypatch.setattr(module, "MAX_CONTENT", 100)
    assert valueless(content, {"表": {(1, 2)}}) == {("表", 1, 2): UNKNOWN}


def test_too_little_memory_is_told_by_whoever_reads(monkeypatch):
    def no_memory(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(module, "_found", no_memory)
    with pytest.raises(MemoryError):
        valueless(b"", BLANK)
