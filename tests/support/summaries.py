"""Summary workbooks to be proved, and to be spoilt before they are."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl
import python_calamine as calamine

from pipeline.aggregate.totals import County, add_up
from pipeline.model.submission import Submission
from pipeline.summary.workbook import SummaryContent, write_summary
from tests.support.districts import EDITIONS


def county_of(*units: Submission) -> County:
    first = units[0]
    return add_up("示例区", first.year, EDITIONS[first.edition], units, "")


def summary(county: County, earlier: Sequence[County] = ()) -> bytes:
    return write_summary(
        SummaryContent(county=county, standing=(), problems=(), earlier=tuple(earlier), coverage="")
    )


def cells(content: bytes) -> dict[str, list[list[Any]]]:
    """The cells of a workbook's sheets by name, as a proof reads them."""
    with calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
        return {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in book.sheet_names
        }


def changed(content: bytes, change: Callable[[openpyxl.Workbook], None]) -> bytes:
    """A workbook as it is after somebody opened, changed and saved it."""
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    change(book)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()
