"""A package's parts, unpacked once, and no further than a workbook can be large.

A reader takes a package's own word for the size of its parts; a bomb lies.  Here each part is
given up as soon as it is too much.  ISA-L unpacks in half the time of zlib.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable

from isal import isal_zlib
from isal.igzip_lib import IsalError

from pipeline.ooxml.packing import packed, uncompressed
from pipeline.sheets.limits import TooLarge

MAX_UNPACKED = 128 * 1024 * 1024
"""Bytes of XML. A workbook as issued unpacks to under 2 MB."""

MAX_PARTS = 2_000

_HEADER = 30
_ENCRYPTED = 1


def unpacked(content: bytes, limit: int = MAX_UNPACKED) -> dict[str, bytes]:
    """The parts of a package by name.

    Raises:
        TooLarge: it has more in it than ``limit`` bytes, or more parts than any workbook.
        zipfile.BadZipFile: it has no directory that can be read, a part is damaged, or two parts
            have one name (ISO/IEC 29500-2, 6.2.2): each reader takes another of them.
        NotImplementedError: it is packed in a way that no office program uses.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        entries = package.infolist()
    if len(entries) > MAX_PARTS:
        raise TooLarge(f"有 {len(entries)} 个部件")
    if len({_one_name(entry.filename) for entry in entries}) < len(entries):
        raise zipfile.BadZipFile("two parts of one name")
    parts = {}
    left = limit
    for entry in entries:
        if not entry.is_dir():
            part = _unpacked_part(content, entry, left)
            left -= len(part)
            if left < 0:
                raise TooLarge(f"解压后超过 {limit // (1024 * 1024)} MB")
            parts[entry.filename.replace("\\", "/").lstrip("/")] = part
    return parts


def _one_name(name: str) -> str:
    """The same for names that are one to some reader."""
    return name.replace("\\", "/").casefold()


def _unpacked_part(content: bytes, entry: zipfile.ZipInfo, most: int) -> bytes:
    """A part, or its first bytes, just over ``most`` of them."""
    start = entry.header_offset
    header = content[start : start + _HEADER]
    if header[:4] != b"PK\x03\x04":
        raise zipfile.BadZipFile("a part is not where the directory says")
    if entry.flag_bits & _ENCRYPTED:
        raise NotImplementedError("an encrypted part")
    start += _HEADER + int.from_bytes(header[26:28], "little")
    start += int.from_bytes(header[28:30], "little")
    kept = content[start : start + entry.compress_size]
    if entry.compress_type == zipfile.ZIP_STORED:
        part = kept
    elif entry.compress_type == zipfile.ZIP_DEFLATED:
        inflate = isal_zlib.decompressobj(-15)
        try:
            part = inflate.decompress(kept, most + 1)
        except IsalError as error:  # type: ignore[misc]  # its stub says it is no exception
            raise zipfile.BadZipFile("a part is damaged") from error
        if len(part) > most:
            return part
        if not inflate.eof:
            raise zipfile.BadZipFile("a part is cut off")
    else:
        raise NotImplementedError("an unusual compression")
    if isal_zlib.crc32(part) != entry.CRC:
        raise zipfile.BadZipFile("a part is damaged")
    return part


def packed_again(parts: Iterable[tuple[str, bytes]]) -> bytes:
    """A package of parts that were looked at: a reader can find no other than these in it."""
    return packed([uncompressed(name, part) for name, part in parts])
