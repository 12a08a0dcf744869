"""What Word demands of a package before it opens it without repair, checked part by part."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections import Counter
from collections.abc import Iterator

from lxml import etree

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"

_ORDER = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr "
    "suppressLineNumbers pBdr shd tabs suppressAutoHyphens kinsoku wordWrap overflowPunct "
    "topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd snapToGrid spacing ind "
    "contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment "
    "textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange",
    "rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss "
    "imprint noProof snapToGrid vanish webHidden color spacing w kern position sz szCs "
    "highlight u effect bdr shd fitText vertAlign rtl cs em lang eastAsianLayout specVanish oMath",
    "tblPr": "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW "
    "jc tblCellSpacing tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption "
    "tblDescription tblPrChange",
    "tcPr": "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection "
    "tcFitText vAlign hideMark headers cellIns cellDel cellMerge tcPrChange",
    "sectPr": "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc "
    "pgBorders lnNumType pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi "
    "rtlGutter docGrid printerSettings sectPrChange",
}


def faults(package: bytes) -> list[str]:
    """What is wrong with an Office package, in words; empty when nothing is."""
    with zipfile.ZipFile(io.BytesIO(package)) as zipped:
        names = zipped.namelist()
        parts = {name: zipped.read(name) for name in names}
    found = [f"{name} stands twice" for name, n in Counter(names).items() if n > 1]
    trees = {}
    for name, content in parts.items():
        if name.endswith((".xml", ".rels", ".vml")):
            try:
                trees[name] = etree.fromstring(content)
            except etree.XMLSyntaxError as error:
                found.append(f"{name}: {error}")
    found += _content_types(trees, names)
    for name, tree in trees.items():
        found += [f"{name}: {fault}" for fault in _relationships(name, tree, names, trees)]
        if name.startswith("word/"):
            found += [f"{name}: {fault}" for fault in _word(tree)]
    found += _unique_ids(trees)
    return found


def _content_types(trees: dict[str, etree._Element], names: list[str]) -> Iterator[str]:
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
        if name != "[Content_Types].xml" and not known:
            yield f"{name} has no content type"


def _relationships(
    name: str, tree: etree._Element, names: list[str], trees: dict[str, etree._Element]
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
                yield f"{element.tag} names relationship {value}, which isn't there"


def _word(tree: etree._Element) -> Iterator[str]:
    for kind, order in _ORDER.items():
        places = {key: at for at, key in enumerate(order.split())}
        # Header and footer references may be mixed.
        places["footerReference"] = places.get("headerReference", -1)
        for element in tree.iter(f"{_W}{kind}"):
            keys = [etree.QName(c).localname for c in element if c.tag.startswith(_W)]
            at = [places.get(key, -1) for key in keys]
            if -1 in at or at != sorted(at):
                yield f"{kind} has {' '.join(keys)}"
    for cell in tree.iter(f"{_W}tc"):
        if not len(cell) or cell[-1].tag != f"{_W}p":
            yield "a cell doesn't end with a paragraph"
    for kind in ("hdr", "ftr"):
        if tree.tag == f"{_W}{kind}" and tree.find(f"{_W}p") is None:
            yield "no paragraph"
    for table in tree.iter(f"{_W}tbl"):
        yield from _table(table)


def _table(table: etree._Element) -> Iterator[str]:
    grid = table.find(f"{_W}tblGrid")
    columns = len(grid) if grid is not None else 0
    above: dict[int, int] = {}
    rows = table.findall(f"{_W}tr")
    if not rows:
        yield "a table has no row"
    for number, row in enumerate(rows, 1):
        at = 0
        merged: dict[int, int] = {}
        for cell in row.findall(f"{_W}tc"):
            span = cell.find(f"{_W}tcPr/{_W}gridSpan")
            width = int(span.get(f"{_W}val", "1")) if span is not None else 1
            merge = cell.find(f"{_W}tcPr/{_W}vMerge")
            if merge is not None:
                if merge.get(f"{_W}val") != "restart" and above.get(at) != width:
                    yield f"row {number}: a cell continues none above"
                merged[at] = width
            at += width
        if at != columns:
            yield f"row {number} has {at} columns, the grid {columns}"
        above = merged


def _unique_ids(trees: dict[str, etree._Element]) -> Iterator[str]:
    kinds = (
        ("picture", f"{_WP}docPr", "id"),
        ("bookmark", f"{_W}bookmarkStart", f"{_W}id"),
        ("paragraph", f"{_W}p", f"{_W14}paraId"),
    )
    for kind, tag, key in kinds:
        seen = Counter(
            element.get(key)
            for tree in trees.values()
            for element in tree.iter(tag)
            if element.get(key) is not None
        )
        yield from (f"{kind} {value} twice" for value, n in seen.items() if n > 1)
