"""The outline of a published report: whose it is, of which year, its sections and their parts.

Headings are known by the edition's words and the variants seen in real reports; one that is
worded otherwise is known by its number and by standing between its neighbours.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.model.edition import Edition, Part, Section, unnumbered
from pipeline.published.document import Block, Cell, Document, Grid, Paragraph
from pipeline.published.title import YEAR, plain, titled
from pipeline.text.labels import normalise

LONGEST_HEADING = 40
"""Of a heading, in characters; a longer line is a sentence."""


@dataclass(frozen=True, slots=True)
class FoundPart:
    """A piece of a section: the edition's part it is (empty: one of the unit's own, or the
    text before any), the number and heading as printed, and its paragraphs."""

    part: str
    number: str
    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FoundSection:
    """A section as it was found: its number (0 where none is printed), its heading as printed.

    ``table`` is the key of the edition's table that stands in it, empty for prose.
    ``worded`` tells that the heading has the edition's words or a known variant of them.
    ``blocks`` is everything up to the next section's heading.
    """

    key: str
    table: str
    number: int
    heading: str
    worded: bool
    parts: tuple[FoundPart, ...]
    blocks: tuple[Block, ...]

    @property
    def paragraphs(self) -> tuple[str, ...]:
        return tuple(text for part in self.parts for text in part.paragraphs)


@dataclass(frozen=True, slots=True)
class Outline:
    """``year`` is 0 and ``unit`` empty where the title doesn't tell them."""

    title: str
    unit: str
    year: int
    sections: tuple[FoundSection, ...]


# ----------------------------------------------------------------------------- its sections

_ORDINAL = re.compile(
    r"^\s*(?:第?([一二三四五六七八九十]{1,3})(?:部分|章|、|\s*[.．,，:：]|\s))\s*"
)
_DIGITS = "一二三四五六七八九"


def ordinal(text: str) -> tuple[int, str]:
    """A heading's number, 0 where it has none, and the rest of it: 「三、收到…」 → 3, 收到…."""
    found = _ORDINAL.match(text)
    if not found:
        return 0, text.strip()
    return _counted(found.group(1)), text[found.end() :].strip()


def _counted(digits: str) -> int:
    tens, _, ones = digits.rpartition("十")
    if "十" not in digits:
        return _DIGITS.index(digits) + 1 if len(digits) == 1 else 0
    return 10 * (_DIGITS.index(tens) + 1 if tens in list(_DIGITS) else 1) + (
        _DIGITS.index(ones) + 1 if ones else 0
    )


@dataclass(frozen=True, slots=True)
class _Heading:
    at: int
    section: Section
    number: int
    text: str
    worded: bool
    rest: str = ""


def outlined(document: Document, edition: Edition, source: str) -> Outline:
    """Find a report's title, its sections and their parts, in an edition's words.

    ``source`` is the file's name, which may tell the unit and year where the text doesn't.
    """
    blocks = tuple(_parted(document.blocks, edition))
    headings = _headings(blocks, edition)
    first = min((heading.at for heading in headings), default=len(blocks))
    stem = source.rpartition("/")[2].rpartition(".")[0]
    title, unit, year = titled(blocks, first, edition.title, (document.title, stem))
    order = sorted(headings, key=lambda heading: heading.at)
    ends = [*(heading.at for heading in order[1:]), len(blocks)][: len(order)]
    sections = [_introduction(blocks[:first], title, edition)] if first else []
    for heading, end in zip(order, ends, strict=True):
        rest = [Paragraph(heading.rest)] if heading.rest else []
        inside = (*rest, *blocks[heading.at + 1 : end])
        sections.append(
            FoundSection(
                key=heading.section.key,
                table=heading.section.table,
                number=heading.number,
                heading=heading.text,
                worded=heading.worded,
                parts=tuple(_parts(inside, heading.section)),
                blocks=inside,
            )
        )
    return Outline(title, unit, year, tuple(sections))


def _introduction(blocks: Sequence[Block], title: str, edition: Edition) -> FoundSection:
    """What stands between the title and the first section: its sentences."""
    lines = [b.text.strip() for b in blocks if isinstance(b, Paragraph)]
    told = [plain(line) for line in lines]
    last = max((i for i, line in enumerate(told) if line and title.endswith(line)), default=-1)
    said = tuple(line for line in lines[last + 1 :] if "。" in line)
    section = edition.sections[0]
    key = section.parts[0].key if section.parts else ""
    part = FoundPart(key, "", "", said)
    return FoundSection(section.key, "", 0, "", True, (part,) if said else (), tuple(blocks))


def _parted(blocks: Sequence[Block], edition: Edition) -> Iterator[Block]:
    """The blocks, with tables parted at rows that are nothing but a section's heading."""
    words = {word for section in edition.sections for word in _words(section)}
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block
            continue
        alone = Counter(cell.row for cell in block.cells)
        cuts = [
            cell
            for cell in block.cells
            if alone[cell.row] == 1 and normalise(ordinal(cell.text)[1]) in words
        ]
        top = 0
        for cut in [*cuts, None]:
            bottom = cut.row if cut else block.rows
            inside = tuple(
                Cell(c.row - top, c.column, c.rowspan, c.colspan, c.text)
                for c in block.cells
                if top <= c.row < bottom
            )
            if inside:
                yield Grid(bottom - top, block.columns, inside)
            if cut:
                yield Paragraph(cut.text.strip())
                top = cut.row + cut.rowspan


def _words(section: Section) -> set[str]:
    return {normalise(text) for text in (section.heading, *section.variants) if text}


def _headings(blocks: Sequence[Block], edition: Edition) -> list[_Heading]:
    """One heading for each section found: the last that has its words, else its number."""
    numbered = [section for section in edition.sections if section.heading]
    found: dict[str, _Heading] = {}
    for at, block in enumerate(blocks):
        if not isinstance(block, Paragraph) or not block.text.strip():
            continue
        number, text = ordinal(block.printed.strip())
        for section in numbered:
            rest = _begun(text, section)
            old = found.get(section.key)
            if rest is not None and (number or old is None or not old.number):
                found[section.key] = _Heading(at, section, number, block.printed, True, rest)
    for place, section in enumerate(numbered, 1):
        if section.key not in found:
            between = _neighbours(found, numbered, place, len(blocks))
            heading = _by_number(blocks, section, place, between)
            if heading is not None:
                found[section.key] = heading
    return list(found.values())


def _begun(text: str, section: Section) -> str | None:
    """What follows a section's heading on its line; None where the line isn't its heading."""
    words = _words(section)
    if len(text) <= LONGEST_HEADING and normalise(text) in words:
        return ""
    head, mark, rest = _cut(text)
    if mark and len(head) <= LONGEST_HEADING and normalise(head) in words:
        return rest
    return None


def _cut(text: str) -> tuple[str, str, str]:
    """A line that runs on from its heading, at the first mark: （heading, mark, rest）."""
    found = re.search(r"[。：:]", text)
    if not found:
        return text, "", ""
    return text[: found.start()], found.group(), text[found.end() :].strip()


def _neighbours(
    found: dict[str, _Heading], sections: Sequence[Section], place: int, end: int
) -> tuple[int, int]:
    before = [found[s.key].at for s in sections[: place - 1] if s.key in found]
    after = [found[s.key].at for s in sections[place:] if s.key in found]
    return max(before, default=-1), min(after, default=end)


def _by_number(
    blocks: Sequence[Block], section: Section, place: int, between: tuple[int, int]
) -> _Heading | None:
    """The one line that has a section's number and stands where the section must begin."""
    fits = []
    for at in range(between[0] + 1, between[1]):
        block = blocks[at]
        if isinstance(block, Paragraph) and len(block.text) <= LONGEST_HEADING:
            number, text = ordinal(block.printed.strip())
            if number == place and text and not text.endswith(("。", "；", "，")):
                fits.append(_Heading(at, section, number, block.printed, False))
    return fits[0] if len(fits) == 1 else None


# -------------------------------------------------------------------------------- its parts

_PART_NUMBER = re.compile(
    r"^\s*([（(][一二三四五六七八九十]{1,3}[）)]|第[一二三四五六七八九十][,，、])[、.．]?\s*"
)


def _parts(blocks: Sequence[Block], section: Section) -> Iterator[FoundPart]:
    """A section's prose by parts: each heading that is known, or numbered （一）, begins one."""
    part, number, heading = "", "", ""
    opening = next((p.key for p in section.parts if not p.heading), "")
    part = opening
    lines: list[str] = []
    for block in blocks:
        if not isinstance(block, Paragraph) or not block.text.strip():
            continue
        begun = _part_begun(block.printed.strip(), section)
        if begun is None:
            lines.append(block.text.strip() if not block.number else block.printed.strip())
            continue
        if lines or heading:
            yield FoundPart(part, number, heading, tuple(lines))
        part, number, heading, rest = begun
        lines = [rest] if rest else []
    lines = _unsigned(lines)
    if lines or heading:
        yield FoundPart(part, number, heading, tuple(lines))


_DATE = re.compile(rf"{YEAR}年[\d一二三四五六七八九十]{{1,2}}月[\d一二三四五六七八九十]{{1,3}}日")


def _unsigned(lines: list[str]) -> list[str]:
    """The lines without the signature (落款) that ends a report: the unit's name, the date."""
    if lines and _DATE.fullmatch(plain(lines[-1])):
        named = len(lines) > 1 and len(lines[-2]) <= LONGEST_HEADING and "。" not in lines[-2]
        return lines[: -2 if named and lines[-2] != "无" else -1]
    return lines


_OTHER_NUMBER = re.compile(r"\s*([一二三四五六七八九十]{1,3}|\d{1,2})\s*[、.．]\s*")
"""How some number the parts, known only where a known part's heading follows."""


def _part_begun(text: str, section: Section) -> tuple[str, str, str, str] | None:
    """(part, number, heading, rest of the line) where a line begins a part, else None."""
    if section.table:
        return None
    found = _PART_NUMBER.match(text)
    number, plain = (found.group(1), text[found.end() :]) if found else ("", text)
    head, mark, rest = _cut(plain)
    if not number:
        counted = _OTHER_NUMBER.match(head)
        if counted and _part_named(head[counted.end() :], section) is not None:
            number, head = counted.group().strip(), head[counted.end() :]
    named = _part_named(head, section)
    if named is not None and len(head) <= LONGEST_HEADING:
        return named.key, number, head.strip(), rest
    if number and len(plain) <= LONGEST_HEADING and (not mark or not rest):
        return "", number, head.strip(), rest
    return None


_EMPTY_WORDS = re.compile(r"(工作|方面|情况)+$")


def _part_named(head: str, section: Section) -> Part | None:
    """The part that a heading names; 主动公开, 主动公开情况 and 主动公开方面 are the same."""
    wanted = _bare(head)
    for part in section.parts:
        if part.heading and wanted in {_bare(x) for x in (part.heading, *part.variants)}:
            return part
    return None


def _bare(head: str) -> str:
    plain = normalise(unnumbered(head))
    return _EMPTY_WORDS.sub("", plain) or plain
