"""Returned copies."""

import io

import openpyxl

from pipeline.declare.editions import load_editions
from pipeline.declare.workbook_form import workbook_form
from pipeline.forms.workbook import write_form
from pipeline.intake.submissions import read_bytes
from pipeline.model.unit_outcome import UnitOutcome, status
from pipeline.returns.marks import marked
from pipeline.returns.returns import ReturnList, return_list
from pipeline.validate.checks import check
from tests.support.districts import district_2024

EDITIONS, FORM = load_editions(), workbook_form()


EDITION = EDITIONS["2021"]


UNIT = district_2024()[1]


TABLE = "依申请公开"


def filled(change=lambda book: None) -> bytes:
    """A unit's workbook, changed by hand."""
    return changed(write_form(EDITION, FORM, UNIT), change)


def changed(content: bytes, change) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    change(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def judged(content: bytes, name: str = "示例一镇.xlsx") -> UnitOutcome:
    submission = read_bytes(content, f"示例区2024/{name}", EDITIONS, FORM)
    [problems] = check([submission], EDITIONS, FORM)
    return UnitOutcome(
        submission=submission, problems=problems, status=status(submission, problems)
    )


def listed(content: bytes) -> ReturnList:
    return return_list(judged(content), EDITION)


def copy_of(content: bytes) -> bytes:
    made = marked(content, listed(content), FORM)
    assert made is not None
    return made


def opened(content: bytes, **options):
    return openpyxl.load_workbook(io.BytesIO(content), **options)


def find(sheet, label: str):
    return next(c for row in sheet.iter_rows() for c in row if c.value == label)


def input_cell(book, row: str = "（一）予以公开", column: str = "自然人"):
    sheet = book[TABLE]
    return sheet.cell(find(sheet, row).row, find(sheet, column).column)


def put(value, row: str = "（一）予以公开"):
    def change(book):
        input_cell(book, row).value = value

    return change


WRONG = "约3"


def colours(sheet) -> list[tuple[str, str]]:
    """The areas of our own conditional formats and their colour."""
    return [
        (str(each.sqref), rule.dxf.fill.bgColor.rgb)
        for each in sheet.conditional_formatting
        for rule in each.rules
        if "退回标记" in rule.formula[0]
    ]


def first_line(sheet) -> int:
    return find(sheet, "序号").row + 1


def lines(sheet) -> dict[str, dict[str, object]]:
    """The lines of 退回说明 by their place, or their text where they have none."""
    at = {c.value: c.column for c in sheet[first_line(sheet) - 1] if c.value}
    found = {}
    for row in range(first_line(sheet), sheet.max_row + 1):
        line = {name: sheet.cell(row, column) for name, column in at.items()}
        found[str(line["位置"].value)] = line
    return found


# ---------------------------------------------------------------------------- what survives


def facts(content: bytes) -> dict[str, dict[str, object]]:
    """All that a clerk's sheets have besides values: by an independent reading of the file."""
    book = opened(content)
    found = {}
    for sheet in book.worksheets:
        if sheet.title == "退回说明":
            continue
        found[sheet.title] = {
            "formulas": {c.coordinate: c.value for c in cells(sheet) if c.data_type == "f"},
            "formats": {c.coordinate: look(c) for c in cells(sheet)},
            "validations": sorted(
                (str(v.sqref), v.type, v.formula1, v.formula2, v.prompt, v.error)
                for v in sheet.data_validations.dataValidation
            ),
            "conditional": [
                (str(each.sqref), rule.type, tuple(rule.formula), rule.stopIfTrue)
                for each, rule in by_priority(sheet)
                if "退回标记" not in str(rule.formula)
            ],
            "widths": {k: (d.width, d.hidden) for k, d in sheet.column_dimensions.items()},
            "heights": {k: d.height for k, d in sheet.row_dimensions.items() if d.height},
            "merged": sorted(str(area) for area in sheet.merged_cells.ranges),
            "frozen": sheet.freeze_panes,
            "protection": vars(sheet.protection),
            "page": (vars(sheet.page_setup), vars(sheet.page_margins), sheet.print_title_rows),
            "header": (sheet.oddHeader.right.text, sheet.oddFooter.center.text),
            "links": {c.coordinate: c.hyperlink.location for c in cells(sheet) if c.hyperlink},
            "tab": getattr(sheet.sheet_properties.tabColor, "rgb", None),
            "grid": sheet.sheet_view.showGridLines,
        }
        found[sheet.title]["page"][0].pop("_parent", None)
    found["names"] = {name: book.defined_names[name].attr_text for name in book.defined_names}
    return found


def cells(sheet):
    return (c for row in sheet.iter_rows() for c in row if hasattr(c, "hyperlink") and c.has_style)


def look(cell):
    font, fill, edge = cell.font, cell.fill, cell.border
    return (
        (font.name, font.sz, font.b, font.i, font.color.rgb if font.color else None),
        (fill.fill_type, fill.fgColor.rgb),
        (edge.left.style, edge.bottom.style),
        (cell.alignment.horizontal, cell.alignment.wrap_text, cell.alignment.indent),
        cell.number_format,
        cell.protection.locked,
    )


def by_priority(sheet):
    found = [(each, rule) for each in sheet.conditional_formatting for rule in each.rules]
    return sorted(found, key=lambda pair: pair[1].priority)
