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
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import Environment, Template
from lxml import etree
from markupsafe import Markup, escape

from pipeline.created import ZIP_DATE
from pipeline.report import Span

TEXT_WIDTH = 8844
"""The width of the text on an A4 page with the margins of GB/T 9704, in twentieths of a point."""

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _clean(value: Any) -> Any:
    """Drop what no XML may hold; a clerk's text can't break the document."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return _ILLEGAL.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
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
    """The Jinja environment of every template: what is filled in is data, never markup."""
    made = Environment(autoescape=True, finalize=_clean)
    made.globals.update(
        cell_layout=_cell_layout, cell_direction=_cell_direction, table_grid=_table_grid
    )
    return made


def _cell_direction(span: Any) -> Markup:
    return Markup('<w:textDirection w:val="tbRlV"/>' if getattr(span, "upright", False) else "")


_SPAN = re.compile(
    r'<w:tcPr><w:gridSpan w:val="{{(?P<span>.*?)}}"/>(?P<style><w:cnfStyle [^>]*/>)?'
    r"(?:<w:tcW [^>]*/>)?(?P<middle>.*?)(?P<end>(?:<w:tcFitText|<w:vAlign|<w:hideMark).*?)?</w:tcPr>",
    re.DOTALL,
)
_TABLE = re.compile(r"<w:tbl>.*?</w:tbl>", re.DOTALL)
_CAPTION = re.compile(r'<w:tblCaption w:val="{{\s*(.+?)\.名称\s*}}"/>')
_GRID = re.compile(r"<w:tblGrid>.*?</w:tblGrid>", re.DOTALL)


class OfficeTemplate(DocxTemplate):
    """docxtpl, with merged cells and column widths that come from the report's tables."""

    def patch_xml(self, src_xml: str) -> str:
        patched = super().patch_xml(src_xml)
        patched = _SPAN.sub(_laid_out, patched)
        return _TABLE.sub(_with_grid, patched)


def _laid_out(properties: re.Match[str]) -> str:
    """A cell's properties in the order that Word demands, with those that its span tells."""
    span, style, middle, end = properties.group("span", "style", "middle", "end")
    turned = "" if "<w:textDirection" in middle else f"{{{{ cell_direction({span}) }}}}"
    return f"<w:tcPr>{style or ''}{{{{ cell_layout({span}) }}}}{middle}{turned}{end or ''}</w:tcPr>"


def _with_grid(table: re.Match[str]) -> str:
    caption = _CAPTION.search(table.group())
    if not caption:
        return table.group()
    grid = "{{ table_grid(" + caption.group(1) + ".列宽) }}"
    return _GRID.sub(lambda _: grid, table.group(), count=1)


Filler = Callable[[Mapping[str, Any]], bytes]
"""Makes the content of one part of the report from its context."""


@dataclass(frozen=True)
class _Stored:
    """A part as it lies in the package: its entry and its compressed bytes."""

    entry: zipfile.ZipInfo
    deflated: bytes

    @classmethod
    def of(cls, name: str, content: bytes) -> _Stored:
        entry = zipfile.ZipInfo(name, ZIP_DATE)
        entry.compress_type = zipfile.ZIP_DEFLATED
        packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        deflated = packer.compress(content) + packer.flush()
        entry.CRC = zlib.crc32(content)
        entry.file_size, entry.compress_size = len(content), len(deflated)
        return cls(entry, deflated)


def _packed(parts: Sequence[_Stored]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for part in parts:
            entry = copy.copy(part.entry)
            entry.header_offset = buffer.tell()
            buffer.write(entry.FileHeader() + part.deflated)
            package.filelist.append(entry)
            package.NameToInfo[entry.filename] = entry
        # zipfile has no way to add what is compressed already; it writes the directory here.
        package.start_dir = buffer.tell()
        package._didModify = True  # type: ignore[attr-defined]
    return buffer.getvalue()


@dataclass(frozen=True)
class CompiledTemplate:
    """A Word template ready to be filled: its parts in order, and how those with tags are made."""

    parts: tuple[_Stored, ...]
    fillers: Mapping[str, Filler]

    def render(self, context: Mapping[str, Any]) -> bytes:
        """The report as .docx bytes, the same for the same context."""
        return _packed([self._part(part, context) for part in self.parts])

    def _part(self, part: _Stored, context: Mapping[str, Any]) -> _Stored:
        name = part.entry.filename
        fill = self.fillers.get(name)
        return _Stored.of(name, fill(context)) if fill is not None else part


def compile_template(path: Path) -> CompiledTemplate:
    """Compile a template file.

    Raises:
        FileNotFoundError: there is no such file.
        jinja2.TemplateError: a tag of the template is broken.
    """
    content = path.read_bytes()
    made = environment()
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = tuple(
            _Stored.of(entry.filename, package.read(entry))
            for entry in package.infolist()
            if not entry.is_dir()
        )
    office = OfficeTemplate(io.BytesIO(content))
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


def compiled(made: Environment, patched: str) -> Template:
    """The Jinja template of a patched part.

    Raises:
        jinja2.TemplateError: a tag is broken; its line counts the paragraphs.
    """
    for written, meant in _LITERAL_TAGS.items():
        # Here and not in what was filled in: a clerk's text stays as it was typed.
        patched = patched.replace(written, meant)
    # docxtpl breaks the lines here so that Jinja's errors name one.
    return made.from_string(re.sub(r"<w:p([ >])", r"\n<w:p\1", patched))


def _filler(office: OfficeTemplate, made: Environment, source: str, frame: Frame) -> Filler:
    template = compiled(made, office.patch_xml(source))
    before, after = frame
    body = bool(after)

    def fill(context: Mapping[str, Any]) -> bytes:
        text = template.render(context)
        text = text.replace("\n<w:p>", "<w:p>").replace("\n<w:p ", "<w:p ")
        if _BREAKS.search(text):
            text = _PARAGRAPH.sub(lambda found: _broken(office, found.group()), text)
        if body:
            text = _numbered(_gridded(office, text))
        return (before + text + after).encode("utf-8")

    return fill


_PARAGRAPH = re.compile(r"<w:p(?: [^>]*)?>.*?</w:p>", re.DOTALL)
_BREAKS = re.compile("[\n\t\a\f]")


def _broken(office: OfficeTemplate, paragraph: str) -> str:
    """A paragraph with docxtpl's line breaks and tabs: it is slow, and few have any."""
    return str(office.resolve_listing(paragraph)) if _BREAKS.search(paragraph) else paragraph


_ROW = re.compile(r"<w:tr[ >].*?</w:tr>", re.DOTALL)
_CELL = re.compile(r"<w:tc[ >]")
_ACROSS = re.compile(r'<w:gridSpan w:val="(\d+)"')


def _gridded(office: OfficeTemplate, body: str) -> str:
    """The body with its tables' columns as docxtpl mends them, where they need it."""
    if all(_grid_fits(table.group()) for table in _TABLE.finditer(body)):
        return body
    return str(etree.tostring(office.fix_tables(body), encoding="unicode"))


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


_PROPERTIES = ("creator", "description", "identifier", "language", "subject", "title")
_TAG = re.compile(r"({{.*?}}|{%.*?%}|{#.*?#})", re.DOTALL)


def _properties(office: OfficeTemplate, made: Environment) -> dict[str, Filler]:
    """The document's properties, where the template has them."""
    found = [p for p in office.docx.part.package.parts if p.partname == "/docProps/core.xml"]
    if not found or b"{" not in found[0].blob:
        return {}
    tree = etree.fromstring(found[0].blob)
    tags = []
    for element in tree:
        if etree.QName(element).localname in _PROPERTIES and element.text:
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
    return {_name(found[0]): lambda context: (_DECLARATION + template.render(context)).encode()}
