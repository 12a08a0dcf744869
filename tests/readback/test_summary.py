"""No summary workbook is published that says otherwise than the data."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.readback import summary as proof_summary
from pipeline.readback.long_table import proved_long
from pipeline.readback.summary import summary_faults
from pipeline.sheets.unpacking import unpacked
from tests.support.districts import EDITIONS
from tests.support.proofs import UNITS
from tests.support.summaries import changed, county_of, summary

EDITION = EDITIONS["2021"]
UNIT = UNITS[1]
OTHER = replace(UNIT, identity={**UNIT.identity, "unit": "示例二镇"}, source="二.xlsx")
COUNTY = county_of(UNIT, OTHER)
WRITTEN = summary(COUNTY)
DETAILS, LONG = "单位明细", "长表"


def found(change: Callable[[openpyxl.Workbook], None]) -> tuple[str, ...]:
    return summary_faults(changed(WRITTEN, change), COUNTY)


def top_of(sheet: Worksheet) -> int:
    """The row of a list's header."""
    return next(cell.row for cell in sheet["A"] if cell.value == "单位")


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.edition)
def test_a_true_summary_is_proved(unit):
    other = replace(unit, identity={**unit.identity, "unit": "=示例\ud800二镇"})
    county = county_of(unit, other)
    assert summary_faults(summary(county), county) == ()
    saved = changed(summary(county), lambda book: None)
    assert summary_faults(saved, county) == (), "whatever program has saved it"


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.edition)
def test_a_figure_that_differs_is_found_wherever_it_stands(unit):
    values = [(value or 0) + 1 for value in unit.values]
    other = summary(county_of(replace(unit, values=tuple(values))))
    told = summary_faults(other, county_of(unit))
    fields = len(EDITIONS[unit.edition].fields)
    assert len(told) == 3 * fields, "in the national table, in 单位明细 and in 长表"


def test_exchanged_units_are_found():
    told = summary_faults(summary(county_of(UNIT, OTHER)), county_of(OTHER, UNIT))
    assert any("一行是" in line for line in told)


# ---------------------------------------------------------------------- the national tables


def test_a_changed_cell_and_a_lost_table_are_found():
    def more(book: openpyxl.Workbook) -> None:
        rows = book["依申请公开"].iter_rows()
        next(c for row in rows for c in row if isinstance(c.value, int)).value += 1

    (told,) = found(more)
    assert "依申请公开" in told
    lost = found(lambda book: book.remove(book["依申请公开"]))
    assert len(lost) == len(EDITION.table("requests").fields)
    assert all("文件中为空白" in line for line in lost)


# -------------------------------------------------------------------------------- 单位明细


def test_lost_details_are_found():
    assert found(lambda book: book.remove(book[DETAILS])) == ("找不到各单位的数字。",)


@pytest.mark.parametrize("header", [None, "别的"])
@pytest.mark.parametrize("column", [4, 40])
def test_a_lost_column_of_the_details_is_found(column, header):
    def spoil(book: openpyxl.Workbook) -> None:
        book[DETAILS].cell(top_of(book[DETAILS]), column).value = header

    assert found(spoil) == ("单位明细的栏目不全。",)


def test_a_lost_unit_of_the_details_is_found():
    def spoil(book: openpyxl.Workbook) -> None:
        book[DETAILS].delete_rows(top_of(book[DETAILS]) + 2, 100)

    assert found(spoil) == ("单位明细的单位不全。",)


@pytest.mark.parametrize(
    ("column", "line"), [(1, f"“别的”（{UNIT.source}）"), (3, f"“{UNIT.unit}”（别的）")]
)
def test_another_name_in_the_details_is_found_and_hushes_nothing(column, line):
    figure = EDITION.fields[0]

    def spoil(book: openpyxl.Workbook) -> None:
        sheet = book[DETAILS]
        top = top_of(sheet)
        sheet.cell(top + 1, column).value = "别的"
        sheet.cell(top + 2, 4).value += 1

    first, second = found(spoil)
    assert first == f"单位明细中“{UNIT.unit}”（{UNIT.source}）一行是{line}。"
    assert second.startswith(f"示例二镇“{figure.name}”：")


@pytest.mark.parametrize("value", ["1", True, None])
def test_what_is_no_number_in_the_details_is_found(value):
    county = county_of(replace(UNIT, values=(1, *UNIT.values[1:])))

    def spoil(book: openpyxl.Workbook) -> None:
        book[DETAILS].cell(top_of(book[DETAILS]) + 1, 4).value = value

    (told,) = summary_faults(changed(summary(county), spoil), county)
    assert told.startswith(f"{UNIT.unit}“{EDITION.fields[0].name}”：数据为 1，文件中为")


# ------------------------------------------------------------------------------------ 长表


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text,
        lambda text: re.sub(r'(<c r="E9" s="[0-9]+"><v>)[0-9]+', r"\g<1>12345", text),
        lambda text: re.sub(r'(<c r="A9" s="[0-9]+" t="s"><v>)[0-9]+', r"\g<1>0", text),
        lambda text: re.sub(r'<row r="9".*?</row>', "", text),
        lambda text: text.replace('"E9"', '"F9"'),
        lambda text: text.replace("</sheetData>", '<row r="9999"><c r="E9999" s="1"><v>1</v></c>'),
        lambda text: text.replace(">数值<", ">数字<"),
    ],
    ids=["as written", "figure", "unit", "row lost", "cell moved", "row more", "header"],
)
def test_only_as_it_must_be_it_is_proved_from_its_bytes(change, request):
    county = county_of(replace(UNIT, identity={**UNIT.identity, "unit": "示例<一>&镇"}))
    parts = unpacked(summary(county))
    assert len(proved_long(parts, county)) == 1
    spoilt = {name: change(part.decode("utf-8")).encode() for name, part in parts.items()}
    whole = request.node.callspec.id == "as written"
    assert len(proved_long(spoilt, county)) == whole


def test_nothing_is_proved_from_its_bytes_as_something_is():
    county = county_of(replace(UNIT, values=(0,) * len(UNIT.values), written={}))
    assert len(proved_long(unpacked(summary(county)), county)) == 1


def test_a_changed_line_of_it_is_found():
    def spoil(book: openpyxl.Workbook) -> None:
        sheet = book[LONG]
        top = top_of(sheet)
        sheet.cell(top + 1, 1).value = "别的"
        sheet.cell(top + 2, 5).value += 1

    first, second = found(spoil)
    assert first == f"长表中“{UNIT.unit}”的一行是“别的”。"
    assert second.startswith(f"长表 {UNIT.unit}“{EDITION.fields[1].name}”：数据为")
    lost = found(lambda book: book[LONG].delete_rows(30))
    assert lost == ("长表的行数不对。",)


@pytest.mark.parametrize(("short", "told"), [(0, ("找不到长表。",)), (1, ())])
def test_it_is_asked_for_as_long_as_it_isn_t_too_long(short, told, monkeypatch):
    monkeypatch.setattr(proof_summary, "LONG_LIMIT", 2 * len(EDITION.fields) - short)
    assert found(lambda book: book.remove(book[LONG])) == told
    assert found(lambda book: None) == ()
