"""Workbooks spoilt by chance: every number of a seed gives the same spoilt workbook again."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from pipeline.model.edition import Edition
from tests.support.issued_books import EDITIONS, issued

Parts = dict[str, bytes]

CELL = re.compile(rb'<c r="([A-Z]+)(\d+)"[^>]*?(?:/>|>.*?</c>)', re.DOTALL)
TEXTS = ("12", "１２", "1,234", "约3", "=1+1", "'5", " 7 ", "1e3", "-", "无", "3件", "+4", "#REF!")
NUMBERS = ("0", "-1", "2.5", "1E400", "NaN", "99999999999999999999", "1e-320", "0.1", "-0", "007")
ODD = ("\u200b", "\ufeff", "　", "\u202e", "_x000D_", "&#10;", "&amp;", "&#x1F600;", "é", "0")


@dataclass(frozen=True)
class Base:
    """A workbook as its parts, and which of them are the sheets of tables."""

    edition: Edition
    parts: Parts
    tables: dict[str, str]


@cache
def base(key: str) -> Base:
    """A filled workbook. The sheets that intake only glances at are left out, to save time."""
    with zipfile.ZipFile(io.BytesIO(issued(key))) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    book = parts["xl/workbook.xml"].decode("utf-8")
    links = dict(
        re.findall(
            r'Id="(rId\d+)"[^>]*?Target="([^"]+)"', swapped(parts["xl/_rels/workbook.xml.rels"])
        )
    )
    tables = {}
    for name, link in re.findall(r'<sheet name="([^"]+)"[^>]*?r:id="(rId\d+)"', book):
        for table in EDITIONS[key].tables:
            if table.sheet == name:
                tables[f"xl/{links[link]}"] = table.key
    return Base(EDITIONS[key], parts, tables)


def swapped(rels: bytes) -> str:
    """Relationships with the Id before the Target, whatever the order they were written in."""
    return re.sub(r'Type="[^"]*" ', "", rels.decode("utf-8"))


def packed(parts: Parts, rng: random.Random) -> bytes:
    buffer = io.BytesIO()
    how = zipfile.ZIP_DEFLATED if rng.random() < 0.1 else zipfile.ZIP_STORED
    with zipfile.ZipFile(buffer, "w", how, compresslevel=1) as package:
        for name, content in parts.items():
            package.writestr(zipfile.ZipInfo(name), content, how)
    return buffer.getvalue()


def mutated(seed: int) -> tuple[bytes, set[str], str]:
    """A workbook, spoilt in one to three ways: its bytes, the tables that this may have touched,
    and how it was spoilt."""
    rng = random.Random(seed)
    made = base(rng.choice(sorted(EDITIONS)))
    parts = dict(made.parts)
    ways = [rng.choice(WAYS) for _ in range(rng.choice((1, 1, 1, 2, 3)))]
    for way in ways:
        way(parts, made, rng)
    content = packed(parts, rng)
    spoilt = {name for name in made.parts if parts.get(name) != made.parts[name]}
    aside = spoilt - made.tables.keys()
    touched = set(made.tables.values()) if aside else {made.tables[name] for name in spoilt}
    names = [way.__name__ for way in ways]
    if rng.random() < 0.15:
        after = rng.choice(AFTERWARDS)
        content = after(content, rng)
        names.append(after.__name__)
        touched = set(made.tables.values())
    return content, touched, "+".join(names)


Way = Callable[[Parts, Base, random.Random], None]


LARGE = 300_000
"""Parts of more bytes aren't looked through for elements: it would take longer than reading them."""


def _small(parts: Parts, names: Iterable[str]) -> list[str]:
    found = [name for name in names if name in parts and len(parts[name]) < LARGE]
    return found or [min(parts, key=lambda name: len(parts[name]))]


def _table(parts: Parts, made: Base, rng: random.Random) -> str:
    return rng.choice(_small(parts, made.tables))


def _any_xml(parts: Parts, rng: random.Random) -> str:
    return rng.choice(_small(parts, [n for n in parts if n.endswith((".xml", ".rels"))]))


def cell_value(parts: Parts, made: Base, rng: random.Random) -> None:
    name = _table(parts, made, rng)
    for _ in range(rng.randint(1, 3)):
        found = list(CELL.finditer(parts[name]))
        if not found:
            return
        cell = rng.choice(found)
        place = (cell.group(1) + cell.group(2)).decode()
        parts[name] = (
            parts[name][: cell.start()]
            + _cell(place, rng).encode("utf-8")
            + parts[name][cell.end() :]
        )


def _cell(place: str, rng: random.Random) -> str:
    text, number = rng.choice(TEXTS), rng.choice((*NUMBERS, str(rng.randint(0, 9999))))
    style = rng.choice(("", "", f' s="{rng.randint(0, 90)}"', ' s="-1"', ' s="99999"'))
    return rng.choice(
        (
            f'<c r="{place}"{style}><v>{number}</v></c>',
            f'<c r="{place}"{style}><v>{number}</v></c>',
            f'<c r="{place}" t="str"{style}><v>{text}</v></c>',
            f'<c r="{place}" t="inlineStr"{style}><is><t>{text}</t></is></c>',
            f'<c r="{place}" t="inlineStr"><is><r><t>1</t></r><r><t>2</t></r></is></c>',
            f'<c r="{place}" t="s"{style}><v>{rng.choice((0, 3, -1, 10**6, "x"))}</v></c>',
            f'<c r="{place}" t="e"><v>#DIV/0!</v></c>',
            f'<c r="{place}" t="b"><v>{rng.choice((0, 1, 2))}</v></c>',
            f'<c r="{place}" t="d"><v>2024-01-0{rng.randint(0, 9)}</v></c>',
            f'<c r="{place}" t="n"{style}><v> {number} </v></c>',
            f'<c r="{place}"><f>1+1</f></c>',
            f'<c r="{place}"><f>SUM(A1:A3)</f><v>{number}</v></c>',
            f'<c r="{place}" t="str"><f>"a"</f><v>{text}</v></c>',
            f'<c r="{place}"{style}/>',
            "",
        )
    )


def spelling(parts: Parts, made: Base, rng: random.Random) -> None:
    """Values spelt in a way of XML that few writers know, and that means the same."""
    name = _table(parts, made, rng)
    for _ in range(rng.randint(1, 5)):
        found = list(re.finditer(rb"<(?:v|t)>([^<&]+)</(?:v|t)>", parts[name]))
        if not found:
            return
        value = rng.choice(found)
        at = rng.randint(value.start(1), value.end(1) - 1)
        first = parts[name][at : at + 1]
        between = rng.choice(
            (b"<!-- 9 -->", b"<!---->", b"<?x 9?>", b"<![CDATA[]]>", b"<!-- ? # -->")
        )
        spelt = rng.choice((between + first, first + between, b"<![CDATA[" + first + b"]]>"))
        if first.isdigit() and rng.random() < 0.4:
            spelt = rng.choice((b"&#%d;", b"&#0%d;", b"&#x%x;", b"&#X%x;")) % ord(first)
        parts[name] = parts[name][:at] + spelt + parts[name][at + 1 :]


def cell_address(parts: Parts, made: Base, rng: random.Random) -> None:
    """A cell moves, is there twice, is far away, or doesn't say where it is."""
    name = _table(parts, made, rng)
    found = list(CELL.finditer(parts[name]))
    if not found:
        return
    cell = rng.choice(found)
    old = b'r="' + cell.group(1) + cell.group(2) + b'"'
    far = rng.choice(
        (b'r="XFD1048576"', b'r="A0"', b'r="ZZZZ9"', b'r=""', b"", b'r="B3"', b'r="7"', b'r="AA60"')
    )
    moved = cell.group().replace(old, far, 1)
    twice = cell.group() if rng.random() < 0.3 else b""
    parts[name] = parts[name][: cell.start()] + twice + moved + parts[name][cell.end() :]


def rows(parts: Parts, made: Base, rng: random.Random) -> None:
    """Rows are exchanged, doubled, left out, or numbered otherwise."""
    name = _table(parts, made, rng)
    found = re.findall(rb"<row .*?</row>", parts[name], re.DOTALL)
    if len(found) < 4:
        return
    one, other = rng.sample(found, 2)
    changed = rng.choice((other + one, one + one, b"", re.sub(rb'<row r="\d+"', b"<row", one)))
    parts[name] = parts[name].replace(one, changed, 1)


def many_rows(parts: Parts, made: Base, rng: random.Random) -> None:
    name = _table(parts, made, rng)
    count = rng.choice((3, 300, 20_000))
    empty = "".join(f'<row r="{at}" ht="15"/>' for at in range(1000, 1000 + count))
    filled = f'<row r="{rng.choice((900, 30_000, 1_048_576))}"><c r="A1"><v>1</v></c></row>'
    added = (empty if rng.random() < 0.7 else filled).encode()
    parts[name] = parts[name].replace(b"</sheetData>", added + b"</sheetData>", 1)


def dimension(parts: Parts, made: Base, rng: random.Random) -> None:
    name = _table(parts, made, rng)
    ref = rng.choice((b"A1:XFD1048576", b"A1", b"", b"B2:A1", b"C9:D10", b"A0:ZZZZ0", b"A1:B2:C3"))
    parts[name] = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="' + ref + b'"', parts[name])


def merges(parts: Parts, made: Base, rng: random.Random) -> None:
    name = _table(parts, made, rng)
    ref = rng.choice(("A1:XFD1048576", "B4:C9", "C5:C5", "A1:A1048576", "Z9:A1", "x", "D6:G6"))
    added = f'<mergeCells count="1"><mergeCell ref="{ref}"/></mergeCells>'.encode()
    without = re.sub(rb"<mergeCells.*?</mergeCells>", b"", parts[name], flags=re.DOTALL)
    where = rng.choice((parts[name], without))
    parts[name] = where.replace(b"</sheetData>", b"</sheetData>" + added, 1)


def shared_strings(parts: Parts, made: Base, rng: random.Random) -> None:
    """Labels are spelt otherwise, exchanged, doubled or gone, for all cells that have them."""
    name = "xl/sharedStrings.xml"
    if name not in parts:
        return
    found = re.findall(rb"<si>.*?</si>", parts[name], re.DOTALL)
    if len(found) < 2:
        return
    one, other = rng.sample(found, 2)
    text = parts[name]
    way = rng.randrange(7)
    if way == 0:
        text = text.replace(one, b"\0").replace(other, one).replace(b"\0", other)
    elif way == 1:
        text = text.replace(one, b"", 1)
    elif way == 2:
        text = text.replace(one, one + one, 1)
    elif way == 3:
        text = text.replace(one, other, 1)
    elif way == 4:
        text = text.replace(one, one.replace(b"</t>", rng.choice(ODD).encode() + b"</t>"), 1)
    elif way == 5:
        text = text.replace(one, b"<si><r><t>1</t></r><rPh><t>2</t></rPh></si>", 1)
    else:
        text = re.sub(rb' count="\d+" uniqueCount="\d+"', b' count="-1" uniqueCount="9"', text)
    parts[name] = text


def styles(parts: Parts, made: Base, rng: random.Random) -> None:
    """Formats that make numbers dates, percentages, or nothing known."""
    name = "xl/styles.xml"
    if name not in parts:
        return
    code = rng.choice(
        (
            *(b"yyyy-mm-dd", b"0%", b"[h]:mm", b"", b'"9"0', b";;;", b"@", b"\\d"),
            *(
                b"0.00%",
                b'0!.0,"\xe4\xb8\x87"',
                b'0"."0,',
                b"#,##0,",
                b"0.0,,",
                b"[=1]0%;0",
                b"?/?",
            ),
        )
    )
    number = str(rng.choice((9, 10, 14, 22, 46, 49, 9999))).encode()
    parts[name] = rng.choice(
        (
            re.sub(rb'formatCode="[^"]*"', lambda _: b'formatCode="' + code + b'"', parts[name]),
            re.sub(rb'numFmtId="\d+" fontId', b'numFmtId="' + number + b'" fontId', parts[name]),
            re.sub(rb"<cellXfs.*?</cellXfs>", b"", parts[name], flags=re.DOTALL),
        )
    )


def workbook_part(parts: Parts, made: Base, rng: random.Random) -> None:
    """Sheets are renamed, reordered, hidden, pointed elsewhere; dates counted from 1904."""
    name = "xl/workbook.xml"
    if name not in parts:
        return
    sheets = re.findall(rb"<sheet [^>]*/>", parts[name])
    if len(sheets) < 2:
        return
    one, other = rng.sample(sheets, 2)
    title = re.search(rb'name="([^"]*)"', one)
    renamed = (
        one.replace(title.group(1), title.group(1) + rng.choice(ODD).encode()) if title else one
    )
    parts[name] = rng.choice(
        (
            parts[name].replace(one, renamed, 1),
            parts[name].replace(one, other, 1),
            parts[name].replace(one, b"", 1),
            parts[name].replace(one, one.replace(b" sheetId", b' state="veryHidden" sheetId'), 1),
            re.sub(
                rb'r:id="rId(\d+)"', lambda m: b'r:id="rId%d"' % (int(m[1]) % 3 + 1), parts[name]
            ),
            parts[name].replace(b"<workbookPr", b'<workbookPr date1904="1"', 1),
        )
    )


def xml_bytes(parts: Parts, made: Base, rng: random.Random) -> None:
    name = _any_xml(parts, rng)
    content = bytearray(parts[name])
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(content)) if content else 0
        content[at : at + rng.randint(0, 3)] = bytes(rng.choices(range(256), k=rng.randint(0, 3)))
    parts[name] = bytes(content)


def xml_elements(parts: Parts, made: Base, rng: random.Random) -> None:
    """An element is gone, doubled, nested very deep, or says something else of itself."""
    name = _any_xml(parts, rng)
    found = list(re.finditer(rb"<(\w+)[^<>]*/>|<(\w+)[^<>]*>[^<>]*</\w+>", parts[name]))
    if not found:
        return
    one = rng.choice(found)
    deep = rng.choice((50, 5_000))
    odd = rng.choice((b'"-1"', b'""', b'"99999999999"', b'"NaN"', b'"\xff"', b'"A1:XFD1048576"'))
    changed = rng.choice(
        (
            b"",
            one.group() * 2,
            b"<x>" * deep + b"</x>" * deep,
            re.sub(rb'"[^"]*"', lambda _: odd, one.group(), count=1),
            b"<!-- " + one.group() + b" -->",
            b"<![CDATA[" + one.group() + b"]]>",
        )
    )
    parts[name] = parts[name][: one.start()] + changed + parts[name][one.end() :]


def xml_declaration(parts: Parts, made: Base, rng: random.Random) -> None:
    """Entities, external ones and bombs, another encoding, an end in the middle."""
    name = _any_xml(parts, rng)
    text = parts[name]
    bomb = b"".join(b'<!ENTITY e%d "%s">' % (i, b"&e%d;" % (i - 1) * 10) for i in range(1, 9))
    doctype = rng.choice(
        (
            b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
            b'<!DOCTYPE x [<!ENTITY e0 "ha">' + bomb + b"]>",
            b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
        )
    )
    use = rng.choice((b"&a;", b"&e8;", b""))
    head, end, rest = text.partition(b"?>")
    parts[name] = rng.choice(
        (
            head + end + doctype + rest.replace(b"<v>", b"<v>" + use).replace(b"<t>", b"<t>" + use),
            text[: rng.randrange(len(text) or 1)],
            text.replace(b"UTF-8", rng.choice((b"UTF-16", b"GBK", b"none")), 1),
            text.decode("utf-8", "replace").encode(rng.choice(("utf-16", "utf-8-sig"))),
        )
    )


def entries(parts: Parts, made: Base, rng: random.Random) -> None:
    """Parts are gone, exchanged, or under another name."""
    one, other = rng.sample(sorted(parts), 2)
    way = rng.randrange(6)
    if way == 0:
        del parts[one]
    elif way == 4:
        parts[rng.choice((one.upper(), one.title(), one.replace("/", "\\")))] = parts[other]
    elif way == 5:
        parts[rng.choice((one.upper(), one.title(), one.swapcase()))] = parts.pop(one)
    elif way == 1:
        parts[one], parts[other] = parts[other], parts[one]
    elif way == 2:
        parts[rng.choice(("../../x", "/abs", "xl\\w.xml", one.upper()))] = parts.pop(one)
    else:
        parts[one] = b""


WAYS: tuple[Way, ...] = (
    cell_value,
    cell_value,
    cell_value,
    spelling,
    cell_address,
    rows,
    many_rows,
    dimension,
    merges,
    shared_strings,
    shared_strings,
    styles,
    workbook_part,
    xml_bytes,
    xml_elements,
    xml_declaration,
    entries,
)


def flipped(content: bytes, rng: random.Random) -> bytes:
    spoilt = bytearray(content)
    for _ in range(rng.randint(1, 20)):
        spoilt[rng.randrange(len(spoilt))] = rng.randrange(256)
    return bytes(spoilt)


def cut(content: bytes, rng: random.Random) -> bytes:
    return content[: rng.randrange(len(content))]


def joined(content: bytes, rng: random.Random) -> bytes:
    return rng.choice(
        (b"x" * 99 + content, content + b"y" * 99, content + content, b"\xd0\xcf\x11\xe0" + content)
    )


def directory(content: bytes, rng: random.Random) -> bytes:
    """The directory of the package lies: of sizes, methods, places."""
    start = content.rfind(b"PK\x01\x02", 0, rng.randrange(len(content) // 2, len(content)))
    if start < 0:
        start = content.find(b"PK\x01\x02")
    at = start + rng.choice((8, 10, 16, 20, 24, 28, 42))
    odd = rng.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x01\0\0\0", b"\xff\xff\xff\x7f"))
    return content[:at] + odd + content[at + 4 :]


AFTERWARDS = (flipped, cut, joined, directory)
