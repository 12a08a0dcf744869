"""The summary workbook's formulas, computed anew by LibreOffice, give the program's figures."""

from __future__ import annotations

import math
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipeline.summary.workbook import write_summary
from tests.support.recalculation import recalculated
from tests.support.summary_books import CASES

pytestmark = pytest.mark.slow


def formulas(data: bytes) -> dict[tuple[str, str], Any]:
    """What the program stored as the result of each formula, by sheet and cell."""
    written = openpyxl.load_workbook(BytesIO(data))
    stored = openpyxl.load_workbook(BytesIO(data), data_only=True)
    return {
        (sheet.title, cell.coordinate): stored[sheet.title][cell.coordinate].value
        for sheet in written
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }


@pytest.mark.parametrize("name", list(CASES))
def test_libreoffice_computes_the_figures_of_the_program(name: str, tmp_path: Path) -> None:
    told = CASES[name]()
    data = write_summary(told)
    expected = formulas(data)
    assert len(expected) > 3 * len(told.county.edition.fields)
    again = openpyxl.load_workbook(BytesIO(recalculated(data, tmp_path)), data_only=True)
    computed = {place: again[place[0]][place[1]].value for place in expected}
    assert {k: v for k, v in expected.items() if not same(computed[k], v)} == {}


def same(computed: Any, told: Any) -> bool:
    """Equal; a percentage to the digits that a spreadsheet keeps of one."""
    if isinstance(told, float) and isinstance(computed, int | float):
        return math.isclose(computed, told, rel_tol=1e-13)
    return bool(computed == told)
