"""What is written faster is what xlsxwriter writes of the same calls, byte by byte."""

import datetime
import io
import zipfile

import pytest
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

import pipeline.books.new_book
from pipeline.books.fast_book import Varies
from pipeline.books.new_book import new_book
from pipeline.summary.workbook import write_summary
from tests.support.summary_books import CASES


class PlainSheet(Worksheet):
    """xlsxwriter's own sheet; rows that are alike are written cell by cell."""

    def __init__(self):
        super().__init__()
        self.texts = {}

    def line(self, cells):
        for value, _ in cells:
            if isinstance(value, str):
                self.text(value)
        return cells

    def add_tall_table(self, area, options):
        self.add_table(*area, options)

    def text(self, words):
        number = self.str_table._get_shared_string_index(words)  # numbered as they come
        self.str_table.count -= 1
        self.texts[number] = words
        return number

    def write_lines(self, top, rows):
        for row, (line, values) in enumerate(rows, start=top):
            told = iter(values)
            for at, (value, style) in enumerate(line):
                one = self.texts[next(told)] if value is Varies.TEXT else value
                one = next(told) if value is Varies.NUMBER else one
                write = self.write_string if isinstance(one, str) else self.write_number
                write(row, at, one, style)


class PlainWorkbook(xlsxwriter.Workbook):
    worksheet_class = PlainSheet


def parts(book: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(book)) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


@pytest.fixture
def both(monkeypatch):
    """Makes a workbook both ways."""

    def made(make) -> tuple[dict[str, bytes], dict[str, bytes]]:
        fast = parts(make())
        with monkeypatch.context() as patched:
            patched.setattr(pipeline.books.new_book, "Workbook", PlainWorkbook)
            return fast, parts(make())

    return made


@pytest.mark.parametrize("case", ["2019", "made up", "one unit"])
def test_a_summary_is_what_xlsxwriter_writes(case, both):
    content = CASES[case]()
    fast, plain = both(lambda: write_summary(content))
    assert list(fast) == list(plain)
    for name, part in plain.items():
        assert fast[name] == part, name


def odd_cells() -> bytes:
    buffer = io.BytesIO()
    with new_book(buffer, "示例") as book:
        sheet, other = book.add_worksheet("甲"), book.add_worksheet("乙")
        bold = book.add_format({"bold": True})
        red, percent = book.add_format({"color": "red"}), book.add_format({"num_format": "0.0%"})
        sheet.set_column(3, 5, 20, red)
        sheet.set_row(4, 30, bold)
        sheet.set_row(40, 12, None, {"hidden": True})
        for row in (0, 3, 4, 17, 33):
            sheet.write_string(row, 0, "<&>\"'\n", bold)
            sheet.write_string(row, 4, " a ")
            sheet.write_number(row, 2, 1234567.125 * row, percent)
            sheet.write_number(row, 5, -row)
            sheet.write_blank(row, 30, None, red)
            sheet.write_blank(row, 31, None)
        sheet.write_string("B2", "按地址")
        sheet.write_number("C2", 5, bold)
        sheet.write_boolean(6, 0, True, bold)
        sheet.write_datetime(6, 1, datetime.datetime(2024, 1, 5), bold)
        sheet.write_rich_string(6, 2, "a", bold, "b", red, "c")
        sheet.write_formula(7, 0, '=IF(A1<>"&",SUM(B1:B9),0)', red, 5)
        sheet.write_formula(7, 1, '=T("<")', red, "<&>")
        sheet.write_formula(7, 2, "=1/0", red, "#DIV/0!")
        sheet.write_formula(7, 3, "=A1=B1", red, True)
        sheet.write_formula(7, 4, "=SUM(A1)", None, 1.5)
        sheet.write_formula(7, 5, "=XLOOKUP(A1,B1:B2,C1:C2)", red, 1)
        sheet.write_formula(7, 6, "=SORT(A1:A5)", red, 1)
        sheet.write_array_formula(8, 0, 8, 1, "{=SUM(A1:A2*B1:B2)}", red, 3)
        sheet.write_url(9, 0, "internal:'乙'!A1", bold, "去")
        sheet.merge_range(10, 0, 11, 3, "合", bold)
        sheet.write_comment(50, 2, "批注")
        sheet.add_table(20, 0, 24, 2, {"columns": [{"header": h} for h in "甲乙丙"]})
        lines = [
            other.line([(Varies.TEXT, red), ("同样", bold), (Varies.NUMBER, percent)]),
            other.line([("另一行", bold), (Varies.NUMBER, red)]),
        ]
        other.set_row(5, 33)
        other.set_row(8, 21, bold)
        other.write_lines(
            3,
            [
                (
                    lines[row % 2],
                    (*((other.text(f"第{row % 5}"),) * (row % 2 == 0)), row * 10**6 / 7),
                )
                for row in range(40)
            ],
        )
        other.write_lines(60, [])
        other.write_string(1, 9, "上面", red)
        other.write_number(50, 8, 5, red)
    return buffer.getvalue()


def test_whatever_a_sheet_holds_is_what_xlsxwriter_writes(both):
    fast, plain = both(odd_cells)
    assert list(fast) == list(plain)
    for name, part in plain.items():
        assert fast[name] == part, name
