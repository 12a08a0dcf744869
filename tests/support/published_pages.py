"""Published reports in other shapes than this project writes, made for the tests.

A report's tables are drawn from the edition's own layout (:mod:`pipeline.model.table_grid`), in the ways
offices publish them: a page with spans, a page inside a layout table, text copied from either.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape

from pipeline.model.edition import Edition, Field, Table
from pipeline.model.table_grid import grid
from pipeline.text.figures import format_value

Text = Callable[[Field], str]
TITLES = "一二三四五六七八九十"


def plain_text(figures: Mapping[str, int], written: Mapping[str, str] | None = None) -> Text:
    """Figures as a report prints them."""

    def text(figure: Field) -> str:
        if figure.kind == "money_text":
            return (written or {}).get(figure.key, "0")
        return format_value(figures[figure.key], figure.scale, figure.kind == "signed")

    return text


def html_table(table: Table, text: Text, cell: str = "<td{spans}>{text}</td>") -> str:
    rows = []
    for row in grid(table).by_row():
        cells = []
        for c in row:
            spans = f' rowspan="{c.rowspan}"' if c.rowspan > 1 else ""
            spans += f' colspan="{c.colspan}"' if c.colspan > 1 else ""
            said = text(c.field) if c.field else escape(c.text)
            cells.append(cell.format(spans=spans, text=said))
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table border=1>{''.join(rows)}</table>"


def sections(edition: Edition, prose: Mapping[str, str]) -> list[tuple[str, str, Table | None]]:
    """(heading with its number, prose, table) of each numbered section, in order."""
    numbered = [section for section in edition.sections if section.heading]
    return [
        (
            f"{TITLES[at]}、{section.heading}",
            prose.get(section.key, ""),
            edition.table(section.table) if section.table else None,
        )
        for at, section in enumerate(numbered)
    ]


def page(
    edition: Edition,
    title: str,
    text: Text,
    prose: Mapping[str, str] | None = None,
    cell: str = "<td{spans}>{text}</td>",
) -> str:
    """A published page: navigation, the article, a footer."""
    told = [f"<h1>{title}</h1>"]
    for heading, words, table in sections(edition, prose or {}):
        told.append(f"<p><strong>{heading}</strong></p>")
        told += [f"<p>　　{line}</p>" for line in words.split("\n") if line]
        if table is not None:
            told.append(f"<div class='wrap'>{html_table(table, text, cell)}</div>")
    article = "\n".join(told)
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{title}_示例网</title>"
        "<script>var 总计 = '9';</script><style>td{color:red}</style></head><body>"
        "<div id='nav'><a href='/'>首页</a> &gt; <a href='/nb'>政府信息公开年报</a></div>"
        f"<div class='article'>{article}</div>"
        "<div class='footer'><p>主办：示例区人民政府办公室</p></div></body></html>"
    )


# --------------------------------------------------------------------------------- as copied


def _rows(table: Table, text: Text) -> list[list[str]]:
    """A table's cells by row, each in the row where it begins."""
    return [[text(c.field) if c.field else c.text for c in row] for row in grid(table).by_row()]


def tabbed(table: Table, text: Text) -> list[str]:
    """A row a line, its cells parted by tabs: copied from a page's table."""
    return ["\t".join(row) for row in _rows(table, text)]


def celled(table: Table, text: Text) -> list[str]:
    """A cell a line, nothing else: copied from a reader of PDF files."""
    return [cell for row in _rows(table, text) for cell in row]


def spaced(table: Table, text: Text) -> list[str]:
    """A row a line, its cells parted by blanks."""
    return [" ".join(row) for row in _rows(table, text)]


def barred(table: Table, text: Text) -> list[str]:
    """A row a line, its cells between bars, as converters write tables."""
    rows = [f"| {' | '.join(row)} |" for row in _rows(table, text)]
    return [rows[0], "| --- | --- |", *rows[1:]]


def broken(table: Table, text: Text) -> list[str]:
    """Long labels broken in two, before and after the row's cells."""
    told = []
    for row in _rows(table, text):
        label = next((i for i, cell in enumerate(row) if len(cell) > 18 and i < len(row) - 1), -1)
        if label < 0:
            told.append(" ".join(row))
        else:
            head, tail = row[label][:14], row[label][14:]
            told += [" ".join([*row[:label], head, *row[label + 1 :]]), tail]
    return told


def copied(
    edition: Edition,
    title: str,
    text: Text,
    lines: Callable[[Table, Text], list[str]],
    prose: Mapping[str, str] | None = None,
) -> str:
    """A whole report copied as text."""
    told = [title]
    for heading, words, table in sections(edition, prose or {}):
        told += [heading, *words.split("\n")]
        told += lines(table, text) if table is not None else []
    return "\n".join(told) + "\n"
