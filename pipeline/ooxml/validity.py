"""What Word demands of a .docx before it opens it without repair, checked part by part.

The rules are those of ECMA-376 that Word enforces: a package whose parts are declared and
related, the order of elements that the schema gives, ids that are unique and references that
lead somewhere, tables whose rows agree with their grid.  It also runs over what an office has
made of a template; see :mod:`pipeline.template_lint.check`.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping

from lxml import etree

from pipeline.ooxml.untrusted import UnreadableXml, read_xml

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_V = "{urn:schemas-microsoft-com:vml}"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"

_ORDER = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr "
    "suppressLineNumbers pBdr shd tabs suppressAutoHyphens kinsoku wordWrap overflowPunct "
    "topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd snapToGrid spacing ind "
    "contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment "
    "textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange",
    "rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss "
    "imprint noProof snapToGrid vanish webHidden color spacing w kern position sz szCs "
    "highlight u effect bdr shd fitText vertAlign rtl cs em lang eastAsianLayout specVanish oMath "
    "rPrChange",
    "tblPr": "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW "
    "jc tblCellSpacing tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption "
    "tblDescription tblPrChange",
    "tcPr": "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection "
    "tcFitText vAlign hideMark headers cellIns cellDel cellMerge tcPrChange",
    "sectPr": "headerReference footnotePr endnotePr type pgSz pgMar paperSrc "
    "pgBorders lnNumType pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi "
    "rtlGutter docGrid printerSettings sectPrChange",
    "style": "name aliases basedOn next link autoRedefine hidden uiPriority semiHidden "
    "unhideWhenUsed qFormat locked personal personalCompose personalReply rsid pPr rPr tblPr trPr "
    "tcPr tblStylePr",
    "lvl": "start numFmt lvlRestart pStyle isLgl suff lvlText lvlPicBulletId legacy lvlJc pPr rPr",
    "abstractNum": "nsid multiLevelType tmpl name styleLink numStyleLink lvl",
    "font": "altName panose1 charset family notTrueType pitch sig embedRegular embedBold "
    "embedItalic embedBoldItalic",
    "tblBorders": "top start left bottom end right insideH insideV",
    "tblCellMar": "top start left bottom end right",
    "tbl": "bookmarkStart bookmarkEnd tblPr tblGrid tr",
}
_SAME_PLACE = {"footerReference": "headerReference", "left": "start", "right": "end"}
_FIRST = {"p": "pPr", "r": "rPr", "tc": "tcPr", "tr": "trPr", "tbl": "tblPr"}
"""What may stand only at the beginning of an element; a row may have tblPrEx before it."""


def faults(package: bytes) -> list[str]:
    """What is wrong with a .docx, in words; empty when nothing is."""
    try:
        with zipfile.ZipFile(io.BytesIO(package)) as zipped:
            names = zipped.namelist()
            parts = {name: zipped.read(name) for name in names}
    except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        return [f"no package: {error}"]
    found = [f"{name} stands twice" for name, n in Counter(names).items() if n > 1]
    trees = {}
    for name, content in parts.items():
        if name.endswith((".xml", ".rels", ".vml")):
            try:
                trees[name] = read_xml(content)
            except UnreadableXml as error:
                found.append(f"{name}: {error}")
    found += _content_types(trees, names)
    found += _main_part(trees, names)
    for name, tree in trees.items():
        found += [f"{name}: {fault}" for fault in _relationships(name, tree, names, trees)]
        if name.startswith("word/"):
            found += [f"{name}: {fault}" for fault in _word(tree)]
    # A second copy of the styles, which Word 2010 keeps for itself.
    trees.pop("word/stylesWithEffects.xml", None)
    found += _references(trees)
    found += _unique_ids(trees)
    return found


Trees = Mapping[str, etree._Element]
"""The XML parts of a package by name."""


def _content_types(trees: Trees, names: list[str]) -> Iterator[str]:
    types = trees.get("[Content_Types].xml")
    if types is None:
        yield "no [Content_Types].xml"
        return
    defaults = {x.get("Extension", "").lower() for x in types if x.tag.endswith("}Default")}
    overrides = [x.get("PartName", "") for x in types if x.tag.endswith("}Override")]
    yield from (f"{name}: content type twice" for name, n in Counter(overrides).items() if n > 1)
    for override in overrides:
        if override.lstrip("/") not in names:
            yield f"content type of {override}, which isn't there"
    for name in names:
        known = f"/{name}" in overrides or name.rsplit(".", 1)[-1].lower() in defaults
        if name != "[Content_Types].xml" and not name.endswith("/") and not known:
            yield f"{name} has no content type"


def _main_part(trees: Trees, names: list[str]) -> Iterator[str]:
    links = trees.get("_rels/.rels")
    kinds = [link.get("Type", "").rsplit("/", 1)[-1] for link in links] if links is not None else []
    if kinds.count("officeDocument") != 1:
        yield f"{kinds.count('officeDocument')} main parts"


def _relationships(
    name: str, tree: etree._Element, names: list[str], trees: Trees
) -> Iterator[str]:
    if name.endswith(".rels"):
        ids = Counter(x.get("Id") for x in tree)
        yield from (f"relationship {key} twice" for key, n in ids.items() if n > 1)
        folder = posixpath.dirname(posixpath.dirname(name))
        for link in tree:
            if link.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, link.get("Target", "")))
                if target.lstrip("/") not in names:
                    yield f"{link.get('Id')} leads to {target}, which isn't there"
        return
    folder, file = posixpath.split(name)
    links = trees.get(f"{folder}/_rels/{file}.rels")
    known = {x.get("Id") for x in links} if links is not None else set()
    for element in tree.iter(etree.Element):
        for key, value in element.attrib.items():
            if str(key).startswith(_R) and value not in known:
                yield f"{etree.QName(element).localname} names relationship {value!s}, which isn't there"


# ------------------------------------------------------------------------------ elements


def _word(tree: etree._Element) -> Iterator[str]:
    for kind, order in _ORDER.items():
        places = {key: at for at, key in enumerate(order.split())}
        for element in tree.iter(f"{_W}{kind}"):
            yield from _in_order(element, places)
    yield from _properties_first(tree)
    yield from _nested(tree)
    yield from _texts(tree)
    yield from _loose_text(tree)
    for table in tree.iter(f"{_W}tbl"):
        yield from _table(table)
    fields = [x.get(f"{_W}fldCharType") for x in tree.iter(f"{_W}fldChar")]
    if fields.count("begin") != fields.count("end"):
        yield "a field begins or ends alone"
    for prefix in str(tree.get(f"{_MC}Ignorable", "")).split():
        if prefix not in tree.nsmap:
            yield f"an ignorable prefix {prefix} that isn't declared"


_MAY_PRECEDE = {f"{_W}tblPrEx", f"{_W}bookmarkStart", f"{_W}bookmarkEnd"}


def _properties_first(tree: etree._Element) -> Iterator[str]:
    for name, first in _FIRST.items():
        for element in tree.iter(f"{_W}{name}"):
            tags = [child.tag for child in element if child.tag not in _MAY_PRECEDE]
            if f"{_W}{first}" in tags[1:]:
                yield f"{first} isn't the first of {name}"


def _nested(tree: etree._Element) -> Iterator[str]:
    """Elements where they can't stand."""
    for cell in tree.iter(f"{_W}tc"):
        if not len(cell) or cell[-1].tag != f"{_W}p":
            yield "a cell doesn't end with a paragraph"
    for name in ("p", "r", "tc", "tr"):
        for element in tree.iter(f"{_W}{name}"):
            parent = element.getparent()
            if parent is not None and parent.tag == f"{_W}{name}":
                yield f"{name} directly in {name}"
    for kind in ("hdr", "ftr"):
        if tree.tag == f"{_W}{kind}" and tree.find(f"{_W}p") is None:
            yield "no paragraph"
    body = tree.find(f"{_W}body")
    if body is not None and f"{_W}sectPr" in [child.tag for child in body][:-1]:
        yield "the section's properties aren't the last of the body"


def _texts(tree: etree._Element) -> Iterator[str]:
    for text in tree.iter(f"{_W}t"):
        parent = text.getparent()
        if len(text) or parent is None or parent.tag != f"{_W}r":
            yield "a text holds elements, or isn't in a run"
        plain = text.text or ""
        if plain != plain.strip(" ") and not text.get(_SPACE):
            yield "a text loses its spaces"


_HOLDS_TEXT = {f"{_W}{name}" for name in ("t", "delText", "instrText", "delInstrText")}


def _loose_text(tree: etree._Element) -> Iterator[str]:
    """Text that isn't in a text of a run, which no page shows."""
    for element in tree.iter(etree.Element):
        if not str(element.tag).startswith(_W):
            continue
        loose = [] if element.tag in _HOLDS_TEXT else [element.text]
        loose += [child.tail for child in element]
        if any((text or "").strip() for text in loose):
            yield f"loose text in {etree.QName(element).localname}"


def _in_order(element: etree._Element, places: Mapping[str, int]) -> Iterator[str]:
    keys = [
        etree.QName(child).localname
        for child in element
        if isinstance(child.tag, str) and child.tag.startswith(_W)
    ]
    at = [places.get(key, places.get(_SAME_PLACE.get(key, ""), -1)) for key in keys]
    if -1 in at or at != sorted(at):
        yield f"{etree.QName(element).localname} has {' '.join(keys)}"


def _span(cell: etree._Element) -> int:
    span = cell.find(f"{_W}tcPr/{_W}gridSpan")
    return int(span.get(f"{_W}val", "1")) if span is not None else 1


def _aside(row: etree._Element, side: str) -> int:
    """The grid columns that a row leaves out before or after its cells."""
    skipped = row.find(f"{_W}trPr/{_W}grid{side}")
    return int(skipped.get(f"{_W}val", "0")) if skipped is not None else 0


def _cells(row: etree._Element) -> list[etree._Element]:
    """A row's cells; some may be wrapped in content controls."""
    return [
        cell
        for child in row
        for cell in (
            [child] if child.tag == f"{_W}tc" else child.iterfind(f"{_W}sdtContent/{_W}tc")
        )
    ]


def _table(table: etree._Element) -> Iterator[str]:
    grid = table.find(f"{_W}tblGrid")
    columns = len(grid.findall(f"{_W}gridCol")) if grid is not None else 0
    above: dict[int, int] = {}
    rows = table.findall(f"{_W}tr")
    if not rows:
        yield "a table has no row"
    for number, row in enumerate(rows, 1):
        at = _aside(row, "Before")
        merged: dict[int, int] = {}
        cells = _cells(row)
        if not cells:
            yield f"row {number} has no cell"
        for cell in cells:
            width = _span(cell)
            merge = cell.find(f"{_W}tcPr/{_W}vMerge")
            if merge is not None:
                if merge.get(f"{_W}val") != "restart" and above.get(at) != width:
                    yield f"row {number}: a cell continues none above"
                merged[at] = width
            at += width
        at += _aside(row, "After")
        if at != columns:
            yield f"row {number} has {at} columns, the grid {columns}"
        above = merged


# ---------------------------------------------------------------------------- references


def _values(trees: Trees, tag: str, key: str) -> list[str]:
    return [
        str(element.get(key))
        for tree in trees.values()
        for element in tree.iter(tag)
        if element.get(key) is not None
    ]


def _references(trees: Trees) -> Iterator[str]:
    """Styles and numberings that are used, or built upon, without being there."""
    styles = trees.get("word/styles.xml")
    if styles is not None:
        listed = {
            str(x.get(f"{_W}styleId")): str(x.get(f"{_W}type")) for x in styles.iter(f"{_W}style")
        }
        for used, kind in (("pStyle", "paragraph"), ("rStyle", "character"), ("tblStyle", "table")):
            for key in set(_values(trees, f"{_W}{used}", f"{_W}val")):
                if listed.get(key) != kind:
                    yield f"no {kind} style {key}"
        for link in ("basedOn", "next", "link"):
            named = {str(x.get(f"{_W}val")) for x in styles.iter(f"{_W}{link}")}
            for key in named - set(listed):
                yield f"no style {key} to be {link}"
        for kind in set(listed.values()):
            defaults = [
                x
                for x in styles.iter(f"{_W}style")
                if x.get(f"{_W}type") == kind and x.get(f"{_W}default") in ("1", "true", "on")
            ]
            if len(defaults) > 1:
                yield f"{len(defaults)} default styles of {kind}s"
    numbers = set(_values(trees, f"{_W}num", f"{_W}numId")) | {"0"}
    for key in set(_values(trees, f"{_W}numId", f"{_W}val")) - numbers:
        yield f"no numbering {key}"
    abstract = set(_values(trees, f"{_W}abstractNum", f"{_W}abstractNumId"))
    for key in set(_values(trees, f"{_W}abstractNumId", f"{_W}val")) - abstract:
        yield f"no abstract numbering {key}"


_UNIQUE = (
    ("picture", f"{_WP}docPr", "id"),
    ("bookmark", f"{_W}bookmarkStart", f"{_W}id"),
    ("bookmark name", f"{_W}bookmarkStart", f"{_W}name"),
    ("paragraph", f"{_W}p", f"{_W14}paraId"),
    ("style", f"{_W}style", f"{_W}styleId"),
    ("numbering", f"{_W}num", f"{_W}numId"),
    ("abstract numbering", f"{_W}abstractNum", f"{_W}abstractNumId"),
    ("shape", f"{_V}shape", "id"),
)


def _unique_ids(trees: Trees) -> Iterator[str]:
    for kind, tag, key in _UNIQUE:
        seen = Counter(_values(trees, tag, key))
        yield from (f"{kind} {value} twice" for value, n in seen.items() if n > 1)
    names = [
        (style.get(f"{_W}type"), (style.find(f"{_W}name").get(f"{_W}val") or "").lower())  # type: ignore[union-attr]
        for style in trees.get("word/styles.xml", etree.Element("none")).iter(f"{_W}style")
        if style.find(f"{_W}name") is not None
    ]
    yield from (f"style named {name} twice" for name, n in Counter(names).items() if n > 1)
    starts = Counter(_values(trees, f"{_W}bookmarkStart", f"{_W}id"))
    ends = Counter(_values(trees, f"{_W}bookmarkEnd", f"{_W}id"))
    yield from (f"bookmark {key} begins or ends alone" for key in starts.keys() ^ ends.keys())
