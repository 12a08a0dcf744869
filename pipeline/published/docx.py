"""Reading a Word file (.docx) as paragraphs and tables.

The parts of the package are read with lxml itself: python-docx passes over inserted text of
tracked changes, content controls and automatic numbers, and a report that comes back from an
official has all three.  Only what the page shows is read.
"""

from __future__ import annotations

import io
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipeline.ooxml.parts import DOCUMENT, find_part, read_part
from pipeline.ooxml.untrusted import UnreadableXml
from pipeline.ooxml.visible_text import TextStyles, keep_visible
from pipeline.published.document import (
    MAX_BYTES,
    Block,
    Document,
    DraftCell,
    Paragraph,
    UnreadableReport,
    settled,
)

Element = Any
"""An lxml element; its stubs know too little of namespaces to be of use here."""

_ASIDE = frozenset({"rubyPr", "sdtPr", "pPr", "rPr", "drawing", "pict"})
_WRAPPERS = frozenset({"sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo", "body"})


_CHANGES = ("ins", "del", "moveFrom", "moveTo", "cellIns", "cellDel")


def read_docx(content: bytes) -> Document:
    """Read a Word file from its bytes.

    Raises:
        UnreadableReport: it is not a Word file, is encrypted or damaged, or is far too large.
    """
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableReport("是旧的 .doc 文件，或设有打开密码")
    try:
        parts = _xml_parts(content)
        name = find_part(parts, DOCUMENT)
        body = read_part(parts, name)
        styles = read_part(parts, find_part(parts, "styles", name))
        numbers = _Numbers.of(read_part(parts, find_part(parts, "numbering", name)), styles)
        title = _core_title(read_part(parts, find_part(parts, "core-properties")))
    except (zipfile.BadZipFile, UnreadableXml, NotImplementedError, RuntimeError) as error:
        raise UnreadableReport("不是完好的 Word 文件") from error
    if body is None:
        raise UnreadableReport("不是 Word 文件")
    found = [child for child in body if _name(child) == "body"]
    if not found:
        return Document((), title)
    changes = Counter(map(_name, found[0].iter()))
    removed = keep_visible(body, TextStyles.of(styles))
    counts = Counter(map(_name, found[0].iter()))
    return Document(
        tuple(_blocks(found[0], numbers)),
        title,
        changes=sum(changes[name] for name in _CHANGES),
        remarks=counts["commentReference"] + sum(map(_is_box, found[0].iter())),
        unseen=removed.hidden + removed.struck + removed.foreign + removed.unreadable,
    )


def _xml_parts(content: bytes) -> dict[str, bytes]:
    """The parts of a package that may be XML.

    Raises:
        UnreadableReport: together they are far too large.
    """
    parts: dict[str, bytes] = {}
    left = MAX_BYTES
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for name in package.namelist():
            if name.endswith((".xml", ".rels")) and name not in parts:
                with package.open(name) as part:
                    parts[name] = part.read(left + 1)
                left -= len(parts[name])
                if left < 0:
                    raise UnreadableReport("文件过大")
    return parts


def _core_title(core: Element | None) -> str:
    if core is None:
        return ""
    return next((child.text or "" for child in core if _name(child) == "title"), "")


def _name(element: Element) -> str:
    """An element's name without its namespace: the strict form of the format has another."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _value(element: Element | None, name: str = "val") -> str:
    if element is None:
        return ""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return ""


def _child(element: Element | None, *path: str) -> Element | None:
    for name in path:
        if element is None:
            return None
        element = next((child for child in element if _name(child) == name), None)
    return element


def _whole(text: str, default: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 7 else default


# --------------------------------------------------------------------------------- the text


def _is_box(element: Element) -> bool:
    """Whether an element is a text box with something in it."""
    return _name(element) == "txbxContent" and bool("".join(element.itertext()).strip())


def _blocks(parent: Element, numbers: _Numbers) -> Iterator[Block]:
    before = ""
    for child in parent:
        name = _name(child)
        if name == "p":
            text = before + _text(child)
            before = ""
            if _child(child, "pPr", "rPr", "del") is not None:
                # Its end is taken out: the next paragraph goes on from here.
                before = text
                continue
            number = numbers.next(child)
            for line in text.split("\n"):
                yield Paragraph(line.strip(), number)
                number = ""
        elif name == "tbl":
            yield from _table(child, numbers)
        elif name in _WRAPPERS:
            yield from _blocks(child, numbers)
    if before:
        yield Paragraph(before.strip())


def _text(element: Element) -> str:
    """The text of a paragraph as it would stand with all changes accepted."""
    pieces: list[str] = []
    for child in element:
        name = _name(child)
        if name == "t":
            pieces.append(child.text or "")
        elif name == "tab":
            pieces.append("\t")
        elif name in ("br", "cr"):
            pieces.append("\n")
        elif name == "noBreakHyphen":
            pieces.append("-")
        elif name not in _ASIDE:
            pieces.append(_text(child))
    return "".join(pieces)


# -------------------------------------------------------------------------------- the tables


def _table(element: Element, numbers: _Numbers) -> tuple[Block, ...]:
    rows: list[list[DraftCell | None]] = []
    open_: dict[int, tuple[int, int]] = {}
    for row in _inside(element, "tr"):
        properties = _child(row, "trPr")
        if _child(properties, "del") is not None:
            continue
        drafts: list[DraftCell | None] = []
        column = _whole(_value(_child(properties, "gridBefore")), 0)
        if column:
            drafts.append(DraftCell((), colspan=column))
        for cell in _inside(row, "tc"):
            layout = _child(cell, "tcPr")
            if _child(layout, "cellDel") is not None:
                continue
            span = _whole(_value(_child(layout, "gridSpan")), 1)
            merge = _child(layout, "vMerge")
            above = open_.get(column)
            goes_on = merge is not None and _value(merge) != "restart"
            # A cell of another width goes on from nothing: its own beginning was cut off.
            if goes_on and above is not None and _width(rows, above) == span:
                _extended(rows, above)
                drafts.append(None)
            else:
                blocks = tuple(_blocks(cell, numbers))
                open_.pop(column, None)
                if merge is not None:
                    open_[column] = (len(rows), len(drafts))
                drafts.append(DraftCell(blocks, colspan=span))
            column += span
        rows.append(drafts)
    return settled([[draft for draft in drafts if draft is not None] for drafts in rows])


def _width(rows: list[list[DraftCell | None]], at: tuple[int, int]) -> int:
    draft = rows[at[0]][at[1]]
    return draft.colspan if draft is not None else 0


def _extended(rows: list[list[DraftCell | None]], at: tuple[int, int]) -> None:
    """A vertical merge goes on for one row more."""
    draft = rows[at[0]][at[1]]
    if draft is not None:
        rows[at[0]][at[1]] = DraftCell(draft.blocks, draft.rowspan + 1, draft.colspan)


def _inside(element: Element, wanted: str) -> Iterator[Element]:
    for child in element:
        name = _name(child)
        if name == wanted:
            yield child
        elif name in _WRAPPERS:
            yield from _inside(child, wanted)


# ------------------------------------------------------------------------- automatic numbers


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    form: str
    text: str


class _Numbers:
    """The automatic numbers of a document's paragraphs, counted as they go by."""

    def __init__(
        self, levels: dict[str, dict[int, _Level]], styles: dict[str, tuple[str, int]]
    ) -> None:
        self.levels = levels
        self.styles = styles
        self.counts: dict[str, dict[int, int]] = defaultdict(dict)

    @classmethod
    def of(cls, numbering: Element | None, styles: Element | None) -> _Numbers:
        abstract: dict[str, dict[int, _Level]] = {}
        levels: dict[str, dict[int, _Level]] = {}
        for child in numbering if numbering is not None else ():
            key = _value(child, "abstractNumId")
            if _name(child) == "abstractNum":
                abstract[key] = dict(map(_level, _inside(child, "lvl")))
            elif _name(child) == "num":
                own = dict(abstract.get(_value(_child(child, "abstractNumId")), {}))
                for override in _inside(child, "lvlOverride"):
                    own.update(map(_level, _inside(override, "lvl")))
                levels[_value(child, "numId")] = own
        named: dict[str, tuple[str, int]] = {}
        for style in styles if styles is not None else ():
            own_number = _numbered(_child(style, "pPr", "numPr"))
            if own_number is not None:
                named[_value(style, "styleId")] = own_number
        return cls(levels, named)

    def next(self, paragraph: Element) -> str:
        """The number printed before a paragraph, empty where there is none."""
        properties = _child(paragraph, "pPr")
        style = _value(_child(properties, "pStyle"))
        own = _numbered(_child(properties, "numPr")) or self.styles.get(style)
        if own is None or own[0] not in self.levels or own[1] not in self.levels[own[0]]:
            return ""
        key, depth = own
        levels, counts = self.levels[key], self.counts[key]
        counts[depth] = counts.get(depth, levels[depth].start - 1) + 1
        for deeper in [level for level in counts if level > depth]:
            del counts[deeper]
        text = levels[depth].text
        for level, declared in levels.items():
            if f"%{level + 1}" in text:
                count = counts.get(level, declared.start)
                text = text.replace(f"%{level + 1}", _counted(count, declared.form))
        return text


def _numbered(properties: Element | None) -> tuple[str, int] | None:
    if properties is None:
        return None
    key = _value(_child(properties, "numId"))
    return (key, _whole(_value(_child(properties, "ilvl")), 0)) if key else None


def _level(element: Element) -> tuple[int, _Level]:
    form = _value(_child(element, "numFmt"))
    text = _value(_child(element, "lvlText"))
    return _whole(_value(element, "ilvl"), 0), _Level(
        start=_whole(_value(_child(element, "start")), 1),
        form=form,
        text="" if form in ("none", "bullet") else text,
    )


_DIGITS = "零一二三四五六七八九"


def _counted(count: int, form: str) -> str:
    """A number in the digits that a numbering format prints; Arabic ones where it is unknown."""
    chinese = ("chinese", "ideograph", "japanese", "taiwanese", "korean")
    if not form.startswith(chinese) or not 0 < count < 100:
        return str(count)
    tens, ones = divmod(count, 10)
    return ("" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十") + (
        _DIGITS[ones] if ones else ""
    )
