"""How much a package unpacks to, found out before anything unpacks it.

A reader takes a package's own word for the size of its parts; a bomb lies.  What can't be large,
whatever it says, is let through at once, which is nearly every workbook; the rest is unpacked
here piece by piece, and given up as soon as it is too much.
"""

from __future__ import annotations

import io
import zipfile
import zlib

MAX_UNPACKED = 128 * 1024 * 1024
"""Bytes of XML. A workbook as issued unpacks to under 2 MB."""

MAX_PARTS = 2_000
_DEFLATE = 1032
"""Deflated data can grow by no more than this."""

_PIECE = 1 << 20


def too_large(content: bytes, limit: int = MAX_UNPACKED) -> bool:
    """Whether a package has more in it than ``limit`` bytes, or more parts than any workbook.

    Raises:
        zipfile.BadZipFile: it has no directory that can be read.
        NotImplementedError: it is packed in a way that no office program uses.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = package.infolist()
        if len(parts) > MAX_PARTS:
            return True
        if sum(part.compress_size for part in parts) * _DEFLATE <= limit:
            return False
        left = limit
        for part in parts:
            left -= _unpacked_size(content, part, left)
            if left < 0:
                return True
    return False


def _unpacked_size(content: bytes, part: zipfile.ZipInfo, most: int) -> int:
    """How much a part unpacks to, counted no further than just over ``most``."""
    start = part.header_offset
    header = content[start : start + 30]
    if header[:4] != b"PK\x03\x04":
        raise zipfile.BadZipFile("a part is not where the directory says")
    start += 30 + int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    if part.compress_type == zipfile.ZIP_STORED:
        return part.compress_size
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise NotImplementedError("an unusual compression")
    inflate, size = zlib.decompressobj(-zlib.MAX_WBITS), 0
    packed = content[start : start + part.compress_size]
    while packed and size <= most and not inflate.eof:
        try:
            size += len(inflate.decompress(packed, _PIECE))
        except zlib.error as error:
            raise zipfile.BadZipFile("a part is damaged") from error
        packed = inflate.unconsumed_tail
    return size
