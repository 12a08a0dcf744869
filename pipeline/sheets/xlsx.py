"""The sheets of an .xlsx package: a plain package for the native reader, and how the cells look."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Final
from xml.sax.saxutils import quoteattr, unescape

from pipeline.ooxml.untrusted import read_xml
from pipeline.sheets.appearance import Appearance, Spot, Spots
from pipeline.sheets.cells_xml import PlainSheet, PlainTexts
from pipeline.sheets.limits import MAX_CELLS, MAX_COLUMNS, TooLarge
from pipeline.sheets.number_formats import BUILT_IN, is_plain
from pipeline.sheets.package import MAIN
from pipeline.text.labels import address, column_number

# --------------------------------------------------------------------------------- formats


@dataclass(frozen=True, kw_only=True, slots=True)
class Formats:
    """The cell formats of a workbook by number: the code of each (empty: General) and those that
    may show a whole number as another, those in struck-out type, and the codes of conditional
    formats; ``part`` is what tells numbers from dates, in the plain spelling."""

    known: Sequence[str]
    codes: Mapping[int, str]
    struck: frozenset[int]
    conditional: Mapping[int, str]
    part: bytes


@lru_cache(maxsize=64)
def formats_of(styles: bytes) -> Formats:
    """The formats of a workbook, by its part of styles; cached, since forms are issued alike.

    Raises:
        UnreadableXml: the part is damaged.
    """
    root = read_xml(styles)
    own = {e.get("numFmtId", ""): e.get("formatCode", "") for e in root.iterfind("{*}numFmts/*")}
    known = {str(number): code for number, code in BUILT_IN.items()} | own
    fonts = [
        any(e.get("val", "1") in ("1", "true") for e in font.iterfind("{*}strike"))
        for font in root.iterfind("{*}fonts/{*}font")
    ]
    xfs = list(root.iterfind("{*}cellXfs/{*}xf"))
    codes = [known.get(xf.get("numFmtId", "0"), "") for xf in xfs]
    font_of = [int(f) if (f := xf.get("fontId", "0")).isdecimal() else 0 for xf in xfs]
    conditional = [e.find("{*}numFmt") for e in root.iterfind("{*}dxfs/{*}dxf")]
    return Formats(
        known=codes,
        codes={at: code for at, code in enumerate(codes) if not is_plain(code)},
        struck=frozenset(
            at for at, font in enumerate(font_of) if font < len(fonts) and fonts[font]
        ),
        conditional={
            at: code
            for at, one in enumerate(conditional)
            if one is not None and not is_plain(code := one.get("formatCode", ""))
        },
        part=_plain_styles(own, [xf.get("numFmtId", "0") for xf in xfs]),
    )


NO_FORMATS: Final = Formats(known=(), codes={}, struck=frozenset(), conditional={}, part=b"")


def _plain_styles(codes: Mapping[str, str], numbers: Sequence[str]) -> bytes:
    named = "".join(
        f"<numFmt numFmtId={quoteattr(number)} formatCode={quoteattr(code)}/>"
        for number, code in codes.items()
    )
    xfs = "".join(f"<xf numFmtId={quoteattr(number)}/>" for number in numbers)
    return (
        f'<styleSheet xmlns="{MAIN}"><numFmts>{named}</numFmts><cellXfs>{xfs}</cellXfs></styleSheet>'
    ).encode()


# ----------------------------------------------------------------------- the plain package

_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"


def plain_package(
    sheets: Sequence[tuple[str, PlainSheet]], texts: PlainTexts, formats: Formats, since_1904: bool
) -> Iterator[tuple[str, bytes]]:
    """The parts of a package of some sheets by name, with nothing in it but cells."""
    yield from _frame(tuple(name for name, _ in sheets), since_1904)
    yield "xl/sharedStrings.xml", b'<sst xmlns="%b">%b</sst>' % (MAIN.encode(), texts.texts)
    if formats.part:
        yield "xl/styles.xml", formats.part
    for at, (_, sheet) in enumerate(sheets):
        # An error is kept as its text: the native reader takes it for a blank cell.
        cells = sheet.cells
        if b' t="e"' in cells:
            cells = cells.replace(b' t="e"', b' t="str"')
        yield (
            f"xl/worksheets/sheet{at}.xml",
            b'<worksheet xmlns="%b"><sheetData>%b</sheetData></worksheet>' % (MAIN.encode(), cells),
        )


@lru_cache(maxsize=64)
def _frame(names: tuple[str, ...], since_1904: bool) -> tuple[tuple[str, bytes], ...]:
    """The parts that say what is where."""
    sheets = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{at + 1}" r:id="rId{at}"/>'
        for at, name in enumerate(names)
    )
    kinds = [(f"rId{at}", "worksheet", f"worksheets/sheet{at}.xml") for at in range(len(names))]
    kinds += [("strings", "sharedStrings", "sharedStrings.xml"), ("styles", "styles", "styles.xml")]
    links = "".join(
        f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for name, kind, target in kinds
    )
    book = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}">'
        f'<workbookPr date1904="{int(since_1904)}"/><sheets>{sheets}</sheets></workbook>'
    )
    root = f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    rels = '<Relationships xmlns="{}/relationships">{}</Relationships>'
    return (
        ("_rels/.rels", rels.format(_PACKAGE, root).encode()),
        ("xl/workbook.xml", book.encode()),
        ("xl/_rels/workbook.xml.rels", rels.format(_PACKAGE, links).encode()),
    )


# ------------------------------------------------------------------------------ appearance

_UNCACHED: Final = re.compile(
    rb'<c r="([A-Z]+)([0-9]+)"(?: s="[0-9]+")?(?: t="[a-z]+")?>'
    rb"(?:<f[^>]*/>|<f(?: [^>]*)?>([^<]*)</f>)(?:<v></v>|<v/>)?</c>"
)
_COMPUTED: Final = re.compile(r'<c r="([A-Z]+[0-9]+)"(?: s="[0-9]+")?(?: t="[a-z]+")?><f')
_HIDDEN_ROW: Final = re.compile(rb'<row r="([0-9]+)"[^>]* (?:hidden="(?:1|true)"|ht="0(?:\.0*)?")')
_COLUMN: Final = re.compile(rb"<col [^>]*>")
_MERGE: Final = re.compile(rb'<mergeCell ref="([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)"')
_AREA: Final = re.compile(
    rb'<conditionalFormatting[^>]* sqref="([^"]*)"[^>]*>(.*?)</conditionalFormatting>', re.DOTALL
)


def uncached_formulas(cells: bytes) -> Mapping[Spot, str]:
    """The formulas of a sheet that have no result."""
    results = cells.count(b"</f><v>") - cells.count(b"</f><v></v>")
    if cells.count(b"<f") == results:
        return {}
    return {_spot(letters, row): _formula(text) for letters, row, text in _UNCACHED.findall(cells)}


def computed_formulas(cells: bytes) -> frozenset[str]:
    """The addresses of the cells of a sheet that have a formula, where the result of any is the
    nought that a program writes in place of one."""
    if b"</f><v>0" not in cells:
        return frozenset()
    return frozenset(_COMPUTED.findall(cells.decode("utf-8", "replace")))


def appearance_of(
    sheet: PlainSheet, texts: PlainTexts, formats: Formats, hidden: bool
) -> Appearance:
    """How the cells of a sheet look."""
    cells = sheet.cells
    rows = _HIDDEN_ROW.findall(cells) if b"hidden=" in cells or b' ht="0' in cells else ()
    columns = _hidden_columns(sheet.head) if b"<col " in sheet.head else frozenset()
    return Appearance(
        codes=_codes(sheet, formats),
        marked=_marked(sheet, texts, formats),
        covered=_covered(sheet.tail),
        hidden_rows=frozenset(int(row) - 1 for row in rows),
        hidden_columns=columns,
        hidden=hidden,
        code_of=partial(_code_of, cells, formats.known),
    )


def _code_of(cells: bytes, codes: Sequence[str], spot: Spot) -> str:
    style = re.search(rb'<c r="%b" s="([0-9]+)"' % address(*spot).encode(), cells)
    at = int(style.group(1)) if style is not None else 0
    return codes[at] if at < len(codes) else ""


def _spot(letters: bytes, row: bytes) -> Spot:
    return int(row) - 1, column_number(letters.decode()) - 1


def _formula(text: bytes) -> str:
    plain = text.decode("utf-8", "replace") or "…"
    return "=" + unescape(plain, {"&quot;": '"', "&apos;": "'"})


def _styled(
    cells: bytes, styles: Mapping[int, object] | frozenset[int]
) -> Iterator[tuple[Spot, int]]:
    """The cells in one of some formats, and the format's number."""
    if styles:
        wanted = b"|".join(b"%d" % style for style in sorted(styles))
        for letters, row, style in re.findall(rb'<c r="([A-Z]+)([0-9]+)" s="(%b)"' % wanted, cells):
            yield _spot(letters, row), int(style)


def _codes(sheet: PlainSheet, formats: Formats) -> Mapping[Spot, str]:
    found = {spot: formats.codes[style] for spot, style in _styled(sheet.cells, formats.codes)}
    if formats.conditional and b"<cfRule" in sheet.tail:
        for areas, rules in _AREA.findall(sheet.tail):
            numbers = [int(n) for n in re.findall(rb'dxfId="([0-9]{1,6})"', rules)]
            codes = [formats.conditional[n] for n in numbers if n in formats.conditional]
            for code in codes[:1]:
                found |= dict.fromkeys(_within(areas), code)
    return found


def _marked(sheet: PlainSheet, texts: PlainTexts, formats: Formats) -> Mapping[Spot, str]:
    found = {spot: "删除线" for spot, _ in _styled(sheet.cells, formats.struck)}
    if texts.marked:
        wanted = b"|".join(b"%d" % at for at in sorted(texts.marked))
        for letters, row, at in re.findall(
            rb'<c r="([A-Z]+)([0-9]+)"[^>]* t="s"><v>(%b)</v>' % wanted, sheet.cells
        ):
            found[_spot(letters, row)] = texts.marked[int(at)]
    for place, look in sheet.marked.items():
        letters = place.rstrip("0123456789")
        found[_spot(letters.encode(), place[len(letters) :].encode())] = look
    return found


def _hidden_columns(head: bytes) -> frozenset[int]:
    found: set[int] = set()
    for column in _COLUMN.findall(head):
        if re.search(rb' (?:hidden="(?:1|true)"|width="0(?:\.0*)?")', column):
            first, last = (
                re.search(rb' %b="([0-9]{1,6})"' % end, column) for end in (b"min", b"max")
            )
            if first is not None and last is not None:
                found |= set(range(int(first[1]) - 1, min(int(last[1]), MAX_COLUMNS)))
    return frozenset(found)


def _covered(tail: bytes) -> Spots:
    start = tail.find(b"<mergeCell ")
    if start < 0:
        return frozenset()
    end = tail.find(b"</mergeCells>", start)
    return _under_merges(tail[start:end] if end > 0 else tail[start:])


@lru_cache(maxsize=256)
def _under_merges(merges: bytes) -> Spots:
    """The cells of merged areas but the first of each; cached, since forms are issued alike."""
    areas = [(_spot(one[0], one[1]), _spot(one[2], one[3])) for one in _MERGE.findall(merges)]
    return frozenset(_laid_out(areas)) - {first for first, _ in areas}


def _within(areas: bytes) -> Iterator[Spot]:
    corners = re.findall(rb"\$?([A-Z]+)\$?([0-9]+)(?::\$?([A-Z]+)\$?([0-9]+))?", areas)
    return _laid_out(
        [(_spot(one[0], one[1]), _spot(one[2] or one[0], one[3] or one[1])) for one in corners]
    )


def _laid_out(areas: Sequence[tuple[Spot, Spot]]) -> Iterator[Spot]:
    """The cells of some areas; of one beyond what a form may have, those that it may have.

    Raises:
        TooLarge: they are more than the cells of any workbook of ours.
    """
    left = MAX_CELLS
    for (top, first), (bottom, last) in areas:
        rows = range(top, min(bottom, top + _MOST) + 1)
        columns = range(first, min(last, first + _MOST) + 1)
        left -= len(rows) * len(columns)
        if left < 0:
            raise TooLarge("合并或设了条件格式的单元格过多")
        yield from ((row, column) for row in rows for column in columns)


_MOST: Final = 400
"""Rows and columns of an area beyond these have no figure of ours in them."""
