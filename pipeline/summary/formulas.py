"""The live formulas of the summary workbook, each with the figure that the program computed."""

from __future__ import annotations

from fractions import Fraction

from xlsxwriter.utility import quote_sheetname, xl_rowcol_to_cell

from pipeline.books.cells import Formula
from pipeline.model.edition import Field, Measure
from pipeline.summary.book import LISTING_HEAD, Book


def in_units(value: int, scale: int) -> float:
    """A kept whole number in printed units; what Excel's 15 digits hold is exact."""
    return value / scale if scale != 1 else value


def rounded(expression: str, scale: int) -> str:
    """An amount's formula, rid of what binary fractions leave behind the 分."""
    return f"ROUND({expression},6)" if scale != 1 else expression


def share_formula(part: str, whole: str, value: Fraction) -> Formula:
    """A share of two cells. Rounded, as both sides of a comparison need the same few digits."""
    sign = -1 if value < 0 else 1
    millionths = sign * int(abs(value) * 1_000_000 + Fraction(1, 2))
    return Formula(f"=ROUND({part}/{whole},6)", millionths / 1_000_000)


def measure_formula(book: Book, measure: Measure) -> Formula:
    """A measure of the whole county, over the units' columns."""
    sums = [
        f"{'-' if term.coefficient < 0 else '+'}"
        f"{f'{abs(term.coefficient)}*' if abs(term.coefficient) != 1 else ''}"
        f"SUM({book.details.reference(book.details.columns[term.field])})"
        for term in measure.terms
    ]
    expression = rounded("".join(sums).removeprefix("+"), measure.scale)
    return Formula(f"={expression}", in_units(measure.value(book.total), measure.scale))


def field_formula(book: Book, figure: Field) -> Formula:
    """A figure of the county: the sum of its column of 单位明细."""
    expression = f"SUM({book.details.reference(book.details.columns[figure.key])})"
    value = in_units(book.total[figure.key], figure.scale)
    return Formula(f"={rounded(expression, figure.scale)}", value)


def unit_formula(book: Book, measure: Measure, name_cell: str, value: int) -> Formula:
    """A measure of the unit named in a cell: found by its name, so that 单位明细 may be sorted.

    Not SUMIFS or MATCH: they read ``*``, ``?`` and ``>`` in a name as patterns.
    """
    names = book.details.reference(0)
    columns = [
        f"{'' if term.coefficient == 1 else f'{term.coefficient}*'}"
        f"{book.details.reference(book.details.columns[term.field])}"
        for term in measure.terms
    ]
    expression = f"SUMPRODUCT(--EXACT({names},{name_cell}),{'+'.join(columns)})"
    return Formula(f"={rounded(expression, measure.scale)}", in_units(value, measure.scale))


def listed_cells(sheet: str, column: int, rows: int) -> str:
    """The cells of a column of a listing, for a formula on any sheet."""
    top = xl_rowcol_to_cell(LISTING_HEAD + 1, column, row_abs=True, col_abs=True)
    bottom = xl_rowcol_to_cell(LISTING_HEAD + rows, column, row_abs=True, col_abs=True)
    return f"{quote_sheetname(sheet)}!{top}:{bottom}"
