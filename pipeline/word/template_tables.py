"""The tables of a Word template, laid out once for all the reports of an edition.

Nine tenths of a report's XML are its tables, and all reports of an edition have them alike but
for the figures.  So a table of the template is rendered once with a mark for each text that
differs between reports; what comes out is kept in pieces, and a report's table is these pieces
with its own texts between them.

That is right only for a table that does nothing with such texts but print them.  Whether it does
follows from its tags alone (:func:`_uses`): it may loop over what the report has, print it, and ask
about whatever is not printed in a cell.  Any other table stays where it is and is rendered with
the rest of the template.  What a table reads besides texts is remembered with the pieces, which
serve only reports that are alike in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from jinja2 import Environment, Template, TemplateError, nodes
from markupsafe import Markup, escape

from pipeline.word.table_layout import PrintedTable

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

LAYOUTS: Final = 128
"""So many layouts of a table are kept; few reports have figures that don't fit as declared."""

_LAYING: Final = ("cell_layout", "table_grid")
"""The functions that a table may call: they take what is of the layout, never a text."""

_ASKING: Final = (nodes.And, nodes.Compare, nodes.Const, nodes.Not, nodes.Operand, nodes.Or)


_PRINTED: Final = (str, int, float, type(None))

# ----------------------------------------------------------------- what a table does with texts

Path = tuple[str, ...]
"""A name of the context and the keys that follow it: 章.表.名称."""


class _Unlike(Exception):
    """A table can't be laid out for all reports alike."""


def _uses(tree: nodes.Template) -> tuple[frozenset[Path], frozenset[Path]]:
    """What a table prints or loops over, and what it asks about, of the context.

    Raises:
        _Unlike: it does something else, or asks about what a loop of its own brings.
    """
    printed: set[Path] = set()
    asked: set[Path] = set()

    def path_of(node: nodes.Node, bound: frozenset[str]) -> Path:
        """A path of the context; empty where it begins with what a loop brings."""
        keys: list[str] = []
        while isinstance(node, nodes.Getattr | nodes.Getitem):
            key = node.attr if isinstance(node, nodes.Getattr) else node.arg
            keys.append(str(key.value) if isinstance(key, nodes.Const) else str(key))
            if isinstance(key, nodes.Expr) and not isinstance(key, nodes.Const):
                raise _Unlike
            node = node.node
        if not isinstance(node, nodes.Name):
            raise _Unlike
        return () if node.name in bound else (node.name, *reversed(keys))

    def read(node: nodes.Node, bound: frozenset[str]) -> None:
        if isinstance(node, nodes.Call):
            if not isinstance(node.node, nodes.Name) or node.node.name not in _LAYING:
                raise _Unlike
            for argument in node.args:
                printed.add(path_of(argument, bound))
        elif not isinstance(node, nodes.TemplateData):
            printed.add(path_of(node, bound))

    def ask(node: nodes.Node, bound: frozenset[str]) -> None:
        if isinstance(node, _ASKING):
            for child in node.iter_child_nodes():
                ask(child, bound)
            return
        found = path_of(node, bound)
        if not found and path_of(node, bound - {"loop"})[:1] != ("loop",):
            raise _Unlike
        asked.add(found)

    def go_through(body: Sequence[nodes.Node], bound: frozenset[str]) -> None:
        for node in body:
            if isinstance(node, nodes.Output):
                for child in node.nodes:
                    read(child, bound)
            elif isinstance(node, nodes.If):
                ask(node.test, bound)
                go_through([*node.body, *node.elif_, *node.else_], bound)
            elif isinstance(node, nodes.For) and isinstance(node.target, nodes.Name):
                if node.test is not None or node.recursive:
                    raise _Unlike
                printed.add(path_of(node.iter, bound))
                go_through(node.body, bound | {node.target.name, "loop"})
                go_through(node.else_, bound)
            else:
                raise _Unlike

    go_through(tree.body, frozenset())
    return frozenset(printed - {()}), frozenset(asked - {()})


# ------------------------------------------------------------------------------ the tables


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
    """A table in pieces, and which of the texts read stands behind each but the last."""

    pieces: tuple[bytes, ...]
    order: tuple[int, ...]
    fits: bool


class TemplateTable:
    """A table of a template, and what it was laid out as.

    ``fix`` makes docxtpl's line breaks and tabs; ``fits`` tells whether the columns of a table
    need no change by docxtpl.

    Raises:
        jinja2.TemplateError: it isn't a whole template by itself.
        _Unlike: it can't be laid out for all reports alike.
    """

    def __init__(
        self,
        made: Environment,
        source: str,
        fix: Callable[[str], str],
        fits: Callable[[str], bool],
    ) -> None:
        printed, self._asked = _uses(made.parse(source))
        self._paths = tuple(sorted(printed | self._asked))
        self.names = tuple(sorted({path[0] for path in self._paths}))
        if "loop" in self.names:
            raise _Unlike  # What a loop around the table counts.
        self._made, self._source, self._fix, self._fits = made, source, fix, fits
        self._laid: dict[tuple[Any, ...], _Laid | None] = {}

    @cached_property
    def _template(self) -> Template:
        return self._made.from_string(self._source)

    def fill(self, values: Mapping[str, Any]) -> Filled:
        """The table for the values of its names."""
        try:
            key = tuple(self._demand(path, *_reach(values, path)) for path in self._paths)
        except _Unlike:
            return self._anew(values)
        if key not in self._laid:
            if len(self._laid) >= LAYOUTS:
                self._laid.clear()
            self._laid[key] = self._lay_out(values)
        laid = self._laid[key]
        return self._put_together(laid, values) if laid is not None else self._anew(values)

    def _anew(self, values: Mapping[str, Any]) -> Filled:
        text = self._fix(self._template.render(values))
        return Filled((text.encode("utf-8"),), self._fits(text))

    def _put_together(self, laid: _Laid, values: Mapping[str, Any]) -> Filled:
        texts = [text for _, _, texts in self._texts(values) for text in texts]
        shown = [texts[at] for at in laid.order]
        joined = "\x02".join(shown)
        if BREAKS.search(joined):
            return self._anew(values)
        printed = joined.encode("utf-8").split(b"\x02") if _PLAIN.fullmatch(joined) else []
        if len(printed) != len(shown):
            printed = [str(escape(self._clean(value))).encode("utf-8") for value in shown]
        pieces = [b""] * (2 * len(printed) + 1)
        pieces[::2], pieces[1::2] = laid.pieces, printed
        return Filled(pieces, laid.fits)

    def _clean(self, value: Any) -> Any:
        return self._made.finalize(value) if self._made.finalize is not None else value

    def _demand(self, path: Path, place: Path, value: Any) -> Any:
        """What a table laid out with a value demands of another's: of a text that it only prints
        nothing, of a table the same layout, of anything else to be the same.

        Raises:
            _Unlike: it can't be said.
        """
        if type(value) is PrintedTable:
            return value.layout
        if place != path:
            raise _Unlike
        if type(value) is str and path not in self._asked:
            return str
        if type(value) in (str, int, bool, type(None)):
            return type(value), value
        raise _Unlike

    def _texts(self, values: Mapping[str, Any]) -> Iterator[tuple[Path, Any, Sequence[str]]]:
        """The texts that the table may print, by where they come from, each place once."""
        seen = set()
        for path in self._paths:
            place, value = _reach(values, path)
            if place not in seen:
                seen.add(place)
                if type(value) is PrintedTable:
                    yield place, value, value.figures
                elif type(value) is str and path not in self._asked:
                    yield place, value, (value,)

    def _lay_out(self, values: Mapping[str, Any]) -> _Laid | None:
        """Render the table with marks for its texts, and keep the pieces; None where it prints
        more than texts and numbers, as a whole row."""
        marked: dict[str, Any] = dict(values)
        first = 0
        for place, value, texts in self._texts(values):
            marks = [Markup(f"\x02{first + at}\x03") for at in range(len(texts))]
            first += len(texts)
            table = type(value) is PrintedTable
            _put(marked, place, PrintedTable(value.layout, marks) if table else marks[0])
        try:
            text = self._marking.render(marked)
        except _Unlike:
            return None
        pieces = PLACE.split(text)
        return _Laid(
            tuple(piece.encode("utf-8") for piece in pieces[::2]),
            tuple(map(int, pieces[1::2])),
            self._fits(text),
        )

    @cached_property
    def _marking(self) -> Template:
        def clean(value: Any) -> Any:
            if not isinstance(value, _PRINTED):
                raise _Unlike
            return self._clean(value)

        return self._made.overlay(finalize=clean).from_string(self._source)


def _reach(values: Mapping[str, Any], path: Path) -> tuple[Path, Any]:
    """How far a path leads through dicts, and what is there.

    Raises:
        _Unlike: a key isn't there.
    """
    found: Any = values
    for depth, key in enumerate(path):
        if type(found) is not dict and depth:
            return path[:depth], found
        if key not in found:
            raise _Unlike
        found = found[key]
    return path, found


def _put(values: dict[str, Any], path: Path, value: Any) -> None:
    """Put a value where a path leads, into copies of the dicts on the way."""
    *way, last = path
    for key in way:
        values[key] = dict(values[key])
        values = values[key]
    values[last] = value


def without_tables(
    made: Environment,
    source: str,
    fix: Callable[[str], str],
    fits: Callable[[str], bool],
) -> tuple[str, tuple[TemplateTable, ...]]:
    """A template that asks for its tables by :data:`FILLED`, and the tables.

    A table stays where it is when it may not mean the same apart: within another,
    within a paragraph, with pictures (which are numbered through), where it does more with its
    texts than print them, or where something around it looks at what is printed.
    """
    tables: list[TemplateTable] = []

    def cut(found: re.Match[str]) -> str:
        text, before = found.group(), source[: found.start()]
        if text.count("<w:tbl>") > 1 or "<wp:docPr" in text or _open(before):
            return text
        try:
            table = TemplateTable(made, text, fix, fits)
        except (TemplateError, _Unlike):
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
