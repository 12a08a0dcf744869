"""What a page of Word shows of its text.

The XML of a document has more than its page: hidden text, text that a tracked change deleted or a
person struck out, the codes of fields, the branch of an alternative that isn't taken, elements of
other programs.  :func:`keep_visible` takes all that away, for whoever reads the document then.
Where it isn't certain what the page shows (a character of a symbol font, a table
style that hides some of its rows), nothing is shown: what isn't plainly there proves nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any

from lxml import etree

from pipeline.ooxml.parts import DOCUMENT, Parts, find_part, read_part

Element = Any
"""An lxml element; its stubs know too little of namespaces to be of use here."""

UNREADABLE = "\ufffd"
"""Stands for a character that is shown and can't be read, as one of a symbol font."""

_MAIN = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
_COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_OFFICE = (
    "http://schemas.openxmlformats.org/",
    "http://purl.oclc.org/ooxml/",
    "http://schemas.microsoft.com/office/",
    "urn:schemas-microsoft-com:",
)
"""What the namespaces begin with that office programs understand; others they pass over."""

_DELETED = ("del", "moveFrom", "delText", "delInstrText")
_MARKS = ("rPr", "trPr", "numPr")
"""In these a deletion is a mark, and holds no text."""

_CODES = ("instrText", "fldCharText")
_HIDING = ("vanish", "strike", "dstrike")
_OFF = ("0", "false", "off", "none")


@dataclass(slots=True)
class Removed:
    """How many pieces of text were taken away, by why the page doesn't show them.

    ``unreadable`` are characters that it does show and nobody can read from the file.
    """

    hidden: int = 0
    struck: int = 0
    deleted: int = 0
    foreign: int = 0
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class _Style:
    based_on: str
    toggles: Mapping[str, bool]
    hides_rows: bool


@dataclass(frozen=True)
class TextStyles:
    """Which styles of a document hide or strike out their text.

    ``defaults`` are the styles by kind (paragraph, character, table) of what names none.
    """

    styles: Mapping[str, _Style] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    everywhere: Mapping[str, bool] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Element | None) -> TextStyles:
        """The styles of a styles part."""
        if root is None:
            return cls()
        styles: dict[str, _Style] = {}
        defaults: dict[str, str] = {}
        for style in root.iter("{*}style"):
            key = _value(style, "styleId")
            conditional = [_toggles(part) for part in style.iter("{*}tblStylePr")]
            styles[key] = _Style(
                _value(_child(style, "basedOn")),
                _toggles(style),
                any(hides for toggles in conditional for hides in toggles.values()),
            )
            if _value(style, "default") not in ("", *_OFF):
                defaults[_value(style, "type")] = key
        everywhere = _toggles(_child(root, "docDefaults", "rPrDefault"))
        return cls(styles, defaults, everywhere)

    @cached_property
    def plain(self) -> bool:
        """Whether no style hides or strikes out anything."""
        styles = self.styles.values()
        return not self.everywhere and not any(one.toggles or one.hides_rows for one in styles)

    def applied(self, toggle: str, kind: str, key: str) -> bool:
        """Whether a style, or one it is based on, turns a property of the text on."""
        key, seen = key or self.defaults.get(kind, ""), set()
        while key in self.styles and key not in seen:
            seen.add(key)
            style = self.styles[key]
            if style.hides_rows:
                return True
            if toggle in style.toggles:
                return style.toggles[toggle]
            key = style.based_on
        return False


def visible_document(parts: Parts) -> tuple[Element | None, Removed]:
    """The main part of a Word package as its page shows it, and what was taken away; None where
    the package has no main part.

    Raises:
        UnreadableXml: a part is no well-formed XML.
    """
    name = find_part(parts, DOCUMENT)
    root = read_part(parts, name)
    if root is None:
        return None, Removed()
    styles = TextStyles.of(read_part(parts, find_part(parts, "styles", name)))
    return root, keep_visible(root, styles)


def keep_visible(root: Element, styles: TextStyles) -> Removed:
    """Take away from a part of a document what its page doesn't show.

    Alternatives are replaced by the branch that Word takes; a symbol becomes a text of
    :data:`UNREADABLE`.
    """
    removed = Removed()
    _take_branches(root)
    roles: dict[str, str] = {}
    elements = iter(list(root.iter(etree.Element)))
    for element in elements:
        role = roles.get(element.tag) or roles.setdefault(element.tag, _role(element.tag))
        # Text that stands loose between the elements isn't shown.
        element.tail = None
        if role == "other":
            continue
        if role in ("holder", "run", "row") and element.text:
            element.text = None
        if role == "run":
            _keep_run(element, styles, removed)
        elif _is_shown(element, role, removed):
            continue
        else:
            inside = sum(1 for _ in element.iter(etree.Element)) - 1
            deque(islice(elements, inside), maxlen=0)
            element.getparent().remove(element)
    return removed


def _role(tag: str) -> str:
    """What becomes of the elements of a name."""
    name = etree.QName(tag)
    if not str(name.namespace or "").startswith(_OFFICE):
        return "foreign"
    if name.namespace not in _MAIN or name.localname == "t":
        return "other"
    if name.localname in _CODES:
        return "code"
    if name.localname in _DELETED:
        return "deleted"
    return {"r": "run", "tr": "row"}.get(name.localname, "holder")


def _is_shown(element: Element, role: str, removed: Removed) -> bool:
    """Whether an element has a place on the page; counts it where its text hasn't."""
    if role == "foreign" and element.getparent() is not None:
        removed.foreign += _has_text(element)
        return False
    if role == "deleted" and _parent(element) not in _MARKS:
        removed.deleted += _has_text(element)
        return False
    if role == "row" and _hidden_row(element):
        removed.hidden += _has_text(element)
        return False
    return role != "code"


def _keep_run(run: Element, styles: TextStyles, removed: Removed) -> None:
    on = _turned_on(run, styles)
    if on:
        if "vanish" in on:
            removed.hidden += _has_text(run)
        else:
            removed.struck += _has_text(run)
        for child in list(run):
            if etree.QName(child).localname != "rPr":
                run.remove(child)
    for symbol in list(run.iterchildren("{*}sym")):
        removed.unreadable += 1
        text = etree.Element(symbol.tag.replace("}sym", "}t"))
        text.text = UNREADABLE
        run.replace(symbol, text)


def _turned_on(run: Element, styles: TextStyles) -> list[str]:
    """The properties that keep a run off the page: what stands at the run itself decides; of the
    styles, one that turns a property on twice turns it off (ECMA-376-1, 17.7.3)."""
    own = _child(run, "rPr")
    direct = _toggles_of(own)
    on = dict.fromkeys(_HIDING, False)
    if not styles.plain:
        paragraph = next(run.iterancestors("{*}p"), None)
        table = next(run.iterancestors("{*}tbl"), None)
        named = [
            ("paragraph", _value(_child(paragraph, "pPr", "pStyle"))),
            ("character", _value(_child(own, "rStyle"))),
        ]
        if table is not None:
            named.append(("table", _value(_child(table, "tblPr", "tblStyle"))))
        for toggle in _HIDING:
            applied = [styles.applied(toggle, kind, key) for kind, key in named]
            on[toggle] = bool((sum(applied) + styles.everywhere.get(toggle, False)) % 2)
    return [toggle for toggle in _HIDING if direct.get(toggle, on[toggle])]


def _toggles(style: Element | None) -> dict[str, bool]:
    return _toggles_of(_child(style, "rPr"))


def _toggles_of(properties: Element | None) -> dict[str, bool]:
    found = {}
    for child in properties if properties is not None else ():
        name = etree.QName(child)
        if name.namespace in _MAIN and name.localname in _HIDING:
            found[name.localname] = _value(child) not in _OFF
    return found


def _hidden_row(row: Element) -> bool:
    properties = _child(row, "trPr")
    for name in ("hidden", "del"):
        mark = _child(properties, name)
        if mark is not None and (name == "del" or _value(mark) not in _OFF):
            return True
    return False


def _take_branches(root: Element) -> None:
    """Put in the place of each alternative the branch that Word takes."""
    for element in list(root.iter(f"{{{_COMPATIBILITY}}}AlternateContent")):
        parent = element.getparent()
        if parent is None:
            continue
        branch = next(
            (
                child
                for child in element
                if etree.QName(child).localname == "Fallback" or _understood(child)
            ),
            (),
        )
        for child in list(branch):
            element.addprevious(child)
        parent.remove(element)


def _understood(choice: Element) -> bool:
    """Whether Word understands all that a choice requires."""
    prefixes = (choice.get("Requires") or "").split()
    return bool(prefixes) and all(
        str(choice.nsmap.get(prefix, "")).startswith(_OFFICE) for prefix in prefixes
    )


def _has_text(element: Element) -> bool:
    return bool("".join(element.itertext()).strip())


def _parent(element: Element) -> str:
    parent = element.getparent()
    return str(etree.QName(parent).localname) if parent is not None else ""


def _child(element: Element | None, *path: str) -> Element | None:
    for name in path:
        if element is None:
            return None
        element = next(element.iterchildren(f"{{*}}{name}"), None)
    return element


def _value(element: Element | None, name: str = "val") -> str:
    if element is None:
        return ""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return ""
