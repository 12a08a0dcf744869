"""A third reader of workbooks: what LibreOffice shows of them, from its own export to .ods."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lxml import etree

from pipeline.model.edition import Edition
from pipeline.model.submission import Submission
from tests.support.independent_reader import kept

TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"

Shown = Mapping[str, Mapping[tuple[int, int], tuple[str, bool]]]
"""What each cell shows, and whether a formula computed it, by sheet and (row, column) from 0."""

BATCH = 40


def exported(workbooks: Mapping[str, bytes], folder: Path) -> Iterator[tuple[str, Shown]]:
    """What LibreOffice shows of the workbooks that it opens, by name."""
    office = shutil.which("soffice")
    assert office, "LibreOffice is needed for this test"
    for directory in ("in", "out"):
        (folder / directory).mkdir()
    names = sorted(workbooks)
    for name, content in workbooks.items():
        (folder / "in" / f"{name}.xlsx").write_bytes(content)
    for at in range(0, len(names), BATCH):
        files = [str(folder / "in" / f"{name}.xlsx") for name in names[at : at + BATCH]]
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        order = [office, profile, "--headless", "--convert-to", "ods", "--outdir"]
        subprocess.run(
            [*order, str(folder / "out"), *files], check=False, capture_output=True, timeout=600
        )
    for name in names:
        made = folder / "out" / f"{name}.ods"
        if made.exists():
            yield name, shown_in(made)


def shown_in(path: Path) -> Shown:
    with zipfile.ZipFile(path) as package:
        root = etree.fromstring(package.read("content.xml"), etree.XMLParser(huge_tree=True))
    return {
        str(table.get(f"{TABLE}name")): dict(_cells(table)) for table in root.iter(f"{TABLE}table")
    }


def _cells(table: Any) -> Iterator[tuple[tuple[int, int], tuple[str, bool]]]:
    top = 0
    for row in table.iter(f"{TABLE}table-row"):
        left = 0
        for cell in row:
            texts = ["".join(p.itertext()) for p in cell.iterfind(f"{TEXT}p")]
            covered = cell.tag.endswith("}covered-table-cell")
            if texts or cell.get(f"{OFFICE}value-type"):
                computed = cell.get(f"{TABLE}formula") is not None
                yield (top, left), ("" if covered else "\n".join(texts), computed)
            left += int(cell.get(f"{TABLE}number-columns-repeated", "1"))
        top += int(row.get(f"{TABLE}number-rows-repeated", "1"))


def contradictions(read: Submission, edition: Edition, shown: Shown) -> Iterator[str]:
    """Figures of an accepted workbook that LibreOffice shows otherwise, and nobody is told."""
    if any(p.rule == "file.more_alike" for p in read.problems):
        return  # so many of a kind that not each is named
    told = {(p.sheet, cell) for p in read.problems for cell in (p.cell, *p.cells)}
    values = dict(zip(edition.by_key, read.values, strict=True))
    for key, place in read.places.items():
        figure = edition.by_key.get(key)
        if figure is None or figure.derived or (place.sheet, place.cell) in told:
            continue
        if place.sheet not in shown:
            yield f"{key}: there is no sheet {place.sheet}"
            continue
        text, computed = shown[place.sheet].get(_spot(place.cell), ("", False))
        if not computed and kept(text or None, figure.scale) != values[key]:
            yield f"{key}: read {values[key]}, {place.cell} shows {text!r}"


def _spot(cell: str) -> tuple[int, int]:
    letters = cell.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(cell[len(letters) :]) - 1, column - 1
