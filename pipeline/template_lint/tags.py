"""The tags of a Word template where they stand: what each says, in which part, paragraph, table.

Reads a template as Word keeps it, where one tag may be cut into several runs of text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from lxml import etree

from pipeline.ooxml.parts import DOCUMENT, Parts, find_part, read_part, read_relationships
from pipeline.ooxml.untrusted import read_xml
from pipeline.ooxml.visible_text import TextStyles, keep_visible
from pipeline.text.figures import truncate
from pipeline.text.wording import quoted

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_LITERAL = re.compile(r"\{_\{|\}_\}|\{_%|%_\}")
_PARTS = {"header": "页眉", "footer": "页脚", "footnotes": "脚注"}
"""The parts besides the main one that are filled in, by their relationship to it."""

Levels = Mapping[str, int]
"""Of a tag's surroundings: which body or cell (``p``), table (``tr``) and row (``tc``) it is in."""


@dataclass(frozen=True, kw_only=True)
class Tag:
    """A tag: its text as typed, where it stands, and what is wrong with how Word keeps it.

    ``alone`` is the other text of the paragraph, row or cell that docxtpl takes away with it;
    ``within`` tells the paragraph's, table's and row's own numbers; ``runs`` are those of text
    that it is cut over, and ``hidden`` tells that a page wouldn't show what it prints.
    """

    text: str
    part: str
    place: str
    within: Levels = field(default_factory=dict)
    beside: Mapping[str, str] = field(default_factory=dict)
    formats: int = 1
    foreign: tuple[str, ...] = ()
    runs: tuple[etree._Element, ...] = field(default=(), compare=False, repr=False)
    hidden: bool = False


@dataclass(frozen=True, kw_only=True)
class Remnant:
    """Text that looks like a piece of a tag and is none."""

    text: str
    place: str
    wide: bool


@dataclass(frozen=True, kw_only=True)
class TemplateText:
    """What a template has: its tags by part, in order, and what looks like one."""

    tags: tuple[Tag, ...]
    remnants: tuple[Remnant, ...]
    revised: bool = False
    commented: bool = False


class UnreadableTemplate(Exception):
    """The file is no Word document: why, in Chinese."""


def text_parts(parts: Parts) -> Iterator[tuple[str, str]]:
    """The parts of a template that are filled in: their names, and what people call them."""
    main = find_part(parts, DOCUMENT)
    yield main, "正文"
    for link in read_relationships(parts, main):
        if link.kind in _PARTS and link.target in parts:
            yield link.target, _PARTS[link.kind]
    core = find_part(parts, "core-properties")
    if core:
        yield core, "文件属性"


def read_template(parts: Parts) -> TemplateText:
    """The tags of a template.

    Raises:
        UnreadableTemplate: it isn't a Word document.
        UnreadableXml: a part is no well-formed XML.
    """
    main = find_part(parts, DOCUMENT)
    if not main:
        raise UnreadableTemplate("不是 Word 文件（.docx）：里面没有正文。")
    trees = [(label, read_xml(parts[name])) for name, label in dict(text_parts(parts)).items()]
    if not str(trees[0][1].tag).startswith(_W):
        raise UnreadableTemplate(
            "不是普通的 Word 文件。请用 Word 打开，另存为“Word 文档（.docx）”。"
        )
    styles = TextStyles.of(read_part(parts, find_part(parts, "styles", main)))
    revised = any(
        next(tree.iter(f"{_W}ins", f"{_W}del", f"{_W}moveFrom"), None) is not None
        for _, tree in trees
    )
    tags: list[Tag] = []
    remnants: list[Remnant] = []
    for label, tree in trees:
        found = list(_part(tree, label))
        remnants += [one for one in found if isinstance(one, Remnant)]
        tags += _with_visibility([one for one in found if isinstance(one, Tag)], tree, styles)
    return TemplateText(
        tags=tuple(tags),
        remnants=tuple(remnants),
        revised=revised,
        commented=any("comments" in name for name in parts),
    )


def _with_visibility(tags: list[Tag], tree: etree._Element, styles: TextStyles) -> Iterator[Tag]:
    """The tags of a part, with whether a page would show them; of an alternative's branches the
    one that isn't taken doesn't count."""
    branched = {
        run
        for tag in tags
        for run in tag.runs
        if next(run.iterancestors("{*}AlternateContent"), None) is not None
    }
    keep_visible(tree, styles)
    for tag in tags:
        shown = all(
            run in branched or (tree in run.iterancestors() and run.find(f"{_W}t") is not None)
            for run in tag.runs
        )
        yield replace(tag, hidden=not shown)


def _part(tree: etree._Element, label: str) -> Iterator[Tag | Remnant]:
    numbers: dict[etree._Element, int] = {}
    tables = 0
    for element in tree.iter(etree.Element):
        numbers[element] = len(numbers)
        if element.tag == f"{_W}tbl":
            tables += 1
        if element.tag == f"{_W}p":
            yield from _paragraph(element, label, numbers)
        elif not str(element.tag).startswith(_W) and label == "文件属性":
            yield from (
                Tag(text=found, part=label, place=label)
                for found in TAG.findall(element.text or "")
            )
        else:
            for value in element.attrib.values():
                for found in TAG.findall(str(value)):
                    yield Tag(text=found, part=label, place=f"{label}第{tables}个表的替代文字")


def _own_runs(paragraph: etree._Element) -> list[etree._Element]:
    """A paragraph's runs, without those of text boxes in it."""
    return [
        run
        for run in paragraph.iter(f"{_W}r")
        if next(run.iterancestors(f"{_W}p"), None) is paragraph
    ]


def _text(run: etree._Element) -> str:
    marks = {f"{_W}tab": "\t", f"{_W}br": "\n"}
    return "".join(
        (piece.text or "") if piece.tag == f"{_W}t" else marks.get(str(piece.tag), "")
        for piece in run
    )


def _whole(element: etree._Element) -> str:
    return "".join(text.text or "" for text in element.iter(f"{_W}t"))


def paragraph_place(paragraph: etree._Element, label: str) -> str:
    """Where a paragraph stands, by the words in it; ``label`` is what its part is called."""
    text = "".join(map(_text, _own_runs(paragraph)))
    return f"{label}{quoted(truncate(text.strip(), 30))}一段"


def _paragraph(
    paragraph: etree._Element, label: str, numbers: Mapping[etree._Element, int]
) -> Iterator[Tag | Remnant]:
    runs = _own_runs(paragraph)
    starts, text = [], ""
    for run in runs:
        starts.append(len(text))
        text += _text(run)
    if not re.search(r"[{}｛｝%％#＃]", text):
        return
    place = paragraph_place(paragraph, label)
    within, beside = _surroundings(paragraph, text, numbers)
    for found in TAG.finditer(text):
        cut = [
            run
            for run, start in zip(runs, starts, strict=True)
            if start < found.end() and start + len(_text(run)) > found.start()
        ]
        yield Tag(
            text=found.group(),
            part=label,
            place=place,
            within=within,
            beside=beside,
            formats=len({_format(run) for run in cut}),
            foreign=tuple(_between(cut)),
            runs=tuple(cut),
        )
    rest = _LITERAL.sub("", TAG.sub("", text))
    for remnant in re.findall(r"\{\{[^{}]*|\{%[^{}]*|\{#[^{}]*|[^{}]*\}\}|[^{}]*%\}", rest):
        yield Remnant(text=remnant.strip(), place=place, wide=False)
    for remnant in re.findall(r"[｛{][｛{%％][^｝}]*[｝}]*|｛.*?｝", rest):
        if re.search("[｛｝％]", remnant):
            yield Remnant(text=remnant.strip(), place=place, wide=True)


def _surroundings(
    paragraph: etree._Element, text: str, numbers: Mapping[etree._Element, int]
) -> tuple[Levels, dict[str, str]]:
    """Where a paragraph stands, and what other text its row and cell have."""
    row = next(paragraph.iterancestors(f"{_W}tr"), None)
    cell = next(paragraph.iterancestors(f"{_W}tc"), None)
    table = next(paragraph.iterancestors(f"{_W}tbl"), None)
    parent = paragraph.getparent()
    within = {
        level: numbers[element] if element is not None else -1
        for level, element in (("p", parent), ("tr", table), ("tc", row), ("r", paragraph))
        if element is None or element in numbers
    }
    beside = {"p": text}
    if row is not None and cell is not None:
        beside |= {"tr": _whole(row), "tc": _whole(cell)}
    return within, beside


_IGNORED = {"lang", "noProof"}


def _format(run: etree._Element) -> bytes:
    """A run's formatting as far as it is seen; Word notes the spelling's language in each run."""
    properties = run.find(f"{_W}rPr")
    if properties is None:
        return b""
    seen = [x for x in properties if etree.QName(x).localname not in _IGNORED]
    for fonts in properties.iter(f"{_W}rFonts"):
        if set(fonts.attrib) <= {f"{_W}hint"}:
            seen = [x for x in seen if x is not fonts]
    return b"".join(etree.tostring(x, method="c14n") for x in seen)


_FOREIGN = {
    "hyperlink": "超链接",
    "fldChar": "域",
    "fldSimple": "域",
    "ins": "修订",
    "del": "修订",
    "br": "换行",
    "tab": "制表符",
    "sdt": "内容控件",
    "smartTag": "智能标记",
}


def _between(cut: list[etree._Element]) -> Iterator[str]:
    """What stands in the midst of a tag that is cut over several runs, or over lines."""
    inside: set[str] = set()
    for run in cut:
        inside |= {etree.QName(piece).localname for piece in run}
    wrapped = {run.getparent() for run in cut}
    if len(wrapped) > 1:
        inside |= {etree.QName(parent).localname for parent in wrapped if parent is not None}
    yield from dict.fromkeys(_FOREIGN[name] for name in sorted(inside) if name in _FOREIGN)
