"""Marks in a clerk's own file: put in when it goes back, taken out when it comes again.

A mark is a comment and a colour.  The colour is a conditional format, so that the cell keeps the
format it has, the mark moves along with rows that are inserted, and it goes out as soon as the
cell is changed.  Ours are known by a word in their condition, and our comments by how they begin:
both survive saving by Excel, WPS and LibreOffice.
"""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from typing import Any, Final

import openpyxl
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.cell.rich_text import CellRichText
from openpyxl.comments import Comment
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.formatting.rule import Rule
from openpyxl.styles import PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils.datetime import WINDOWS_EPOCH, to_excel
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.books.cells import cell_text
from pipeline.books.drawing import lines_of
from pipeline.books.theme import THEME
from pipeline.model.edition import Severity
from pipeline.model.problem import SEVERITIES
from pipeline.model.workbook_form import WorkbookForm
from pipeline.returns.book import write_return_list
from pipeline.returns.repack import keepable, repaired
from pipeline.returns.returns import Line, ReturnList
from pipeline.sheets.workbook import open_sheets

TAG: Final = 'N("退回标记")=0'
"""A condition that always holds, and says whose mark it is."""

AUTHOR: Final = "退回说明"
_OURS: Final = re.compile(r"\s*〔退回说明 第\d+条〕.*", re.DOTALL)

_FILLS: Final[Mapping[Severity, str]] = {
    "error": THEME.error_mark,
    "warning": THEME.warning_mark,
    "notice": THEME.notice_mark,
}
_CONCERNED: Final[Mapping[Severity, str]] = {
    "error": THEME.error_fill,
    "warning": THEME.warning_fill,
}
"""The colour of the other cells that a fault speaks of."""


def marked(content: bytes, told: ReturnList, form: WorkbookForm) -> bytes | None:
    """A workbook with its faults marked, and 退回说明 as its first sheet; earlier marks are gone.

    None for what can't be marked without losing something: another format, a damaged package,
    pictures, charts, macros.
    """
    return _rewritten(content, lambda book: _put_in(book, told, form), form)


def cleaned(content: bytes, form: WorkbookForm) -> bytes | None:
    """A workbook without the marks of an earlier return; None where it carries none, or can't
    be rewritten without losing something."""

    def take_out(book: Workbook) -> dict[str, bytes] | None:
        return {} if _take_out(book, form) else None

    return _rewritten(content, take_out, form)


_Change = Callable[[Workbook], "Mapping[str, bytes] | None"]
"""Changes a workbook; gives the sheets it added with the packages they are from, or None where
there was nothing to change."""


def _rewritten(content: bytes, change: _Change, form: WorkbookForm) -> bytes | None:
    try:
        if not keepable(content):
            return None
        book = openpyxl.load_workbook(io.BytesIO(content), rich_text=True)
        added = change(book)
        if added is None:
            return None
        buffer = io.BytesIO()
        book.save(buffer)
        made = repaired(buffer.getvalue(), content, added)
        own = form.returned.sheet
        return made if _values(content, own) == _values(made, own) else None
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException:  # noqa: BLE001  whatever a library makes of a strange file, a native panic included: it stays untouched
        return None


def _values(content: bytes, aside: str) -> dict[str, list[list[object]]]:
    """What is read of all sheets but our own, without the blanks at the end."""
    return {
        sheet.name: _trimmed([_trimmed(list(line)) for line in sheet.cells])
        for sheet in open_sheets(content)
        if not _is_own(sheet.name, aside)
    }


def _trimmed(line: list[Any]) -> list[Any]:
    end = len(line)
    while end and line[end - 1] in ("", None, []):
        end -= 1
    return line[:end]


def _is_own(name: str, own: str) -> bool:
    """Whether a sheet is 退回说明; a copy of it has a number behind its name."""
    return re.sub(r"[\s\d()（）]", "", name) == own


# ----------------------------------------------------------------------------- taking marks out


def _take_out(book: Workbook, form: WorkbookForm) -> bool:
    """Take every mark of an earlier return out; whether there was any."""
    found = False
    for sheet in list(book.worksheets):
        if _is_own(sheet.title, form.returned.sheet) and len(book.worksheets) > 1:
            book.remove(sheet)
            found = True
            continue
        found |= _take_comments_out(sheet)
        found |= _take_colours_out(sheet)
    if found:
        _open_at(book, 0)
    return found


def _take_comments_out(sheet: Worksheet) -> bool:
    found = False
    for line in sheet.iter_rows():
        for cell in line:
            comment = cell.comment if isinstance(cell, Cell) else None
            if comment is None or not _OURS.search(comment.text):
                continue
            found = True
            own = _OURS.sub("", comment.text)
            cell.comment = Comment(own, comment.author) if own.strip() else None
    return found


def _take_colours_out(sheet: Worksheet) -> bool:
    rules = list(_rules(sheet))
    kept = [(area, rule) for area, rule in rules if not _is_ours(rule)]
    if len(kept) == len(rules):
        return False
    _set_rules(sheet, kept)
    return True


def _rules(sheet: Worksheet) -> Iterator[tuple[str, Rule]]:
    """The conditional formats of a sheet, each with its area, the first to be applied first."""
    found = [
        (str(each.sqref), rule) for each in sheet.conditional_formatting for rule in each.rules
    ]
    yield from sorted(found, key=lambda pair: pair[1].priority)


def _is_ours(rule: Rule) -> bool:
    return any("退回标记" in str(formula) for formula in rule.formula or ())


def _set_rules(sheet: Worksheet, rules: Sequence[tuple[str, Rule]]) -> None:
    sheet.conditional_formatting = ConditionalFormattingList()
    for priority, (area, rule) in enumerate(rules, 1):
        rule.priority = priority
        sheet.conditional_formatting.add(area, rule)


def _open_at(book: Workbook, index: int) -> None:
    book.active = index
    for view in book.views:
        view.firstSheet = 0
    for position, sheet in enumerate(book.worksheets):
        for view in sheet.views.sheetView:
            view.tabSelected = position == index


# ----------------------------------------------------------------------------- putting marks in


def _put_in(book: Workbook, told: ReturnList, form: WorkbookForm) -> dict[str, bytes]:
    _take_out(book, form)
    states: dict[int, str] = {}
    for sheet in book.worksheets:
        here = [line for line in told.lines if _has_place(line, sheet)]
        states |= {
            line.number: _untouched(sheet, _cells(line), f"'{_quoted(sheet.title)}'!")
            for line in here
        }
        open_ = [line for line in here if not line.problem.explanation]
        _colour(sheet, open_)
        _comment(sheet, open_)
    package = write_return_list(told, form, states)
    _graft(package, book, form.returned.sheet)
    _open_at(book, 0)
    return {form.returned.sheet: package}


def _has_place(line: Line, sheet: Worksheet) -> bool:
    return line.problem.sheet == sheet.title and bool(line.problem.cell)


def _cells(line: Line) -> tuple[str, ...]:
    return tuple(dict.fromkeys((line.problem.cell, *line.problem.cells)))


def _colour(sheet: Worksheet, lines: Sequence[Line]) -> None:
    """The faulty cells first, the gravest first, then the cells that the faults speak of."""
    ours: list[tuple[str, Rule]] = []
    for fills, concerned in ((_FILLS, False), (_CONCERNED, True)):
        for line in lines:
            severity = line.problem.severity
            cells = _cells(line)[1:] if concerned else _cells(line)[:1]
            if cells and severity in fills:
                condition = _untouched(sheet, _cells(line))
                ours.append((" ".join(cells), _rule(condition, fills[severity])))
    if ours:
        _set_rules(sheet, [*ours, *_rules(sheet)])


def _rule(condition: str, colour: str) -> Rule:
    argb = f"FF{colour.removeprefix('#')}"
    fill = PatternFill(fill_type="solid", start_color=argb, end_color=argb)
    return Rule(type="expression", formula=[condition], dxf=DifferentialStyle(fill=fill))


def _comment(sheet: Worksheet, lines: Sequence[Line]) -> None:
    by_cell: dict[str, list[Line]] = {}
    for line in lines:
        by_cell.setdefault(_home(sheet, line.problem.cell).coordinate, []).append(line)
    for address, here in by_cell.items():
        cell = _home(sheet, address)
        text = "\n\n".join(_note(line) for line in here)
        if cell.comment is not None:
            text = f"{cell.comment.text}\n\n{text}"
        author = cell.comment.author if cell.comment is not None else AUTHOR
        height = lines_of(text, _NOTE_CHARACTERS) * _NOTE_LINE + 12
        cell.comment = Comment(text, author, height=min(height, 600), width=_NOTE_WIDTH)


_NOTE_WIDTH, _NOTE_LINE, _NOTE_CHARACTERS = 330, 18, 44
"""A comment's width and a line's height in pixels; the half-width characters in a line."""


def _note(line: Line) -> str:
    found = line.problem
    head = "：".join(part for part in (SEVERITIES[found.severity], line.told) if part)
    parts = (head, found.words, found.remedy)
    return cell_text(f"〔退回说明 第{line.number}条〕" + "\n".join(part for part in parts if part))


def _home(sheet: Worksheet, address: str) -> Cell:
    """The cell, or the one that it is merged into: only that can be commented on."""
    cell = sheet[address]
    if isinstance(cell, MergedCell):
        area = next(a for a in sheet.merged_cells.ranges if address in a)
        cell = sheet.cell(area.min_row, area.min_col)
    assert isinstance(cell, Cell)
    return cell


# ----------------------------------------------------------- the condition that nothing changed


def _untouched(sheet: Worksheet, cells: Sequence[str], prefix: str = "") -> str:
    """A condition that the cells still hold what they hold now; formulas follow from others."""
    tests = [test for cell in cells for test in _tests(sheet, cell, prefix)]
    return f"AND({','.join([TAG, *tests])})"


def _tests(sheet: Worksheet, address: str, prefix: str) -> Iterator[str]:
    cell = _home(sheet, address)
    value = cell.value
    column, row = re.fullmatch(r"([A-Z]+)(\d+)", cell.coordinate).groups()  # type: ignore[union-attr]
    here = f"{prefix}${column}${row}"
    if cell.data_type == "f" or isinstance(value, bool):
        return
    if value is None:
        yield f"ISBLANK({here})"
    elif cell.data_type == "e":
        yield f"ISERROR({here})"
    elif isinstance(value, int | float):
        yield f"ISNUMBER({here})"
        yield f"{here}={value!r}"
    elif isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        yield f"ISNUMBER({here})"
        yield f"ABS({here}-{_serial(value, sheet)!r})<0.00001"
    elif isinstance(value, str | CellRichText):
        yield from _text_tests(str(value), here)


def _serial(value: object, sheet: Worksheet) -> float:
    epoch = sheet.parent.epoch if sheet.parent is not None else WINDOWS_EPOCH
    return float(to_excel(value, epoch))  # type: ignore[no-untyped-call]


def _text_tests(text: str, here: str) -> Iterator[str]:
    """The beginning of a text and its length: a formula can't hold a long one."""
    start = re.match(r"[^\r\n\U00010000-\U0010ffff]{0,60}", text).group()  # type: ignore[union-attr]
    quoted = start.replace('"', '""')
    yield f'EXACT(LEFT({here},{len(start)}),"{quoted}")'
    # Programs count a character beyond the first 65,536 and a line's end differently.
    if not re.search(r"[\r\U00010000-\U0010ffff]", text):
        yield f"LEN({here})={len(text)}"


def _quoted(name: str) -> str:
    return name.replace("'", "''")


# ------------------------------------------------------------------------------- 退回说明


def _graft(package: bytes, book: Workbook, name: str) -> None:
    """Copy the sheet of a package into a workbook, as its first."""
    source = openpyxl.load_workbook(io.BytesIO(package))[name]
    sheet = book.create_sheet(name, 0)
    for line in source.iter_rows():
        for cell in line:
            if isinstance(cell, MergedCell):
                continue
            made = sheet.cell(cell.row, cell.column)
            made.value, made.data_type = cell.value, cell.data_type
            made.font, made.fill, made.border = copy(cell.font), copy(cell.fill), copy(cell.border)
            made.alignment, made.protection = copy(cell.alignment), copy(cell.protection)
            made.number_format = cell.number_format
            made.hyperlink = copy(cell.hyperlink)
    for area in source.merged_cells.ranges:
        sheet.merge_cells(str(area))
    for letters, column in source.column_dimensions.items():
        sheet.column_dimensions[letters] = copy(column)
        sheet.column_dimensions[letters].worksheet = sheet
    for row, dimension in source.row_dimensions.items():
        sheet.row_dimensions[row].height = dimension.height
    for area, rule in _rules(source):
        sheet.conditional_formatting.add(area, rule)
    sheet.freeze_panes = source.freeze_panes
    sheet.sheet_view.showGridLines = False
    sheet.sheet_properties = copy(source.sheet_properties)
    sheet.page_setup, sheet.page_margins = copy(source.page_setup), copy(source.page_margins)
    sheet.print_options = copy(source.print_options)
    sheet.print_title_rows, sheet.print_area = source.print_title_rows, source.print_area
