"""Filling a Word template: docxtpl's language, its XML work done once for each template.

Only this module knows what a .docx is.  :class:`OfficeTemplate` is docxtpl with one addition:
``{% colspan 格.跨 %}`` also places a cell in a vertical merge and gives it its width, and a table
whose alternative text names a table of the report (``{{ 章.表.名称 }}``) gets that table's columns.
:func:`compile_template` keeps what docxtpl makes of the template, so that a report costs only
the filling-in; the parts that no report changes are copied as they were compressed.
"""

from __future__ import annotations

import copy
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import Environment, StrictUndefined, Template, meta
from lxml import etree
from markupsafe import Markup, escape

from pipeline.ooxml.packing import Stored, packed, stored
from pipeline.ooxml.parts import read_parts
from pipeline.ooxml.untrusted import read_xml
from pipeline.text.typed_text import printable
from pipeline.word.bounded import Bounded
from pipeline.word.clean_template import clean_template
from pipeline.word.table_layout import Span
from pipeline.word.template_tables import BREAKS, FILLED, PLACE, TABLE, Filled, without_tables

TEXT_WIDTH = 8844
"""The width of the text on an A4 page with the margins of GB/T 9704, in twentieths of a point."""


def _clean(value: Any) -> Any:
    """A clerk's text can't break the document, nor be read otherwise than it was typed."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return printable(value)
    return value


def _cell_layout(span: Any) -> Markup:
    """The properties of a table cell: its width, its columns, its place in a vertical merge."""
    if not isinstance(span, Span):
        return Markup('<w:gridSpan w:val="{}"/>').format(span)
    return _layout(int(span), round(span.width * TEXT_WIDTH), span.merge)


@lru_cache(maxsize=4096)
def _layout(columns: int, width: int, place: str) -> Markup:
    merge = f'<w:vMerge w:val="{place}"/>' if place else ""
    across = f'<w:gridSpan w:val="{columns}"/>' if columns > 1 else ""
    return Markup(f'<w:tcW w:w="{width}" w:type="dxa"/>{across}{merge}')


def _table_grid(widths: Sequence[float]) -> Markup:
    total = sum(widths)
    columns = "".join(f'<w:gridCol w:w="{round(w / total * TEXT_WIDTH)}"/>' for w in widths)
    return Markup(f"<w:tblGrid>{columns}</w:tblGrid>")


def environment() -> Environment:
    """The Jinja environment of every template: what is filled in is data, never markup, and a
    template that came from elsewhere reaches nothing but its fields, and hangs no run; a name that
    stands for nothing is an error, not a gap in the report."""
    made = Bounded(autoescape=True, finalize=_clean, undefined=StrictUndefined)
    made.globals.update(cell_layout=_cell_layout, table_grid=_table_grid)
    return made


_SPAN = re.compile(
    r'<w:gridSpan w:val="{{(.*?)}}"/>(<w:cnfStyle [^>]*/>)?(?:<w:tcW [^>]*/>)?', re.DOTALL
)
_NAMED = (
    re.compile(r'<w:tblCaption w:val="{{\s*(.+?)\.名称\s*}}"/>'),
    re.compile(r"{%\s*for\s+\S+\s+in\s+(\S+)\.各行\s*%}"),
)
"""By what a table of the template is known to be of a report's table: its alternative text, which
not every program keeps, or the loop over its rows."""
_SKIPPED = re.compile(r"<w:(?:gridBefore|gridAfter|wBefore|wAfter) [^>]*/>")
_GRID = re.compile(r"<w:tblGrid>.*?</w:tblGrid>", re.DOTALL)


class OfficeTemplate(DocxTemplate):
    """docxtpl, with merged cells and column widths that come from the report's tables."""

    def patch_xml(self, src_xml: str) -> str:
        patched = super().patch_xml(src_xml)
        patched = _SPAN.sub(r"\2{{ cell_layout(\1) }}", patched)
        return TABLE.sub(_with_grid, patched)


def _with_grid(table: re.Match[str]) -> str:
    named = next((n for known in _NAMED if (n := known.search(table.group()))), None)
    if named is None:
        return table.group()
    grid = "{{ table_grid(" + named.group(1) + ".列宽) }}"
    # Word notes which columns of the template's own grid a row with fewer cells leaves out.
    return _GRID.sub(lambda _: grid, _SKIPPED.sub("", table.group()), count=1)


@dataclass(frozen=True)
class Filler:
    """Makes the content of one part of the report from its context.

    ``names`` are what a part reads that reports may have alike; None where they won't.
    """

    fill: Callable[[Mapping[str, Any]], bytes]
    names: tuple[str, ...] | None


@dataclass(frozen=True, eq=False)
class CompiledTemplate:
    """A Word template ready to be filled: its parts in order, and how those with tags are made."""

    parts: tuple[Stored, ...]
    fillers: Mapping[str, Filler]
    _last: dict[str, tuple[object, Stored]] = field(default_factory=dict)

    def render(self, context: Mapping[str, Any]) -> bytes:
        """The report as .docx bytes, the same for the same context."""
        return packed([self._part(part, context) for part in self.parts])

    def _part(self, part: Stored, context: Mapping[str, Any]) -> Stored:
        filler = self.fillers.get(part.name)
        if filler is None:
            return part
        values = [context.get(name) for name in filler.names or ()]
        if filler.names is None or not _PLAIN.issuperset(map(type, values)):
            return stored(part.name, filler.fill(context))
        # A header or footer is the same in one report after another.
        key = [(type(value), value) for value in values]
        before = self._last.get(part.name)
        if before is not None and before[0] == key:
            return before[1]
        made = stored(part.name, filler.fill(context))
        self._last[part.name] = key, made
        return made


_PLAIN = frozenset({str, int, bool, type(None)})


def compile_template(path: Path) -> CompiledTemplate:
    """Compile a template file.

    Raises:
        FileNotFoundError: there is no such file.
        jinja2.TemplateError: a tag of the template is broken.
    """
    return _compiled(path.read_bytes())


@lru_cache(maxsize=8)
def _compiled(content: bytes) -> CompiledTemplate:
    """As a unit's template and a county's are one and the same until an office parts them."""
    made = environment()
    parts = tuple(stored(name, part) for name, part in clean_template(read_parts(content)).items())
    office = OfficeTemplate(io.BytesIO(packed(parts)))
    office.init_docx()
    fillers = {
        name: _filler(office, made, source, frame) for name, source, frame in _sources(office)
    }
    return CompiledTemplate(parts, fillers | _properties(office, made))


Frame = tuple[str, str]
"""What stands before and after the filled part of an XML part."""


def _sources(office: OfficeTemplate) -> Iterator[tuple[str, str, Frame]]:
    main = office.docx.part
    yield _name(main), office.get_xml(), _frame(main.element)
    seen = set()
    for kind in (office.HEADER_URI, office.FOOTER_URI):
        for _, part in office.get_headers_footers(kind):
            if part.partname not in seen:
                seen.add(part.partname)
                source = office.get_part_xml(part)
                if _changes(source):
                    yield _name(part), source, (_DECLARATION, "")
    for part in main.package.parts:
        if part.content_type.endswith(".footnotes+xml"):
            yield _name(part), part.blob.decode("utf-8"), ("", "")


_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MARKED = re.compile(r"<w:t(?: [^>]*)?>[^<]*[\n\t]")


def _changes(source: str) -> bool:
    """Whether docxtpl makes anything else of a part than what it is."""
    return "{" in source or bool(_MARKED.search(source))


def _name(part: Any) -> str:
    return str(part.partname).lstrip("/")


def _frame(document: Any) -> Frame:
    """A main part without its body."""
    empty = copy.deepcopy(document)
    (body,) = (child for child in empty if child.tag.endswith("}body"))
    body.clear()
    text = etree.tostring(empty, encoding="unicode")
    found = re.search(r"<w:body[^>]*/>|<w:body[^>]*></w:body>", text)
    if found is None:
        raise ValueError("a main part has a body")
    return _DECLARATION + text[: found.start()], text[found.end() :]


_LITERAL_TAGS = {"{_{": "{{ '{{' }}", "}_}": "{{ '}}' }}", "{_%": "{{ '{%' }}", "%_}": "{{ '%}' }}"}


def _literal(patched: str) -> str:
    for written, meant in _LITERAL_TAGS.items():
        # Here and not in what was filled in: a clerk's text stays as it was typed.
        patched = patched.replace(written, meant)
    return patched


def compiled(made: Environment, patched: str) -> Template:
    """The Jinja template of a patched part.

    Raises:
        jinja2.TemplateError: a tag is broken; its line counts the paragraphs.
    """
    # docxtpl breaks the lines here so that Jinja's errors name one.
    return made.from_string(re.sub(r"<w:p([ >])", r"\n<w:p\1", _literal(patched)))


def _filler(office: OfficeTemplate, made: Environment, source: str, frame: Frame) -> Filler:
    patched = office.patch_xml(source)
    before, after = (piece.encode("utf-8") for piece in frame)
    body = bool(after)
    fix = partial(_broken, office)
    outer, tables = without_tables(made, _literal(patched), fix, _grid_fits)
    # With the tables it is compiled at once only where a tag is broken: to tell its line.
    template = made.from_string(outer) if tables else compiled(made, patched)

    def fill(context: Mapping[str, Any]) -> bytes:
        filled: list[Filled] = []

        def table(number: int, **values: Any) -> Markup:
            filled.append(tables[number].fill(values))
            return Markup(f"\x02{len(filled) - 1}\x03")

        text = _joined(template.render(context, **{FILLED: table}))
        text = fix(text)
        if body and not (_all_fit(text) and all(one.fits for one in filled)):
            text = PLACE.sub(lambda place: filled[int(place.group(1))].text, text)
            text = str(etree.tostring(office.fix_tables(text), encoding="unicode"))
        return _assembled(before, _numbered(text) if body else text, filled, after)

    def render(context: Mapping[str, Any]) -> bytes:
        try:
            return fill(context)
        except Exception:
            if tables:
                compiled(made, patched).render(context)  # the same fault, with its line
            raise

    if body:
        return Filler(render, None)
    names = meta.find_undeclared_variables(made.parse(_literal(patched)))
    return Filler(render, tuple(sorted(names)))


def _joined(text: str) -> str:
    return text.replace("\n<w:p>", "<w:p>").replace("\n<w:p ", "<w:p ")


def _assembled(before: bytes, text: str, tables: Sequence[Filled], after: bytes) -> bytes:
    """The content of a part, with its tables in their places."""
    pieces = [before]
    for at, piece in enumerate(PLACE.split(text)):
        if at % 2:
            pieces += tables[int(piece)].pieces
        else:
            pieces.append(piece.encode("utf-8"))
    return b"".join([*pieces, after])


_PARAGRAPH = re.compile(r"<w:p(?: [^>]*)?>.*?</w:p>", re.DOTALL)


def _broken(office: OfficeTemplate, text: str) -> str:
    """XML with docxtpl's line breaks and tabs: they are slow, and few paragraphs have any."""
    if not BREAKS.search(text):
        return text

    def paragraph(found: re.Match[str]) -> str:
        one = found.group()
        return str(office.resolve_listing(one)) if BREAKS.search(one) else one

    return _PARAGRAPH.sub(paragraph, text)


_ROW = re.compile(r"<w:tr[ >].*?</w:tr>", re.DOTALL)
_CELL = re.compile(r"<w:tc[ >]")
_ACROSS = re.compile(r'<w:gridSpan w:val="(\d+)"')


def _all_fit(body: str) -> bool:
    """Whether the columns of all tables fit, so that docxtpl would change none."""
    return all(_grid_fits(table.group()) for table in TABLE.finditer(body))


def _grid_fits(table: str) -> bool:
    if table.count("<w:tbl>") > 1:
        return False
    columns = table.count("<w:gridCol ") + table.count("<w:gridCol/>")
    widest = 0
    for row in _ROW.finditer(table):
        cells = len(_CELL.findall(row.group()))
        if cells > columns:
            return False
        across = [int(span) for span in _ACROSS.findall(row.group())]
        widest = max(widest, cells + sum(across) - len(across))
    return widest >= columns


_PICTURE = re.compile(r'(<wp:docPr\b[^>]*?\bid=")[^"]*"')


def _numbered(body: str) -> str:
    """The body with its pictures numbered anew, as a loop repeats their ids."""
    if "<wp:docPr" not in body:
        return body
    numbers = iter(range(1001, 1_000_000))
    return _PICTURE.sub(lambda found: f'{found.group(1)}{next(numbers)}"', body)


FILLED_PROPERTIES = ("creator", "description", "identifier", "language", "subject", "title")
"""The properties of a document that a template may fill in, as docxtpl does."""
_TAG = re.compile(r"({{.*?}}|{%.*?%}|{#.*?#})", re.DOTALL)


def _properties(office: OfficeTemplate, made: Environment) -> dict[str, Filler]:
    """The document's properties, where the template has them."""
    found = [p for p in office.docx.part.package.parts if p.partname == "/docProps/core.xml"]
    if not found or b"{" not in found[0].blob:
        return {}
    tree = read_xml(found[0].blob)
    tags = []
    for element in tree:
        if etree.QName(element).localname in FILLED_PROPERTIES and element.text:
            tags.append(element.text)
            element.text = f"\ue000{len(tags) - 1}\ue000"
    source = re.sub(
        "\ue000(\\d+)\ue000",
        lambda place: "".join(
            piece if _TAG.fullmatch(piece) else str(escape(piece))
            for piece in _TAG.split(tags[int(place.group(1))])
        ),
        etree.tostring(tree, encoding="unicode"),
    )
    template = made.from_string(source)
    names = tuple(sorted(meta.find_undeclared_variables(made.parse(source))))
    filler = Filler(lambda context: (_DECLARATION + template.render(context)).encode(), names)
    return {_name(found[0]): filler}
