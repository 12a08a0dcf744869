"""The tables of a Word template, laid out once for all the reports of an edition.

Nine tenths of a report's XML are its tables, and all reports of an edition have them alike but
for the figures.  So a table of the template is rendered once with a stand-in for each value
that differs between reports; what comes out is kept in pieces, and a report's table is these
pieces with its own values between them.

A stand-in can be printed, and nothing else: whatever asks what it is (a condition, a filter, a
test, a comparison) finds out that it is one, and the table is then rendered anew for each report,
as any other part of the template.  What a table reads besides is remembered with the pieces,
which serve only reports that are alike in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from jinja2 import Environment, Template, TemplateError, Undefined, meta, nodes
from markupsafe import Markup, escape

from pipeline.word.content import PrintedTable

TABLE: Final = re.compile(r"<w:tbl>.*?</w:tbl>", re.DOTALL)
PLACE: Final = re.compile("\x02(\\d+)\x03")
"""Where something is put in later.  No XML may hold these characters, and no value printed into
a report keeps them."""

FILLED: Final = "_filled_table"
"""The function by which a template without its tables asks for them."""

BREAKS: Final = re.compile("[\n\t\a\f]")
"""What docxtpl makes line breaks, tabs and paragraphs of."""

_PLAIN: Final = re.compile("[\x02 !#-%(-;=?-~\u3000-\ud7ff]*")
"""Values, parted by \\x02, that are printed as they are."""

_AROUND: Final = (
    nodes.AssignBlock,
    nodes.Block,
    nodes.CallBlock,
    nodes.EvalContextModifier,
    nodes.Extends,
    nodes.FilterBlock,
    nodes.FromImport,
    nodes.Import,
    nodes.Include,
    nodes.Macro,
    nodes.ScopedEvalContextModifier,
)
"""What may look at, or repeat, what was printed within it."""

_WITHIN: Final = (*_AROUND, nodes.Assign, nodes.NSRef)
"""What may change more than the table it stands in."""

LAYOUTS: Final = 128
"""So many layouts of a table are kept; few reports have figures that don't fit as declared."""

_LEXICAL: Final = frozenset({"loop", "self", "super", "caller", "varargs", "kwargs"})
_PURE: Final = frozenset({"cell_layout", "table_grid", "range", "dict"})
"""The functions that always give the same of the same."""


# ----------------------------------------------------------------------------- stand-ins


class _Inspected(Exception):
    """A stand-in was asked what it is."""


def _inspected(*_: object, **__: object) -> Any:
    raise _Inspected


class _StandIn:
    """A value that can only be printed. ``number`` is its place among a table's stand-ins."""

    __slots__ = ("_number",)

    def __init__(self, number: int) -> None:
        object.__setattr__(self, "_number", number)

    __getattribute__ = _inspected
    # Python looks these up on the type and doesn't ask __getattribute__.
    __bool__ = __str__ = __repr__ = __hash__ = __len__ = __iter__ = __contains__ = _inspected
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __format__ = _inspected
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __mod__ = __rmod__ = _inspected
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = __pow__ = __rpow__ = _inspected
    __neg__ = __pos__ = __abs__ = __int__ = __float__ = __index__ = __getitem__ = _inspected


class _Read(Mapping[str, Any]):
    """A dict of the context: gives stand-ins, and tells ``read`` which key was asked for."""

    def __init__(self, value: Mapping[str, Any], read: Callable[[str, Any], Any]) -> None:
        object.__setattr__(self, "_own", (value, read))

    def __getitem__(self, key: str) -> Any:
        value, read = object.__getattribute__(self, "_own")
        found = read(key, value.get(key, _ABSENT))
        if found is _ABSENT:
            raise KeyError(key)
        return found

    def __getattribute__(self, name: str) -> Any:
        # A template looks for an attribute before the key; a method would read all keys.
        if hasattr(dict, name):
            raise _Inspected
        raise AttributeError(name)

    __iter__ = __len__ = __bool__ = __contains__ = __eq__ = __hash__ = _inspected
    __str__ = __repr__ = _inspected


_ABSENT: Final = object()
_PRINTED: Final = (str, Markup, int, float, bool, type(None))


def _tracing(made: Environment) -> Environment:
    """The environment in which a table is rendered with stand-ins."""
    clean = made.finalize

    def told(value: Any) -> Any:
        if type(value) is _StandIn:
            return Markup("\x02{}\x03").format(object.__getattribute__(value, "_number"))
        if type(value) not in _PRINTED and not isinstance(value, Undefined):
            raise _Inspected
        return clean(value) if clean is not None else value

    traced = made.overlay(finalize=told)
    traced.filters = {**_unasked(made.filters), "random": _inspected}
    traced.tests = _unasked(made.tests)
    return traced


def _unasked(functions: Mapping[str, Any]) -> dict[str, Any]:
    """Filters or tests that take no stand-ins: they might ask for their type."""

    def guarded(function: Callable[..., Any]) -> Callable[..., Any]:
        def asked(*args: Any, **kwargs: Any) -> Any:
            if any(type(value) in (_StandIn, _Read) for value in (*args, *kwargs.values())):
                raise _Inspected
            return function(*args, **kwargs)

        # Jinja marks on a function what it wants to be given.
        asked.__dict__.update(getattr(function, "__dict__", {}))
        return asked

    return {name: guarded(function) for name, function in functions.items()}


# ------------------------------------------------------------------------------ the tables

Path = tuple[str, ...]
"""A name of the context, or a name and a key of the dict it stands for."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A table of a report: its XML in pieces, and whether its columns fit as they are."""

    pieces: Sequence[bytes]
    fits: bool

    @property
    def text(self) -> str:
        return b"".join(self.pieces).decode("utf-8")


@dataclass(frozen=True, slots=True)
class _Laid:
    """A table in pieces, and which of the values read stands behind each but the last."""

    pieces: tuple[bytes, ...]
    order: tuple[int, ...]
    fits: bool


class TemplateTable:
    """A table of a template, and what it was laid out as.

    ``mend`` makes docxtpl's line breaks and tabs; ``fits`` tells whether the columns of a
    table need none of docxtpl's mending.

    Raises:
        jinja2.TemplateError: it isn't a whole template by itself.
    """

    def __init__(
        self,
        made: Environment,
        source: str,
        mend: Callable[[str], str],
        fits: Callable[[str], bool],
    ) -> None:
        tree = made.parse(source)
        self.names = tuple(sorted(meta.find_undeclared_variables(tree)))
        self.alone = not (_LEXICAL.intersection(self.names) or any(tree.find_all(_WITHIN)))
        self._made, self._source, self._mend, self._fits = made, source, mend, fits
        # What is wrong with a tag shows here; the other is compiled where it is needed.
        self._traced = _tracing(made).from_string(source)
        self._paths: tuple[Path, ...] = ()
        self._laid: dict[tuple[Any, ...], _Laid] = {}
        self.alike = True

    @cached_property
    def _template(self) -> Template:
        return self._made.from_string(self._source)

    def fill(self, values: Mapping[str, Any]) -> Filled:
        """The table for the values of its names."""
        if self.alike:
            try:
                return self._put_together(values)
            except _Inspected:
                self.alike = False
        return self._anew(values)

    def _anew(self, values: Mapping[str, Any]) -> Filled:
        text = self._mend(self._template.render(values))
        return Filled((text.encode("utf-8"),), self._fits(text))

    def _put_together(self, values: Mapping[str, Any]) -> Filled:
        laid = self._laid.get(self._key(values)) or self._lay_out(values)
        read = self._read(values)
        shown = [read[at] for at in laid.order]
        joined = "\x02".join(shown)
        if BREAKS.search(joined):
            return self._anew(values)
        told = joined.encode("utf-8").split(b"\x02") if _PLAIN.fullmatch(joined) else []
        if len(told) != len(shown):
            told = [str(escape(self._clean(value))).encode("utf-8") for value in shown]
        pieces = [b""] * (2 * len(told) + 1)
        pieces[::2], pieces[1::2] = laid.pieces, told
        return Filled(pieces, laid.fits)

    def _clean(self, value: str) -> Any:
        return self._made.finalize(value) if self._made.finalize is not None else value

    def _read(self, values: Mapping[str, Any]) -> list[str]:
        """All the texts that the table may print."""
        found: list[str] = []
        for path in self._paths:
            found += _texts(_at(values, path))
        return found

    def _key(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(self._kind(_at(values, path), path) for path in self._paths)

    def _kind(self, value: Any, path: Path) -> Any:
        """What a table laid out with a value demands of another's: of a text nothing, of a
        table the same layout, of anything else to be the same.

        Raises:
            _Inspected: it can't be said.
        """
        kind = type(value)
        if kind is str:
            return str
        if kind is PrintedTable:
            return value.layout
        if kind in (int, bool, float):
            return kind, value
        if value is _ABSENT or value is None or isinstance(value, Undefined):
            return kind
        if len(path) == 1 and kind is dict:
            return dict
        if path[-1] in _PURE and value is self._made.globals.get(path[-1]):
            return path[-1]
        raise _Inspected

    def _lay_out(self, values: Mapping[str, Any]) -> _Laid:
        """Render the table with stand-ins and keep the pieces.

        Raises:
            _Inspected: it isn't alike for all the reports with such values.
        """
        places: list[tuple[Path, int]] = []
        paths: dict[Path, None] = dict.fromkeys(self._paths)

        def stand_in(path: Path, value: Any) -> Any:
            paths[path] = None
            self._kind(value, path)
            if type(value) is dict:
                return _Read(value, lambda key, found: stand_in((*path, key), found))
            first = len(places)
            places.extend((path, at) for at in range(len(_texts(value))))
            told = [_StandIn(number) for number in range(first, len(places))]
            if type(value) is str:
                return told[0]
            return PrintedTable(value.layout, told) if type(value) is PrintedTable else value

        read = {name: stand_in((name,), value) for name, value in values.items()}
        try:
            text = self._traced.render(read)
        except Exception:  # noqa: BLE001  whatever comes of what is done to a stand-in
            raise _Inspected from None
        if BREAKS.search(text):
            raise _Inspected
        if len(paths) > len(self._paths) or len(self._laid) >= LAYOUTS:
            self._paths = tuple(paths)
            self._laid.clear()
        first, offsets = 0, {}
        for path in self._paths:
            offsets[path] = first
            first += len(_texts(_at(values, path)))
        pieces = PLACE.split(text)
        order = tuple(
            offsets[path] + at for path, at in (places[int(number)] for number in pieces[1::2])
        )
        encoded = tuple(piece.encode("utf-8") for piece in pieces[::2])
        laid = self._laid[self._key(values)] = _Laid(encoded, order, self._fits(text))
        return laid


def _at(values: Mapping[str, Any], path: Path) -> Any:
    found = values.get(path[0], _ABSENT)
    if len(path) == 1:
        return found
    return found.get(path[1], _ABSENT) if type(found) is dict else _ABSENT


def _texts(value: Any) -> Sequence[str]:
    """The texts that a value of the context brings."""
    if type(value) is str:
        return (value,)
    return value.figures if type(value) is PrintedTable else ()


def without_tables(
    made: Environment,
    source: str,
    mend: Callable[[str], str],
    fits: Callable[[str], bool],
) -> tuple[str, tuple[TemplateTable, ...]]:
    """A template that asks for its tables by :data:`FILLED`, and the tables.

    A table stays where it is when it can't be told that it means the same apart: within another,
    within a paragraph, with pictures (which are numbered through), with what a loop around it
    counts, or where something around it looks at what is printed.
    """
    tables: list[TemplateTable] = []

    def cut(found: re.Match[str]) -> str:
        text, before = found.group(), source[: found.start()]
        if text.count("<w:tbl>") > 1 or "<wp:docPr" in text or _open(before):
            return text
        try:
            table = TemplateTable(made, text, mend, fits)
        except TemplateError:
            return text
        if not table.alone:
            return text
        tables.append(table)
        given = "".join(f", {name}={name}" for name in table.names)
        return f"{{{{ {FILLED}({len(tables) - 1}{given}) }}}}"

    outer = TABLE.sub(cut, source)
    try:
        tree = made.parse(outer)
    except TemplateError:
        return source, ()
    asked = sum(
        isinstance(call.node, nodes.Name) and call.node.name == FILLED
        for call in tree.find_all(nodes.Call)
    )
    if any(tree.find_all(_AROUND)) or asked != len(tables):
        return source, ()
    return outer, tuple(tables)


_PARAGRAPH_OPENS = re.compile(r"<w:p(?: [^>]*)?(?<!/)>")


def _open(before: str) -> bool:
    """Whether a paragraph is still open at the end of a piece of XML."""
    return len(_PARAGRAPH_OPENS.findall(before)) != before.count("</w:p>")
