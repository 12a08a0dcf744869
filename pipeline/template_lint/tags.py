"""The tags of a Word template where they stand: what each says, in which part, paragraph, table.

Reads a template as Word keeps it, where one tag may be cut into several runs of text.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from pipeline.ooxml.untrusted import read_xml
from pipeline.text.figures import truncate
from pipeline.text.wording import quoted

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_LITERAL = re.compile(r"\{_\{|\}_\}|\{_%|%_\}")
_PARTS = (
    ("word/document.xml", "正文"),
    ("word/header", "页眉"),
    ("word/footer", "页脚"),
    ("word/footnotes.xml", "脚注"),
    ("docProps/core.xml", "文件属性"),
)

Levels = Mapping[str, int]
"""Of a tag's surroundings: which body or cell (``p``), table (``tr``) and row (``tc``) it is in."""


@dataclass(frozen=True, kw_only=True)
class Tag:
    """A tag: its text as typed, where it stands, and what is wrong with how Word keeps it.

    ``alone`` is the other text of the paragraph, row or cell that docxtpl takes away with it;
    ``within`` tells the paragraph's, table's and row's own numbers.
    """

    text: str
    part: str
    place: str
    within: Levels = field(default_factory=dict)
    beside: Mapping[str, str] = field(default_factory=dict)
    formats: int = 1
    foreign: tuple[str, ...] = ()


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


def read_template(content: bytes) -> TemplateText:
    """The tags of a template.

    Raises:
        UnreadableTemplate: it isn't a .docx, or is damaged.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = package.namelist()
            trees = [
                (label, read_xml(package.read(name)))
                for start, label in _PARTS
                for name in sorted(names)
                if name.startswith(start) and name.endswith(".xml")
            ]
    except (zipfile.BadZipFile, OSError, RuntimeError, ValueError) as error:
        raise UnreadableTemplate(
            "不是 Word 文件（.docx），或者已经损坏。请用 Word 打开，另存为 .docx。"
        ) from error
    if "word/document.xml" not in names:
        raise UnreadableTemplate("不是 Word 文件（.docx）：里面没有正文。")
    tags: list[Tag] = []
    remnants: list[Remnant] = []
    for label, tree in trees:
        for found in _part(tree, label):
            (tags if isinstance(found, Tag) else remnants).append(found)  # type: ignore[arg-type]
    revised = any(
        next(tree.iter(f"{_W}ins", f"{_W}del", f"{_W}moveFrom"), None) is not None
        for _, tree in trees
    )
    return TemplateText(
        tags=tuple(tags),
        remnants=tuple(remnants),
        revised=revised,
        commented=any(name.startswith("word/comments") for name in names),
    )


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
    place = f"{label}{quoted(truncate(text.strip(), 30))}一段"
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
