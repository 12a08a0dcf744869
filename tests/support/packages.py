"""Small workbooks of every format, put together by hand, and parts of larger ones changed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"


def zipped(parts: Mapping[str, bytes | str]) -> bytes:
    saved = io.BytesIO()
    with zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(zipfile.ZipInfo(name), part)
    return saved.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def relationships(*targets: tuple[str, str, str]) -> str:
    """A part of relationships: id, kind and target of each."""
    lines = (
        f'<Relationship Id="{name}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for name, kind, target in targets
    )
    return f'<Relationships xmlns="{LINKS}">{"".join(lines)}</Relationships>'


def book(names: str = "表", calc: str = "") -> str:
    sheets = "".join(
        f'<sheet name="{name}" sheetId="{at}" r:id="rId{at}"/>' for at, name in enumerate(names, 1)
    )
    return f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{sheets}</sheets>{calc}</workbook>'


def xlsx_parts(
    rows: str = "",
    *,
    texts: str = "",
    styles: str = "",
    head: str = "",
    tail: str = "",
    calc: str = "",
) -> dict[str, bytes | str]:
    """The parts of a workbook of one sheet, 表, by what stands within its elements."""
    return {
        "_rels/.rels": relationships(("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": book(calc=calc),
        "xl/_rels/workbook.xml.rels": relationships(
            ("rId1", "worksheet", "worksheets/sheet1.xml"),
            ("rId2", "sharedStrings", "sharedStrings.xml"),
            ("rId3", "styles", "styles.xml"),
        ),
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{texts}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}">{head}'
        f"<sheetData>{rows}</sheetData>{tail}</worksheet>",
    }


def ods_file(table: str, styles: str = "") -> bytes:
    """An .ods file by what stands within its tables and its automatic styles."""
    spaces = {
        "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
        "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
        "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
        "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
        "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
    }
    named = " ".join(f'xmlns:{prefix}="{space}"' for prefix, space in spaces.items())
    return zipped(
        {
            "content.xml": f"<office:document-content {named}>"
            f"<office:automatic-styles>{styles}</office:automatic-styles>"
            f"<office:body><office:spreadsheet>{table}</office:spreadsheet></office:body>"
            "</office:document-content>"
        }
    )
