"""What is read of a workbook is what a spreadsheet shows of it, or it isn't read at all."""

from __future__ import annotations

import datetime
import io
import zipfile

import openpyxl
import pytest

from pipeline.ooxml.untrusted import UnreadableXml
from pipeline.sheets.cells_xml import Foreign
from pipeline.sheets.limits import TooLarge
from pipeline.sheets.number_formats import hides_text
from pipeline.sheets.workbook import Sheet, open_sheets
from tests.support.packages import MAIN, book, ods_file, relationships, xlsx_parts, zipped
from tests.support.paths import DATA

STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"


def only_sheet(content: bytes) -> Sheet:
    (sheet,) = open_sheets(content)
    return sheet


def sheet_of(rows: str, **around: str) -> Sheet:
    return only_sheet(zipped(xlsx_parts(rows, **around)))


# ------------------------------------------------------------------------ errors and formulas


def test_errors_and_formulas_without_a_result_are_found_in_an_xlsx():
    made = openpyxl.Workbook()
    sheet = made.active
    sheet["B1"], sheet["C1"], sheet["A3"], sheet["B2"] = "#DIV/0!", "=NA()", "=2*3", "  "
    saved = io.BytesIO()
    made.save(saved)
    read = only_sheet(saved.getvalue())
    assert read.error(0, 1) == "#DIV/0!"
    assert read.error(0, 2) == "=NA()"
    assert read.error(2, 0) == "=2*3"
    assert not read.error(1, 1)
    assert not read.error(90, 90)


@pytest.mark.parametrize(
    "error", ["#REF!", "#SPILL!", "#N/A", "#GETTING_DATA", "#FIELD!", "Err:502"]
)
def test_an_error_names_itself_whatever_the_sheet_says_of_its_extent(error):
    row = f'<row r="9"><c r="C9" t="e"><f>A1</f><v>{error}</v></c></row>'
    assert sheet_of(row, head='<dimension ref="A1"/>').error(8, 2) == error


def test_an_array_formula_without_a_result_is_told_by_its_text():
    row = '<row r="1"><c r="A1"><f t="array" ref="A1">SUM(B1&amp;"")</f></c></row>'
    assert sheet_of(row).error(0, 0) == '=SUM(B1&"")'


def test_errors_are_found_in_an_xls():
    """Saved by LibreOffice: 1, =1/0 and =NA() in the first row, =2*3 in the third."""
    sheet = only_sheet((DATA / "errors.xls").read_bytes())
    assert [sheet.error(0, column) for column in range(3)] == ["", "#DIV/0!", "#N/A"]
    assert (sheet.at(0, 0), sheet.at(2, 0)) == (1.0, 6.0)


def test_errors_and_formulas_without_a_result_are_found_in_an_ods_wherever_they_are_repeated():
    sheet = only_sheet(
        ods_file(
            '<table:table table:name="表"><table:table-row table:number-rows-repeated="2">'
            '<table:table-cell table:number-columns-repeated="2"/>'
            '<table:table-cell table:formula="of:=NA()" office:value-type="float" office:value="0">'
            "<text:p>#N/A</text:p></table:table-cell></table:table-row><table:table-row>"
            '<table:table-cell table:formula="of:=2*3" table:number-columns-repeated="2"/>'
            "</table:table-row></table:table>"
        )
    )
    found = {(r, c): sheet.error(r, c) for r in range(4) for c in range(4) if sheet.error(r, c)}
    assert found == {(0, 2): "#N/A", (1, 2): "#N/A", (2, 0): "=2*3", (2, 1): "=2*3"}


def test_a_comment_in_a_blank_cell_of_an_ods_is_no_text_of_it():
    sheet = only_sheet(
        ods_file(
            '<table:table table:name="表"><table:table-row><table:table-cell>'
            "<office:annotation><text:p>没有的不填</text:p></office:annotation>"
            '</table:table-cell><table:table-cell office:value-type="date" '
            'office:date-value="2024-01-15"><text:p>1月15日</text:p></table:table-cell>'
            "</table:table-row></table:table>"
        )
    )
    assert sheet.at(0, 0) is None
    assert not sheet.error(0, 0)
    assert sheet.at(0, 1) == datetime.datetime(2024, 1, 15)


# ---------------------------------------------------------------------- spellings of one thing

PLAIN = '<row r="2"><c r="B2" t="s"><v>1</v></c><c r="C2"><v>12</v></c></row>'
TEXTS = "<si><t>甲</t></si><si><t>乙</t></si>"


@pytest.mark.parametrize(
    "rows",
    [
        PLAIN,
        PLAIN.replace('"', "'"),
        PLAIN.replace('<c r="B2" t="s">', '<c t="s" r="B2">'),
        PLAIN.replace("12", "1<!-- 9 -->2"),
        PLAIN.replace("12", "1&#50;").replace(">1<", ">&#x31;<"),
        PLAIN.replace("12", "<![CDATA[12]]>"),
        PLAIN.replace("<v>12</v>", " <v>12</v>\n"),
        '<row/><row><c/><c t="inlineStr"><is><r><t>乙</t></r><rPh><t>鬼</t></rPh></is></c>'
        "<c><v>12</v></c></row>",
    ],
)
def test_spellings_that_mean_the_same_are_read_the_same(rows):
    sheet = sheet_of(rows, texts=TEXTS)
    assert (sheet.at(1, 1), sheet.at(1, 2), sheet.at(1, 0)) == ("乙", 12.0, None)


def renamed_prefix(part: str, space: str = MAIN) -> str:
    """A part with its elements in a prefixed namespace."""
    spelt = part.replace("</", "\0").replace("<", "<x:").replace("\0", "</x:")
    return spelt.replace(f'xmlns="{MAIN}"', f'xmlns:x="{space}"')


@pytest.mark.parametrize("space", [MAIN, STRICT])
def test_prefixed_and_strict_names_are_read(space):
    parts = xlsx_parts(PLAIN, texts=TEXTS)
    for name, part in parts.items():
        if not name.endswith(".rels"):
            parts[name] = renamed_prefix(str(part), space)
    sheet = only_sheet(zipped(parts))
    assert (sheet.at(1, 1), sheet.at(1, 2)) == ("乙", 12.0)


def test_parts_are_found_by_relationship_whatever_they_are_called():
    parts = xlsx_parts(PLAIN, texts=TEXTS)
    moved = {
        "_rels/.rels": relationships(("a", "officeDocument", "/odd/Workbook22.xml")),
        "odd/workbook22.xml": parts["xl/workbook.xml"],
        "odd/_rels/workbook22.xml.rels": relationships(
            ("rId1", "worksheet", "./deep/../one.xml"), ("t", "sharedStrings", "../texts.bin")
        ),
        "odd\\one.xml": parts["xl/worksheets/sheet1.xml"],
        "texts.bin": parts["xl/sharedStrings.xml"],
        "xl/workbook.xml": book("假"),
    }
    sheet = only_sheet(zipped(moved))
    assert (sheet.name, sheet.at(1, 1), sheet.at(1, 2)) == ("表", "乙", 12.0)


# --------------------------------------------------------------------- what isn't read at all


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><mc:AlternateContent xmlns:mc="m"><c r="A1"><v>3</v></c></mc:AlternateContent></row>',
        '<row r="1"><c r="A1" xmlns="urn:other"><v>3</v></c></row>',
        '<row r="1"><c r="A1"><v>3<x>9</x>2</v></c></row>',
        '<row r="1"><c r="A1"><v>3</v><v>9</v></c></row>',
        '<row r="1" xmlns="urn:other"><c r="A1"><v>3</v></c></row>',
        '<x/><row r="1"><c r="A1"><v>3</v></c></row>',
    ],
)
def test_what_only_some_programs_show_is_refused(rows):
    with pytest.raises(Foreign):
        sheet_of(rows)


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1"><v>3&foo;2</v></c></row>',
        '<row r="1"><c r="A1"><v>drei</v></c></row>',
        '<row r="1"><c r="A1"/><c r="A1"/></row>',
        '<row r="1"><c r="A2"><v>3</v></c></row>',
        '<row r="1"><c r="A1" t="b"><v>7</v></c></row>',
        '<row r="1"><c r="A1" t="odd"><v>7</v></c></row>',
    ],
)
def test_a_damaged_sheet_is_refused(rows):
    with pytest.raises(zipfile.BadZipFile):
        sheet_of(rows)


def test_a_second_place_for_cells_is_refused():
    with pytest.raises(Foreign):
        sheet_of(PLAIN, tail="<sheetData/>", texts=TEXTS)


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("_rels/.rels", "</Rel", '<Relationship Id="b" Type="x/officeDocument" Target="y"/></Rel'),
        ("xl/_rels/workbook.xml.rels", 'Id="rId3"', 'Id="rId1"'),
        ("xl/_rels/workbook.xml.rels", "styles.xml", "nowhere.xml"),
        ("xl/workbook.xml", 'r:id="rId1"', 'r:id="rId7"'),
        ("xl/workbook.xml", "<sheets>", "<!DOCTYPE x><sheets>"),
    ],
)
def test_a_package_that_contradicts_itself_is_refused(part, old, new):
    parts = xlsx_parts(PLAIN, texts=TEXTS)
    parts[part] = str(parts[part]).replace(old, new, 1)
    with pytest.raises(zipfile.BadZipFile):
        open_sheets(zipped(parts))


@pytest.mark.parametrize("content", [b"", b"x", ods_file("<x>"), zipped(xlsx_parts())[:-40]])
def test_what_is_no_workbook_is_refused(content):
    with pytest.raises((zipfile.BadZipFile, UnreadableXml)):
        open_sheets(content)


def test_all_sheets_share_one_limit():
    parts = xlsx_parts('<row r="900"><c r="AB900"/></row><row r="1"><c r="A1"><v>1</v></c></row>')
    names = [chr(0x4E00 + at) for at in range(99)]
    parts["xl/workbook.xml"] = book("".join(names))
    parts["xl/_rels/workbook.xml.rels"] = relationships(
        *((f"rId{at}", "worksheet", f"worksheets/sheet{at}.xml") for at in range(1, 100))
    )
    for at in range(1, 100):
        far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="900"><c r="ZZ900"><v>1</v></c></row>'
        parts[f"xl/worksheets/sheet{at}.xml"] = (
            f'<worksheet xmlns="{MAIN}"><sheetData>{far}</sheetData></worksheet>'
        )
    with pytest.raises(TooLarge):
        open_sheets(zipped(parts))


@pytest.mark.parametrize("place", ["XFD1048576", "A1048576", "AAA1"])
def test_a_far_cell_is_refused_before_it_is_laid_out(place):
    row = place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    with pytest.raises(TooLarge):
        sheet_of(f'<row r="{row}"><c r="{place}"><v>1</v></c></row>')


# ----------------------------------------------------------------------------- how cells look


STYLES = (
    '<numFmts><numFmt numFmtId="170" formatCode="0&quot;万&quot;"/></numFmts>'
    "<fonts><font/><font><strike/></font></fonts>"
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="9"/><xf numFmtId="170"/><xf fontId="1"/></cellXfs>'
    '<dxfs><dxf/><dxf><numFmt numFmtId="9" formatCode="0%"/></dxf></dxfs>'
)


def shown_otherwise(sheet: Sheet) -> list[tuple[int, int]]:
    cells = [(r, c) for r, line in enumerate(sheet.cells) for c, _ in enumerate(line)]
    return [
        at
        for at in cells
        if isinstance(sheet.at(*at), float)
        and sheet.appearance.disguises(at, sheet.at(*at), "count")
    ]


def test_a_number_format_that_shows_another_number_is_seen_in_an_xlsx():
    cells = "".join(f'<c r="{column}1" s="{at}"><v>3</v></c>' for at, column in enumerate("ABC"))
    rule = '<conditionalFormatting sqref="D1 F1:F9"><cfRule type="x" dxfId="1"/></conditionalFormatting>'
    row = f'<row r="1">{cells}<c r="D1"><v>3</v></c><c r="E1"><v>3</v></c></row>'
    assert shown_otherwise(sheet_of(row, styles=STYLES, tail=rule)) == [(0, 1), (0, 2), (0, 3)]


def test_what_an_ods_shows_is_compared_with_what_it_holds():
    def cell(value: str, shown: str) -> str:
        return (
            f'<table:table-cell office:value-type="float" office:value="{value}">'
            f"<text:p>{shown}</text:p></table:table-cell>"
        )

    cells = cell("3", "3") + cell("3", "300%") + cell("1234", "1,234") + cell("12000", "1.2万")
    sheet = only_sheet(
        ods_file(
            f'<table:table table:name="表"><table:table-row>{cells}</table:table-row></table:table>'
        )
    )
    assert shown_otherwise(sheet) == [(0, 1), (0, 3)]


def test_texts_of_which_a_part_looks_otherwise_are_marked():
    texts = (
        "<si><r><t>12</t></r><r><rPr><vertAlign val='superscript'/></rPr><t>1</t></r></si>"
        "<si><r><rPr><strike/></rPr><t>3</t></r><r><t>2</t></r></si>"
        "<si><t>甲</t><rPh sb='0' eb='1'><t>1</t></rPh></si><si><r><rPr><b/></rPr><t>5</t></r></si>"
    )
    cells = "".join(f'<c r="{c}1" t="s"><v>{at}</v></c>' for at, c in enumerate("ABCD"))
    sheet = sheet_of(
        f'<row r="1">{cells}<c r="E1" s="3"><v>7</v></c></row>', texts=texts, styles=STYLES
    )
    assert [sheet.at(0, at) for at in range(5)] == ["121", "32", "甲", "5", 7.0]
    assert sheet.appearance.marked == {
        (0, 0): "上标",
        (0, 1): "删除线",
        (0, 2): "注音",
        (0, 4): "删除线",
    }


def test_hidden_and_covered_cells_are_seen():
    sheet = sheet_of(
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="2" hidden="1"><c r="A2"><v>1</v></c></row>'
        '<row r="3" ht="0"/>',
        head='<cols><col min="3" max="4" width="9" hidden="1"/><col min="9" max="9" width="0"/></cols>',
        tail='<mergeCells><mergeCell ref="A1:B2"/></mergeCells>',
    )
    look = sheet.appearance
    assert look.hidden_rows == {1, 2}
    assert look.hidden_columns == {2, 3, 8}
    assert look.covered == {(0, 1), (1, 0), (1, 1)}
    assert not look.hidden


def test_formulas_that_nobody_has_computed_are_known_by_the_order_to_compute_them():
    row = '<row r="1"><c r="A1"><f>B1</f><v>0</v></c><c r="B1"><v>5</v></c></row>'
    assert sheet_of(row, calc='<calcPr fullCalcOnLoad="1"/>').stale == {"A1"}
    assert sheet_of(row).stale == frozenset()


@pytest.mark.parametrize(
    ("code", "text", "hidden"),
    [(";;;", "12", True), ("@", "12", False), ('@"①"', "12", True), ('@"件"', "12", False)],
)
def test_a_format_may_hide_a_text_too(code, text, hidden):
    assert hides_text(code, text, "count") is hidden
