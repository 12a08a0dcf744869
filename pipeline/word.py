"""Filling a Word template: docxtpl's language, its XML work done once for each template.

Only this module knows what a .docx is.  :class:`OfficeTemplate` is docxtpl with one addition:
``{% colspan 格.跨 %}`` also places a cell in a vertical merge and gives it its width, and a table
whose alternative text names a table of the report (``{{ 章.表.名称 }}``) gets that table's columns.
:func:`compile_template` keeps what docxtpl makes of the template, so that a report costs only
the filling-in.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import Environment, Template
from markupsafe import Markup

from pipeline.report import Span

TEXT_WIDTH = 8844
"""The width of the text on an A4 page with the margins of GB/T 9704, in twentieths of a point."""

_EPOCH = (2000, 1, 1, 0, 0, 0)
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEADER_FOOTER = re.compile(r"word/(header|footer|footnotes)\d*\.xml")


def _clean(value: Any) -> Any:
    """Drop what no XML may hold; a clerk's text can't break the document."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return _ILLEGAL.sub("", value)
    return value


def _cell_layout(span: Any) -> Markup:
    """The properties of a table cell: its width, its columns, its place in a vertical merge."""
    if not isinstance(span, Span):
        return Markup('<w:gridSpan w:val="{}"/>').format(span)
    merge = f'<w:vMerge w:val="{span.merge}"/>' if span.merge else ""
    width = round(span.width * TEXT_WIDTH)
    across = f'<w:gridSpan w:val="{int(span)}"/>' if span > 1 else ""
    return Markup(f'<w:tcW w:w="{width}" w:type="dxa"/>{across}{merge}')


def _table_grid(widths: Sequence[float]) -> Markup:
    total = sum(widths)
    columns = "".join(f'<w:gridCol w:w="{round(w / total * TEXT_WIDTH)}"/>' for w in widths)
    return Markup(f"<w:tblGrid>{columns}</w:tblGrid>")


def environment() -> Environment:
    """The Jinja environment of every template: what is filled in is data, never markup."""
    made = Environment(autoescape=True, finalize=_clean)
    made.globals.update(cell_layout=_cell_layout, table_grid=_table_grid)
    return made


_SPAN = re.compile(r'<w:gridSpan w:val="{{(.*?)}}"/>(?:<w:tcW [^>]*/>)?')
_TABLE = re.compile(r"<w:tbl>.*?</w:tbl>", re.DOTALL)
_CAPTION = re.compile(r'<w:tblCaption w:val="{{\s*(.+?)\.名称\s*}}"/>')
_GRID = re.compile(r"<w:tblGrid>.*?</w:tblGrid>", re.DOTALL)


class OfficeTemplate(DocxTemplate):
    """docxtpl, with merged cells and column widths that come from the report's tables."""

    def patch_xml(self, src_xml: str) -> str:
        patched = super().patch_xml(src_xml)
        patched = _SPAN.sub(r"{{ cell_layout(\1) }}", patched)
        return _TABLE.sub(_with_grid, patched)


def _with_grid(table: re.Match[str]) -> str:
    caption = _CAPTION.search(table.group())
    if not caption:
        return table.group()
    grid = "{{ table_grid(" + caption.group(1) + ".列宽) }}"
    return _GRID.sub(lambda _: grid, table.group(), count=1)


@dataclass(frozen=True)
class CompiledTemplate:
    """A Word template ready to be filled: its parts, those with tags compiled."""

    parts: tuple[tuple[str, bytes], ...]
    templates: Mapping[str, Template]
    frame: tuple[str, str]
    docxtpl: OfficeTemplate

    def render(self, context: Mapping[str, Any]) -> bytes:
        """The report as .docx bytes, the same for the same context."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
            for name, content in self.parts:
                template = self.templates.get(name)
                if template is not None:
                    content = self._filled(name, template, context).encode("utf-8")
                package.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
        return buffer.getvalue()

    def _filled(self, name: str, template: Template, context: Mapping[str, Any]) -> str:
        text = template.render(context)
        if name == "docProps/core.xml":
            return text
        text = text.replace("\n<w:p", "<w:p")
        if any(mark in text for mark in "\n\t\a\f"):
            text = str(self.docxtpl.resolve_listing(text))
        return self.frame[0] + text + self.frame[1] if name == "word/document.xml" else text


def compile_template(path: Path) -> CompiledTemplate:
    """Compile a template file.

    Raises:
        FileNotFoundError: there is no such file.
        jinja2.TemplateError: a tag of the template is broken.
    """
    content = path.read_bytes()
    office = OfficeTemplate(io.BytesIO(content))
    office.init_docx()
    made = environment()
    parts: list[tuple[str, bytes]] = []
    templates: dict[str, Template] = {}
    frame = ("", "")
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for name in package.namelist():
            data = package.read(name)
            parts.append((name, data))
            if name == "word/document.xml":
                source = data.decode("utf-8")
                start, end = source.index("<w:body>"), source.index("</w:body>") + 9
                frame = (source[:start], source[end:])
                templates[name] = _compiled(made, office.patch_xml(source[start:end]))
            elif _HEADER_FOOTER.fullmatch(name) and b"{" in data:
                templates[name] = _compiled(made, office.patch_xml(data.decode("utf-8")))
            elif name == "docProps/core.xml":
                templates[name] = made.from_string(data.decode("utf-8"))
    return CompiledTemplate(tuple(parts), templates, frame, office)


def _compiled(made: Environment, patched: str) -> Template:
    # docxtpl breaks the lines here so that Jinja's errors name one.
    return made.from_string(re.sub(r"<w:p([ >])", r"\n<w:p\1", patched))
