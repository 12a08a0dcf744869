"""The cells of an .xlsx sheet and its shared texts in one plain spelling, or not at all.

Readers differ on what is spelt unusually: one takes ``<v>1<!-- -->2</v>`` for 1, one for 12; one
shows what stands in an element of another program, one doesn't.  What Excel, WPS and LibreOffice
write is let through as it is; anything else is read by a parser that keeps to the standard and
written anew; and what can't be understood by the main namespace alone is refused.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from xml.sax.saxutils import escape

from lxml import etree

from pipeline.ooxml.untrusted import UnreadableXml, read_xml
from pipeline.sheets.limits import FAR, MAX_CELLS, MAX_COLUMNS, MAX_ROWS, TooLarge
from pipeline.sheets.package import MAIN, STRICT
from pipeline.text.labels import column_letters, column_number

MAX_ODD: Final = 8 * 1024 * 1024
"""Bytes of XML that are written anew: its tree takes many times as many."""


class Foreign(Exception):
    """A sheet holds, among its cells, what only some programs show; the message says where."""


@dataclass(frozen=True, slots=True)
class PlainSheet:
    """A sheet's cells (``<row>`` elements) in the plain spelling, and what stands before and
    behind them as it was written.

    ``marked`` are texts within cells of which a part looks otherwise, by the cell's address.
    """

    head: bytes
    cells: bytes
    tail: bytes
    marked: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlainTexts:
    """The shared texts (``<si>`` elements) in the plain spelling; ``marked`` are those of which a
    part looks otherwise, by number, with how."""

    texts: bytes
    marked: Mapping[int, str]


# ------------------------------------------------------------------------ the usual spellings

_TEXT: Final = rb"(?:[^<&]++|&(?:amp|lt|gt|quot|apos);)*+"
_ATTRIBUTE: Final = rb'(?: (?!xmlns)[A-Za-z0-9:]++="[^"<]*+")'
_FORMULA: Final = rb"(?:<f%b*+(?:/>|>%b</f>))" % (_ATTRIBUTE, _TEXT)
_NUMBER: Final = (
    rb"(?:<v>[-+]?(?:[0-9]++(?:\.[0-9]*+)?+|\.[0-9]++)(?:[Ee][-+]?[0-9]++)?+</v>|<v></v>|<v/>)"
)
_PLAIN_CELL: Final = (
    rb'<c r="[A-Z]{1,2}+\1"(?: s="[0-9]{1,5}+")?+(?:/>'
    rb'| t="s"><v>[0-9]{1,7}+</v></c>'
    rb'|(?: t="n")?+>%b?+%b?+</c>'
    rb'| t="(?:str|e)">%b?+(?:<v>%b</v>|<v/>)?+</c>'
    rb'| t="b">%b?+<v>[01]</v></c>'
    rb'| t="inlineStr"><is><t(?: xml:space="preserve")?+>%b</t></is></c>)'
    % (_FORMULA, _NUMBER, _FORMULA, _TEXT, _FORMULA, _TEXT)
)
_ROWS: Final = re.compile(
    rb'(?:<row r="([1-9][0-9]{0,3}+)"%b*+(?:/>|>(?:%b)*+</row>))*+' % (_ATTRIBUTE, _PLAIN_CELL)
)
_ROOT: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:<\?xml[^>]*\?>\s*)?"
    rb'<(?:worksheet|sst)(?=[ >])[^>]* xmlns="%b"[^>]*>' % re.escape(MAIN.encode())
)
_HEAD: Final = re.compile(
    rb"(?:\s*</?(?:sheetPr|tabColor|outlinePr|pageSetUpPr|dimension|sheetViews|sheetView|pane"
    rb"|selection|sheetFormatPr|cols|col)%b*+ ?/?>)*+\s*" % _ATTRIBUTE
)
_TEXTS: Final = re.compile(
    rb'(?:<si>(?:<t(?: xml:space="preserve")?+>%b</t>|<t/>)(?:<phoneticPr%b*+/>)?+</si>|<si/>)*+'
    rb"</sst>\s*" % (_TEXT, _ATTRIBUTE)
)
_OPEN, _CLOSE, _EMPTY = b"<sheetData>", b"</sheetData>", b"<sheetData/>"
_PLACE: Final = re.compile(rb'<c r="([^"]*)')


def plain_sheet(part: bytes) -> PlainSheet:
    """The cells of a sheet's part.

    Raises:
        Foreign: something stands among the cells that isn't one.
        TooLarge: a cell is further away than any workbook of ours reaches.
        zipfile.BadZipFile: it is damaged, or a row or a cell stands twice.
    """
    usual = _usual_sheet(part) or _usual_sheet(_without_references(part))
    if usual is None:
        return _rewritten_sheet(part)
    places = _PLACE.findall(usual.cells)
    if len(set(places)) < len(places):
        raise zipfile.BadZipFile("a cell stands twice")
    return usual


def _usual_sheet(part: bytes) -> PlainSheet | None:
    """The sheet where it is spelt as usual, without looking at each element."""
    root = _ROOT.match(part)
    start, end = part.find(_OPEN), part.find(_CLOSE)
    if root is None or (b"utf-8" not in part[: root.end()].lower() and b"encoding" in part[:80]):
        return None
    if start < 0:
        start = end = part.find(_EMPTY)
        if start < 0:
            return None
    head = part[root.end() : start]
    opened = head.count(b"<") - head.count(b"/>") - 2 * head.count(b"</")
    if opened or _HEAD.fullmatch(head) is None:
        return None
    if start == end:
        return PlainSheet(head, b"", part[end + len(_EMPTY) :])
    start += len(_OPEN)
    if _ROWS.fullmatch(part, start, end) is None or part.find(b"sheetData", end + 9) >= 0:
        return None
    return PlainSheet(head, part[start:end], part[end + len(_CLOSE) :])


_REFERENCE: Final = re.compile(rb"&#(?:([0-9]{1,7})|[xX]([0-9A-Fa-f]{1,6}));")


def _without_references(part: bytes) -> bytes:
    """XML in which characters don't stand by number, save those that must; nothing where there
    are none."""
    return _REFERENCE.sub(_character, part) if b"&#" in part and b"<!" not in part else b""


def _character(reference: re.Match[bytes]) -> bytes:
    code = int(reference.group(1)) if reference.group(1) else int(reference.group(2), 16)
    if code < 0x20 or 0xD800 <= code < 0xE000 or code > 0x10FFFF:
        return reference.group()
    return escape(chr(code), {'"': "&quot;"}).encode()


def plain_texts(part: bytes) -> PlainTexts:
    """The shared texts of a workbook, by their part; raises as :func:`plain_sheet` does."""
    part = _without_references(part) or part
    root = _ROOT.match(part)
    if root is not None and _are_usual_texts(part, root.end()):
        return PlainTexts(part[root.end() : part.rfind(b"</sst>")], {})
    tree, space = _tree(part, "sst")
    texts, marked = [], {}
    for at, item in enumerate(tree.iterfind(f"{space}si")):
        text, look = _rich_text(item, space)
        texts.append(f'<si><t xml:space="preserve">{escape(text)}</t></si>'.encode())
        if look:
            marked[at] = look
    return PlainTexts(b"".join(texts), marked)


_ODD_REFERENCE: Final = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);)")


def _are_usual_texts(part: bytes, start: int) -> bool:
    """Whether the texts from a place on are spelt as usual; most writers spell all of them alike,
    which is seen sooner than each one looked at."""
    joined = part[start:].replace(b' xml:space="preserve"', b"")
    rest = joined.replace(b"</t></si><si><t>", b"\0")
    if _ODD_REFERENCE.search(rest) is None and rest.count(b"<") == 5 and b">" not in rest[7:-16]:
        return rest.startswith(b"<si><t>") and rest.rstrip().endswith(b"</t></si></sst>")
    return _TEXTS.fullmatch(part, start) is not None


# --------------------------------------------------------------------------- everything else


def _tree(part: bytes, kind: str) -> tuple[Any, str]:
    """The root of a part and the namespace that its elements are in, in braces."""
    if len(part) > MAX_ODD:
        raise TooLarge(FAR)
    try:
        root = read_xml(part)
    except UnreadableXml as error:
        raise zipfile.BadZipFile("a part is damaged") from error
    for space in (f"{{{MAIN}}}", f"{{{STRICT}}}"):
        if root.tag == f"{space}{kind}":
            return root, space
    raise zipfile.BadZipFile(f"no {kind}")


def _rewritten_sheet(part: bytes) -> PlainSheet:
    root, space = _tree(part, "worksheet")
    within = [e for e in root.iter() if etree.QName(e).localname == "sheetData"]
    if (
        len(within) != 1
        or within[0].tag != f"{space}sheetData"
        or within[0].getparent() is not root
    ):
        raise Foreign("各行之外")
    marked: dict[str, str] = {}
    lines: list[str] = []
    places: list[str] = []
    number = 0
    for row in within[0]:
        if row.tag != f"{space}row":
            raise Foreign(f"第{number}行之后")
        number = _row_number(row, number)
        cells = list(_rewritten_cells(row, number, space, marked))
        places += [place for place, _ in cells]
        if number > MAX_ROWS or len(places) > MAX_CELLS or len(lines) > MAX_ROWS:
            raise TooLarge(FAR)
        hidden = ' hidden="1"' if _is_set(row, "hidden") or row.get("ht") in ("0", "0.0") else ""
        text = "".join(text for _, text in cells)
        lines.append(f'<row r="{number}"{hidden}>{text}</row>')
    if len(set(places)) < len(places):
        raise zipfile.BadZipFile("a cell stands twice")
    return PlainSheet(_columns(root, space), "".join(lines).encode(), _behind(root, space), marked)


def _row_number(row: Any, above: int) -> int:
    """A row's number: what it or its first cell says, else the one after the row above."""
    said = row.get("r", "")
    if not said:
        first = next((cell.get("r", "") for cell in row), "")
        said = "".join(c for c in first if c.isdigit()) or str(above + 1)
    if not re.fullmatch(r"[0-9]{1,9}", said) or int(said) < 1:
        raise zipfile.BadZipFile("a row of no number")
    return int(said)


def _rewritten_cells(
    row: Any, number: int, space: str, marked: dict[str, str]
) -> Iterator[tuple[str, str]]:
    """The cells of a row, each with its address."""
    column = 0
    for cell in row:
        if cell.tag == f"{space}extLst":
            continue
        if cell.tag != f"{space}c":
            raise Foreign(f"第{number}行")
        said = cell.get("r", "")
        if said:
            place = re.fullmatch(r"\s*([A-Za-z]{1,3})([0-9]{1,9})\s*", said)
            if place is None:
                raise zipfile.BadZipFile("a cell of no place")
            column = column_number(place.group(1).upper())
            if int(place.group(2)) > MAX_ROWS or column > MAX_COLUMNS:
                raise TooLarge(FAR)
            if int(place.group(2)) != number:
                raise zipfile.BadZipFile("a cell of another row")
        else:
            column += 1
        if column > MAX_COLUMNS:
            raise TooLarge(FAR)
        address = f"{column_letters(column)}{number}"
        yield address, _rewritten_cell(cell, address, space, marked)


_TYPES: Final = frozenset({"n", "s", "str", "e", "b", "d", "inlineStr"})
_VALUES: Final = {
    "n": re.compile(r"\s*(?:[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[Ee][-+]?[0-9]+)?)?\s*"),
    "s": re.compile(r"\s*[0-9]{1,7}\s*"),
    "b": re.compile(r"\s*[01]\s*"),
}


def _rewritten_cell(cell: Any, address: str, space: str, marked: dict[str, str]) -> str:
    kind = cell.get("t", "n")
    found: dict[str, Any] = {}
    for child in cell:
        name = str(child.tag).removeprefix(space)
        if name == "extLst":
            continue
        if name not in ("f", "v", "is") or name in found or (name != "is" and len(child)):
            raise Foreign(address)
        found[name] = child
    if kind not in _TYPES or ("is" in found and kind != "inlineStr"):
        raise zipfile.BadZipFile("a cell of no kind")
    formula = f"<f>{escape(found['f'].text or '')}</f>" if "f" in found else ""
    if "is" in found:
        text, look = _rich_text(found["is"], space)
        if look:
            marked[address] = look
        value = f"<v>{escape(text)}</v>"
    else:
        value = (found["v"].text or "") if "v" in found else ""
        known = _VALUES.get(kind)
        if value and known is not None and known.fullmatch(value) is None:
            raise zipfile.BadZipFile("a value of no kind")
        value = (
            f"<v>{escape(value if kind in ('str', 'e') else value.strip())}</v>" if value else ""
        )
    style = cell.get("s", "")
    styled = f' s="{int(style)}"' if re.fullmatch("[0-9]{1,5}", style) else ""
    written = "str" if kind == "inlineStr" else kind
    typed = "" if kind == "n" or not value else f' t="{written}"'
    return f'<c r="{address}"{styled}{typed}>{formula}{value}</c>'


_LOOKS: Final = {"strike": "删除线", "superscript": "上标", "subscript": "下标"}


def _rich_text(item: Any, space: str) -> tuple[str, str]:
    """The text of an ``<si>`` or ``<is>`` as it is shown, and how a part of it looks otherwise
    than the rest; empty where none does."""
    texts: list[str] = []
    looks: set[str] = set()
    for child in item:
        name = str(child.tag).removeprefix(space)
        if name == "t" and not len(child):
            texts.append(child.text or "")
        elif name == "r":
            text, run_looks = _run(child, space)
            texts.append(text)
            looks |= run_looks if text.strip() else set()
        elif name == "rPh":
            looks.add("注音")
        elif name != "phoneticPr":
            raise Foreign("文字")
    return "".join(texts), "、".join(sorted(looks))


def _run(run: Any, space: str) -> tuple[str, set[str]]:
    texts, looks = [], set()
    for child in run:
        name = str(child.tag).removeprefix(space)
        if name == "t" and not len(child):
            texts.append(child.text or "")
        elif name == "rPr":
            strike, raised = child.find(f"{space}strike"), child.find(f"{space}vertAlign")
            if strike is not None and strike.get("val", "1") in ("1", "true"):
                looks.add(_LOOKS["strike"])
            if raised is not None and raised.get("val") in _LOOKS:
                looks.add(_LOOKS[raised.get("val")])
        else:
            raise Foreign("文字")
    return "".join(texts), looks


# ------------------------------------------------------------- what stands around the cells


def _columns(root: Any, space: str) -> bytes:
    hidden = [
        f'<col min="{column.get("min")}" max="{column.get("max")}" hidden="1"/>'
        for column in root.iterfind(f"{space}cols/{space}col")
        if _is_set(column, "hidden") or column.get("width") in ("0", "0.0")
    ]
    return "".join(hidden).encode()


def _behind(root: Any, space: str) -> bytes:
    """Merges and conditional formats, in the plain spelling."""
    merges = [
        f'<mergeCell ref="{escape(merge.get("ref", ""))}"/>'
        for merge in root.iterfind(f"{space}mergeCells/{space}mergeCell")
    ]
    formats = [
        f'<conditionalFormatting sqref="{escape(area.get("sqref", ""))}">'
        + "".join(f'<cfRule dxfId="{rule.get("dxfId", "")}"/>' for rule in area)
        + "</conditionalFormatting>"
        for area in root.iterfind(f"{space}conditionalFormatting")
    ]
    return "".join((*merges, *formats)).encode()


def _is_set(element: Any, attribute: str) -> bool:
    return element.get(attribute) in ("1", "true")
