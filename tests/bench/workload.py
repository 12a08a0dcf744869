"""Workbooks to measure with: made by the project's own form, each of another unit.

A few forms are written and filled; the rest are these with other names, which takes a
millisecond each where writing the form anew takes thirty.
"""

from __future__ import annotations

import copy
import io
import struct
import zipfile
from functools import cache
from pathlib import Path

from pipeline.declare.workbook_form import workbook_form
from pipeline.forms.workbook import write_form
from pipeline.model.submission import Prefill
from tests.support.districts import EDITIONS, example

YEAR = 2024
UNIT, COUNTY = "示例〇〇〇〇〇〇镇", "示例〇〇〇〇〇区"
STRINGS = "xl/sharedStrings.xml"
PATTERNS = 25
"""So many different fillings."""


@cache
def pattern(seed: int) -> bytes:
    edition = EDITIONS["2021"]
    filled: Prefill = example(edition, UNIT, "我镇", COUNTY, YEAR, seed, scale=1 + seed % 30)
    return write_form(edition, workbook_form(), filled)


def workbook(number: int, county: int) -> bytes:
    """The workbook of unit ``number`` in a county."""
    names = {UNIT: f"示例{number:06d}镇", COUNTY: f"示例{county:05d}区"}
    with zipfile.ZipFile(io.BytesIO(pattern(number % PATTERNS))) as old:
        strings = old.read(STRINGS).decode("utf-8")
        for before, after in names.items():
            strings = strings.replace(before, after)
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
            for info in old.infolist():
                if info.filename != STRINGS:
                    _copy(old, info, new)
            new.writestr(zipfile.ZipInfo(STRINGS), strings, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _copy(old: zipfile.ZipFile, info: zipfile.ZipInfo, new: zipfile.ZipFile) -> None:
    """Copy an entry as it is compressed."""
    assert old.fp is not None
    assert new.fp is not None
    old.fp.seek(info.header_offset)
    name, extra = struct.unpack("<26xHH", old.fp.read(30))
    old.fp.seek(name + extra, io.SEEK_CUR)
    raw = old.fp.read(info.compress_size)
    moved = copy.copy(info)
    moved.header_offset = new.fp.tell()
    new.fp.write(moved.FileHeader(zip64=False) + raw)
    new.filelist.append(moved)
    new.NameToInfo[moved.filename] = moved
    new.start_dir = new.fp.tell()


def write_workbooks(folder: Path, units: int, per_county: int) -> list[Path]:
    """``units`` workbooks below a folder, one folder a county."""
    paths = []
    for number in range(units):
        county = number // per_county
        path = folder / f"示例{county:05d}区" / f"示例{number:06d}镇.xlsx"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(workbook(number, county))
        paths.append(path)
    return paths
